"""Tells a story as facts of org and cadre: who did what, recorded when, applied to the views at once or kept for later."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.cadre import events as cadre
from services.org import events as org
from shared.calendar import add_months
from shared.es import Event, Meta
from shared.fact import Fact, derive, new_id
from shared.view import ORIGIN, Views

OFFICER = "https://id.test|officer"


def day(text: str) -> date:
    return date.fromisoformat(text)


def started(e: Event) -> cadre.AppointmentStarted:
    """The event's fact, which must be the start of an appointment."""
    assert isinstance(e.fact, cadre.AppointmentStarted)
    return e.fact


class Story:
    """One log a service. `tell` records facts on a day (noon in Shanghai, then second by second) and gives the last event;
    `load` brings them to the views."""

    def __init__(self, views: Views | None = None) -> None:
        self.views = views
        self.logs: dict[str, list[Event]] = {}
        self.versions: dict[UUID, int] = {}
        self.now = datetime(2000, 1, 1, 4, tzinfo=UTC)

    def tell(self, stream: UUID, *facts: Fact, on: str | None = None, **meta: Any) -> Event:
        if on:
            self.now = max(datetime.fromisoformat(on).replace(hour=4, tzinfo=UTC), self.now)
        for fact in facts:
            self.now += timedelta(seconds=1)
            service = fact.NAME.partition(".")[0]
            log = self.logs.setdefault(service, [])
            self.versions[stream] = self.versions.get(stream, 0) + 1
            body = fact.model_dump(mode="json", exclude=set(fact.PERSONAL))
            said = Meta(**({"actor": OFFICER, "correlation": "c-1"} | meta))
            event = Event(
                stream, self.versions[stream], fact.NAME, body, self.now, derive(stream, self.versions[stream]), said, len(log) + 1, fact.VERSION
            )
            log.append(event)
        return event

    def load(self) -> None:
        """Applies what was told since, a block a log."""
        for service, log in self.logs.items():
            tracked = self.views.tracked("36", service) if self.views else None
            new = log[int(tracked.partition("/")[0]) if tracked else 0 :]
            if new and self.views:
                self.views.apply("36", service, tracked or ORIGIN, new)

    @property
    def events(self) -> list[Event]:
        return [e for log in self.logs.values() for e in log]

    # -- short forms ---------------------------------------------------------------------------------------------------
    def officer_called(self, name: str) -> None:
        """So that the audit knows what to call her who tells the story."""
        self.tell(new_id(), org.GrantGiven(account=OFFICER, account_name=name, role="officer", organisation=None, starts_on=day("2000-01-01")))

    def paper(self, organisation: UUID, number: str = "南妇〔2024〕5号") -> UUID:
        id, dated = new_id(), day("2024-01-05")
        paper = org.DocumentRegistered(kind="approval", number=number, title="任职批复", issuer="南昌县委", dated=dated, organisation=organisation)
        self.tell(id, paper)
        return id

    def organisation(self, name: str, level: Any, parent: UUID | None, code: str | None = None, on: str = "2000-01-01", **more: Any) -> UUID:
        id = new_id()
        more = {"org_type": "federation", **more}
        proposed = org.OrganisationProposed(full_name=name, short_name=name, level=level, parent=parent, proposed_on=day(on), **more)
        facts: list[Fact] = [proposed, org.OrganisationEstablished(established_on=day(on))]
        if code:
            facts.append(org.DivisionAssigned(code=code, division_name=name, effective=day(on)))
        self.tell(id, *facts)
        return id

    def unit(self, name: str, area: UUID, listed: str, field: Any = "organ", level: Any = "county", **more: Any) -> UUID:
        id = new_id()
        self.tell(id, org.EligibleUnitListed(unit_name=name, level=level, field=field, area=area, listed_on=day(listed), **more),
                  org.EligibleUnitQualified(qualified_on=day(listed)))
        return id

    def organised(self, unit: UUID, area: UUID, since: str, name: str = "机关妇委会") -> UUID:
        made = self.organisation(name, "county", area, on=since, org_type="organ_committee")
        self.tell(unit, org.EligibleUnitOrganised(organisation=made, organised_on=day(since)))
        return made

    def term(self, organisation: UUID, starts: str, months: int, ends: str, no: int = 1, **more: Any) -> UUID:
        id = new_id()
        self.tell(id, org.TermStarted(organisation=organisation, term_no=no, starts_on=day(starts), term_months=months, ends_on=day(ends), **more))
        return id

    def person(self, name: str, home: UUID, **profile: Any) -> UUID:
        id = new_id()
        profile = {"sex": "female", "ethnicity": "汉族", **profile}
        self.tell(id, cadre.CadreRegistered(profile=cadre.Profile(person_name=name, **profile), home=home))
        return id

    def post(self, person: UUID, organisation: UUID, role: Any = "chair", seat: UUID | None = None, **more: Any) -> cadre.Post:
        more = {"engagement": "full_time", "mode": "elected", **more}
        return cadre.Post(person=person, organisation=organisation, seat=seat or derive(organisation, role), role=role, **more)

    def start(
        self, post: cadre.Post, starts: str, until: str | None = None, on: str | None = None, meta: dict[str, Any] | None = None, **more: Any
    ) -> UUID:
        id = new_id()
        fact = cadre.AppointmentStarted(post=post, starts_on=day(starts), until=day(until) if until else None, **more)
        self.tell(id, fact, on=on or starts, **(meta or {}))
        return id

    def end(self, appointment: UUID, post: cadre.Post, effective: str, why: Any = "transferred", on: str | None = None, **meta: Any) -> Event:
        fact = cadre.AppointmentEnded(
            effective=day(effective),
            end_reason=why,
            organisation=post.organisation,
            seat=post.seat,
            person=post.person,
        )
        return self.tell(appointment, fact, on=on or effective, **meta)

    def reelect(self, organisation: UUID, term: UUID, held: str, approved: str, months: int = 36, filed: str | None = None) -> UUID:
        """The whole case; gives the new term."""
        case, new = new_id(), new_id()
        starts = day(held)
        self.tell(case, org.ReelectionPlanned(organisation=organisation, term=term, planned_on=starts - timedelta(days=90)))
        self.tell(
            case, org.ReelectionRequested(requested_on=starts - timedelta(days=60)), org.ReelectionPermitted(permitted_on=starts - timedelta(days=50))
        )
        self.tell(case, org.CongressHeld(form="congress", held_on=starts, entitled=30, present=28, issued=28, returned=28, valid=27))
        self.tell(case, org.ElectionResultReported(candidates=(), reported_on=starts + timedelta(days=2)))
        self.tell(
            case,
            org.ElectionResultApproved(
                organisation=organisation, term=new, outgoing_term=term, starts_on=starts, approved_on=day(approved), winners=()
            ),
            on=approved,
        )
        self.tell(term, org.TermEnded(ended_on=starts))
        self.tell(
            new,
            org.TermStarted(
                organisation=organisation, term_no=2, starts_on=starts, term_months=months, ends_on=add_months(starts, months), reelection=case
            ),
        )
        if filed:
            self.tell(case, org.ResultFiled(filed_with="party_org_department", filed_on=day(filed)), on=filed)
        return new

    def vacancy(self, organisation: UUID, since: str, filled: str | None = None) -> UUID:
        id = new_id()
        self.tell(id, org.VacancyOpened(organisation=organisation, seat=derive(organisation, "chair"), since=day(since)), on=since)
        if filled:
            self.tell(id, org.VacancyFilled(appointment=new_id(), filled_on=day(filled)), on=filled)
        return id
