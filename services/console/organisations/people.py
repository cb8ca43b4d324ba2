"""Candidates by name: a typed name becomes a person of the register, or a sentence that says how to put it right."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request

from services.console.backend import Backend
from services.console.forms import Form
from services.console.organisations.ballot import lines
from services.console.render import text
from services.console.words import N_
from shared.words import called

__all__ = ["known", "named", "settle"]

NAMED = re.compile(r"(?P<name>[^（(]+?)\s*[（(](?P<home>.+)[）)]")
NOBODY = N_("没有找到“{said}”。请核对姓名，或先在人员页登记。")
SEVERAL = N_("“{said}”有几位：{names}。请照此写明是哪一位。")
NO_NAME = N_("请填写候选人姓名。")


async def known(api: Backend, organisation: str) -> list[dict[str, Any]]:
    """People of an organisation, for the names offered while typing."""
    rows: list[dict[str, Any]] = (await api.get("projection", "/cadres", area=organisation, limit=200))["rows"]
    return rows


def named(people: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Words -> person: the name alone where it is one person's, else with where she belongs."""
    every = [called(p["person_name"]) for p in people]
    plain = {p["person_name"]: p["id"] for p in people if every.count(called(p["person_name"])) == 1}
    return plain | {wordy(p): p["id"] for p in people}


def wordy(p: Mapping[str, Any]) -> str:
    return f"{p['person_name']}（{p.get('home_name') or p['id'][:8]}）"


async def settle(request: Request, api: Backend, form: Form, organisation: str) -> None:
    """Who is meant on each line of the result; faults beside the names that mean nobody, or several."""
    found: dict[str, str] | None = None
    for line in lines(form.values):
        field = f"candidates.{line.n}.who"
        if not line.used:
            continue
        if not line.who:
            form.wrong(field, text(request, NO_NAME))
            continue
        if found is None:
            found = {called(words): id for words, id in named(await known(api, organisation)).items()}
        person = found.get(called(line.who)) or await looked_up(request, api, form, field, line.who)
        form.values[f"candidates.{line.n}.person"] = person


async def looked_up(request: Request, api: Backend, form: Form, field: str, said: str) -> str:
    """In the whole of what she may see."""
    parts = NAMED.fullmatch(said)
    name = parts["name"] if parts else said
    rows = (await api.get("projection", "/cadres", search=name, limit=20))["rows"]
    rows = [r for r in rows if called(r["person_name"]) == called(name) and (not parts or parts["home"] in (r.get("home_name"), r["id"][:8]))]
    if len(rows) == 1:
        return str(rows[0]["id"])
    form.wrong(field, text(request, SEVERAL if rows else NOBODY).format(said=said, names="、".join(wordy(r) for r in rows)))
    return ""
