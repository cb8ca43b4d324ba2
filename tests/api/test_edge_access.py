"""The copy of grants and tree: what org's facts make of it, how fast, and who acts for whom."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import event

from services.org.events import (
    DelegationEnded,
    DelegationGranted,
    DocumentRegistered,
    GrantEnded,
    GrantGiven,
    OrganisationDissolved,
    OrganisationMoved,
    OrganisationProposed,
)
from services.org.events.grant import GrantRole
from shared.access import COPIED, Access
from shared.calendar import FOREVER, today
from shared.es import Event, Meta
from shared.fact import Fact, new_id
from shared.permissions import Grant
from shared.view import engine
from tests.api import example
from tests.api.caller import Caller, account, served

PROVINCE, CITY, COUNTY, TOWN = (new_id() for _ in range(4))
HER, HIM = account("her"), account("him")
TODAY = today()


class Log:
    """Org's log, as this test writes it."""

    def __init__(self, access: Access) -> None:
        self.access, self.position, self.versions = access, 0, dict[UUID, int]()

    def write(self, *facts: tuple[UUID, Fact]) -> None:
        prev, events = self.access.tracked(), []
        for stream, fact in facts:
            self.position += 1
            self.versions[stream] = self.versions.get(stream, 0) + 1
            events.append(
                Event(
                    stream,
                    self.versions[stream],
                    fact.NAME,
                    fact.model_dump(mode="json"),
                    datetime.now(UTC),
                    new_id(),
                    Meta(),
                    self.position,
                )
            )
        self.access.apply(events, prev)


def proposed(parent: UUID | None) -> OrganisationProposed:
    return OrganisationProposed(
        full_name="妇联", short_name="妇联", org_type="federation", level="county", parent=parent, proposed_on=TODAY
    )


def given(
    who: str, role: GrantRole, organisation: UUID | None, starts_on: date = TODAY, until: date | None = None, person: UUID | None = None
) -> GrantGiven:
    return GrantGiven(account=who, account_name="x", role=role, organisation=organisation, starts_on=starts_on, until=until, person=person)


@pytest.fixture
def access(dsn: str) -> Access:
    return Access(engine(dsn), "36", first_admin=account("first"))


@pytest.fixture
def log(access: Access) -> Log:
    log = Log(access)
    log.write((PROVINCE, proposed(None)), (CITY, proposed(PROVINCE)), (COUNTY, proposed(CITY)), (TOWN, proposed(COUNTY)))
    return log


def test_a_path_leads_from_an_organisation_up_to_the_province(access: Access, log: Log) -> None:
    assert access.path(TOWN, TODAY) == (TOWN, COUNTY, CITY, PROVINCE)
    assert access.path(PROVINCE, TODAY) == (PROVINCE,)
    assert access.path(uuid4(), TODAY) == ()


def test_a_move_counts_from_its_day_on_and_a_dissolved_one_keeps_its_place(access: Access, log: Log) -> None:
    log.write((TOWN, OrganisationMoved(parent=PROVINCE, effective=TODAY)), (COUNTY, OrganisationDissolved(effective=TODAY, why="merged")))
    assert access.path(TOWN, TODAY - timedelta(1)) == (TOWN, COUNTY, CITY, PROVINCE)
    assert access.path(TOWN, TODAY) == (TOWN, PROVINCE)
    assert access.path(COUNTY, TODAY) == (COUNTY, CITY, PROVINCE)


def test_a_circle_in_the_tree_ends(access: Access, log: Log) -> None:
    log.write((PROVINCE, OrganisationMoved(parent=TOWN, effective=TODAY)))
    assert set(access.path(TOWN, TODAY)) == {TOWN, COUNTY, CITY, PROVINCE}


def test_a_grant_is_there_when_given_and_ends_when_ended(access: Access, log: Log) -> None:
    id, person = new_id(), uuid4()
    log.write((id, given(HER, "officer", COUNTY, person=person)))
    assert access.grants(HER) == (Grant(HER, "officer", COUNTY, TODAY, FOREVER, None, person),)
    log.write((id, GrantEnded(effective=TODAY + timedelta(3), why="moved")))
    assert [g.until for g in access.grants(HER)] == [TODAY + timedelta(3)]
    assert access.grants(HIM) == ()


def test_other_facts_of_org_pass_by_even_unknown_ones(access: Access, log: Log) -> None:
    log.write((new_id(), DocumentRegistered(kind="letter", number=None, title="x", issuer="y", dated=TODAY, organisation=COUNTY)))
    strange = Event(new_id(), 1, "org.NeverHeardOf", {}, datetime.now(UTC), new_id(), Meta(), 6)
    access.apply([strange], access.tracked())
    assert access.tracked() == strange.reference
    assert access.views.verify() == []


def test_another_process_sees_what_this_one_applied(access: Access, log: Log, dsn: str) -> None:
    other = Access(engine(dsn), "36")
    log.write((new_id(), given(HER, "officer", COUNTY)))
    other.look()
    assert other.grants(HER) == access.grants(HER) != ()
    assert Access(engine(dsn), "36").path(TOWN, TODAY) == access.path(TOWN, TODAY)


def test_what_a_restored_log_lost_is_granted_no_more(access: Access, log: Log, dsn: str) -> None:
    other = Access(engine(dsn), "36")
    log.write((new_id(), given(HER, "officer", COUNTY)))
    other.look()
    log.position -= 1
    access.views.rewind("36", "org", log.position)
    log.write((new_id(), given(HIM, "officer", COUNTY)))
    other.look()
    for copy in (access, other):
        assert copy.grants(HER) == () != copy.grants(HIM)
        assert copy.path(TOWN, TODAY)[-1] == PROVINCE


def test_the_configured_first_administrator_counts_while_there_is_none(access: Access, log: Log) -> None:
    first = account("first")
    assert [(g.role, g.organisation) for g in access.grants(first)] == [("security_admin", None)]
    id = new_id()
    log.write((id, given(HER, "security_admin", None)))
    assert access.grants(first) == ()
    log.write((id, GrantEnded(effective=TODAY, why="left")))
    assert len(access.grants(first)) == 1
    assert access.grants("") == ()


def test_a_stand_in_acts_by_what_was_lent_while_it_was_lent(access: Access, log: Log) -> None:
    id = new_id()
    log.write(
        (new_id(), given(HER, "officer", COUNTY)),
        (
            id,
            DelegationGranted(
                from_account=HER,
                to_account=HIM,
                roles=("officer",),
                organisation=TOWN,
                starts_on=TODAY,
                until=TODAY + timedelta(7),
                why="leave",
            ),
        ),
    )
    assert [(g.role, g.organisation) for g in access.lent(HER, HIM, TODAY)] == [("officer", TOWN)]
    assert access.lent(HIM, HER, TODAY) == access.lent(HER, account("x"), TODAY) == access.lent(HER, HIM, TODAY + timedelta(7)) == ()
    log.write((id, DelegationEnded(effective=TODAY)))
    assert access.lent(HER, HIM, TODAY) == ()


def test_twenty_four_thousand_organisations_load_by_one_query_a_copy_and_a_path_asks_none(home: Path) -> None:
    dsn = f"sqlite:///{home}/big.db"
    access = Access(engine(dsn), "36")
    log, parents, villages = Log(access), [PROVINCE], []
    facts = [(PROVINCE, proposed(None))]
    for size in (11, 10, 15, 14):
        level = [(new_id(), p) for p in parents for _ in range(size)]
        facts += [(o, proposed(p)) for o, p in level]
        parents = villages = [o for o, _ in level]
    for start in range(0, len(facts), 2000):
        log.write(*facts[start : start + 2000])
    asked: list[str] = []
    reading = engine(dsn)
    event.listen(reading, "before_cursor_execute", lambda c, cursor, statement, *_: asked.append(statement))
    loaded = Access(reading, "36")
    assert len(loaded.index.tree) == len(facts) > 24_000
    assert all(sum(f"FROM {v.table.name}" in s for s in asked) == 1 for v in COPIED), asked
    asked.clear()
    assert all(len(loaded.path(v, TODAY)) == 5 for v in villages[:10_000]) and not asked


# -- over HTTP ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def app(home: Path) -> Iterator[FastAPI]:
    with served(example.app(home)) as app:
        person = uuid4()
        log = Log(app.state.access)
        log.write((PROVINCE, proposed(None)), (CITY, proposed(PROVINCE)), (COUNTY, proposed(CITY)), (TOWN, proposed(COUNTY)))
        log.write((new_id(), given(HER, "officer", COUNTY, person=person)), (new_id(), given(HIM, "recorder", CITY)))
        log.write(
            (
                new_id(),
                DelegationGranted(
                    from_account=HER,
                    to_account=HIM,
                    roles=("officer",),
                    organisation=TOWN,
                    starts_on=TODAY,
                    until=TODAY + timedelta(7),
                    why="leave",
                ),
            )
        )
        app.state.log = log
        yield app


def test_a_stand_in_is_named_with_the_one_she_stands_in_for(app: FastAPI) -> None:
    him = Caller(app, "him", **{"On-Behalf-Of": HER})
    answer = him.post("/notes", {"organisation": str(TOWN), "text": "x"})
    meta = app.state.store.history(UUID(answer.json()["id"]))[0].meta
    assert (meta.actor, meta.on_behalf_of) == (HIM, HER)
    assert him.post("/notes", {"organisation": str(COUNTY), "text": "x"}).status_code == 403


def test_nobody_stands_in_without_a_delegation(app: FastAPI) -> None:
    answer = Caller(app, "her", **{"On-Behalf-Of": HIM}).post("/notes", {"organisation": str(TOWN), "text": "x"})
    assert answer.status_code == 403 and answer.json()["errors"][0]["code"] == "no_delegation"


def test_what_is_taken_from_her_she_has_not_in_her_next_request(app: FastAPI) -> None:
    her, id = Caller(app, "guest"), new_id()
    body = {"organisation": str(TOWN), "text": "x"}
    assert her.post("/notes", body).status_code == 403
    app.state.log.write((id, given(account("guest"), "recorder", COUNTY)))
    assert her.post("/notes", body).status_code == 201
    app.state.log.write((id, GrantEnded(effective=TODAY, why="left")))
    assert her.post("/notes", body).status_code == 403


def test_a_lost_tree_never_widens_a_grant(app: FastAPI) -> None:
    app.state.access.index.tree.clear()
    assert Caller(app, "her").post("/notes", {"organisation": str(TOWN), "text": "x"}).status_code == 404
