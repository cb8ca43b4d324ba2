"""Loading goes through the services' own application methods: the same rules, and never twice."""

from collections import Counter
from contextlib import closing
from datetime import date

import pytest

from deploy.divisions import JIANGXI, offer, read
from deploy.seed import history, load
from deploy.seed.plan import organisation_id, province, unit_id
from deploy.seed.units import import_divisions
from services.cadre.application import Cadre
from services.cadre.domain.appointment import Appointment
from services.org.application import Opening, Org, Proposal
from services.org.domain.organisation import Organisation
from services.org.domain.unit import EligibleUnit
from shared.calendar import today
from shared.es import Meta, meta, open_store
from shared.fact import new_id
from shared.settings import settings

TOWNSHIP = "360121102"


@pytest.fixture(autouse=True)
def data(home, monkeypatch):
    monkeypatch.setenv("HALFSKY_DATA", str(home))
    monkeypatch.setenv("HALFSKY_MODE", "dev")
    settings.cache_clear()
    yield home
    settings.cache_clear()


def heads():
    found = []
    for kind in (Org, Cadre):
        with closing(open_store(kind, settings().dsn(kind.name))) as store:
            found.append(store.recorder.max_notification_id())
    return found


def test_loading_again_doubles_nothing():
    load.load(TOWNSHIP)
    once = heads()
    assert all(once)
    load.load(TOWNSHIP)
    with closing(load.opened(Org)) as org, closing(load.opened(Cadre)) as cadre:
        load.fill(org, cadre, read(JIANGXI, TOWNSHIP))  # even when nobody noticed that all of it is there
    assert heads() == once


def test_a_load_that_was_cut_off_is_continued_to_the_same_end(monkeypatch, tmp_path):
    plan = list(province(read(JIANGXI, TOWNSHIP)))
    meta.set(Meta(actor=load.ACTOR))
    with closing(load.opened(Org)) as org, closing(load.opened(Cadre)) as cadre:
        for p in plan[:6]:
            load.run(org, load.organisation_calls(org, p))
        load.run(cadre, list(load.people_calls(cadre, plan[3]))[:7])
    load.load(TOWNSHIP)
    continued = heads()
    monkeypatch.setenv("HALFSKY_DATA", str(tmp_path / "other"))
    (tmp_path / "other").mkdir()
    settings.cache_clear()
    load.load(TOWNSHIP)
    assert heads() == continued


def test_what_was_loaded_is_what_was_planned():
    load.load(TOWNSHIP)
    village = next(p for p in province(read(JIANGXI, TOWNSHIP)) if p.division.level == "village" and p.names.org_type == "federation")
    with closing(load.opened(Org)) as org, closing(load.opened(Cadre)) as cadre:
        there, _ = org.load(Organisation, village.organisation)
        post, _ = cadre.load(Appointment, village.posts[0].appointment)
    assert there.full_name == village.names.full_name and there.parent == organisation_id(village.division.parent)
    assert (post.post.person, post.post.seat) == (village.posts[0].person, village.posts[0].seat)


VILLAGE = next(d.code for d in read(JIANGXI, "360121100") if d.level == "village")


def units(org, *codes):
    return [org.load(EligibleUnit, unit_id(code))[0] for code in codes]


def test_divisions_make_units_and_organisations_only_where_told_and_again_without_doubling():
    with pytest.raises(ValueError, match="360121102000 三江镇"):
        import_divisions(JIANGXI, TOWNSHIP)  # nothing above it: no federation keeps the list it would stand on
    import_divisions(JIANGXI, TOWNSHIP, organised=True)
    import_divisions(JIANGXI, "36012110")
    with closing(load.opened(Org)) as org:
        once = org.recorder.max_notification_id()
        assert org.load(Organisation, organisation_id("360121102000"))[0].short_name == "三江镇妇联"
        assert org.load(Organisation, organisation_id("360121100000"))[0] is None
        covered, bare, village = units(org, "360121102000", "360121100000", VILLAGE)
    assert (covered.state, bare.state) == ("organised", "qualified")
    assert bare.area == village.area == organisation_id("360121000000"), "the nearest federation above keeps the list"
    import_divisions(JIANGXI, TOWNSHIP, organised=True)
    import_divisions(JIANGXI, "36012110")
    with closing(load.opened(Org)) as org:
        assert org.recorder.max_notification_id() == once


def test_a_division_whose_code_an_organisation_bears_is_covered_by_it_and_what_lies_in_it_moves_there():
    import_divisions(JIANGXI, "360121102", organised=True)
    import_divisions(JIANGXI, "360121100", since=date(2006, 1, 1))
    with closing(load.opened(Org)) as org:
        meta.set(Meta(actor="officer"))
        federation = new_id()  # as a workbook of organisations brings it
        p = Proposal("莲塘镇妇女联合会", "莲塘镇妇联", "federation", "township", organisation_id("360121000000"), today(), opening=True)
        org.open_organisation(federation, Opening(p, today(), "360121100000", "莲塘镇"), "workbook")
    import_divisions(JIANGXI, "360121100", since=date(2006, 1, 1))
    with closing(load.opened(Org)) as org:
        town, village = units(org, "360121100000", VILLAGE)
    assert (town.state, town.organisation, town.listed_on) == ("organised", federation, date(2006, 1, 1))
    assert (village.state, village.area) == ("qualified", federation)


def test_a_zone_becomes_a_unit_without_an_organisation_and_what_lies_in_it_hangs_on_the_county():
    zone = next(d for d in read(JIANGXI, "360121") if d.name == "小蓝经济开发区")
    import_divisions(JIANGXI, zone.code, organised=True)
    inside = next(d for d in read(JIANGXI, "360121") if d.parent == zone.code and offer(d, zone).org_type == "federation")
    with closing(load.opened(Org)) as org:
        (unit,) = units(org, zone.code)
        assert unit.state == "qualified" and org.load(Organisation, organisation_id(zone.code))[0] is None
        assert org.load(Organisation, organisation_id(inside.code))[0].parent == organisation_id("360121000000")


def test_the_demo_county_has_a_past_departures_corrections_and_a_wave_of_re_elections_and_is_entered_once():
    load.load("36012110")
    once = heads()
    with closing(load.opened(Org)) as org, closing(load.opened(Cadre)) as cadre:
        said = Counter(load_names(org)) + Counter(load_names(cadre))
        assert history.entered(org)
    assert (said["org.ReelectionPlanned"], said["org.ElectionResultApproved"], said["org.ResultFiled"]) == (15, 14, 11)
    assert said["org.TermExtended"] == 2 and said["org.VacancyFilled"] > 20 < said["org.VacancyOpened"] - said["org.VacancyFilled"]
    assert said["cadre.AppointmentEnded"] > said["cadre.AppointmentElected"] > 3 and said["cadre.AppointmentCorrected"] > 1
    assert said["org.DocumentRegistered"] > 40
    load.load("36012110")
    assert heads() == once


def load_names(store):
    return [e.topic for e in store.recorder.select_notifications(0, 10**6)]
