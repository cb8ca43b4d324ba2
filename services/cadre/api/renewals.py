"""What a roster does besides its rows: for each organisation that it renews, who leaves, who stays, and what stays empty."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.cadre.api.columns import warn
from services.cadre.application.imports import Batch
from services.cadre.application.renewals import Stay
from services.cadre.domain.directory import Unit
from services.cadre.domain.renewal import empty_seats
from services.cadre.domain.seat import SeatClaim
from services.cadre.events import AppointmentEnded, AppointmentStarted
from shared.fact import Fact
from shared.imports.verdict import Verdict
from shared.words import ENGAGEMENTS, ROLES

__all__ = ["notes"]


def notes(batch: Batch, sitting: Mapping[UUID, SeatClaim], facts: Sequence[Fact], written: Mapping[UUID, Verdict],
          units: Mapping[UUID, Unit], own_periods: Mapping[UUID, Sequence[Stay]]) -> Iterator[dict[str, Any]]:
    """From what the rehearsal would record. `sitting`: who holds the seats; `written`: of each organisation its first row that will be written,
    which takes its warnings; `own_periods`: by organisation whose own period runs on."""
    left: dict[UUID, set[UUID]] = {}
    come: dict[UUID, list[AppointmentStarted]] = {}
    for f in facts:
        if isinstance(f, AppointmentEnded):
            left.setdefault(f.organisation, set()).add(f.person)
        elif isinstance(f, AppointmentStarted) and f.post.mode == "elected":
            come.setdefault(f.post.organisation, []).append(f)
    for organisation, team in batch.teams.items():
        place, old, new = batch.places[organisation], left.get(organisation, set()), come.get(organisation, [])
        people = {f.post.person for f in new}
        some = own_periods.get(organisation, ())
        staying = [s for s in some if not s.leaves]
        empty = empty_seats(place, sitting, Counter(f.post.seat for f in new), team.elected_on, {s.appointment for s in staying})
        day, leave = team.former.over_on, f"原班子 {len(old)} 人自 {team.elected_on} 起离任，其中 {len(old & people)} 人连任；新班子 {len(people)} 人"
        zh = f"本届到 {day} 才届满，按提前换届处理：{leave}" if team.early else f"本届至 {day} 已届满：{leave}"
        en = (f"The term {'is over on' if team.early else 'was over on'} {day}{', the congress came before it' if team.early else ''}: "
              f"the old team of {len(old)} leaves on {team.elected_on}, {len(old & people)} of them are re-elected; the new team has {len(people)}")
        if team.early:
            written[organisation].faults.append(warn("congress_early", "role"))
        if staying:
            zh += "。任期未满，不随换届离任：" + "、".join(f"{s.person_name}（{_post(s, 0)}，至 {s.until}）" for s in staying)
            en += ". Whose own period runs on stays: " + ", ".join(f"{s.person_name} ({_post(s, 1)}, until {s.until})" for s in staying)
        if empty:
            zh += "。换届后空缺：" + "、".join(f"{ROLES[r][0]} {n} 个" for r, n in empty.items())
            en += ". Empty after that: " + ", ".join(f"{ROLES[r][1]} {n}" for r, n in empty.items())
            written[organisation].faults.append(warn("team_incomplete", "role"))
        if place.cases:
            zh += "。另有未办结的换届办理，导入后请取消"
            en += ". A re-election case is open; cancel it after the import"
            written[organisation].faults.append(warn("reelection_open", "role"))
        yield {"code": "team_renewed", "title": units[organisation].full_name, "message": {"zh-CN": zh, "en": en},
               "stays": [{**s._asdict(), "appointment": str(s.appointment), "until": str(s.until)} for s in some]}


def _post(s: Stay, language: int) -> str:
    return f"{ENGAGEMENTS[s.engagement][language]}{('', ' ')[language]}{ROLES[s.role][language]}"
