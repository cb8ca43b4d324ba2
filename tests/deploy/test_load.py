"""Loading goes through the services' own application methods: the same rules, and never twice."""

from collections import Counter
from contextlib import closing

import pytest

from deploy.divisions import JIANGXI, read
from deploy.seed import history, load
from deploy.seed.plan import organisation_id, province
from services.cadre.application import Cadre
from services.cadre.domain.appointment import Appointment
from services.org.application import Org
from services.org.domain.organisation import Organisation
from shared.es import Meta, meta, open_store
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
    with closing(load._open(Org)) as org, closing(load._open(Cadre)) as cadre:
        load.fill(org, cadre, read(JIANGXI, TOWNSHIP))  # even when nobody noticed that all of it is there
    assert heads() == once


def test_a_load_that_was_cut_off_is_continued_to_the_same_end(monkeypatch, tmp_path):
    plan = list(province(read(JIANGXI, TOWNSHIP)))
    meta.set(Meta(actor=load.ACTOR))
    with closing(load._open(Org)) as org, closing(load._open(Cadre)) as cadre:
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
    with closing(load._open(Org)) as org, closing(load._open(Cadre)) as cadre:
        there, _ = org.load(Organisation, village.organisation)
        post, _ = cadre.load(Appointment, village.posts[0].appointment)
    assert there.full_name == village.names.full_name and there.parent == organisation_id(village.division.parent)
    assert (post.post.person, post.post.seat) == (village.posts[0].person, village.posts[0].seat)


def test_divisions_alone_are_imported_and_again_without_doubling():
    load.import_divisions(JIANGXI, TOWNSHIP)
    with closing(load._open(Org)) as org:
        once = org.recorder.max_notification_id()
        assert org.load(Organisation, organisation_id("360121102000"))[0].short_name == "三江镇妇联"
    load.import_divisions(JIANGXI, TOWNSHIP)
    with closing(load._open(Org)) as org:
        assert org.recorder.max_notification_id() == once


def test_the_demo_county_has_a_past_departures_corrections_and_a_wave_of_re_elections_and_is_entered_once():
    load.load("36012110")
    once = heads()
    with closing(load._open(Org)) as org, closing(load._open(Cadre)) as cadre:
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
