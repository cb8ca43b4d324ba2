"""Organisations: proposed, established, split off, changed, moved; with their lineage, codes and seat plans. How they end: `ending`."""
from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal
from uuid import UUID

from services.org.domain import seat as seats_of
from services.org.domain import unit as units_of
from services.org.domain.checks import need, not_before, paper, past, second_person, words
from services.org.domain.refusals import refused
from services.org.domain.rule import Rules
from services.org.domain.unit import EligibleUnit
from services.org.events import (
    AreaKind,
    CreditCodeAssigned,
    DivisionAssigned,
    DivisionReleased,
    Field,
    FormationMode,
    Level,
    OrganisationAbsorbed,
    OrganisationConverted,
    OrganisationCorrected,
    OrganisationDetailsChanged,
    OrganisationDissolved,
    OrganisationEstablished,
    OrganisationMoved,
    OrganisationProposalWithdrawn,
    OrganisationProposed,
    OrganisationsMerged,
    OrganisationSplitOff,
    OrganisationUnitAdded,
    OrganisationUnitReleased,
    OrganisationVoided,
    OrgType,
    Seat,
    SeatAbolished,
    SeatsDefined,
)
from shared.fact import Fact, Refused, settled

__all__ = ["Organisation", "Proposal", "abolish", "active", "assign", "change", "cover", "credit", "establish", "evolve", "known", "let_go", "move",
           "plan", "propose", "under", "warnings", "withdraw"]

LEVELS: tuple[Level, ...] = ("province", "city", "county", "township", "village")
KINDS: dict[OrgType, int] = {"federation": 0, "women_congress_org": 0, "working_committee": 1, "organ_committee": 2, "group_member": 3,
                             "women_group": 3, "micro_home": 4}
DETAILS = ("full_name", "short_name", "area_kind", "field", "formation_mode")
State = Literal["proposed", "withdrawn", "active", "merged", "converted", "dissolved", "voided"]


@dataclass(frozen=True)
class Organisation:
    full_name: str
    short_name: str
    org_type: OrgType
    level: Level
    parent: UUID | None
    area_kind: AreaKind | None
    field: Field
    formation_mode: FormationMode
    units: tuple[UUID, ...]
    proposed_on: date
    proposed_by: tuple[str, ...]
    out_of: UUID | None
    state: State = "proposed"
    established_on: date | None = None
    ended_on: date | None = None
    into: UUID | None = None
    code: str | None = None
    division_name: str | None = None
    coded_on: date | None = None
    credit_code: str | None = None
    credited_on: date | None = None
    moved_on: date | None = None
    plans: tuple[tuple[date, tuple[Seat, ...]], ...] = ()
    abolished: tuple[tuple[UUID, date], ...] = ()
    said: tuple[Fact, ...] = dataclasses.field(default=(), compare=False, repr=False)

    def details(self, day: date) -> dict[str, object]:
        """Names and kind on a day: each change from its own day on, in whatever order they were recorded."""
        proposed, *_ = facts = settled(self.said)
        changes = sorted((f for f in facts if isinstance(f, OrganisationDetailsChanged) and f.effective <= day), key=lambda f: f.effective)
        found = {name: getattr(proposed, name) for name in DETAILS}
        for change in changes:
            found |= {name: said for name in DETAILS if (said := getattr(change, name)) is not None}
        return found

    def parents(self) -> list[tuple[date, UUID | None]]:
        """What it stands under, from when on; first (since ever) as proposed."""
        moves = [(f.effective, f.parent) for f in settled(self.said) if isinstance(f, OrganisationMoved)]
        return [(date.min, next(f.parent for f in settled(self.said) if isinstance(f, OrganisationProposed))), *moves]

    def active_on(self, day: date) -> bool:
        """Established by `day` and not ended by it: [from, to)."""
        return bool(self.established_on and self.established_on <= day and (self.ended_on is None or day < self.ended_on))

    def seats(self, day: date) -> dict[UUID, Seat]:
        """The seat plan that holds on `day`, without abolished seats."""
        plans = [(from_, seats) for from_, seats in self.plans if from_ <= day]
        if not plans:
            return {}
        latest = max(reversed(plans), key=lambda p: p[0])
        gone = {s for s, on in self.abolished if latest[0] <= on <= day}
        return {s.seat: s for s in latest[1] if s.seat not in gone}


@dataclass(frozen=True)
class Proposal:
    """What is to become an organisation; `opening`: the first load, where rules about order in time only warn."""

    full_name: str
    short_name: str
    org_type: OrgType
    level: Level
    parent: UUID | None
    proposed_on: date
    area_kind: AreaKind | None = None
    field: Field = "area"
    formation_mode: FormationMode = "standalone"
    units: tuple[UUID, ...] = ()
    out_of: UUID | None = None
    opening: bool = False


def propose(was: Organisation | None, p: Proposal, parent: Organisation | None, units: Mapping[UUID, EligibleUnit | None],
            by: tuple[str, ...], today: date,
            source: Organisation | None = None) -> OrganisationProposed:
    """`source` is the organisation that `out_of` names."""
    need(not was, "organisation_exists", "id")
    words(p.full_name, "full_name")
    words(p.short_name, "short_name")
    past(p.proposed_on, today, "proposed_on")
    if p.parent is None:
        need(p.level == "province" and p.org_type == "federation", "parent_required", "parent")
    else:
        under(p.level, p.org_type, parent, None if p.opening else p.proposed_on)
    for id in p.units:
        units_of.free(units.get(id))
    need(len(p.units) < 2 or p.formation_mode != "standalone", "joint_formation", "formation_mode")
    if p.out_of:
        need(source and source.active_on(p.proposed_on), "split_source_gone", "out_of")
    return OrganisationProposed(full_name=p.full_name, short_name=p.short_name, org_type=p.org_type, level=p.level, parent=p.parent,
                                area_kind=p.area_kind, field=p.field, formation_mode=p.formation_mode, units=p.units,
                                proposed_on=p.proposed_on, proposed_by=() if p.opening else by, out_of=p.out_of)


def under(level: Level, org_type: OrgType, parent: Organisation | None, day: date | None) -> None:
    """A parent stands strictly above by (level, kind): so the tree can have no cycle, whatever races."""
    if not parent or parent.state == "withdrawn":
        raise refused("parent_unknown", "parent")
    need(not parent.ended_on and parent.established_on and (day is None or parent.active_on(day)), "parent_not_active", "parent")
    need((LEVELS.index(parent.level), KINDS[parent.org_type]) < (LEVELS.index(level), KINDS[org_type]), "parent_not_above", "parent")


def establish(was: Organisation | None, established_on: date, by: tuple[str, ...], papers: Sequence[str], today: date,
              opening: bool = False) -> list[Fact]:
    """批准成立 (O12): by the paper, by somebody else than the proposer. The opening mode has neither."""
    org = known(was)
    need(org.state == "proposed", "not_proposed", "state")
    past(established_on, today, "established_on")
    if not opening:
        paper(papers)
        second_person(by, org.proposed_by)
        not_before(established_on, org.proposed_on, "established_on")
    split = [OrganisationSplitOff(out_of=org.out_of, effective=established_on)] if org.out_of else []
    return [OrganisationEstablished(established_on=established_on, opening=opening), *split]


def withdraw(was: Organisation | None, withdrawn_on: date, why: str, today: date) -> OrganisationProposalWithdrawn:
    org = known(was)
    need(org.state == "proposed", "not_proposed", "state")
    words(why, "why")
    past(withdrawn_on, today, "withdrawn_on")
    return OrganisationProposalWithdrawn(withdrawn_on=withdrawn_on, why=why)


def change(was: Organisation | None, effective: date, *, full_name: str | None = None, short_name: str | None = None,
           area_kind: AreaKind | None = None,
           field: Field | None = None, formation_mode: FormationMode | None = None) -> list[OrganisationDetailsChanged]:
    """Names or attributes from a day on, until the next change; nothing when nothing differs from what holds on that day."""
    org = active(was, effective)
    for text, name in ((full_name, "full_name"), (short_name, "short_name")):
        if text is not None:
            words(text, name)
    new = {"full_name": full_name, "short_name": short_name, "area_kind": area_kind, "field": field, "formation_mode": formation_mode}
    then = org.details(effective)
    if all(v is None or v == then[k] for k, v in new.items()):
        return []
    return [OrganisationDetailsChanged(effective=effective, full_name=full_name, short_name=short_name, area_kind=area_kind, field=field,
                                       formation_mode=formation_mode)]


def move(was: Organisation | None, parent_id: UUID, parent: Organisation | None, effective: date) -> list[Fact]:
    """Under another parent from a day on; its division code ends with the move."""
    org = active(was, effective)
    not_before(effective, org.moved_on, "effective")
    need(parent_id != org.parent, "same_parent", "parent")
    under(org.level, org.org_type, parent, effective)
    freed = [DivisionReleased(code=org.code, effective=max(effective, org.coded_on or effective))] if org.code else []
    return [OrganisationMoved(parent=parent_id, effective=effective), *freed]


def assign(was: Organisation | None, code: str, division_name: str, effective: date, opening: bool = False) -> list[DivisionAssigned]:
    """A division code and its name from a day on; the claim on the code is the caller's."""
    org = active(was, effective)
    words(division_name, "division_name")
    not_before(effective, org.coded_on, "effective")
    if (org.code, org.division_name) == (code, division_name):
        return []
    return [DivisionAssigned(code=code, division_name=division_name, effective=effective)]


def credit(was: Organisation | None, code: str | None, effective: date) -> list[CreditCodeAssigned]:
    """A 统一社会信用代码, or none, from a day on; the claim on it is the caller's."""
    org = active(was, effective)
    not_before(effective, org.credited_on, "effective")
    return [CreditCodeAssigned(code=code, effective=effective)] if code != org.credit_code else []


def plan(was: Organisation | None, seats: tuple[Seat, ...], effective: date, rules: Rules, path: Sequence[UUID],
         opening: bool = False) -> list[SeatsDefined]:
    """The whole seat plan from a day on; nothing when it is the plan of that day."""
    org = active(was, effective)
    seats_of.check(org.org_type, seats)
    if not opening:
        seats_of.composition(org.org_type, org.level, seats, rules, path, effective)
    if tuple(org.seats(effective).values()) == seats:
        return []
    return [SeatsDefined(seats=seats, effective=effective)]


def abolish(was: Organisation | None, seat: UUID, effective: date) -> SeatAbolished:
    org = active(was, effective)
    need(seat in org.seats(effective), "seat_unknown", "seat")
    return SeatAbolished(seat=seat, effective=effective)


def cover(was: Organisation | None, unit: UUID, effective: date, until: date | None = None) -> list[Fact]:
    """One more unit; the caller has seen that the unit is free. `until`: when that is over already. One that has ended covered it in its time."""
    org = known(was)
    need(org.established_on, "not_established", "organisation")
    need(org.established_on and effective >= org.established_on, "before_establishment", "organised_on", day=effective, since=org.established_on)
    need(org.active_on(effective) and (until or not org.ended_on), "organisation_ended", "organisation", until=org.ended_on)
    return [OrganisationUnitAdded(unit=unit, effective=effective), *([OrganisationUnitReleased(unit=unit, effective=until)] if until else [])]


def let_go(was: Organisation | None, unit: UUID, effective: date) -> list[OrganisationUnitReleased]:
    """The unit is its no longer."""
    return [OrganisationUnitReleased(unit=unit, effective=effective)] if was and unit in was.units else []


def warnings(was: Organisation | None) -> list[Refused]:
    """One that is there for its units and covers none any more is told: it does not end by itself, that takes its paper [O12]."""
    bare = was and was.state == "active" and not was.units and was.org_type not in ("federation", "women_congress_org")
    return [refused("organisation_without_unit", "organisation", name=was.full_name)] if was and bare else []


def known(was: Organisation | None) -> Organisation:
    if not was:
        raise refused("organisation_unknown", "organisation")
    return was


def active(was: Organisation | None, day: date, field: str = "effective") -> Organisation:
    """Refuse what happens before the organisation is established or after it ended."""
    org = known(was)
    if not org.established_on:
        raise refused("not_established", "organisation")
    need(day >= org.established_on, "before_establishment", field, day=day, since=org.established_on)
    need(org.ended_on is None, "organisation_ended", "organisation",
         until=org.ended_on)
    return org


def evolve(was: Organisation | None, fact: Fact) -> Organisation | None:
    said = (*(was.said if was else ()), fact)
    now = None if isinstance(fact, OrganisationCorrected) else was
    for one in settled(said) if isinstance(fact, OrganisationCorrected) else [fact]:
        now = _told(now, one)
    if now is None:
        return None
    now = replace(now, said=said)
    dated: Any = now.details(date.max) if isinstance(fact, OrganisationDetailsChanged | OrganisationCorrected) else {}
    return replace(now, **dated) if dated else now


def _told(was: Organisation | None, fact: Fact) -> Organisation | None:
    if isinstance(fact, OrganisationProposed):
        return Organisation(fact.full_name, fact.short_name, fact.org_type, fact.level, fact.parent, fact.area_kind, fact.field,
                            fact.formation_mode, fact.units, fact.proposed_on, fact.proposed_by, fact.out_of)
    if not was:
        return was
    match fact:
        case OrganisationEstablished():
            return replace(was, state="active", established_on=fact.established_on)
        case OrganisationProposalWithdrawn():
            return replace(was, state="withdrawn")
        case OrganisationVoided():
            return replace(was, state="voided", established_on=None)
        case OrganisationDetailsChanged():
            return replace(was, **{k: v for k, v in fact.model_dump(exclude={"effective"}).items() if v is not None})
        case OrganisationMoved():
            return replace(was, parent=fact.parent, moved_on=fact.effective)
        case DivisionAssigned():
            return replace(was, code=fact.code, division_name=fact.division_name, coded_on=fact.effective)
        case DivisionReleased():
            return replace(was, code=None, division_name=None, coded_on=fact.effective)
        case CreditCodeAssigned():
            return replace(was, credit_code=fact.code, credited_on=fact.effective)
        case SeatsDefined():
            return replace(was, plans=(*was.plans, (fact.effective, fact.seats)))
        case SeatAbolished():
            return replace(was, abolished=(*was.abolished, (fact.seat, fact.effective)))
        case OrganisationUnitAdded():
            return replace(was, units=(*was.units, fact.unit))
        case OrganisationUnitReleased():
            return replace(was, units=tuple(u for u in was.units if u != fact.unit))
        case OrganisationAbsorbed():
            return replace(was, units=(*was.units, *fact.units))
        case OrganisationsMerged():
            return replace(was, state="merged", ended_on=fact.effective, into=fact.into)
        case OrganisationConverted():
            return replace(was, state="converted", ended_on=fact.effective, into=fact.into)
        case OrganisationDissolved():
            return replace(was, state="dissolved", ended_on=fact.effective)
    return was
