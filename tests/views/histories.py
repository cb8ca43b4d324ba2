"""Random histories of small organisations: what was so, and how it was entered, rightly or with errors, corrections, withdrawals, late entries."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from services.cadre.application import Cadre
from services.cadre.domain import appointment, office
from services.cadre.domain.appointment import Appointment, By, Wish
from services.cadre.domain.person import Cadre as Person
from services.cadre.domain.seat import SeatClaim
from services.cadre.events import AppointmentCorrected, AppointmentEnded, AppointmentStarted, Post, stands
from services.org.application import Opening, OpeningTerm, Org, Proposal
from services.org.domain import dependants, term
from services.org.domain.dependants import Dependants
from services.org.domain.organisation import Organisation
from services.org.domain.reelection import Reelection
from services.org.domain.term import Term
from services.org.events import ElectionResultApproved, GrantGiven, ReelectionPlanned, Seat, Winner
from shared.es import Event

__all__ = ["BEGAN", "Act", "Entering", "House", "Right", "Tenure", "Truth", "truth"]

BEGAN = -1400  # days before the end of the story: when the term begins
SEATS = {"chair": 1, "vice_chair": 2, "executive_member": 3}  # role: places
CLERK, SECRETARY, LEADER = (By(f"iss|{name}") for name in ("clerk", "secretary", "leader"))
Act = tuple[str, Callable[[], object]]  # of which service, and the command
Step = Callable[[], tuple[Act, Callable[[], None] | None, int | None]]  # what to do; what is so once it is done; about which tenure it is


@dataclass(frozen=True)
class Tenure:
    """Somebody in a place of a seat over [start, end), in days of the story; `why` None: an acting period known from the start. `by_itself`: she
    left with the old team or the seat, without a relief. Not `so`: somebody only said that."""

    n: int
    role: str
    start: int
    end: int | None
    why: str | None
    door: str = "by_election"  # or acting, or opening: a first load, or congress: elected into the next team
    granted: bool = False
    by_itself: bool = False
    so: bool = True


@dataclass(frozen=True)
class Truth:
    """`terms`: [start, end) in days; the first one is there from the beginning. `congress`: when the next team was elected; `gone`: which seat was
    abolished, and when."""

    seed: int
    tenures: tuple[Tenure, ...]
    terms: tuple[tuple[int, int | None], ...]
    congress: int | None = None
    gone: tuple[str, int] | None = None

    def bounds(self, t: Tenure) -> tuple[int, int]:
        """Days between which an error about its start may lie: in another team's time, or after the seat, it would be taken for another post."""
        low, high = -10_000, 10_000
        if self.congress is not None:
            low, high = (self.congress + 1, high) if t.start > self.congress else (low, self.congress - 1)
        return low, min(high, self.gone[1] - 1) if self.gone and self.gone[0] == t.role else high


def truth(seed: int) -> Truth:
    r = Random(seed)
    congress = r.randint(-700, -60) if r.random() < 0.35 else None
    roles = ["chair", *(r.choice(("vice_chair", "executive_member")) for _ in range(r.randint(0, 2)))]
    places = [role for i, role in enumerate(roles) if roles[:i].count(role) < SEATS[role]]
    gone = (r.choice(places), r.randint(-500, -20)) if r.random() < 0.25 else None
    if congress is not None and gone:
        gone = (gone[0], max(gone[1], congress + 20))
    tenures = [t for i, role in enumerate(places) for t in _chain(r, role, 10 * i, congress, gone[1] if gone and gone[0] == role else None)]
    end = r.randint(-900, -150) if congress is None and r.random() < 0.4 else None
    terms = ((BEGAN, end), *([(end + r.choice((0, r.randint(1, 60))), None)] if end else []))
    return Truth(seed, tuple(tenures), terms, congress, gone if gone and gone[1] < -10 else None)


def _chain(r: Random, role: str, first: int, congress: int | None, gone: int | None) -> Iterator[Tenure]:
    """One place of a seat through time."""
    day, door = BEGAN + r.randint(0, 500), "opening" if r.random() < 0.4 else "by_election"
    for n in range(first, first + 4):
        if congress is not None and day > congress - 5 and door != "congress" and n > first and day <= congress:
            day, door = congress, "congress"
        if gone is not None and day > gone - 5:
            return
        until = min((x for x in (congress, gone) if x is not None and day < x), default=None)
        end: int | None = day + r.randint(20, 700)
        why: str | None = r.choice(("resigned", "transferred", "retired", "removed", "term_expired"))
        by_itself = until is not None and end is not None and end > until - 5
        if by_itself:
            end, why = until, "term_expired" if until == congress else "seat_abolished"
        elif end is not None and end > -5:
            end = why = None
        yield Tenure(n, role, day, end, why, door, r.random() < 0.3, by_itself)
        if end is None or end == gone or end > -60:
            return
        stop = min([x for x in (congress, gone) if x is not None and end < x] or [0])
        day = end + r.choice((0, 0, r.randint(1, 150)))
        door = "by_election"
        if end == congress:
            day, door = end, "congress"
        elif role == "chair" and min(day, stop) - end > 30 and r.random() < 0.5:
            yield Tenure(n + 5, role, end, end + r.randint(10, min(day, stop) - end), None, "acting")
        if congress is not None and end < congress < day + 5:
            day, door = congress, "congress"
        if day > -5:
            return


class House:
    """One organisation in which a history is entered. Ids in the order of the truth, alike for each that enters it."""

    def __init__(self, truth: Truth, variant: int, today: date, org: Org, cadre: Cadre) -> None:
        self.truth, self.org, self.cadre, self.end = truth, org, cadre, today
        self.base = (1 << 120) | (truth.seed << 64) | (variant << 56)
        self.id = self.uid(0, 0)
        self.seats = {role: self.uid(1, i) for i, role in enumerate(SEATS)}
        self.keys = 0

    def uid(self, kind: int, n: int) -> UUID:
        return UUID(int=self.base | (kind << 32) | n)

    def label(self, id: UUID | None) -> str | None:
        return None if id is None else f"{(id.int >> 32) & 0xFFFFFF}/{id.int & 0xFFFFFFFF}"

    def day(self, n: int) -> date:
        return self.end + timedelta(n)

    def key(self) -> str:
        self.keys += 1
        return f"{self.id}/{self.keys}"

    def opened(self, parent: UUID) -> Act:
        p = Proposal(f"第{self.base}村妇女联合会", "村妇联", "federation", "village", parent, self.day(BEGAN), opening=True)
        seats = tuple(Seat(seat=self.seats[role], role=role, capacity=n) for role, n in SEATS.items())  # type: ignore[arg-type]
        term = OpeningTerm(self.uid(2, 0), self.day(BEGAN), 60)
        return "org", partial(self.org.open_organisation, self.id, Opening(p, self.day(BEGAN), seats=seats, terms=(term,)), key=self.key())

    # -- what is entered -------------------------------------------------------------------------------------------------
    def start(self, t: Tenure, role: str, day: int, today: date) -> Act:
        return "cadre", partial(self._start, t, role, self.day(day), today, self.key())

    def _start(self, t: Tenure, role: str, day: date, today: date, key: str) -> object:
        """The whole route in one append; a first load without one."""
        id, who, seat = self.uid(3, t.n), self.uid(4, t.n), self.seats[role]
        place = self.cadre.copy.place(self.id, day)
        if t.door == "opening":
            post = Post(person=who, organisation=self.id, seat=seat, role=role, engagement="part_time", mode="elected")  # type: ignore[arg-type]
            return self.cadre.open_post(id, post, day, key)
        until = self.day(t.end) if t.door == "acting" and t.end is not None else None
        wish = Wish(who, self.id, seat, "part_time", t.door, day, until)  # type: ignore[arg-type]
        agreed = min(day, today)

        def decide(was: Appointment | None, claim: SeatClaim | None, _: object) -> list[Any]:
            said: list[Any] = [appointment.propose(was, wish, place, claim, 0, CLERK)]
            state = appointment.evolve(was, said[0])
            for step in said[0].route:
                said.append(appointment.party_decision(state, True, agreed, "镇党委", SECRETARY, today)[0] if step == "party"
                            else appointment.elect(state, agreed, "executive_committee", LEADER, today) if step == "election"
                            else appointment.approve(state, agreed, LEADER, today))
                state = appointment.evolve(state, said[-1])
            return [*said, *office.start(id, state, day, claim, place, None, 0, "补录", LEADER, today)]
        return self.cadre.do(key, {Appointment: id, SeatClaim: seat, Person: [who]}, decide)

    def relieve(self, t: Tenure, day: int, why: str, today: date) -> Act:
        return "cadre", partial(self.cadre.relieve, self.uid(3, t.n), self.day(day), why, "补录", LEADER, today, self.key())  # type: ignore[arg-type]

    def cancel(self, t: Tenure, today: date) -> Act:
        return "cadre", partial(self.cadre.cancel, self.uid(3, t.n), "误录", today, self.key())

    def correct(self, t: Tenure, corrects: UUID, today: date, **said: Any) -> Act:
        right = AppointmentCorrected(corrects=corrects, **said)
        return "cadre", partial(self.cadre.correct, self.uid(3, t.n), right, LEADER, today, self.key())

    def grant(self, t: Tenure) -> Act:
        given = GrantGiven(account=f"iss|{self.uid(4, t.n)}", account_name="她", role="officer", organisation=self.id, starts_on=self.day(t.start),
                           appointment=self.uid(3, t.n))
        return "org", partial(self.org.give_grant, self.uid(5, t.n), given, self.key())

    def end_term(self, n: int, day: int) -> Act:
        return "org", partial(self.org.end_term, self.uid(2, n), self.day(day), self.key())

    def abolish(self, role: str, day: int) -> Act:
        return "org", partial(self.org.abolish_seat, self.id, self.seats[role], self.day(day), self.key())

    def congress(self, today: date) -> Act:
        return "org", partial(self._congress, today, self.key())

    def _congress(self, today: date, key: str) -> object:
        """The approval of its result, after a case that is told in short."""
        case, old, new, own = self.uid(6, 0), self.uid(2, 0), self.uid(2, 1), dependants.stream(self.id)
        day = self.day(self.truth.congress or 0)
        winners = tuple(Winner(person=self.uid(4, t.n), seat=self.seats[t.role], role=t.role, engagement="part_time",  # type: ignore[arg-type]
                               appointment=self.uid(3, t.n)) for t in self.truth.tenures if t.door == "congress")

        def decide(was: Reelection | None, there: Organisation | None, hanging: Any, terms: Any) -> dict[UUID, list[Any]]:
            planned = ReelectionPlanned(organisation=self.id, term=old, planned_on=day)
            approved = ElectionResultApproved(organisation=self.id, term=new, outgoing_term=old, starts_on=day, approved_on=day, winners=winners)
            begun = term.start(None, self.id, there, hanging, day, 60, {}, (), today, ending=old, reelection=case)
            return {case: [planned, approved], **term.succeed(old, terms[old], new, begun, today)}
        return self.org.do(key, {Reelection: case, Organisation: self.id, Dependants: own, Term: [old, new]}, decide)

    def start_term(self, n: int, day: int) -> Act:
        return "org", partial(self.org.start_term, self.uid(2, n), self.id, self.day(day), 60, self.key())


class Right:
    """The history entered right the first time, in the order in which it happened."""

    def __init__(self, house: House) -> None:
        self.house = house
        some: list[tuple[int, int, int, Callable[[date], Act]]] = []
        for t in house.truth.tenures:
            if t.door != "congress":
                some.append((t.start, 2, t.n, lambda today, t=t: house.start(t, t.role, t.start, today)))  # type: ignore[misc]
            if t.granted:
                some.append((t.start, 3, t.n, lambda _, t=t: house.grant(t)))  # type: ignore[misc]
            if t.end is not None and t.why and not t.by_itself:
                some.append((t.end, 1, t.n, lambda today, t=t: house.relieve(t, t.end, t.why, today)))  # type: ignore[misc]
        congress, gone = house.truth.congress, house.truth.gone
        some += [(congress, 0, 0, lambda today: house.congress(today))] if congress is not None else []
        some += [(gone[1], 0, 0, lambda _: house.abolish(*gone))] if gone else []
        for n, (start, end) in enumerate(house.truth.terms):
            some += [(end, -1, n, lambda _, n=n, end=end: house.end_term(n, end))] if end is not None else []  # type: ignore[misc]
            some += [(start, 0, n, lambda _, n=n, start=start: house.start_term(n, start))] if n else []  # type: ignore[misc]
        self.left = [act for *_, act in sorted(some, key=lambda s: s[:3])]

    def next(self, today: date) -> Act | None:
        return self.left[0](today) if self.left else None

    def answered(self, refusal: Exception | None) -> None:
        assert refusal is None, f"history {self.house.truth.seed}, entered right: {refusal}"
        del self.left[0]


@dataclass
class Entering:
    """The same history entered as people do: late, in any order, with errors that are found later. While `patience` lasts new errors are made; what
    a rule refuses waits for another turn."""

    house: House
    random: Random
    patience: int = 5
    refused: int = 0
    granted: set[int] = field(default_factory=set)
    ended: bool = False
    begun: bool = False
    abolished: bool = False
    elected: bool = False
    doing: Callable[[], None] | None = None
    untrue: tuple[Tenure, ...] = ()
    seen: dict[int, list[Event]] = field(default_factory=dict)  # what is entered of each tenure, as far as it was looked at today
    today: date = date.min
    about: int | None = None

    def __post_init__(self) -> None:
        r = self.random
        self.untrue = tuple(Tenure(100 + i, r.choice(list(SEATS)), r.randint(BEGAN + 10, 20), None, None, so=False) for i in range(r.randint(0, 2)))

    def next(self, today: date) -> Act | None:
        """Something that is not yet as it is to be; None: nothing is left to do by that day."""
        if today != self.today:  # the clock may have spoken
            self.today, self.seen = today, {}
        waiting = [step for t in (*self.house.truth.tenures, *self.untrue) if (step := self._toward(t, today))]
        waiting += self._terms(today)
        self.doing = None
        if not waiting:
            return None
        act, self.doing, self.about = self.random.choice(waiting)()
        return act

    def answered(self, refusal: Exception | None) -> None:
        self.refused = 0 if refusal is None else self.refused + 1
        assert self.refused < 60, f"history {self.house.truth.seed} does not get anywhere: {refusal}; {self._stands()}"
        if self.about is not None:
            self.seen.pop(self.about, None)
        if refusal is None and self.doing:
            self.doing()

    def _stands(self) -> list[str]:
        """Each tenure beside what is entered of it, to look for what holds it up."""
        states = ((t, self.house.cadre.load(Appointment, self.house.uid(3, t.n))[0]) for t in (*self.house.truth.tenures, *self.untrue))
        return [f"{t}: {[(i.starts_on, i.ends_on, i.end_reason, i.post.role) for i in s.life[:1]] if s else None}" for t, s in states]

    def _err(self, chance: float = 0.4) -> bool:
        if self.patience > 0 and self.random.random() < chance:
            self.patience -= 1
            return True
        return False

    def _wrong(self, day: int, low: int = -10_000, high: int = 10_000) -> int:
        return min(high, max(low, day + self.random.choice((-1, 1)) * self.random.randint(1, 60)))

    def _terms(self, today: date) -> list[Step]:
        house, (_, end), *later = self.house, *self.house.truth.terms
        if not all(self._entered(t.n) for t in house.truth.tenures if t.door == "opening"):
            return []  # a first load comes first: it is taken as the paper has it, whatever has happened since
        if house.truth.gone and not self.abolished and house.day(house.truth.gone[1]) <= today:
            return [lambda: (house.abolish(*house.truth.gone), self._gone, None), *self._congress(today)]  # type: ignore[misc]
        if house.truth.congress is not None:
            return self._congress(today)
        if end is None or self.begun or self.house.day(later[0][0]) > today:
            return []
        if not self.ended:
            return [lambda: (self.house.end_term(0, end), lambda: setattr(self, "ended", True), None)]
        return [lambda: (self.house.start_term(1, later[0][0]), lambda: setattr(self, "begun", True), None)]

    def _gone(self) -> None:
        self.abolished, self.seen = True, {}

    def _congress(self, today: date) -> list[Step]:
        house, day = self.house, self.house.truth.congress
        if day is None or self.elected or house.day(day) > today:
            return []

        def done() -> None:
            self.elected, self.seen = True, {}
        return [lambda: (house.congress(today), done, None)]

    def _entered(self, n: int) -> list[Event]:
        if n not in self.seen:
            self.seen[n] = self.house.cadre.history(self.house.uid(3, n))
        return self.seen[n]

    def _toward(self, t: Tenure, today: date) -> Step | None:
        """What to do next about one tenure."""
        house = self.house
        history = self._entered(t.n)
        state = Appointment(tuple(e.fact for e in history))
        if house.day(t.start) > today + timedelta(40):
            return None
        if house.truth.congress is not None and (t.door == "congress" or t.start > house.truth.congress) and not self.elected:
            return None
        if not history:
            if t.door == "congress":
                return None
            if t.so and t.n % 10 and not self._entered(t.n - (5 if t.n % 10 >= 5 else 1)):
                return None  # who sat in that place before her is not there yet, and could not be entered behind her
            return (lambda: (self._first(t, today), None, t.n)) if t.so or self.patience > 0 else None
        if t.granted and t.n not in self.granted and (self.random.random() < 0.3 or _is_right(house, t, state)):
            return lambda: (house.grant(t), lambda: self.granted.add(t.n), None)
        act = self._mended(t, state, history, today)
        return (lambda: (act, None, t.n)) if act else None

    def _first(self, t: Tenure, today: date) -> Act:
        role, day = t.role, t.start
        if t.so and self._err():
            if t.door == "by_election" and self.random.random() < 0.3:
                role = self.random.choice([r for r in SEATS if not (self.house.truth.gone and r == self.house.truth.gone[0])])
            else:
                day = self._wrong(day, *self.house.truth.bounds(t))
        return self.house.start(t, role, day, today)

    def _mended(self, t: Tenure, state: Appointment, history: Sequence[Event], today: date) -> Act | None:
        house, r = self.house, self.random
        last = history[-1].fact
        begun = next(e for e in history if isinstance(e.fact, AppointmentStarted))
        if not t.so:
            if not state.life or (self.patience > 0 and r.random() < 0.5):
                return None
            ahead = state.life[0].starts_on > today
            return house.cancel(t, today) if ahead and r.random() < 0.5 else house.correct(t, begun.id, today, void=True)
        if not state.life:  # a void that was wrong
            return house.correct(t, history[-1].id, today, void=True)
        whole = state.life[0]
        if whole.starts_on != house.day(t.start):
            by_last = isinstance(last, AppointmentCorrected) and last.starts_on and r.random() < 0.5
            more = {"post": whole.post.model_copy(update={"term": None})} if self.refused > 3 else {}  # her term had ended by then, as is known now
            return house.correct(t, history[-1].id if by_last else begun.id, today, starts_on=house.day(t.start), **more)
        if whole.post.role != t.role and not (r.random() < 0.5 and (end := self._end(t, state, history, today))):
            right = whole.post.model_copy(update={"seat": house.seats[t.role], "role": t.role, "term": None})
            return house.correct(t, begun.id, today, post=right)
        end = end if whole.post.role != t.role else self._end(t, state, history, today)
        return end or (house.correct(t, begun.id, today, void=True) if self._err(0.05) else None)

    def _end(self, t: Tenure, state: Appointment, history: Sequence[Event], today: date) -> Act | None:
        """Her start is right: is her end?"""
        house, r, whole = self.house, self.random, state.life[0]
        pairs = [(e.id, e.fact) for e in history]
        ends = [e for e in history if isinstance(e.fact, AppointmentEnded) and stands(pairs, e.version)]
        due = t.end is not None and t.why and not t.by_itself and house.day(t.end) <= today + timedelta(40)
        if t.by_itself and t.end is not None and not (self.elected if t.end == house.truth.congress else self.abolished):
            return house.correct(t, ends[-1].id, today, void=True) if ends else None  # who says she left does not know what is to come
        if not ends:
            if due and t.end is not None and t.why:
                day, why = (self._wrong(t.end), t.why) if self._err() else (t.end, r.choice((t.why, "transferred")) if self.patience > 0 else t.why)
                return house.relieve(t, day, why, today)
            return house.relieve(t, r.randint(t.start + 1, max(t.start + 2, -5)), "resigned", today) if t.end is None and self._err(0.1) else None
        if t.end is None or not t.why:
            return house.correct(t, ends[-1].id, today, void=True)
        last, void = history[-1], None
        if whole.ends_on == house.day(t.end) and whole.end_reason == t.why:
            return house.correct(t, ends[-1].id, today, effective=house.day(self._wrong(t.end))) if self._err(0.15) else void
        if isinstance(last.fact, AppointmentCorrected) and self.patience > 0 and r.random() < 0.3:
            return house.correct(t, last.id, today, void=True)
        if self._err(0.1):
            return house.correct(t, ends[-1].id, today, void=True)
        return house.correct(t, ends[-1].id, today, effective=house.day(t.end), end_reason=t.why)


def _is_right(house: House, t: Tenure, state: Appointment) -> bool:
    return bool(state.life) and state.life[0].starts_on == house.day(t.start)
