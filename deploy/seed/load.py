"""Loads the made-up county or province through the services' own application methods: again and again the same, and never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from datetime import date
from functools import partial
from itertools import islice
from typing import Any, TypeVar, cast
from uuid import UUID

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.divisions import JIANGXI, Division, offer, read
from deploy.seed import examples, history
from deploy.seed.plan import ALL, Planned, Post, organisation_id, province, seats_of
from services.cadre.application import Cadre
from services.cadre.events import Hold, Profile
from services.cadre.events import Post as Held
from services.org.application import Opening, OpeningTerm, Org, Proposal
from services.org.events import Seat
from shared.es import Meta, Store, meta, open_store
from shared.fact import Refused, derive
from shared.settings import settings
from shared.vault import Vault

T = TypeVar("T")
Call = Callable[[], object]
ACTOR = "loader"
BATCH, CHUNK, WORKERS = 500, 120, 2
LARGE, FEW = 5000, 3  # of a whole province's former terms, the offices and three executives each are known: enough history, half the facts
SOURCE = "示例数据 example data"


class Failed(Exception):
    """A row was refused. It names the row, never what the row says of a person."""


def load_if_missing(area: str) -> None:
    """Nothing to do, in a moment, when all of the area was loaded before."""
    divisions = read(JIANGXI, area)
    with closing(opened(Org)) as org, closing(opened(Cadre)) as cadre:
        if not complete(cadre, divisions):
            fill(org, cadre, divisions)
        meta.set(Meta(actor=ACTOR, reason=SOURCE, region=settings().region))
        run(org, examples.grants(org, divisions))
        if not history.entered(org):
            county = examples.where(divisions)["county"].code
            own = [d for d in divisions if d.code.startswith(county[:6])]
            history.enter(org, cadre, list(province(own)), organisation_id(county))
    examples.load(divisions, run, opened)


def load(area: str) -> None:
    """`halfsky seed`: as above, at any time, beside running services too; their relays find what came."""
    load_if_missing(area)


def complete(cadre: Cadre, divisions: list[Division]) -> bool:
    """Whether the last organisation's last seat is there."""
    by_code = {d.code: d for d in divisions}
    last = next(d for d in reversed(divisions) if offer(d, by_code.get(d.parent)).org_type)
    seat = seats_of(last, by_code.get(last.parent))[-1][0]
    return bool(cadre.recorder.read([(ACTOR, f"open:{seat}")], [])[0])


def fill(org: Org, cadre: Cadre, divisions: list[Division]) -> None:
    """Organisations in order, parents first; people and posts beside them, two batches under way so that the database is not idle."""
    meta.set(Meta(actor=ACTOR, reason=SOURCE, region=settings().region))
    with progress() as bars, ThreadPoolExecutor(WORKERS) as pool:
        bar = bars.add_task("组织与干部 organisations and people", total=len(divisions))
        under_way: list[Future[None]] = []
        for chunk in chunks(province(divisions, ALL if len(divisions) < LARGE else FEW), CHUNK):
            for calls in (organisation_calls, filled_calls):
                run(org, [call for p in chunk for call in calls(org, p)])
            cadre.vault.warm(p.posts[0].person for p in chunk if p.posts)  # their keys, in one call
            for batch in chunks((call for p in chunk for call in people_calls(cadre, p)), BATCH):
                under_way.append(pool.submit(copy_context().run, run, cadre, batch))
            while len(under_way) > 2 * WORKERS:
                under_way.pop(0).result()
            bars.advance(bar, sum(p.field == "area" for p in chunk))
        for future in under_way:
            future.result()


def organisation_calls(org: Org, p: Planned) -> Iterator[Call]:
    """The unit, then its organisation with code, seats and terms; the province's own unit lies in itself and comes after."""
    listed, own = min(p.established_on, date(2021, 3, 1)), p.organisation
    level, field, org_type = cast(Any, p.level), cast(Any, p.field), cast(Any, p.org_type)
    unit = partial(org.list_unit, p.unit, unit_name=p.unit_name, level=level, field=field, area=p.area, listed_on=listed, key=f"open:{p.unit}")
    if p.parent:
        yield unit
    if p.exempt:
        yield partial(org.exempt_unit, p.unit, listed, "虚拟单位，不设妇联", f"exempt:{p.unit}")
    if own is None:
        return
    proposal = Proposal(
        full_name=p.names.full_name, short_name=p.names.short_name, org_type=org_type, level=level, parent=p.parent, field=field,
        proposed_on=p.established_on, area_kind=p.names.area_kind, units=(p.unit,) if p.parent else (), opening=True)  # fmt: skip
    seats = tuple(Seat(seat=s, role=cast(Any, role), capacity=n, engagement=cast(Any, how)) for s, role, n, how in p.seats)
    terms = tuple(OpeningTerm(t.id, t.starts_on, t.months, t.number, t.ends_on if t.ended else None) for t in p.terms)
    code, name = (p.division.code, p.division.name) if p.field == "area" else (None, None)
    yield partial(org.open_organisation, own, Opening(proposal, p.established_on, code, name, seats, terms), f"open:{own}")
    if not p.parent:
        yield unit
        yield partial(org.organise_unit, p.unit, own, max(listed, p.established_on), f"organise:{p.unit}")
    for n, gap in enumerate(p.vacant):
        vacancy = derive(own, "vacancy", n)
        yield partial(org.open_vacancy, vacancy, own, gap.seat, gap.since, f"open:{vacancy}")


def filled_calls(org: Org, p: Planned) -> Iterator[Call]:
    """The vacancies that were filled, once they are there."""
    for n, gap in enumerate(p.vacant):
        if p.organisation and gap.appointment and gap.filled_on:
            vacancy = derive(p.organisation, "vacancy", n)
            yield partial(org.fill_vacancy, vacancy, gap.appointment, gap.filled_on, f"fill:{vacancy}")


def people_calls(cadre: Cadre, p: Planned) -> Iterator[Call]:
    """Everybody's record, her posts, and at last each seat's holders."""
    own = p.organisation
    if own is None:
        return
    first = p.posts[0].person if p.posts else None  # the head: she has a telephone number, made up and impossible
    for person in p.people:
        phone = f"100{int(p.division.code[4:]) % 10**8:08}" if person.id == first else None
        yield partial(cadre.open_cadre, person.id, Profile(**person.profile), own, f"open:{person.id}", phone=phone, source=SOURCE)
    for post in p.posts:
        held, key = _held(post, own), f"open:{post.appointment}"
        yield partial(cadre.open_post, post.appointment, held, post.starts_on, key, post.until, source=SOURCE, claim=False)
    for seat, *_ in p.seats:
        holds = [Hold(appointment=x.appointment, person=x.person, starts_on=x.starts_on, until=x.until) for x in p.posts if x.seat == seat]
        yield partial(cadre.open_seat, seat, holds, f"open:{seat}")


def _held(post: Post, organisation: UUID) -> Held:
    return Held(person=post.person, organisation=organisation, seat=post.seat, role=cast(Any, post.role), term=post.term,
                engagement=cast(Any, post.engagement), mode="appointed" if post.role == "staff" else "elected")  # fmt: skip


def run(store: Store, calls: Iterable[Call]) -> None:
    """The calls in batches; Failed at the first refusal that a later run would meet again."""
    for batch in chunks(calls, BATCH):
        for outcome in store.batch(batch):
            if isinstance(outcome, Refused):
                raise Failed(f"{store.name}: {outcome.code}: {outcome.zh} {outcome.en}")
            if isinstance(outcome, Exception):
                raise outcome


def opened(kind: type[Any]) -> Any:
    s = settings()
    return open_store(kind, s.dsn(kind.name), Vault.of(s, kind.name))


def chunks(some: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(some)
    while chunk := list(islice(rest, size)):
        yield chunk


def progress() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
