"""What stands in an appointment's way: two at the head, a full seat, the same seat twice, too many posts; each with its way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from services.console.backend import Backend
from services.console.labels import label
from services.console.words import N_

__all__ = ["Hindrance", "Outlook", "look", "places"]

HEADS = ("chair", "director")
MANY = 3  # organisations [C1]; the service's own number decides


@dataclass(frozen=True)
class Hindrance:
    """`text` with the values it takes; `ways`: (what to do, address)."""

    tone: Literal["bad", "warn"]
    text: str
    values: Mapping[str, Any]
    ways: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Outlook:
    """The seat on the day: who holds it, how many it takes, and what stands in the way."""

    seat: Mapping[str, Any] | None
    holders: Sequence[Mapping[str, Any]]
    hindrances: Sequence[Hindrance]


async def places(api: Backend, organisation: str, day: str) -> list[dict[str, Any]]:
    """The organisation's seats on a day, with how many places are free."""
    rows: list[dict[str, Any]] = (await api.get("projection", "/seats", organisation=organisation, as_of=day, limit=200))["rows"]
    return [{**r, "free": max(0, r["capacity"] - r["holders"])} for r in rows if r["organisation"] == organisation]


async def look(api: Backend, post: Mapping[str, str], day: str, appointment: str = "") -> Outlook:
    """For somebody (`person`) about to take a `seat` of an `organisation` on a day; `appointment`: the one that is not to be counted itself."""
    seat = next((s for s in await places(api, post["organisation"], day) if s["seat"] == post["seat"]), None)
    asked = {"seat": post["seat"], "as_of": day, "limit": 200}
    holders = [h for h in (await api.get("projection", "/appointments", **asked))["rows"] if h["in_office"] and h["id"] != appointment]
    elsewhere = await others(api, post["person"], post["organisation"], day)
    return Outlook(seat, holders, [*full(seat, holders, post, api.language), *many(elsewhere)])


async def others(api: Backend, person: str, organisation: str, day: str) -> list[str]:
    """The names of the other organisations she holds posts in on that day, as far as the reader may see them."""
    rows = (await api.get("projection", "/appointments", person=person, as_of=day, limit=200))["rows"]
    names = {r["organisation"]: r.get("organisation_name", "") for r in rows if r["in_office"] and r["organisation"] != organisation}
    return list(names.values())


def full(seat: Mapping[str, Any] | None, holders: Sequence[Mapping[str, Any]], post: Mapping[str, str], language: str) -> list[Hindrance]:
    if seat is None:
        return [Hindrance("bad", N_("该日期没有这个职位（未设或已撤销）。请先设置职数，或改选其他职位。"), {},
                          [(N_("查看该组织的职数"), f"/organisations/{post['organisation']}")])]  # fmt: skip
    if any(h["person"] == post["person"] for h in holders):
        return [Hindrance("bad", N_("此人同期已在该职位任职，不能重复任职。"), {}, [(N_("改选其他职位"), "")])]
    taken = [h for h in holders if not (post.get("mode") == "acting" and h["status"] == "suspended")]
    if len(taken) < seat["capacity"]:
        return []
    names = "、".join(str(h.get("person_name") or "") for h in taken[:5])
    holder = taken[0]["id"]
    head = [(N_("先免去原任"), f"/appointments/{holder}/relief"), (N_("原任停职后安排主持工作"), f"/appointments/{holder}/suspension")]
    ways = [*(head if seat["role"] in HEADS else [(N_("从现有人员中免去一人"), f"/appointments?seat={seat['seat']}&state=active")]),
            (N_("调整职数"), f"/organisations/{post['organisation']}")]  # fmt: skip
    values = {"role": label("office", seat["role"], language), "names": names, "capacity": seat["capacity"]}
    text = N_("该职位已有人任职：{role} {names}。一个组织不能同时有两位{role}，须先免去原任，任职才能生效。") if seat["role"] in HEADS else N_(
        "{role}职位已满：职数 {capacity} 人，现有 {names} 等。须先免去一人或调整职数，任职才能生效。")
    return [Hindrance("bad", text, values, ways)]


def many(elsewhere: Sequence[str]) -> list[Hindrance]:
    if not elsewhere:
        return []
    values = {"count": len(elsewhere), "names": "、".join(elsewhere[:5])}
    if len(elsewhere) + 1 > MANY:
        return [Hindrance("warn", N_("此人已在 {count} 个组织任职（{names}），再任职即为兼职过多，请斟酌。"), values)]
    return [Hindrance("warn", N_("此人另在 {count} 个组织任职（{names}）。"), values)]
