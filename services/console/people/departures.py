"""Three acts on a person: her death, departure from the province or expulsion; taking that back; and that she may hold posts again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.console.backend import Backend
from services.console.organisations.acts import Act, Ask
from services.console.people import find
from services.console.words import N_

__all__ = ["ACTS", "Ending", "endings"]

PAPERS = ("other", "appointment", "approval")
ACTS: Mapping[str, Act] = {
    a.id: a
    for a in (
        Act("departure", N_("登记去世、调离本省或开除"), "cadre.relieve",
            (Ask("why", "choice", N_("情况"), choices="departure"),
             Ask("effective", "date", N_("日期"), N_("当日起不再任职；补以前的日期也可以"))), PAPERS, service="cadre", ending=True,
            effect=N_("自该日起，她在各处（包括其他县区）的职务和挂职同时终止，空出的职位列入缺位；此后不能再提名、任职。登记错了可以撤销。")),
        Act("departure-withdrawal", N_("撤销去世、调离本省或开除的登记"), "cadre.correct",
            (Ask("reason", "text", N_("撤销理由"), N_("错在哪里，例如：同名的另一人")),), PAPERS, service="cadre",
            effect=N_("随登记终止的职务和挂职同时恢复；本届已结束的，恢复到结束那天。已撤回的拟任须重新提出。")),
        Act("return", N_("登记重新任职"), "cadre.relieve",
            (Ask("effective", "date", N_("自何日起可以任职"), N_("调离本省又回来的，填回来的日期")),), PAPERS, service="cadre",
            effect=N_("自该日起可以重新提名、任职；原来的职务不会自动恢复。")),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Ending:
    """One post, proposal or secondment that ends with the others. `becomes`: a kind of label."""

    where: str
    role: str
    duty: str
    starts_on: str | None
    becomes: str
    href: str = ""


async def endings(api: Backend, id: str, values: Mapping[str, Any]) -> Sequence[Ending]:
    """What cadre says would end, with the names of the organisations; nothing while it would refuse."""
    told = await api.get("cadre", f"/cadres/{id}/departure", effective=values["effective"], why=values["why"])
    ids = list(dict.fromkeys([*(p["organisation"] for p in told["posts"]), *(s["to_organisation"] for s in told["secondments"])]))
    names = dict(zip(ids, await asyncio.gather(*(find.name(api, "org", f"/organisations/{o}") for o in ids)), strict=True))
    return [
        *(Ending(names[p["organisation"]], p["role"], "", p["starts_on"], p["becomes"], f"/appointments/{p['appointment']}") for p in told["posts"]),
        *(Ending(names[s["to_organisation"]], "", s["duty"], s["starts_on"], "ended") for s in told["secondments"]),
    ]
