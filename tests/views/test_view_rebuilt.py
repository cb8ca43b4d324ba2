"""A rebuilt view equals the live one row by row; new versions stand beside old ones."""
import threading
from datetime import date
from typing import ClassVar
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import rebuild as rebuilding
from shared.fact import Fact, new_id
from shared.rebuild import drop_old
from shared.tables import begin
from shared.view import ORIGIN, Views, bitemporal, engine, view_table
from tests.views.example import METADATA, GuestArrived, Guests, HouseRazed, Houses, built, event, labels, log, renamed
from tests.views.test_view_live import content


class Houses2(Houses):
    """The next version, which shouts."""

    version = 2
    table = view_table("houses", METADATA, sa.Column("label", sa.Text), version=2)
    facts: ClassVar = Houses.facts

    def rows(self, history):
        return bitemporal(history, lambda h: [row | {"label": row["label"].upper()} for row in labels(h)])


@pytest.fixture
def views(dsn):
    made = Views(engine(dsn), [Houses(), Guests()])
    yield made
    made.engine.dispose()


def some_events():
    a, b, guest = new_id(), new_id(), new_id()
    return log((a, built()), (b, built("B")), (a, renamed("A2", "2026-01-05")), (guest, GuestArrived(house=a, wishes=("tea",))),
               (b, HouseRazed(effective=date(2026, 2, 1))), (a, renamed("A3", "2025-01-05")), (guest, GuestArrived(house=b)))


def fill(views, events, size=3):
    prev = views.tracked("36", "inn") or ORIGIN
    for start in range(0, len(events), size):
        views.apply("36", "inn", prev, events[start:start + size])
        prev = events[start:start + size][-1].reference


def test_a_rebuilt_view_is_the_live_one_with_its_indexes(views):
    fill(views, some_events())
    before = [content(views, v) for v in (Houses, Guests)]
    assert [views.rebuild(v) for v in views.views] == [len(rows) for rows in before]
    assert [content(views, v) for v in (Houses, Guests)] == before and views.verify() == []
    inspector = sa.inspect(views.engine)
    assert inspector.get_pk_constraint("houses_v1")["constrained_columns"] == ["stream", "region", "valid_from", "known_from"]
    assert [i["column_names"] for i in inspector.get_indexes("houses_v1")] == [["label"]]
    fill(views, [event(20, new_id(), 1, built("after"))])
    assert views.rebuild(views.views[0]) == len(before[0]) + 1 and views.verify() == []


def test_many_events_are_folded_by_several_processes_into_the_same_rows(database, monkeypatch):
    views = Views(engine(database), [Houses(), Guests()])
    fill(views, log(*((new_id(), built(f"house {n}")) for n in range(40))), 40)
    before, parts, filling = content(views, Houses), [], rebuilding._fill
    monkeypatch.setattr(rebuilding, "MANY", 30)
    monkeypatch.setattr("os.cpu_count", lambda: 3)

    def filled(*asked):
        parts.append(asked[-1])
        return filling(*asked)

    monkeypatch.setattr(rebuilding, "_fill", filled)
    assert views.rebuild(views.views[0]) == 40 and parts == [3]
    assert content(views, Houses) == before and views.verify() == []
    views.engine.dispose()


def test_a_row_changed_by_hand_is_found(views):
    fill(views, some_events())
    with begin(views.engine) as c:
        c.execute(sa.update(Guests.table).values(stays=99))
    assert len(views.verify()) == 1 and views.verify()[0].startswith("guests_v1: ")
    with begin(views.engine) as c:
        c.execute(sa.delete(Guests.table))
    assert len(views.verify()) == 1
    views.rebuild(views.views[1])
    assert views.verify() == []


def test_a_new_version_is_built_beside_the_old_one_before_it_serves(views, dsn):
    events = some_events()
    fill(views, events[:4])
    new = Views(engine(dsn), [Houses2(), Guests()])
    assert {row[2] for row in content(new, Houses2)} == {"INN", "B", "A2"}
    fill(views, events[4:])  # the old process goes on for a while: the new one catches up when it takes over
    fill(new, [event(30, new_id(), 1, built("last"))])
    assert {row[2] for row in content(new, Houses2)} == {"INN", "B", "A2", "A3", "LAST"}
    assert new.verify() == []
    old = Views(engine(dsn), [Houses(), Guests()])  # rolled back
    fill(old, [event(40, new_id(), 1, built("again"))])
    assert old.verify() == []
    for made in (new, old):
        made.engine.dispose()


def test_an_old_versions_table_is_dropped_once_the_new_one_is_level(views, dsn):
    events = some_events()
    fill(views, events[:4])
    new = Views(engine(dsn), [Houses2(), Guests()])
    fill(views, events[4:])  # the old process applies more than the new view has
    assert drop_old(new) == []
    fill(new, [event(30, new_id(), 1, built("last"))])
    assert drop_old(new) == ["houses_v1"]
    assert set(sa.inspect(new.engine).get_table_names()) >= {"houses_v2", "guests_v1"} and drop_old(new) == []
    assert not new.tracking.positions(consumer="houses_v1") and new.verify() == []
    back = Views(engine(dsn), [Houses(), Guests()])  # rolled back all the same: it is built again
    assert back.verify() == [] and len(content(back, Houses)) == len(content(new, Houses2))
    for made in (new, back):
        made.engine.dispose()


def test_a_rebuild_while_events_arrive_loses_none(views):
    events = log(*((new_id(), built(f"house {n}")) for n in range(400)))
    fill(views, events[:100], 50)
    stop = threading.Event()

    def arrive() -> None:
        for start in range(100, 400, 5):
            fill(views, events[start:start + 5])
        stop.set()

    arriving = threading.Thread(target=arrive)
    arriving.start()
    while not stop.is_set():
        views.rebuild(views.views[0])
    arriving.join()
    assert len(content(views, Houses)) == 400 and views.verify() == []


def test_forgetting_what_was_applied_beyond_a_position_leaves_the_rows_of_the_rest(views):
    events = some_events()
    fill(views, events[:3])
    expected = [content(views, v) for v in (Houses, Guests)]
    fill(views, events[3:])
    assert views.rewind("36", "inn", events[2].position) == 4
    assert [content(views, v) for v in (Houses, Guests)] == expected and views.tracked("36", "inn") == events[2].reference
    fill(views, events[3:])
    assert views.verify() == []


STEPS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["build", "rename", "raze", "arrive"]), st.integers(1, 28)), min_size=1, max_size=25)


def told(steps, streams):
    """A log in which each house is built before anything else happens to it."""
    facts: list[tuple[UUID, Fact]] = []
    houses = set()
    for n, kind, day in steps:
        house, on = streams[n], f"2026-01-{day:02}"
        if kind == "arrive":
            facts.append((streams[n + 4], GuestArrived(house=house)))
        elif house not in houses:
            houses.add(house)
            facts.append((house, built(f"House {day}", on)))
        else:
            facts.append((house, renamed(f"Name {day}", on) if kind != "raze" else HouseRazed(effective=date(2026, 1, day))))
    return log(*facts)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), one=STEPS, two=STEPS)
def test_any_split_and_interleaving_of_two_sources_gives_the_same_rows(dsn, data, one, two):
    logs = {"inn": told(one, [new_id() for _ in range(8)]), "lodge": told(two, [new_id() for _ in range(8)])}
    region = {False: str(new_id()), True: str(new_id())}
    views = Views(engine(dsn), [Houses(), Guests()])
    for service, events in logs.items():
        views.apply(region[False], service, ORIGIN, events)
    left = {service: list(events) for service, events in logs.items()}
    while any(left.values()):
        service = data.draw(st.sampled_from([s for s, events in left.items() if events]))
        size = data.draw(st.integers(1, len(left[service])))
        views.apply(region[True], service, views.tracked(region[True], service) or ORIGIN, left[service][:size])
        del left[service][:size]
    for view in (Houses, Guests):
        rows = content(views, view)
        assert [r[1:] for r in rows if r[0] == region[True]] == [r[1:] for r in rows if r[0] == region[False]]
    assert views.verify() == []
    views.engine.dispose()
