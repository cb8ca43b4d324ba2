"""The trees of all dates, made of what was loaded once, against what the view of organisations says of each date."""

import gc
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import select

from services.org import events as org
from services.projection.views.moment import Moment, moment, reading
from services.projection.views.organisations import organisations as o
from services.projection.views.tree import Node, Trees
from tests.api.caller import Caller
from tests.views.asking import EITHER, get
from tests.views.story import Story, day


def lived(story: Story, province: UUID, county: UUID) -> UUID:
    """A township that was renamed, moved and merged, the last of it recorded late."""
    old, new = (story.organisation(f"{name}妇女联合会", "township", county, code, "2020-01-01")
                for name, code in (("莲塘镇", "360121101000"), ("向塘镇", "360121100000")))  # fmt: skip
    story.tell(old, org.OrganisationDetailsChanged(effective=day("2021-05-01"), short_name="莲塘妇联"), on="2021-05-01")
    story.tell(old, org.OrganisationMoved(effective=day("2022-01-01"), parent=province), on="2022-01-01")
    story.tell(old, org.OrganisationsMerged(effective=day("2023-01-01"), into=new), on="2024-03-01")
    story.load()
    return old


def held(c: Any, at: Moment) -> set[tuple[Any, ...]]:
    return set(map(tuple, c.execute(select(o.stream, o.full_name, o.short_name, o.parent, o.status, o.code).where(at.holds(o, "org")))))


@EITHER
def test_the_tree_of_a_date_is_what_the_view_holds_then_as_known(story: Story, app: FastAPI, province: UUID, county: UUID) -> None:
    lived(story, province, county)
    with reading(app.state.views) as c:
        trees, ends = Trees(), set(c.scalars(select(o.valid_from))) | set(c.scalars(select(o.valid_to)))
        days = {near for d in ends if 2000 <= d.year < 9999 for near in (d - timedelta(days=1), d, d + timedelta(days=1))}
        for known in (None, "2024-02-29", "2019-12-31"):
            for d in sorted(days):
                at = moment(app.state.views, c, d, known)
                tree = trees.tree(c, at)
                nodes = tree.nodes
                assert {(n.id, n.name, n.short_name, n.parent, n.status, n.code) for n in nodes.values()} == held(c, at), (d, known)
                assert tree.below == {id: len(list(tree.walk([id]))) - 1 for id in nodes}
                assert [n.code or "9" for n in nodes.values()] == sorted(n.code or "9" for n in nodes.values())
        assert trees.tree(c, moment(app.state.views, c, day("1999-12-31"), None)).nodes == {}


@EITHER
def test_dates_without_a_change_between_them_share_a_tree_until_an_organisation_changes(
    story: Story, app: FastAPI, province: UUID, county: UUID
) -> None:
    old, trees = lived(story, province, county), Trees()

    def tree(on: str) -> Any:
        with reading(app.state.views) as c:
            return trees.tree(c, moment(app.state.views, c, day(on), None))

    before = tree("2022-06-30")
    assert tree("2022-01-01") is before is tree("2022-12-31") and tree("2021-12-31") is not before
    assert tree("2021-12-31").nodes[province] is before.nodes[province]  # what did not change is there once
    assert before.nodes[old].parent == province and tree("2021-12-31").nodes[old].parent == county
    story.tell(county, org.OrganisationDetailsChanged(effective=day("2022-03-01"), short_name="县妇联"), on="2024-05-01")
    story.load()
    assert tree("2022-06-30").nodes[county].short_name == "县妇联" and tree("2022-02-01").nodes == before.nodes


def test_what_trees_are_made_of_is_not_looked_through_for_garbage(story: Story, app: FastAPI, province: UUID, county: UUID) -> None:
    lived(story, province, county)
    with reading(app.state.views) as c:
        kept = Trees().tree(c, moment(app.state.views, c, day("2024-06-30"), None))
    assert kept.nodes and gc.isenabled()
    assert not any(isinstance(one, Node) for one in gc.get_objects())


@EITHER
def test_a_code_has_one_bearer_on_one_day(story: Story, officer: Caller, province: UUID, county: UUID) -> None:
    """One moved away, one was merged: another has borne their codes since."""
    code, credit, other = "360121101000", "91110000600037341L", "360121102000"
    moved = story.organisation("莲塘镇妇女联合会", "township", county, code)
    merged = story.organisation("三江镇妇女联合会", "township", county, other)
    new = story.organisation("向塘镇妇女联合会", "township", county)
    away = day("2022-01-01")
    story.tell(merged, org.CreditCodeAssigned(code=credit, effective=day("2020-01-01")))
    story.tell(moved, org.OrganisationMoved(parent=province, effective=away), org.DivisionReleased(code=code, effective=away))
    story.tell(merged, org.OrganisationsMerged(into=county, effective=away))
    story.tell(new, org.DivisionAssigned(code=code, division_name="向塘镇", effective=away), org.CreditCodeAssigned(code=credit, effective=away))
    story.tell(new, org.DivisionAssigned(code=other, division_name="向塘镇", effective=day("2023-01-01")))

    def bearers(q: str, as_of: str) -> list[list[str]]:
        search = [row["id"] for row in get(officer, "/search", q=q, as_of=as_of, kinds="organisations").json()["rows"]]
        listed = [row["id"] for row in get(officer, "/organisations", search=q, as_of=as_of).json()["rows"]]
        area = [get(officer, "/organisations/tree", area=q, as_of=as_of).json()["rows"][0]["id"]] if q.isdigit() else search
        return [search, listed, area]

    for q, before, on_the_day in ((code, moved, new), (credit, merged, new), (other, merged, None)):
        assert bearers(q, "2021-12-31") == [[str(before)]] * 3
        assert on_the_day is None or bearers(q, "2022-06-01") == [[str(new)]] * 3
    assert bearers(other, "2023-01-01") == [[str(new)]] * 3
    rows = get(officer, "/organisations", as_of="2023-01-01").json()["rows"]
    now = {row["id"]: (row["code"], row["division_name"], row["credit_code"]) for row in rows}
    assert now[str(moved)] == now[str(merged)] == (None, None, None) and now[str(new)] == (other, "向塘镇", credit)
