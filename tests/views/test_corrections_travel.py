"""Corrections travel: a history with errors, corrections, withdrawals and late entries comes to the same as the one entered right the first time."""
from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.cadre import policies as cadre_policies
from services.cadre.application import Cadre
from services.cadre.events import Profile
from services.cadre.main import routers as cadre_routers
from services.org import policies as org_policies
from services.org.application import Opening, Org, Proposal
from services.org.domain.dependants import Held
from services.org.main import routers as org_routers
from services.projection.indicators import CATALOGUE
from services.projection.indicators.definition import WHOLE, Ask, period
from services.projection.indicators.kept import Kept
from services.projection.views.appointments import Appointments
from services.projection.views.grants import Grants
from services.projection.views.moment import Moment, moment, reading
from services.projection.views.terms import Terms
from services.projection.views.tree import Trees
from services.projection.views.vacancies import Vacancies
from shared.calendar import today as current_day
from shared.es import Meta, meta
from shared.fact import Refused
from shared.http import service
from shared.rebuild import verify
from shared.settings import settings
from tests.api.caller import Copying, Names, config, served
from tests.views.asking import projection
from tests.views.histories import BEGAN, Entering, House, Right, truth

HISTORIES = int(os.environ.get("HALFSKY_HISTORIES", "200"))
SEED = 20_260_311
PROVINCE = UUID(int=7)
STAGES = (-300, -100, 0)  # days before the end of the story on which it is told so far
AS_OF = (-1200, -900, -600, -420, -300, -200, -100, -50, -1, 0)
REPORTS = ("R01", "R02", "R02u", "R03", "R03u", "R05", "R06", "R10", "R11", "R12", "R13", "R34")
SHOWN: dict[str, tuple[Any, tuple[str, ...]]] = {  # what is compared of a list
    "vacancies": (Vacancies.table, ("seat", "left_by", "since", "timely_until", "filled_on", "appointment", "abolished_on", "over_on")),
    "appointments": (Appointments.table, ("stream", "person", "seat", "role", "engagement", "mode", "status", "starts_on", "ends_on", "end_reason")),
    "terms": (Terms.table, ("stream", "term_no", "starts_on", "ends_on", "due_on", "ended_on")),
    "grants": (Grants.table, ("stream", "role", "starts_on", "appointment")),
}


@contextmanager
def day_of(offset: int) -> Iterator[None]:
    """The clock of all services, so many days from now."""
    was = {k: os.environ.get(k) for k in ("HALFSKY_MODE", "HALFSKY_CLOCK_OFFSET")}
    os.environ |= {"HALFSKY_MODE": "dev", "HALFSKY_CLOCK_OFFSET": str(offset * 86_400)}
    settings.cache_clear()
    try:
        yield
    finally:
        for k, v in was.items():
            os.environ.pop(k) if v is None else os.environ.update({k: v})
        settings.cache_clear()


class Province:
    """org, cadre and projection in one process, each with its own log and copies; facts go from one to the others when told."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        apps = []
        for name, store, routers, policies in (("org", Org, org_routers, org_policies), ("cadre", Cadre, cadre_routers, cadre_policies)):
            app = service(name, store, routers, policies, config=config(folder), identity=Names(), nats=False)
            apps.append(stack.enter_context(served(app)))
        self.apps = org, cadre = apps
        self.shown = stack.enter_context(projection(folder))
        self.org, self.cadre = org.state.store, cadre.state.store
        own, hers, heard, answered = (Copying(a, b) for a, b in ((org, org), (cadre, cadre), (org, cadre), (cadre, org)))
        self.hers, self.copying = hers, [own, hers, heard, answered, own, heard]
        self.reports = [Copying(org, self.shown), Copying(cadre, self.shown)]
        self.views = self.shown.state.views
        self.trees = Trees()

    def pull(self) -> None:
        with self.at_hand():
            for copying in self.copying:
                copying.pull()

    @contextmanager
    def at_hand(self) -> Iterator[None]:
        """Cadre's own copies, which its answers wait for, go along meanwhile."""
        over = threading.Event()

        def along() -> None:
            while not over.wait(0.01):
                self.hers.pull()
        thread = threading.Thread(target=along)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
        self.hers.pull()

    def do(self, acts: Sequence[tuple[str, Any]]) -> list[Exception | None]:
        """At once; what was refused, by act."""
        outcomes: list[Exception | None] = [None] * len(acts)
        for name, store in (("org", self.org), ("cadre", self.cadre)):
            mine = [i for i, (service_, _) in enumerate(acts) if service_ == name]
            for at in range(0, len(mine), 500):
                some = mine[at:at + 500]
                token = meta.set(Meta(actor="iss|leader", region="36"))
                for i, outcome in zip(some, store.batch([acts[i][1] for i in some]), strict=True):
                    if isinstance(outcome, Exception):
                        if not isinstance(outcome, Refused):
                            raise outcome
                        outcomes[i] = outcome
                meta.reset(token)
        self.pull()
        return outcomes

    def clock(self) -> None:
        for app, policies in zip(self.apps, (org_policies, cadre_policies), strict=True):
            token = meta.set(Meta(actor=f"{app.state.name}.clock", region="36"))
            while True:
                before = app.state.store.recorder.max_notification_id()
                policies.due(app.state.store, app.state.views, current_day())
                self.pull()
                if app.state.store.recorder.max_notification_id() == before:
                    break
            meta.reset(token)

    # -- what is shown -------------------------------------------------------------------------------------------------
    def rows(self, houses: Sequence[House], at: Moment | None = None) -> dict[UUID, dict[str, list[Any]]]:
        """By organisation, the rows of each list as known, ids by what they stand for."""
        by_id = {h.id: h for h in houses}
        found: dict[UUID, dict[str, list[Any]]] = {h.id: {name: [] for name in SHOWN} for h in houses}
        with reading(self.views) as c:
            at = at or moment(self.views, c, date.max, None)
            for name, (t, columns) in SHOWN.items():
                kept = [t.c[x] for x in (*columns, "valid_from", "valid_to")]
                query = sa.select(t.c.organisation, *kept).where(at.is_known(t.c, "cadre" if name == "appointments" else "org"))
                query = query.where(t.c.in_office) if name == "appointments" else query
                for organisation, *row in c.execute(query.where(t.c.valid_from < t.c.valid_to)):
                    if house := by_id.get(organisation):
                        found[organisation][name].append(tuple(_plain(house, v) for v in row))
        for lists in found.values():
            for rows in lists.values():
                rows.sort(key=repr)
        return found

    def figures(self, houses: Sequence[House], day: date, kept: Kept, known: str | None = None) -> dict[UUID, list[Any]]:
        """By organisation, what each report says of it on a day."""
        found: dict[UUID, list[Any]] = {h.id: [] for h in houses}
        with reading(self.views) as c:
            at = moment(self.views, c, day, known)
            tree = self.trees.tree(c, at)
            groups = tree.groups(tree.roots)
            for id in REPORTS:
                ask = Ask(c, at, groups, groups.table(c), period(None, day))
                for f in kept.figures(CATALOGUE[id], ask):
                    area = None if f.area == WHOLE else groups.areas[f.area].id
                    if area in found:
                        found[area].append((id, *f[1:]))
        return {id: sorted(rows, key=repr) for id, rows in found.items()}

    def claims(self, house: House) -> Any:
        """What org's own rules go by: its claim, and the grants in the access copy."""
        hanging: dict[UUID, Held] = self.org.hanging(house.id).ever("vacancy")
        self.apps[0].state.access.refresh()
        grants = self.apps[0].state.access.index.grants
        mine = [house.uid(5, t.n) for t in house.truth.tenures]
        return (sorted((_plain(house, h.seat), h.since, h.until) for h in hanging.values()),
                [grants[g].until for g in mine if g in grants and grants[g].starts_on < grants[g].until])


def _plain(house: House, value: Any) -> Any:
    return house.label(value) if isinstance(value, UUID) else value


@dataclass
class Told:
    """What was shown at one moment: the token that repeats it, the rows, and the figures of some days."""

    token: str
    rows: dict[UUID, dict[str, list[Any]]]
    figures: dict[date, dict[UUID, list[Any]]]


@pytest.fixture
def province() -> Iterator[Province]:
    there = "/dev/shm" if Path("/dev/shm").is_dir() else None  # thousands of appends, each synced
    with tempfile.TemporaryDirectory(dir=there) as folder, ExitStack() as stack:
        yield Province(Path(folder), stack)


@pytest.mark.timeout(600)
def test_a_history_with_corrections_comes_to_what_it_is_when_entered_right_the_first_time(province: Province) -> None:
    end = current_day()
    truths = [truth(SEED + n) for n in range(HISTORIES)]
    right, wrong = ([House(t, variant, end, province.org, province.cadre) for t in truths] for variant in (1, 2))
    entering = [Entering(h, Random(h.truth.seed)) for h in wrong]
    told: list[Told] = []
    prepare(province, [*right, *wrong], entering)
    for stage in STAGES:
        with day_of(stage):
            province.clock()
            enter(province, entering, most=10 if stage else 500, told=told, houses=wrong)
    enter(province, [Right(h) for h in right], most=500)
    for copying in province.reports:
        copying.pull()
    compare(province, right, wrong, end)
    for then in told:
        assert_as_then(province, wrong, then)
    assert [no for view in province.views.views if view.name in SHOWN for no in verify(province.views, view)] == []


def prepare(province: Province, houses: Sequence[House], entering: Sequence[Entering]) -> None:
    top = Proposal("江西省妇女联合会", "省妇联", "federation", "province", None, houses[0].day(BEGAN), opening=True)
    acts: list[Any] = [("org", partial(province.org.open_organisation, PROVINCE, Opening(top, houses[0].day(BEGAN)), "province"))]
    untrue = {e.house.id: e.untrue for e in entering}
    acts += [h.opened(PROVINCE) for h in houses]
    for h in houses:
        for t in (*h.truth.tenures, *untrue.get(h.id, ())):
            born = date(1960 + (t.n * 7 + h.truth.seed) % 40, 3, 8)
            profile = Profile(person_name="王芳", sex="female", born_on=born, degree=("bachelor", "associate", "secondary")[t.n % 3])
            acts.append(("cadre", partial(province.cadre.open_cadre, h.uid(4, t.n), profile, h.id, h.key())))
    assert [o for o in province.do(acts) if o] == []


def enter(province: Province, hands: Sequence[Any], most: int, told: list[Told] | None = None, houses: Sequence[House] = ()) -> None:
    """Each takes one step after the other, all of them side by side, until nothing is left to do by today or `most` steps are taken."""
    for n in range(most):
        acts = [(hand, act) for hand in hands if (act := hand.next(current_day()))]
        if not acts:
            return
        for (hand, _), refusal in zip(acts, province.do([act for _, act in acts]), strict=True):
            hand.answered(refusal)
        if told is not None and n == 6:
            told.append(tell(province, houses))


def tell(province: Province, houses: Sequence[House]) -> Told:
    for copying in province.reports:
        copying.pull()
    with reading(province.views) as c:
        token = moment(province.views, c, current_day(), None).positions
    days = [current_day(), current_day() - timedelta(200)]
    kept = Kept(province.views)
    return Told(token, province.rows(houses), {day: province.figures(houses, day, kept) for day in days})


def assert_as_then(province: Province, houses: Sequence[House], then: Told) -> None:
    with reading(province.views) as c:
        at = moment(province.views, c, date.max, then.token)
    assert province.rows(houses, at) == then.rows
    kept = Kept(province.views)
    for day, figures in then.figures.items():
        assert province.figures(houses, day, kept, then.token) == figures


def compare(province: Province, right: Sequence[House], wrong: Sequence[House], end: date) -> None:
    rows, differ = province.rows([*right, *wrong]), []
    for r, w in zip(right, wrong, strict=True):
        pairs = [(name, rows[w.id][name], rows[r.id][name]) for name in SHOWN] + [("claims", province.claims(w), province.claims(r))]
        differ += [f"history {r.truth.seed}, {name}: {_only(a, b)}, right: {_only(b, a)}" for name, a, b in pairs if a != b]
    assert not differ, "\n".join([f"{len(differ)} differ", *differ[:5]])
    kept = Kept(province.views)
    for day in (end + timedelta(n) for n in AS_OF):
        figures = province.figures([*right, *wrong], day, kept)
        for r, w in zip(right, wrong, strict=True):
            said, right_said = figures[w.id], figures[r.id]
            assert said == right_said, f"history {r.truth.seed} on {day}: {_only(said, right_said)}, right: {_only(right_said, said)}, {r.truth}"


def _only(some: Sequence[Any], others: Sequence[Any]) -> list[str]:
    return [str(x) for x in some if x not in others]
