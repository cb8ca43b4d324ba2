"""The index of ID numbers: filled once, asked by mark, level with what is sealed today."""
from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from services.cadre.policies import cards
from services.cadre.policies.hers import People
from shared.fact import Personal
from shared.tables import begin
from shared.view import Views, engine


@pytest.fixture
def views(dsn: str) -> Iterator[Views]:
    made = Views(engine(dsn), [People()], keep_all=False)
    yield made
    made.engine.dispose()


def test_a_number_is_found_by_its_mark_while_it_is_what_is_sealed(views: Views) -> None:
    her, other = uuid4(), uuid4()
    for id, bound in ((her, "a|1"), (other, None)):
        put(views, id, bound)
    [sealed] = cards.unmarked(views, 10)
    assert (sealed.subject, sealed.bound) == (her, "a|1")
    cards.put(views, [(sealed, "mark")])
    assert cards.unmarked(views, 10) == []
    assert [p.subject for p in cards.marked(views, ["mark", "other"])["mark"]] == [her]

    with begin(views.engine) as c:
        c.execute(sa.update(People.table).where(People.table.c.stream == her).values(card_bound="a|2"))
    assert not cards.marked(views, ["mark"])  # another number is sealed now
    cards.put(views, [(p, None) for p in cards.unmarked(views, 10)])
    assert cards.unmarked(views, 10) == [] and not cards.marked(views, ["mark"])
    cards.put(views, [(Personal[str](subject=her, box="b", bound="a|2"), "mark")])
    with begin(views.engine) as c:
        c.execute(sa.update(People.table).values(merged=True))
    assert not cards.marked(views, ["mark"])  # a merged record is nobody's any more


def put(views: Views, id: UUID, bound: str | None) -> None:
    with begin(views.engine) as c:
        c.execute(sa.insert(People.table).values(region="", stream=id, person_name="王芳", merged=False, card_box=bound and "box", card_bound=bound))
