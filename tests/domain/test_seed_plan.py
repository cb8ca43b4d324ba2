"""The made-up county and province: always the same, and shaped as the rules ask."""

from collections import Counter

from deploy.divisions import JIANGXI, read
from deploy.seed.plan import province


def county():
    return list(province(read(JIANGXI, "360121")))


def test_the_same_divisions_make_the_same_plan():
    assert county() == county()


def test_ids_are_unique_and_every_post_is_on_a_seat_of_its_organisation():
    plan = county()
    people = [person.id for p in plan for person in p.people]
    posts = [post.appointment for p in plan for post in p.posts]
    assert len(set(people)) == len(people) and len(set(posts)) == len(posts)
    for p in plan:
        assert {post.seat for post in p.posts} <= {seat for seat, *_ in p.seats} and {post.person for post in p.posts} <= {
            q.id for q in p.people
        }


def test_no_seat_is_over_its_capacity_in_any_term():
    for p in county():
        capacity = {seat: n for seat, _, n, _ in p.seats}
        assert all(n <= capacity[seat] for (seat, _), n in Counter((post.seat, post.term) for post in p.posts).items())


def test_a_village_has_fifteen_executives_of_whom_one_chair_and_two_vice_chairs():
    for p in county():
        if p.division.level == "village" and p.names.org_type == "federation":
            assert Counter({role: n for _, role, n, _ in p.seats}) == {"chair": 1, "vice_chair": 2, "executive_member": 15}


def test_an_office_is_held_by_an_executive():
    for p in county():
        executives = {(post.person, post.term) for post in p.posts if post.role == "executive_member"}
        offices = {(post.person, post.term) for post in p.posts if post.role in ("chair", "vice_chair", "standing_member")}
        assert offices <= executives


def test_some_units_have_no_organisation_some_terms_are_overdue_and_some_seats_empty():
    plan = county()
    assert 0.9 < sum(p.organisation is not None for p in plan) / len(plan) < 1
    assert any(p.vacant for p in plan) and len({len(p.terms) for p in plan}) > 1
