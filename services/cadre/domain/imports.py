"""An import batch and its rows: what a row adds or changes, by the rules of people and posts, and what takes it back."""
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.cadre.domain import appointment, office, person, seat
from services.cadre.domain.appointment import Appointment, By, Wish
from services.cadre.domain.known import same_as_far
from services.cadre.domain.person import Cadre
from services.cadre.domain.refusals import refused
from services.cadre.domain.rules import OFFICES
from services.cadre.domain.seat import Place, SeatClaim
from services.cadre.events import (
    AppointmentCorrected,
    AppointmentStarted,
    CadreProfileChanged,
    CadreProfileCorrected,
    CadreRegistered,
    Engagement,
    Hold,
    ImportCommitted,
    ImportedRow,
    ImportKind,
    ImportRevoked,
    ImportRowsApplied,
    ImportStarted,
    Mode,
    Post,
    Precision,
    Profile,
    TeamRenewed,
    TeamRestored,
)
from shared.fact import Fact, Personal, Refused
from shared.words import called

__all__ = ["Approval", "Entry", "ImportBatch", "Taken", "Wanted", "commit", "differences", "enter", "evolve", "revoke", "rows_applied", "start",
           "take_back"]

Facts = dict[UUID, list[Fact]]
GONE = re.compile("(已|被|因病|因公|突发疾病|于[0-9年月日.]+)*(去世|病故|病逝|逝世|亡故|死亡|身故|调离本省|调往外省|开除)|已故")  # a remark
ONLY_WARNED = ("effective_before_established", "effective_before_term", "term_ended", "engagement_mismatch")  # in a first load [corrections §3]


@dataclass(frozen=True)
class ImportBatch:
    """Where it stands, the rows it recorded, and the organisations whose new team they are."""

    started: ImportStarted
    rows: tuple[ImportedRow, ...] = ()
    committed: bool = False
    revoked: bool = False
    teams: tuple[TeamRenewed, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """One post that a row names. `executive`: the person is an executive by this file too."""

    appointment: UUID
    organisation: UUID
    seat: UUID
    engagement: Engagement | None
    mode: Mode
    starts_on: date
    until: date | None = None
    precision: Precision = "day"
    executive: bool = False
    others: int = 0
    newly: bool | None = None
    note: str | None = None


@dataclass(frozen=True)
class Entry:
    """A row with everybody and everything in it found. `id_number`, `phone`: only when they are new."""

    row: str
    person: UUID
    profile: Profile
    home: UUID
    id_number: str | None = None
    phone: str | None = None
    posts: tuple[Wanted, ...] = ()


@dataclass(frozen=True)
class Approval:
    """Who proposed, who approved, and the Party organisation's decision, for the whole batch."""

    proposer: By
    approver: By
    authority: str = ""
    decided_on: date | None = None


# -- the batch -----------------------------------------------------------------------------------------------------
def start(was: ImportBatch | None, started: ImportStarted) -> list[Fact]:
    if was and was.started.digest != started.digest:
        raise refused("import_exists")
    return [] if was else [started]


def rows_applied(was: ImportBatch | None, rows: Sequence[ImportedRow]) -> list[Fact]:
    known = {r.row for r in was.rows} if was else set()
    new = tuple(r for r in rows if r.row not in known)
    return [ImportRowsApplied(rows=new)] if new else []


def commit(was: ImportBatch | None, applied: int, refused_rows: int) -> list[Fact]:
    return [] if was and was.committed else [ImportCommitted(applied=applied, refused=refused_rows)]


def revoke(was: ImportBatch | None, why: str) -> list[Fact]:
    if was is None:
        raise refused("import_unknown")
    return [] if was.revoked else [ImportRevoked(why=why, rows=len(was.rows))]


def evolve(was: ImportBatch | None, fact: Fact) -> ImportBatch | None:
    match fact:
        case ImportStarted():
            return ImportBatch(fact)
        case TeamRenewed():
            return replace(was, teams=(*was.teams, fact)) if was else None  # a dry run has no batch
        case TeamRestored():
            assert was
            return replace(was, teams=tuple(t for t in was.teams if t.organisation != fact.organisation))
        case ImportRowsApplied():
            assert was
            return replace(was, rows=was.rows + fact.rows)
        case ImportCommitted():
            assert was
            return replace(was, committed=True)
    assert was
    return replace(was, revoked=True)


# -- a row ---------------------------------------------------------------------------------------------------------
def enter(kind: ImportKind, e: Entry, source: str, people: Mapping[UUID, Cadre | None], claims: Mapping[UUID, SeatClaim | None],
          places: Mapping[UUID, Place | None], approval: Approval, today: date) -> Facts:
    """The row's facts by stream; none for what is there already."""
    facts: Facts = {e.person: _person(kind, e, source, people[e.person], today)}
    for w in e.posts:
        if GONE.match(w.note or "") and w.until is None:
            raise refused("note_says_departed")
        if _held(claims.get(w.seat), e.person, w):
            continue
        if w.engagement is None:
            raise refused("engagement_missing")
        if record := people[e.person]:
            person.present(record, w.starts_on, w.until)
        if kind == "opening":
            facts |= _open(e.person, w, w.engagement, source, claims.get(w.seat), places[w.organisation])
        else:
            facts |= _elect(e.person, w, w.engagement, claims, places[w.organisation], approval, today)
    return facts


def _person(kind: ImportKind, e: Entry, source: str, was: Cadre | None, today: date) -> list[Fact]:
    number, phone = (Personal[str](subject=e.person, value=v) if v else None for v in (e.id_number, e.phone))
    if was is None:
        if kind == "profiles":
            raise refused("unknown_cadre")
        if kind == "opening":
            return [person.open_record(was, e.profile, e.home, number, phone, source)]
        return [person.register(was, e.profile, e.home, number, phone, False, today).model_copy(update={"source": source})]
    record = person.known(was)
    new = differences(record.profile, e.profile)
    if not new and not number and not phone:
        return []
    return [person.change(was, Profile(**new), today, None, number, phone, today)]


def differences(was: Profile, now: Profile) -> dict[str, Any]:
    """What `now` says otherwise; a vaguer birth is no difference, nor is a name with another dot or none: a new name is given on her page."""
    old = was.__dict__ | {"in_two_committees": was.in_either}
    new = {k: v for k, v in now.__dict__.items() if v is not None and v != old[k]}
    if called(was.person_name or "") == called(now.person_name or ""):
        new.pop("person_name", None)
    vague = now.born_precision or "day"
    if was.born_on and now.born_on and vague != "day" and same_as_far(was.born_on, now.born_on, vague):
        new = {k: v for k, v in new.items() if k not in ("born_on", "born_precision")}
    return new


def _held(claim: SeatClaim | None, who: UUID, w: Wanted) -> Hold | None:
    """Her hold of the seat that meets the wanted one."""
    return next((h for h in (claim.holds.values() if claim else ()) if (h.until is None or w.starts_on < h.until)
                 and (w.until is None or h.starts_on < w.until) and h.person == who), None)


def _open(who: UUID, w: Wanted, how: Engagement, source: str, claim: SeatClaim | None, place: Place | None) -> Facts:
    """First load: what only orders the trail in time warns."""
    warnings: list[str] = []
    try:
        plan, term = seat.check(place, w.seat, how, None, w.starts_on, warnings)
    except Refused as no:
        if no.code not in ONLY_WARNED or place is None:
            raise
        warnings.append(no.code)
        known = seat.plan_on(place.seats[w.seat], w.starts_on) or place.seats[w.seat][-1]
        plan, term = known, None
    if GONE.match(w.note or ""):
        warnings.append("note_says_departed")
    post = Post(person=who, organisation=w.organisation, seat=w.seat, role=plan.role, engagement=how, mode=w.mode, term=term)
    started = office.open_post(None, post, w.starts_on, w.until, w.precision, source)
    held = seat.hold(claim, appointment.hold_from(w.appointment, started), place.seats[w.seat] if place else None, warnings)
    said = {"warnings": tuple(warnings), "newly": w.newly, "note": w.note}
    return {w.appointment: [started.model_copy(update=said)], w.seat: [held]}


def _elect(who: UUID, w: Wanted, how: Engagement, claims: Mapping[UUID, SeatClaim | None], place: Place | None, a: Approval,
           today: date) -> Facts:
    """The whole route of one elected post, on the batch's one decision."""
    wish = Wish(who, w.organisation, w.seat, how, w.mode, w.starts_on, w.until)
    claim = claims.get(w.seat)
    proposed = appointment.propose(None, wish, place, claim, w.others, a.proposer)
    said: list[Fact] = [proposed]
    state = appointment.evolve(None, proposed)
    if "party" in proposed.route and a.decided_on:
        said += appointment.party_decision(state, True, a.decided_on, a.authority, a.approver, today)
        state = appointment.evolve(state, said[-1])
    said.append(appointment.elect(state, w.starts_on, "congress", a.approver, today))
    state = appointment.evolve(state, said[-1])
    executive = _executive(who, w, claims, place, proposed.post)
    started, *ended, held = office.start(w.appointment, state, w.starts_on, claim, place, executive, w.others, None, a.approver, today)
    if w.newly is not None or w.note or w.precision != "day":
        started = started.model_copy(update={"newly": w.newly, "note": w.note, "precision": w.precision})
    return {w.appointment: [*said, started, *ended], w.seat: [held]}


def _executive(who: UUID, w: Wanted, claims: Mapping[UUID, SeatClaim | None], place: Place | None, post: Post) -> bool | None:
    seats = place.of_roles(["executive_member"]) if place and post.role in OFFICES else []
    if not seats:
        return None
    holds = (h for s in seats if (c := claims.get(s)) for h in c.holds.values())
    return w.executive or any(h.person == who and seat.covers(h.starts_on, h.until, w.starts_on) for h in holds)


# -- taking it back ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Taken:
    """What the log says of one stream: its facts' ids, and which of them (from 1) this row of the batch made, and the whole batch."""

    ids: Sequence[UUID]
    by_row: Sequence[int]
    by_batch: Sequence[int]


def take_back(row: ImportedRow, record: Cadre | None, posts: Mapping[UUID, Appointment | None], claims: Mapping[UUID, SeatClaim | None],
              taken: Mapping[UUID, Taken], elsewhere: bool, by: By) -> Facts:
    """What the row said never was so. Refused where later facts build on it. `elsewhere`: she holds posts that are not of this batch."""
    facts: Facts = {}
    for id, state in posts.items():
        if state and state.life:
            facts |= _void(id, state, taken[id], claims, by)
    return facts | {row.person: _void_person(record, taken[row.person], elsewhere)}


def _void(id: UUID, state: Appointment, t: Taken, claims: Mapping[UUID, SeatClaim | None], by: By) -> Facts:
    if len(state.said) > len(t.by_row):
        raise refused("import_post_built_upon")
    begun = next(i for i, f in enumerate(state.said) if isinstance(f, AppointmentStarted))
    said = AppointmentCorrected(corrects=t.ids[begun], void=True)
    return office.correct(id, state, t.ids, said, dict(claims), None, by)


def _void_person(record: Cadre | None, t: Taken, elsewhere: bool) -> list[Fact]:
    facts: list[Fact] = []
    void = {f.corrects_version for f in record.said if isinstance(f, CadreProfileCorrected) and f.void} if record else set()
    for n in reversed(t.by_row):
        said = record.said[n - 1] if record else None
        if n in void or not isinstance(said, CadreRegistered | CadreProfileChanged):
            continue
        later = [f for m, f in enumerate(record.said[n:], n + 1) if m not in t.by_batch and not _takes_back(f, t)] if record else []
        if isinstance(said, CadreRegistered) and (later or elsewhere):
            raise refused("import_record_built_upon")
        if any(isinstance(f, CadreProfileCorrected) and f.corrects_version == n for f in later):
            raise refused("import_record_built_upon")
        facts.append(CadreProfileCorrected(corrects=t.ids[n - 1], corrects_version=n, profile=Profile(), void=True))
    return facts


def _takes_back(f: Fact, t: Taken) -> bool:
    """A later row of the same batch, taken back before this one."""
    return isinstance(f, CadreProfileCorrected) and f.void and f.corrects_version in t.by_batch
