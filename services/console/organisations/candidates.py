"""候选人 of a re-election: those proposed for election so far, and several proposed at once, each by cadre's own command."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from services.console.backend import Answer, Backend, Trouble
from services.console.failures import sentences
from services.console.labels import rank
from services.console.organisations.acts import Act, Ask, Values
from services.console.organisations.ballot import SPARE, Line, lines
from services.console.organisations.flow import Doing
from services.console.render import text
from services.console.words import N_

__all__ = ["CANDIDATES", "OPEN", "USUAL", "Several", "for_result", "left", "proposed", "vacant"]

OPEN = ("planned", "requested", "refused", "permitted")  # the states of a case in which they are proposed
OVER = ("filed", "closed", "cancelled")  # with the approval they are settled; what is left later is what could not be
PENDING = ("proposed", "party_reviewed", "publicised", "publicity_ended", "elected", "approved")
USUAL = ("seat_taken", "no_term", "term_overdue", "term_ended", "not_an_executive", "document_missing")  # an election replaces the whole team
REFUSED = (403, 404, 409, 422)
NOBODY = N_("请至少填写一名候选人。")
TWICE = N_("“{name}”在这个职务上已经提出，请去掉这一行。")


@dataclass(frozen=True)
class Proposing(Act):
    def check(self, values: Values) -> dict[str, tuple[str, str]]:
        faults = super().check(values)
        return faults if any(x.used for x in lines(values)) else {**faults, "candidates": (NOBODY, self.title)}


CANDIDATES = Proposing(
    "candidates", N_("提出候选人"), "cadre.propose", (Ask("starts_on", "date", N_("大会日期"), N_("拟于哪天选举；当选的从选举之日起任职")),),
    ("request", "minutes", "other"), template="reelections/_propose.html", service="cadre",
    effect=N_("提出后列入选票和计票单，报同级党组织审定；提名经办人不能审批自己提出的人选。"),
)  # fmt: skip


async def left(api: Backend, case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Proposals that a cancelled election has left, for a congress held later or to be withdrawn; and what its approval could not settle."""
    if case["state"] not in OVER:
        return []
    until = max(str(case["since"]), str(case["congress_on"] or ""))
    return [r for r in await proposed(api, case["organisation"], case["planned_on"]) if str(r["starts_on"]) <= until]


async def proposed(api: Backend, organisation: str, since: str) -> list[dict[str, Any]]:
    """Proposed for election there since the case was planned and not decided yet, by office; none for whom it is not to see."""
    asked = {"organisation": organisation, "every": "true", "state": list(PENDING), "limit": 200}
    found = await api.known("projection", "/appointments", **asked)
    some = [r for r in (found["rows"] if found else ()) if r["mode"] == "elected" and str(r["starts_on"]) >= since]
    return sorted(some, key=lambda r: (rank(r), str(r.get("person_name"))))


def vacant(seats: Sequence[Mapping[str, Any]], there: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The fields of a new form: a line for every candidate still to be named, and one at least."""
    values: dict[str, str] = {}
    n = 0
    for seat in seats:
        have = sum(1 for c in there if c["seat"] == seat["seat"])
        for _ in range(max(1, seat["capacity"] + SPARE.get(seat["role"], 0) - have)):
            start = f"candidates.{n}."
            values |= {f"{start}seat": seat["seat"], f"{start}role": seat["role"], f"{start}engagement": seat["engagement"] or "part_time"}
            values |= {f"{start}who": "", f"{start}person": ""}
            n += 1
    return values


def for_result(there: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The candidates as the lines of the result form, without votes, and their names."""
    keys = ("person", "seat", "role", "engagement")
    return [{k: c[k] for k in keys} for c in there], {c["person"]: str(c.get("person_name") or "") for c in there}


@dataclass
class Several(Doing):
    """A proposal for each line. One that is refused does not hold up the others: `made` names those that went through."""

    there: Sequence[Mapping[str, Any]] = ()
    made: list[str] = field(default_factory=list)

    def twice(self) -> None:
        """Faults for whom the same seat has already, from before or in the lines above."""
        seen = {(c["person"], c["seat"]) for c in self.there}
        for x in lines(self.form.values):
            if x.used and x.person:
                if (x.person, x.seat) in seen:
                    self.form.wrong(f"candidates.{x.n}.who", text(self.request, TWICE).format(name=x.who))
                seen.add((x.person, x.seat))

    async def foresee(self) -> list[str]:
        """Of every line; what would be refused stands at its line."""
        codes: dict[str, None] = {}
        async for _, foreseen in self._each(self.api.rehearse):
            codes |= dict.fromkeys(c for c in foreseen["warnings"] if c not in USUAL)
        return list(codes)

    async def _each(self, ask: Callable[..., Awaitable[Answer]]) -> AsyncIterator[tuple[Line, Answer]]:
        """Every line that was proposed so, with the answer; a refusal stands at its line."""
        for x in [x for x in lines(self.form.values) if x.used]:
            try:
                answer = await ask("cadre", "/appointments", self._of(x), key=f"{self.form.key}:{x.person}:{x.seat}")
            except Trouble as trouble:
                self._refused(x, trouble)
            else:
                yield x, answer

    def _refused(self, x: Line, trouble: Trouble) -> None:
        if trouble.status not in REFUSED:
            raise trouble
        self.form.wrong(f"candidates.{x.n}.who", f"{x.who}：{''.join(sentences(trouble, self.request.state.language))}")

    async def send(self) -> Answer | None:
        warnings: dict[str, Any] = {}
        async for x, done in self._each(self.api.post):
            self.made.append(x.who)
            warnings |= {str(w["code"]): w for w in done.get("warnings", ())}
            self.form.values |= {f"candidates.{x.n}.who": "", f"candidates.{x.n}.person": ""}
        if self.form.faults:
            self.form.key = str(uuid4())  # what is corrected now is another form
            return None
        return Answer({"warnings": list(warnings.values())})

    def _of(self, x: Line) -> dict[str, Any]:
        cited = {"documents": self.chosen} if self.chosen else {}
        return {"person": x.person, "organisation": self.organisation, "seat": x.seat, "engagement": x.engagement or "part_time", "mode": "elected",
                "starts_on": self.form["starts_on"], **cited}  # fmt: skip
