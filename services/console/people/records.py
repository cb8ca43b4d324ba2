"""Two acts on a person's record: a certificate for a post, and merging a second record of the same person."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.console.backend import Backend
from services.console.organisations.acts import CHOOSE, Act, Ask, Values
from services.console.organisations.rights import chain, may
from services.console.words import N_

__all__ = ["CERTIFICATE", "MERGE", "POINTERS", "Pair", "Post", "holding", "posts", "together"]

ONESELF = N_("不能与自己并档，请选另一份档案。")
SIDES = ("this", "other")


class Certifying(Act):
    def check(self, values: Values) -> dict[str, tuple[str, str]]:
        missing = {} if values.get("appointment") else {"appointment": (CHOOSE, N_("为哪个职务颁发"))}
        return {**missing, **super().check(values)}


class Merging(Act):
    def check(self, values: Values) -> dict[str, tuple[str, str]]:
        faults = {}
        if not values.get("other"):
            faults["other"] = (CHOOSE, N_("另一份档案"))
        elif values["other"] == values.get("id"):
            faults["other"] = (ONESELF, N_("另一份档案"))
        if values.get("keep") not in SIDES:
            faults["keep"] = (CHOOSE, N_("保留哪一份"))
        return {**faults, **super().check(values)}


CERTIFICATE = Certifying(
    "certificate", N_("颁发证书"), "cadre.certificate",
    (
        Ask("number", "line", N_("证书编号"), N_("照印好的证书填写，例如 南妇证〔2026〕15号")),
        Ask("issued_on", "date", N_("颁发日期"), default="today"),
    ),
    template="people/_certificate.html", service="cadre", effect=N_("登记后即可打印证书；证书由上一级妇联颁发，一个职务一张。"),
)  # fmt: skip
MERGE = Merging(
    "merge", N_("并档"), "cadre.correct", (Ask("reason", "text", N_("并档理由"), N_("怎么知道是同一人，例如：身份证号相同，已电话核实")),),
    template="people/_merge.html", service="cadre", ending=True,
    effect=N_("并档不能撤销：被并掉的档案不再统计、不能再任职，只能查看；它的历史记录都保留。请先逐项核对。"),
)  # fmt: skip
POINTERS = {"/issuer": "appointment", "/id": "keep", "/into": "other", "/person": "other", "certificate_not_in_office": "issued_on"}


@dataclass(frozen=True)
class Post:
    """A post she holds: `issuer` is the superior federation, who certifies it."""

    appointment: str
    role: str
    organisation_name: str
    starts_on: str
    issuer: str
    issuer_name: str


def holding(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Posts she is in on the day."""
    return [a for a in found["appointments"] if a["in_office"] and not (a["ends_on"] and a["ends_on"] <= found["as_of"])]


async def posts(api: Backend, found: Mapping[str, Any]) -> list[Post]:
    """Posts without a certificate that the reader's federation may certify."""
    certified = {c["appointment"] for c in found["certificates"]}
    held = [a for a in holding(found) if a["appointment"] not in certified]
    ids = list(dict.fromkeys(a["organisation"] for a in held))
    places = dict(zip(ids, await asyncio.gather(*(api.get("projection", f"/organisations/{id}") for id in ids)), strict=True))
    return [
        Post(a["appointment"], a["role"], a["organisation_name"], a["starts_on"], above["id"], above["name"])
        for a in held
        if (above := next(iter(reversed(places[a["organisation"]]["path"])), None))
        and may(api.session, CERTIFICATE.permission, chain(a["organisation"], places[a["organisation"]]["path"]))
    ]


@dataclass(frozen=True)
class Pair:
    """Two records, the one that is kept and the one that goes, each as projection and as the owning service have it."""

    kept: Mapping[str, Any]
    lost: Mapping[str, Any]
    version: int | None  # of the one that goes

    @property
    def rows(self) -> Sequence[tuple[str, Any, Any]]:
        """Field, kept, lost: what either has."""
        one, two = self.kept["now"], self.lost["now"]
        return [(n, one.get(n), two.get(n)) for n in PROFILE if one.get(n) not in (None, "") or two.get(n) not in (None, "")]


PROFILE = ("person_name", "sex", "ethnicity", "born_on", "political", "degree", "employer_and_post", "staffing", "population", "home_name")


async def together(api: Backend, id: UUID, other: str, keep: str) -> Pair:
    """Trouble where the reader may not see one of them."""
    kept, lost = (str(id), other) if keep == "this" else (other, str(id))
    one, two, record = await asyncio.gather(
        api.get("projection", f"/cadres/{kept}"), api.get("projection", f"/cadres/{lost}"), api.get("cadre", f"/cadres/{lost}")
    )
    return Pair(one, two, record.version)
