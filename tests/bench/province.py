"""The made-up province of the examples as rows of the report views: the seed's plan told as facts, folded by the views' own code, then COPY."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice
from multiprocessing import get_context
from typing import Any, cast
from uuid import UUID

import orjson
import sqlalchemy as sa

from deploy.divisions import JIANGXI, read
from deploy.seed.plan import Planned, Post, province
from services.cadre import events as cadre
from services.org import events as org
from services.projection.views import every_view
from shared.es import Event, Meta
from shared.fact import Fact, new_id
from shared.kept import row_of
from shared.tables import begin, engine, events, insert
from shared.view import Views, rows_of
from tests.views.story import started

__all__ = ["COUNTY", "PROVINCE", "Loaded", "load"]

REGION, PROVINCE, COUNTY = "36", "36", "360121"
ROOM = 1_000_000  # positions of a city: more than it has facts
RECORDED = datetime(2026, 10, 8, 1, tzinfo=UTC)
META = Meta(actor="loader", reason="opening")
RECORDS = "records"
NAMES = ("organisations", "units", "seats", "terms", "people", "directory", "appointments", "audit", "vacancies")
FOLDING = {"people": ("people", "directory"), "appointments": ("appointments", "audit")}  # views of the same facts
CHUNK = 4000
CHANGED = 40  # every so many-th post in office was ended since, so that not all was known at once
Loaded = dict[str, int]  # rows by view, and appointments in office
Said = tuple[str, UUID, list[Fact]]


def load(dsn: str, area: str, processes: int = 2, team: int | None = None, records: bool = False) -> Loaded:
    """Fills the views of a database that was empty. `area`: the province or a county, by the beginning of its code; `team`: executives of a village,
    if not all; `records`: also the audit of what is no appointment, with the facts it is told from."""
    views = Views(engine(dsn), every_view())
    mine = [v for v in views.views if v.name in (*NAMES, RECORDS)]
    indexes = [i for v in mine for i in v.table.indexes]
    with begin(views.engine) as c:
        for index in indexes:
            index.drop(c)
    cities = sorted({d.code[:4] for d in read(JIANGXI, area) if d.level == "city"}) if area == PROVINCE else [area]
    asks = [(dsn, code, n, team, records) for n, code in enumerate(cities)]
    if len(asks) == 1:
        found = [part(asks[0])]
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            found = list(pool.map(part, asks))
    with begin(views.engine) as c:
        for index in indexes:
            index.create(c)
        for place, service in enumerate(("cadre", "org"), 1):
            views.tracking.put(c, [views.consumer, *(v.table.name for v in views.views)], REGION, service, f"{place}/{new_id()}")
    with views.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
        c.exec_driver_sql("VACUUM ANALYZE" if c.dialect.name == "postgresql" else "ANALYZE")
    views.engine.dispose()
    return {name: sum(rows[name] for rows in found) for name in found[0]}


def part(ask: tuple[str, str, int, int | None, bool]) -> Loaded:
    """One city (or county), the how manyth; the first also takes what lies above."""
    dsn, prefix, n, team, records = ask
    positions = count(n * ROOM + 1)
    own = engine(dsn)
    views = {v.name: v for v in every_view()}
    tables = {name: views[name].table for name in (*NAMES, *([RECORDS] if records else ()))} | {"events": events}
    kept: dict[str, list[Any]] = {name: [] for name in tables}
    rows = dict.fromkeys((*tables, "in office"), 0)

    def flush(c: sa.Connection, name: str) -> None:
        insert(c, tables[name], kept[name])
        rows[name] += len(kept[name])
        kept[name].clear()

    divisions = read(JIANGXI, prefix)
    with begin(own) as c:
        mine = (p for p in province(divisions) if n == 0 or p.division.code.startswith(prefix))
        for some in chunks(of for p in mine for of in histories(smaller(p, team), positions)):
            for name, history in some:
                for folding in FOLDING.get(name, (name,)):
                    kept[folding] += rows_of(views[folding], REGION, history).values()
                rows["in office"] += name == "appointments" and len(history) == 1 and started(history[0]).until is None
                if records and name != "appointments":
                    for event in history:
                        event.__dict__["data"] = orjson.loads(event.fact.model_dump_json(exclude_none=True))
                    kept[RECORDS] += rows_of(views[RECORDS], REGION, history).values()
                    kept["events"] += (row_of(REGION, e.name.partition(".")[0], e) for e in history)
            for name in tables:
                flush(c, name)
    own.dispose()
    return rows


def smaller(p: Planned, team: int | None) -> Planned:
    """With so many executives in a village; those who hold its offices come first."""
    if team is None or (p.level, p.field) != ("village", "area"):
        return p
    posts = [post for post in p.posts if post.role != "executive_member"]
    for term in p.terms:
        posts += [post for post in p.posts if post.role == "executive_member" and post.term == term.id][:team]
    left = {post.person for post in posts}
    return replace(p, posts=tuple(posts), people=tuple(person for person in p.people if person.id in left))


def chunks(some: Iterable[tuple[str, list[Event]]]) -> Iterator[list[tuple[str, list[Event]]]]:
    left = iter(some)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def histories(p: Planned, positions: Iterator[int]) -> Iterator[tuple[str, list[Event]]]:
    """(view, history) of every aggregate of a unit and its organisation; only a view that folds its facts is named."""
    versions: defaultdict[UUID, Iterator[int]] = defaultdict(lambda: count(1))  # an organisation's seats are its own facts
    for name, stream, facts in said(p):
        history: list[Event] = []
        at = RECORDED
        for fact in facts:
            version, position = next(versions[stream]), next(positions)
            if not history or isinstance(fact, cadre.AppointmentEnded):  # the rest of an opening is recorded with its first fact
                at = RECORDED + timedelta(milliseconds=position)
            event = Event(stream, version, fact.NAME, {}, at, stream, META, position)
            event.__dict__["fact"] = fact  # what `Event.fact` would restore from the data
            history.append(event)
        yield name, history


def said(p: Planned) -> Iterator[Said]:
    own, listed = p.organisation, min(p.established_on, date(2021, 3, 1))
    level, field = cast(Any, p.level), cast(Any, p.field)
    unit: list[Fact] = [org.EligibleUnitListed(unit_name=p.unit_name, level=level, field=field, area=p.area, listed_on=listed)]
    if p.exempt:
        unit.append(org.EligibleUnitExempted(exempt_from=listed, why="虚拟"))
    if own is None:
        yield "units", p.unit, unit
        return
    yield "units", p.unit, [*unit, org.EligibleUnitOrganised(organisation=own, organised_on=max(listed, p.established_on))]
    proposed = org.OrganisationProposed(full_name=p.names.full_name, short_name=p.names.short_name, org_type=cast(Any, p.org_type), level=level,
                                        parent=p.parent, area_kind=p.names.area_kind, field=field, proposed_on=p.established_on)
    facts: list[Fact] = [proposed, org.OrganisationEstablished(established_on=p.established_on, opening=True)]
    if p.field == "area":
        facts.append(org.DivisionAssigned(code=p.division.code, division_name=p.division.name, effective=p.established_on))
    yield "organisations", own, facts
    seats = tuple(org.Seat(seat=s, role=cast(Any, role), capacity=n, engagement=cast(Any, how)) for s, role, n, how in p.seats)
    yield "seats", own, [org.SeatsDefined(seats=seats, effective=p.established_on)]
    for t in p.terms:
        term = org.TermStarted(organisation=own, term_no=t.number, starts_on=t.starts_on, term_months=60, ends_on=t.ends_on, opening=True)
        yield "terms", t.id, [term, org.TermEnded(ended_on=t.ends_on)] if t.ended else [term]
    for person in p.people:
        yield "people", person.id, [cadre.CadreRegistered(profile=cadre.Profile(**person.profile), home=own, opening=True)]
    for n, post in enumerate(p.posts):
        facts = appointment(own, post, ended=n % CHANGED == CHANGED - 1)
        yield "appointments", post.appointment, facts
        if isinstance(ended := facts[-1], cadre.AppointmentEnded):
            yield "vacancies", new_id(), [org.VacancyOpened(organisation=own, seat=post.seat, since=ended.effective, left_by=post.appointment)]


def appointment(own: UUID, post: Post, ended: bool) -> list[Fact]:
    held = cadre.Post(person=post.person, organisation=own, seat=post.seat, role=cast(Any, post.role), engagement=cast(Any, post.engagement),
                      mode="elected", term=post.term)
    facts: list[Fact] = [cadre.AppointmentStarted(post=held, starts_on=post.starts_on, until=post.until, opening=True)]
    if ended and post.until is None:
        facts.append(cadre.AppointmentEnded(effective=post.starts_on + timedelta(days=100), end_reason="transferred", organisation=own,
                                            seat=post.seat, person=post.person, term=post.term))
    return facts


