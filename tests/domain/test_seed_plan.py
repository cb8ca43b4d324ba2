"""The made-up county and province: always the same, and shaped as the rules ask."""

from collections import Counter
from datetime import date

from deploy.divisions import JIANGXI, read
from deploy.seed.history import departures, wave
from deploy.seed.jobs import COUNTY_UNITS
from deploy.seed.plan import GUESTS, province


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
        assert {post.seat for post in p.posts} <= {seat for seat, *_ in p.seats} and {post.person for post in p.posts} <= set(people)


def test_heads_of_villages_sit_in_their_township_and_executives_direct_the_committee_of_the_unit_they_work_in():
    plan = county()
    jobs = {person.id: person.profile["employer_and_post"] for p in plan for person in p.people}
    heads = {post.person for p in plan if p.division.level == "village" for post in p.posts if post.role == "chair" and post.until is None}
    town = [{post.person for post in p.posts if post.until is None} for p in plan if p.level == "township" and p.field == "area"]
    assert sum(len(heads & there) for there in town) > 50 and all(len(heads & there) <= GUESTS for there in town)
    leaders = {f"南昌县{name}": job for name, _, _, job in COUNTY_UNITS}
    directors = [(post.person, p.unit_name) for p in plan if p.field == "organ" for post in p.posts if post.role == "director"]
    theirs = [jobs[person] == leaders[unit] for person, unit in directors]
    assert len(theirs) > 5 and sum(theirs) > len(theirs) / 2


def test_a_committee_has_three_years_and_a_federation_five():
    assert {(p.field == "area", term.months) for p in county() for term in p.terms} == {(True, 60), (False, 36)}


def test_everybody_works_somewhere_and_no_two_leaders_of_a_county_have_one_post():
    plan = county()
    assert all(len(person.profile["employer_and_post"]) > 1 for p in plan for person in p.people)
    own = next(p for p in plan if p.level == "county" and p.field == "area")
    chairs = [post.person for post in own.posts if post.role == "chair" and post.until is None]
    assert [person.profile["employer_and_post"] for person in own.people if person.id in chairs] == ["县妇联主席"]


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


def test_of_those_who_left_some_were_followed_in_time_some_late_some_not_yet_and_some_days_were_entered_wrong():
    today = date(2026, 12, 1)
    some = list(departures(county(), today))
    days = [(d.follows - d.on).days for d in some if d.follows]
    assert len(some) > 30 and min(days) <= 90 < max(days) and len(days) < len(some) and any(d.told for d in some)
    assert all(d.on < today and (d.follows or d.on) <= today for d in some)
    assert {d.organisation for d in some}.isdisjoint(p.organisation for p in wave(county()))
