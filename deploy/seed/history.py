"""What happened lately in the demo county, entered as its officers would: who left and who followed, one wave of re-elections, papers, and a few
mistakes put right. Its days reach up to that of the load, and it is entered once; org and cadre answer each other's facts when they start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple, cast
from uuid import UUID

from deploy.seed.jobs import job
from deploy.seed.people import EXECUTIVE, profile
from deploy.seed.plan import LATEST, WAVE, WAVE_ENDS, Person, Planned, Post
from services.cadre import policies as cadre_policies
from services.cadre.application import Cadre
from services.cadre.domain.appointment import By, Wish
from services.cadre.events import AppointmentCorrected, EndReason, Profile
from services.org import policies as org_policies
from services.org.application import Org
from services.org.events import Ballot, Candidate
from shared.calendar import add_months, today
from shared.es import Store, meta
from shared.fact import derive
from shared.http.follow import Follower, pages_of
from shared.settings import settings
from shared.sinks import ViewsSink
from shared.tables import engine
from shared.view import Views

__all__ = ["Departure", "departures", "enter", "entered", "wave"]

REASONS: Sequence[tuple[EndReason, str]] = (("transferred", "工作调动"), ("resigned", "本人辞职"), ("retired", "到龄退休"))
DAYS_AGO = (4, 11, 17, 24, 28, 45, 60, 75, 100, 130, 160, 190)  # when they left
END = "history entered"  # the key of the last act
WAITING = 14  # the last village's result is reported and waits for the county
DELEGATES = Ballot(entitled=60, present=57, issued=57, returned=57, valid=56)


class Departure(NamedTuple):
    """Somebody leaves her seat on a day; a successor follows on another, or nobody yet. `told`: the day first entered, if that was wrong."""

    organisation: UUID
    post: Post
    on: date
    reason: tuple[EndReason, str]
    successor: Person | None
    follows: date | None
    told: date | None


def departures(plan: Iterable[Planned], today: date) -> Iterator[Departure]:
    """About one executive without an office of every eighth village: most are followed within 90 days, some later, some not at all."""
    for p in plan:
        dice = Random(f"{p.division.code} departure")
        officers = {x.person for x in p.posts if x.role != "executive_member"}
        seated = [x for x in p.posts if x.until is None and x.role == "executive_member" and x.person not in officers]
        quiet = p.division.level != "village" or p.field != "area" or p.division.code.startswith(WAVE)
        if quiet or not seated or dice.random() > 0.12 or max(t.ends_on for t in p.terms) < LATEST:
            continue
        post, on = dice.choice(seated), today - timedelta(dice.choice(DAYS_AGO))
        if on < post.starts_on + timedelta(20):
            continue
        days = dice.choice((12, 25, 40, 55, 70, 80, 120, 150, None))
        follows = on + timedelta(days) if days and on + timedelta(days) <= today else None
        person = Person(derive(post.appointment, "successor"), _profile(p, dice, 7)) if follows else None
        told = on + timedelta(3) if dice.random() < 0.2 else None
        yield Departure(p.organisation or p.unit, post, on, dice.choice(REASONS), person, follows, told)


def wave(plan: Iterable[Planned]) -> list[Planned]:
    """The villages that are re-elected case by case."""
    return [p for p in plan if p.division.code.startswith(WAVE) and p.division.level == "village" and p.organisation]


def entered(org: Org) -> bool:
    return bool(org.recorder.read([(_account("county"), END)], [])[0])


def enter(org: Org, cadre: Cadre, plan: Sequence[Planned], county: UUID) -> None:
    """All of it, where a whole county was loaded. `county`: whose papers these are."""
    some, villages = list(departures(plan, today())), wave(plan)
    if not villages:
        return
    with copied(cadre, cadre_policies, org, cadre), copied(org, org_policies, org, cadre) as pull:
        book = Book(org, cadre, county)
        for d in some:
            book.departure(d)
        teams = [book.candidates(village, village.organisation or village.unit) for village in villages]
        pull()  # who stands is known to org
        for n, (village, team) in enumerate(zip(villages, teams, strict=True)):
            book.reelection(village, n, team)
        book.paper(END, "other", "关于做好二〇二六年度组织建设情况填报工作的通知", today())


@contextmanager
def copied(store: Store, policies: Any, *sources: Store) -> Iterator[Callable[[], None]]:
    """Gives a store the copies that its rules ask; they follow further when they are told to."""
    s = settings()
    views = Views(engine(s.dsn(f"{store.name}-views")), policies.copies)
    followers = [Follower(ViewsSink(views, s.region, source.name), pages_of(source)) for source in sources]

    def pull() -> None:
        for follower in followers:
            follower.pull()
    try:
        policies.attach(store, views)
        pull()
        yield pull
    finally:
        views.engine.dispose()


class Book:
    """Who enters what: the township reports and the county decides, by paper."""

    def __init__(self, org: Org, cadre: Cadre, county: UUID) -> None:
        self.org, self.cadre, self.county, self.papers = org, cadre, county, 0

    def paper(self, key: str, kind: Any, title: str, dated: date) -> UUID:
        """A document of the county's, registered under `key`."""
        self.papers += 1
        id = derive(self.county, "paper", key)
        with acting("county"):
            number = f"县妇字〔{dated.year}〕{self.papers}号"
            self.org.register_document(id, kind=kind, number=number, title=title, issuer="县妇联", dated=dated, organisation=self.county, key=key)
        return id

    def departure(self, d: Departure) -> None:
        """Relieved by a paper, perhaps with the wrong day, which is put right; somebody else is agreed on, elected and in office."""
        post, key, (reason, why) = d.post, str(d.post.appointment), d.reason
        paper = self.paper(f"relief paper:{key}", "appointment", f"关于执委{why}免职的通知", d.on)
        with acting("county", f"{why}，按文件补录", paper) as by:
            self.cadre.relieve(post.appointment, d.told or d.on, reason, f"{why}，按文件补录", by, today(), f"relieve:{key}")
        if d.told:
            wrong = self.cadre.history(post.appointment)[-1].id
            with acting("county", "日期录入有误，按文件更正", paper) as by:
                self.cadre.correct(post.appointment, AppointmentCorrected(corrects=wrong, effective=d.on), by, today(), f"correct:{key}")
        if not d.successor or not d.follows:
            return
        new = derive(post.appointment, "next")
        self.register(d.successor, d.organisation)
        with acting("township") as by:
            wish = Wish(d.successor.id, d.organisation, post.seat, "part_time", "substitution", d.follows)
            self.cadre.propose(new, wish, by, f"propose:{key}")
        with acting("county", "按文件补录", paper) as by:
            self.cadre.party_decision(new, True, d.follows, "镇党委", by, today(), f"party:{key}")
            self.cadre.elect(new, d.follows, "executive_committee", by, today(), f"elect:{key}")
            self.cadre.start(new, d.follows, "按文件补录", by, today(), f"start:{key}")

    def register(self, person: Person, home: UUID) -> None:
        with acting("township"):
            self.cadre.register(person.id, Profile(**person.profile), home, today(), f"register:{person.id}")

    def reelection(self, p: Planned, n: int, candidates: tuple[Candidate, ...]) -> None:
        """The nth village's case: most in time, of each seven one late and one within an extension; the last one waits for its approval."""
        village, term = p.organisation or p.unit, p.terms[-1]
        held = WAVE_ENDS + timedelta((-20 + n, 3 + n // 2, 8 + n // 2)[max(0, n % 7 - 4)])
        case, key = derive(village, "re-election 2026"), str(village)
        permit = self.paper(f"permit paper:{key}", "approval", f"关于同意{p.names.short_name}换届的批复", held - timedelta(30))
        with acting("township"):
            self.org.plan_reelection(case, village, held - timedelta(80), f"plan:{key}", congress_on=held)
            self.org.request_reelection(case, held - timedelta(45), f"request:{key}")
            if n % 7 == 6:
                self.org.request_extension(term.id, add_months(term.ends_on, 6), "与村“两委”换届同步", f"extension:{key}")
        with acting("county", None, permit):
            self.org.permit_reelection(case, held - timedelta(30), f"permitted:{key}")
            if n % 7 == 6:
                self.org.extend_term(term.id, f"extended:{key}")
        with acting("township"):
            self.org.hold_congress(case, "congress", held, DELEGATES, f"congress:{key}")
            self.org.report_result(case, candidates, held + timedelta(1), f"result:{key}")
        if n == WAITING:
            return
        approved = max(held + timedelta(2), today() - timedelta(12 - n % 5))
        result = self.paper(f"result paper:{key}", "approval", f"关于{p.names.short_name}选举结果的批复", approved)
        with acting("county", None, result):
            self.org.approve_result(case, approved, term.months, f"approval:{key}")
            if n % 5 == 3:  # its form has not come yet
                return
            self.org.file_result(case, "superior_federation", approved + timedelta(2), f"filed:{key}")
        with acting("township"):
            self.org.close_reelection(case, approved + timedelta(4), f"closed:{key}")

    def candidates(self, p: Planned, village: UUID) -> tuple[Candidate, ...]:
        """The team as it sits, but for its last two executives, whom two new ones follow, and one more who is not elected."""
        dice, found = Random(f"{p.division.code} candidates"), []
        seated = [x for x in p.posts if x.until is None]
        members = [x for x in seated if x.role == "executive_member"]
        new = [Person(derive(village, "candidate", n), _profile(p, dice, n)) for n in range(3)]
        for person in new:
            self.register(person, village)
        seat = members[0].seat
        for x in [*seated[: -len(members)], *members[:-2]]:
            found.append(_candidate(x.person, x.seat, x.role, x.engagement, 48 + dice.randrange(7)))
        for n, person in enumerate(new):
            found.append(_candidate(person.id, seat, "executive_member", "part_time", 45 - n * 12, elected=n < 2))
        return tuple(found)


def _candidate(person: UUID, seat: UUID, role: str, engagement: str, favour: int, elected: bool = True) -> Candidate:
    against = (DELEGATES.valid - favour) // 2
    return Candidate(person=person, seat=seat, role=cast(Any, role), engagement=cast(Any, engagement), favour=favour, against=against,
                     abstain=DELEGATES.valid - favour - against, elected=elected)  # fmt: skip


def _profile(p: Planned, dice: Random, n: int) -> dict[str, Any]:
    return profile(dice, EXECUTIVE, job(EXECUTIVE.name, "executive_member", dice.randrange(89) + n, p.division))


def _account(name: str) -> str:
    return f"{settings().issuer}|{name}"


@contextmanager
def acting(account: str, reason: str | None = None, *papers: UUID) -> Iterator[By]:
    """A demo account acts, for a reason and by papers."""
    token = meta.set(replace(meta.get(), actor=_account(account), reason=reason, documents=papers))
    try:
        yield By(_account(account))
    finally:
        meta.reset(token)
