"""Cadre's own copy of what its rules must know: organisations, seats, terms and rules from org's facts; posts and names from its own."""
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.cadre import events as own
from services.cadre.application.copy import Hers
from services.cadre.domain.directory import Unit
from services.cadre.domain.known import Known
from services.cadre.domain.rules import Rules
from services.cadre.domain.seat import Place, Plan, Term, covers
from services.cadre.policies import names
from services.cadre.policies.hers import METADATA, Due, People, Posts, Proposals, Secondments, names_of
from services.org import events as org
from shared.corrections import corrected
from shared.es import Busy, Event, meta
from shared.imports.names import Names, above
from shared.view import Json, View, Views, view_table
from shared.words import called

__all__ = ["COPIES", "DEEPEST", "ORG", "Cases", "Copy", "Due", "E", "Organisations", "P", "Parents", "People", "Posts", "R", "RuleRows", "S", "Seats",
           "T", "Terms", "nearest"]

class Organisations(View):
    name = "organisations"
    table = view_table("organisations", METADATA, sa.Column("level", sa.Text), sa.Column("org_type", sa.Text), sa.Column("established_on", sa.Date),
                       sa.Column("closed_on", sa.Date), bitemporal=False)
    facts = names_of(org.OrganisationProposed, org.OrganisationEstablished, org.OrganisationDissolved, org.OrganisationsMerged,
                   org.OrganisationConverted, org.OrganisationCorrected, org.OrganisationVoided)

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        row: dict[str, Any] = {}
        for e in corrected(history):
            match e.fact:
                case org.OrganisationProposed(level=level, org_type=org_type):
                    row |= {"level": level, "org_type": org_type}
                case org.OrganisationEstablished(established_on=day):
                    row["established_on"] = day
                case org.OrganisationDissolved(effective=day) | org.OrganisationsMerged(effective=day) | org.OrganisationConverted(effective=day):
                    row["closed_on"] = day
                case org.OrganisationVoided():
                    return
        yield row


class Parents(View):
    """One row a parent, from a date on."""

    name = "parents"
    table = view_table("parents", METADATA, sa.Column("since", sa.Date, primary_key=True), sa.Column("parent", sa.Uuid), bitemporal=False)
    facts = names_of(org.OrganisationProposed, org.OrganisationMoved, org.OrganisationCorrected)

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        since: dict[date, UUID | None] = {}
        for e in corrected(history):
            match e.fact:
                case org.OrganisationProposed(parent=parent):
                    since[date.min] = parent
                case org.OrganisationMoved(effective=day, parent=parent):
                    since[day] = parent
        return ({"since": day, "parent": parent} for day, parent in since.items())


class Seats(View):
    """One row a seat and a plan, over [since, until)."""

    name, version = "seats", 2
    table = view_table("seats", METADATA, sa.Column("seat", sa.Uuid, primary_key=True), sa.Column("since", sa.Date, primary_key=True),
                       sa.Column("until", sa.Date), sa.Column("role", sa.Text), sa.Column("capacity", sa.Integer),
                       sa.Column("engagement", sa.Text), bitemporal=False, version=2)
    facts = names_of(org.SeatsDefined, org.SeatAbolished, org.OrganisationCorrected)

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        said = [e.fact for e in corrected(history)]
        plans = {f.effective: f.seats for f in said if isinstance(f, org.SeatsDefined)}
        gone = {f.seat: f.effective for f in said if isinstance(f, org.SeatAbolished)}
        days = sorted(plans)
        for since, until in zip(days, [*days[1:], None], strict=True):
            for s in plans[since]:
                end = gone.get(s.seat)
                if end and end <= since:
                    continue
                yield {"seat": s.seat, "since": since, "until": min(until or end, end) if end else until, "role": s.role,
                       "capacity": s.capacity, "engagement": s.engagement}


class Terms(View):
    """`elected`: it began with an approved result; `renewed`: a roster ended it and brought the next team."""

    name, version = "terms", 2
    table = view_table("terms", METADATA, sa.Column("organisation", sa.Uuid), sa.Column("starts_on", sa.Date), sa.Column("ends_on", sa.Date),
                       sa.Column("ended_on", sa.Date), sa.Column("elected", sa.Boolean), sa.Column("renewed", sa.Boolean),
                       sa.Index("terms_v2_organisation", "organisation"), bitemporal=False, version=2)
    facts = names_of(org.TermStarted, org.TermExtended, org.TermEnded, org.TermResumed, org.TermVoided, org.TermCorrected)

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        row: dict[str, Any] = {}
        for fact in org.standing(e.fact for e in corrected(history)):
            match fact:
                case org.TermStarted(organisation=organisation, starts_on=starts_on, ends_on=ends_on, reelection=case):
                    row |= {"organisation": organisation, "starts_on": starts_on, "ends_on": ends_on, "elected": case is not None, "renewed": False}
                case org.TermExtended(new_ends_on=ends_on):
                    row["ends_on"] = ends_on
                case org.TermEnded(ended_on=ended_on, roster=roster):
                    row |= {"ended_on": ended_on, "renewed": roster is not None}
        return [row] if row else []


class Cases(View):
    """A row for a re-election case. `running`: it has no approved result yet."""

    name, version = "cases", 2
    table = view_table("cases", METADATA, sa.Column("organisation", sa.Uuid), sa.Column("term", sa.Uuid), sa.Column("planned_on", sa.Date),
                       sa.Column("congress_on", sa.Date), sa.Column("running", sa.Boolean), sa.Index("cases_v2_organisation", "organisation"),
                       bitemporal=False, version=2)
    facts = names_of(org.ReelectionPlanned, org.ElectionResultApproved, org.ReelectionClosed, org.ReelectionCancelled)

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        planned = history[0].fact
        if isinstance(planned, org.ReelectionPlanned):
            yield {**planned.model_dump(include={"organisation", "term", "planned_on", "congress_on"}), "running": len(history) == 1}


class RuleRows(View):
    name = "rules"
    table = view_table("rules", METADATA, sa.Column("n", sa.Integer, primary_key=True), sa.Column("rule", sa.Text), sa.Column("area", sa.Uuid),
                       sa.Column("effective", sa.Date), sa.Column("value", Json), bitemporal=False)
    facts = names_of(org.RuleSet)

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        for n, e in enumerate(history):
            if isinstance(e.fact, org.RuleSet):
                yield {"n": n, "rule": e.fact.rule, "area": e.fact.area, "effective": e.fact.effective, "value": e.fact.value}


COPIES: list[View] = [Organisations(), Parents(), Seats(), Terms(), Cases(), RuleRows(), Posts(), Proposals(), Due(), People(),
                      Secondments(), Names()]


DEEPEST = 12
HERS_SECONDS = 2.0
PLACE, DAY = sa.bindparam("place", type_=sa.Uuid), sa.bindparam("day", type_=sa.Date)
ORG, P, S, T, E, R = (view.table.c for view in (Organisations, Parents, Seats, Terms, Cases, RuleRows))


def _path() -> sa.Select[UUID]:
    """An organisation, its parent on a day, … up to the province."""
    path = sa.select(PLACE.label("at"), sa.literal(0).label("n")).cte("path", recursive=True)
    above = sa.select(P.parent).where(P.stream == path.c.at, P.since <= DAY).order_by(P.since.desc()).limit(1).scalar_subquery()
    path = path.union_all(sa.select(above, path.c.n + 1).where(path.c.at.is_not(None), path.c.n < DEEPEST))
    return sa.select(path.c.at).where(path.c.at.is_not(None)).order_by(path.c.n)


# Built once: to build a statement costs several times what it costs to run, and these run for every command.
PATH = _path()
ORGANISATION = sa.select(ORG.level, ORG.org_type, ORG.established_on, ORG.closed_on).where(ORG.stream == PLACE)
SEATS = sa.select(S.seat, S.since, S.until, S.role, S.capacity, S.engagement).where(S.stream == PLACE).order_by(S.since)
TERMS = sa.select(T.stream, T.starts_on, T.ends_on, T.ended_on, T.elected, T.renewed).where(T.organisation == PLACE)
CASES = sa.select(E.term).where(E.organisation == PLACE, E.running)
RULES = sa.select(R.rule, R.area, R.value).where(
    R.effective <= DAY, sa.or_(R.area.is_(None), R.area.in_(sa.bindparam("path", expanding=True)))).order_by(R.effective, R.n)


class Copy:
    """The questions the rules ask."""

    def __init__(self, views: Views) -> None:
        self.views = views

    def place(self, organisation: UUID, day: date) -> Place | None:
        """The organisation with its seats and terms, and the rules that hold for it on that day. None: org knows none with this id."""
        asked = {"place": organisation, "day": day}
        with self.views.connect() as c:
            found = c.execute(ORGANISATION, asked).first()
            if found is None:
                return None
            path = list(dict.fromkeys(c.scalars(PATH, asked)))
            seats: dict[UUID, list[Plan]] = defaultdict(list)
            for seat, *plan in c.execute(SEATS, asked):
                seats[seat].append(Plan(*plan))
            terms = c.execute(TERMS, asked).all()
            cases = tuple(c.scalars(CASES, asked))
            rules: Sequence[Any] = c.execute(RULES, {**asked, "path": path}).all()
        return Place(organisation, *found[:2], path[1] if len(path) > 1 else None, *found[2:], {seat: tuple(plans) for seat, plans in seats.items()},
                     tuple(Term(*row) for row in terms), nearest(rules, path), cases)

    def organisation_of_term(self, term: UUID) -> UUID | None:
        with self.views.connect() as c:
            found: UUID | None = c.scalar(sa.select(T.organisation).where(T.stream == term))
        return found

    def organisations_of(self, person: UUID, day: date) -> set[UUID]:
        p = Posts.table.c
        with self.views.connect() as c:
            rows = c.execute(sa.select(p.organisation, p.starts_on, p.ends_on).where(p.person == person)).all()
        return {organisation for organisation, starts_on, ends_on in rows if covers(starts_on, ends_on, day)}

    def holds_office(self, person: UUID, day: date) -> bool:
        p = Posts.table.c
        standing = sa.select(p.stream).where(p.person == person, sa.or_(p.ends_on.is_(None), p.ends_on > day)).limit(1)
        with self.views.connect() as c:
            return c.execute(standing).first() is not None

    def hers(self, person: UUID, position: int) -> Hers:
        if not self.views.wait({(meta.get().region, "cadre"): position}, HERS_SECONDS):
            raise Busy("the copy of her posts is behind")
        held, proposed, seconded = Posts.table.c, Proposals.table.c, Secondments.table.c
        with self.views.connect() as c:
            mine = sa.union(sa.select(held.stream).where(held.person == person), sa.select(proposed.stream).where(proposed.person == person))
            return Hers(sorted(c.scalars(mine)), list(c.scalars(sa.select(seconded.stream).where(seconded.person == person))))

    def alike(self, profile: own.Profile) -> bool:
        p = People.table.c
        if not profile.born_on:
            return False
        same = sa.select(p.stream).where(p.called == called(profile.person_name or ""), p.born_on == profile.born_on, p.merged.is_(False))
        with self.views.connect() as c:
            return c.execute(same.limit(1)).first() is not None

    def units(self, area: UUID, day: date) -> list[Unit]:
        return names.units(self.views, area, day)

    def above(self, area: UUID, day: date) -> list[Unit]:
        return [Unit(*called) for called in above(self.views, area, day)]

    def named(self, some: Sequence[str]) -> list[Known]:
        return names.named(self.views, People.table, Posts.table, some)

    def appointments_of(self, people: Iterable[UUID]) -> dict[UUID, set[UUID]]:
        return names.appointments_of(self.views, Posts.table, people)

    def candidates(self, case: UUID, until: date) -> list[UUID]:
        p = Proposals.table.c
        last = sa.case((E.congress_on > until, E.congress_on), else_=until)
        hers = sa.select(p.stream).join(Cases.table, E.organisation == p.organisation).where(E.stream == case, p.mode == "elected")
        with self.views.connect() as c:
            return list(c.scalars(hers.where(p.starts_on >= E.planned_on, p.starts_on <= last).order_by(p.stream)))

    def proposed(self, seats: Sequence[UUID], day: date) -> list[UUID]:
        p = Proposals.table.c
        with self.views.connect() as c:
            return list(c.scalars(sa.select(p.stream).where(p.seat.in_(seats), p.starts_on >= day).order_by(p.stream)))

    def due(self, today: date, limit: int = 500) -> list[tuple[UUID, str, date]]:
        d = Due.table.c
        with self.views.connect() as c:
            rows = c.execute(sa.select(d.stream, d.act, d.on_day).where(d.on_day <= today).order_by(d.on_day).limit(limit)).all()
        return [(stream, act, day) for stream, act, day in rows]


def nearest(rows: Iterable[Sequence[Any]], path: Sequence[UUID]) -> Rules:
    """For each rule the nearest area's newest row, else the province's."""
    rank: dict[UUID | None, int] = {area: n for n, area in enumerate(path)}
    best: dict[str, tuple[int, Any]] = {}
    for rule, area, value in rows:
        n = rank.get(area, len(path))
        if rule not in best or n <= best[rule][0]:
            best[rule] = (n, value)
    return {rule: value for rule, (_, value) in best.items()}
