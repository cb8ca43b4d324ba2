"""A roster as a re-election: whose term is over and who the next team is, how the outgoing one leaves, and how all that is taken back."""
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from services.cadre.domain import office, seat, succession
from services.cadre.domain.appointment import Appointment, By
from services.cadre.domain.imports import Entry, Facts, ImportBatch, Taken, Wanted
from services.cadre.domain.matching import Matched
from services.cadre.domain.person import Cadre
from services.cadre.domain.refusals import refused
from services.cadre.domain.seat import HEADS, Place, SeatClaim, Term, covers, plan_on
from services.cadre.events import AppointmentCorrected, Hold, Role, TeamRenewed, TeamRestored
from shared.fact import derive
from shared.words import ROLES

__all__ = ["Team", "asked", "elected", "empty_seats", "renew", "renewed", "restore", "sitting", "teams"]

Claims = Mapping[UUID, SeatClaim | None]
Elected = list[tuple[Matched, Wanted]]
EARLY = timedelta(180)  # so long before the end of a term, when its first reminder comes, a congress may be the next team's [O4]


@dataclass(frozen=True)
class Team:
    """The next team of an organisation, from the day of its congress on; `term` will be org's id of its term. `elected`: who holds what in it;
    `leaving`: whose own period runs on, and who leaves all the same."""

    organisation: UUID
    term: UUID
    former: Term
    elected_on: date
    elected: tuple[tuple[UUID, Role], ...] = ()
    leaving: frozenset[UUID] = frozenset()

    @property
    def early(self) -> bool:
        """Its congress came before the end of the former term."""
        return self.elected_on < self.former.over_on


def teams(batch: UUID, rows: Iterable[Matched], places: Mapping[UUID, Place], claims: Claims, begun: Iterable[TeamRenewed] = ()) -> dict[UUID, Team]:
    """By organisation: its last term is over and a row names somebody who took office since, or it is nearly over and a row puts somebody at the
    head while the old head sits. Rows that name several days after the end are refused. `claims`: of the seats in `asked`; `begun`: those that
    this batch has renewed already."""
    done = {t.organisation: t for t in begun}
    found = {}
    for organisation, some in _by_organisation(rows).items():
        place, days = places[organisation], {w.starts_on for _, w in some}
        day, last = max(days), _last_term(place)
        if last is None or not (organisation in done or _is_renewed(place, last, some, day, claims)):
            if last:
                _too_early(some, place, last, claims)
            continue
        if was := done.get(organisation):
            found[organisation] = Team(organisation, was.term, next(t for t in place.terms if t.id == was.former), was.elected_on)
        elif len(days) == 1:
            found[organisation] = Team(organisation, derive(batch, organisation, "term"), last, day)
        elif last.over_on <= day:
            _refuse(some, last)
    return found


def _too_early(some: Elected, place: Place, last: Term, claims: Claims) -> None:
    """Somebody else than the head who sits is put at the head long before the end of the term: what to do when that is a re-election."""
    heads = set(place.of_roles(HEADS)) if last.ended_on is None else set()
    for m, w in some:
        others = sitting(claims, {w.seat} & heads, w.starts_on)
        if m.entry and last.starts_on < w.starts_on < last.ends_on - EARLY and any(h.person != m.entry.person for h in others):
            m.refusals.append(refused("congress_too_early", day=w.starts_on, ends_on=last.over_on))


def asked(places: Iterable[Place]) -> list[UUID]:
    """The seats whose holders decide whether a team is renewed."""
    last = ((p, _last_term(p)) for p in places)
    return [s for p, term in last if term for s in (p.elected_seats if term.ended_on else p.of_roles(HEADS))]


def _last_term(place: Place) -> Term | None:
    return max(place.terms, key=lambda t: t.starts_on, default=None)


def _is_renewed(place: Place, last: Term, some: Elected, day: date, claims: Claims) -> bool:
    if day < last.over_on:  # a congress before the end of the term; a head who began so late is only told of once more
        late, heads = last.ends_on - EARLY, {w.seat for m, w in some if w.starts_on == day and not m.refusals} & set(place.of_roles(HEADS))
        return late <= day and any(h.starts_on < late for h in sitting(claims, heads, day))
    left = last.ended_on is None or any(h.starts_on < last.ended_on for h in sitting(claims, place.elected_seats, day))
    return left and any(_is_new(m, w, last.over_on) for m, w in some)


def _by_organisation(rows: Iterable[Matched]) -> dict[UUID, Elected]:
    found: dict[UUID, Elected] = {}
    for m in rows:
        for w in m.entry.posts if m.entry else ():
            if w.mode == "elected":
                found.setdefault(w.organisation, []).append((m, w))
    return found


def _is_new(m: Matched, w: Wanted, over_on: date) -> bool:
    held = m.known.posts if m.known else ()
    return w.starts_on >= over_on and not any(h.seat == w.seat and over_on <= h.since and covers(h.since, h.until, w.starts_on) for h in held)


def _refuse(some: Elected, last: Term) -> None:
    for m in dict.fromkeys(m.row.row for m, _ in some):
        mine, own = next((x, w.starts_on) for x, w in some if x.row.row == m)
        other, day = next((x.row.row, w.starts_on) for x, w in some if w.starts_on != own)
        mine.refusals.append(refused("congress_dates_differ", over_on=last.over_on, day=own, other=day, row=other))
        mine.entry = None  # while it is open which day is meant, nothing else of it can be judged


def renewed(place: Place, team: Team) -> Place:
    """The organisation as org will know it when it has heard of the new team."""
    if any(t.id == team.term for t in place.terms):
        return place
    ended = replace(team.former, ended_on=team.former.ended_on or team.elected_on)
    new = Term(team.term, team.elected_on, team.elected_on + (team.former.ends_on - team.former.starts_on))
    return replace(place, terms=(*(ended if t.id == ended.id else t for t in place.terms), new))


def elected(teams: Mapping[UUID, Team], entries: Iterable[Entry], places: Mapping[UUID, Place]) -> dict[UUID, Team]:
    """Those teams that these rows are of, with who is elected in them."""
    won: dict[UUID, list[tuple[UUID, Role]]] = {}
    for e in entries:
        for w in e.posts:
            if w.mode == "elected" and w.organisation in teams and (plan := plan_on(places[w.organisation].seats[w.seat], w.starts_on)):
                won.setdefault(w.organisation, []).append((e.person, plan.role))
    return {o: replace(teams[o], elected=tuple(some)) for o, some in won.items()}


def sitting(claims: Claims, seats: Iterable[UUID], day: date) -> list[Hold]:
    """Who began before that day and still sits on it."""
    return [h for s in seats if (c := claims.get(s)) for h in c.holds.values() if h.starts_on < day and (h.until is None or day < h.until)]


def renew(was: ImportBatch | None, batch: UUID, team: Team, appointments: Mapping[UUID, Appointment | None], claims: Claims, today: date) -> Facts:
    """The outgoing team (`appointments`) leaves on the day of the congress, as after an approved election, and org is told of the new term."""
    if was and any(t.organisation == team.organisation for t in was.teams):
        return {}
    stays = succession.lasting(appointments, team.elected_on, {person for person, _ in team.elected}, team.leaving)
    old = {id: state for id, state in appointments.items() if id not in stays}
    why = succession.reasons(old, team.elected)
    facts = succession.route(succession.outgoing(old, team.elected_on, today, why, "term_expired"), old, claims)
    said = TeamRenewed(organisation=team.organisation, term=team.term, former=team.former.id, elected_on=team.elected_on,
                       outgoing=tuple(i for i in facts if i in appointments), stays=tuple(stays))
    return {batch: [said], **facts}


def restore(was: ImportBatch | None, batch: UUID, team: TeamRenewed, appointments: Mapping[UUID, Appointment | None], claims: Claims,
            taken: Mapping[UUID, Taken], place: Place | None, by: By, people: Mapping[UUID, Cadre | None]) -> Facts:
    """The outgoing team never left; who died or departed since leaves on that day. Refused where later facts build on the new term.
    `appointments`: whoever left, and took its seats since."""
    if was is None or team not in was.teams:
        return {}
    others = (s for id, s in appointments.items() if id not in team.outgoing)
    known = [t for t in place.terms if t.id == team.term] if place else []
    if any(s and s.life and s.post.term == team.term for s in others) or any(t.ended_on for t in known) or (place and team.term in place.cases):
        raise refused("import_term_built_upon")
    facts: Facts = {batch: [TeamRestored(organisation=team.organisation, term=team.term, former=team.former)]}
    now = dict(claims)
    for id in team.outgoing:
        state, t = appointments[id], taken[id]
        if state is None or len(state.said) > t.by_row[-1]:
            raise refused("import_post_built_upon")
        last, record = t.ids[t.by_row[-1] - 1], people.get(state.post.person)
        said = AppointmentCorrected(corrects=last, void=True)
        if record and record.departed:
            said = AppointmentCorrected(corrects=last, effective=record.departed.effective, end_reason=record.departed.why)
        for stream, some in office.correct(id, state, t.ids, said, now, place, by, restores=True).items():
            facts.setdefault(stream, []).extend(some)
            if stream in now:
                for fact in some:
                    now[stream] = seat.evolve(now[stream], fact)
    return facts


def empty_seats(place: Place, claims: Claims, taken: Mapping[UUID, int], day: date, stays: Container[UUID] = ()) -> dict[str, int]:
    """How many places of each office, in their order, nobody holds on that day. `taken`: by seat, how many the file fills; `stays`: appointments."""
    empty: dict[str, int] = {}
    for s in place.elected_seats:
        if plan := plan_on(place.seats[s], day):
            claim = claims.get(s)
            there = sum(h.starts_on == day or h.appointment in stays for h in (claim.holds.values() if claim else ()))  # whoever began before leaves
            left = plan.capacity - there - taken.get(s, 0)
            empty[plan.role] = empty.get(plan.role, 0) + max(0, left)
    return {role: empty[role] for role in ROLES if empty.get(role)}
