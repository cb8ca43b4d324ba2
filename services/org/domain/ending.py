"""How organisations end: dissolved, merged, converted; never with something left behind."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from services.org.domain.checks import need, paper, past, words
from services.org.domain.dependants import Dependants
from services.org.domain.organisation import Organisation, active
from services.org.domain.refusals import refused
from services.org.events import DependantKind, OrganisationAbsorbed, OrganisationConverted, OrganisationDissolved, OrganisationsMerged

__all__ = ["absorb", "convert", "dissolve", "merge", "remaining"]


KINDS: tuple[tuple[DependantKind, str], ...] = (
    ("child", "children"), ("term", "terms"), ("reelection", "reelections"), ("vacancy", "vacancies"))


def remaining(hanging: Dependants, held: Sequence[UUID], all_kinds: bool = True) -> dict[str, list[str]]:
    """What still hangs on an organisation; `held`: appointments that cadre still has in it."""
    left = {name: sorted(map(str, hanging.now(kind))) for kind, name in KINDS if all_kinds or kind not in ("child", "term")}
    return {k: v for k, v in {**left, "appointments": sorted(map(str, held))}.items() if v}


ZH = {"children": "下级组织", "terms": "运行中的届次", "reelections": "办理中的换届", "vacancies": "未补的缺位", "appointments": "在任人员"}


def _nothing_left(left: Mapping[str, list[str]]) -> None:
    need(not left, "something_remains", "organisation",
         left_zh="；".join(f"{ZH[k]} {len(v)}（{'、'.join(v)}）" for k,
                           v in left.items()), left_en="; ".join(f"{len(v)} {k} ({', '.join(v)})" for k, v in left.items()),
         remaining=dict(left))


def dissolve(was: Organisation | None, effective: date, why: str, hanging: Dependants, held: Sequence[UUID], papers: Sequence[str],
             today: date) -> OrganisationDissolved:
    """撤销 (O12): by the paper, once nothing is left. Refused with the list of what remains."""
    active(was, effective)
    words(why, "why")
    past(effective, today, "effective")
    paper(papers)
    _nothing_left(remaining(hanging, held))
    return OrganisationDissolved(effective=effective, why=why)


def merge(was: Organisation | None, into_id: UUID, into: Organisation | None, effective: date, hanging: Dependants, papers: Sequence[str],
          today: date) -> OrganisationsMerged:
    """Into another of its kind. Its children move along and its term ends (the caller's facts), cadre ends its posts;
    re-elections and vacancies are settled before."""
    org = active(was, effective)
    need(was is not into, "into_itself", "into")
    if not into or not into.active_on(effective):
        raise refused("merge_target_gone", "into")
    need((into.level, into.org_type) == (org.level, org.org_type), "merge_unlike", "into")
    past(effective, today, "effective")
    paper(papers)
    _nothing_left(remaining(hanging, (), all_kinds=False))
    return OrganisationsMerged(into=into_id, effective=effective)


def convert(was: Organisation | None, into_id: UUID, into: Organisation | None, effective: date, today: date) -> OrganisationConverted:
    """会改联, as imported history (K18): the 妇代会 ends, the federation continues it."""
    org = active(was, effective)
    need(org.org_type == "women_congress_org", "not_a_congress", "organisation")
    need(into and into.org_type == "federation" and into.active_on(effective), "convert_target", "into")
    past(effective, today, "effective")
    return OrganisationConverted(into=into_id, effective=effective)


def absorb(id: UUID, was: Organisation, effective: date) -> OrganisationAbsorbed:
    """The merger as the organisation that remains records it."""
    return OrganisationAbsorbed(absorbed=id, units=was.units, effective=effective)
