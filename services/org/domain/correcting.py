"""What was said of an organisation is put right (更正): its names and kind, its founding day, its moves and its codes. Nothing is erased; a change
from a day on is another command."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

from services.org.domain import code as codes_of
from services.org.domain import correction, dependants
from services.org.domain.checks import need, past, words
from services.org.domain.code import CREDIT, DIVISION, Code
from services.org.domain.dependants import Dependants
from services.org.domain.organisation import DETAILS, Organisation, evolve, known, under
from services.org.events import (
    CreditCodeAssigned,
    DependantAdded,
    DependantReleased,
    DependantVoided,
    DivisionAssigned,
    DivisionReleased,
    OrganisationCorrected,
    OrganisationDetailsChanged,
    OrganisationEstablished,
    OrganisationMoved,
    OrganisationProposed,
)
from shared.fact import Fact, settled

__all__ = ["Corrected", "correct", "said"]

Corrected = dict[UUID, list[Fact]]
CORRECTABLE: correction.Correctable = {
    OrganisationProposed: (*DETAILS, "parent"), OrganisationEstablished: ("established_on",), OrganisationDetailsChanged: ("effective", *DETAILS),
    OrganisationMoved: ("effective", "parent"), DivisionAssigned: ("effective", "code", "division_name"), CreditCodeAssigned: ("effective", "code")}
IN_ORDER = ((OrganisationMoved,), (DivisionAssigned, DivisionReleased), (CreditCodeAssigned,))
CLAIMED = ((DIVISION, "code", "coded_on"), (CREDIT, "credit_code", "credited_on"))


def said(was: Organisation | None, ids: Sequence[UUID], corrects: UUID, void: bool, right: dict[str, Any]) -> tuple[list[Fact], Organisation]:
    """The correction, and the organisation as it is then. A move takes the release of the old code along."""
    old = known(was)
    number, root = correction.target(old.said, ids, corrects, CORRECTABLE, void, right)
    need(not void or not isinstance(root, OrganisationProposed | OrganisationEstablished), "record_stands", "void")
    facts: list[Fact] = [OrganisationCorrected(corrects=corrects, corrects_version=number, void=void, **right)]
    if isinstance(root, OrganisationMoved) and (void or "effective" in right) and number < len(old.said):
        freed = old.said[number]
        if isinstance(freed, DivisionReleased) and freed.effective == root.effective:
            day = None if void else right["effective"]
            facts.append(OrganisationCorrected(corrects=ids[number], corrects_version=number + 1, void=void, effective=day))
    new: Organisation | None = old
    for fact in facts:
        new = evolve(new, fact)
    need(settled(old.said) != settled(known(new).said), "correction_empty", "corrects")
    return facts, known(new)


def correct(id: UUID, was: Organisation | None, ids: Sequence[UUID], corrects: UUID, void: bool, right: dict[str, Any],
            parents: Mapping[UUID, Organisation | None], hangs: Mapping[UUID, Dependants | None], codes: Mapping[UUID, Code | None],
            today: date) -> Corrected:
    """Stream -> facts: the parents' claims and those on its codes follow. `hangs`: of itself and of its parents, before and after."""
    old = known(was)
    facts, new = said(old, ids, corrects, void, right)
    for name in ("full_name", "short_name", "division_name"):
        words(right.get(name, name), name)
    if "established_on" in right:
        _founded(new, dependants.of(hangs[dependants.stream(id)]), right["established_on"], today)
    if day := right.get("effective"):
        need(new.established_on is None or day >= new.established_on, "before_establishment", "effective", day=day, since=new.established_on)
    _in_order(new)
    return {id: facts, **_parents(id, old, new, parents, hangs), **_codes(id, old, new, codes)}


def _founded(new: Organisation, hanging: Dependants, day: date, today: date) -> None:
    past(day, today, "established_on")
    later = [*(h.since for h in hanging.all.values()), *(f.effective for f in settled(new.said) if hasattr(f, "effective"))]
    first = min(later, default=day)
    need(day <= first, "founded_after", "established_on", day=day, first=first)


def _in_order(new: Organisation) -> None:
    """A move or code holds until the next one: their days stay in the order in which they were recorded."""
    for kinds in IN_ORDER:
        days = [f.effective for f in settled(new.said) if isinstance(f, kinds)]
        for earlier, later in pairwise(days):
            need(earlier <= later, "correction_out_of_order", "effective", day=earlier, other=later)


def _parents(id: UUID, old: Organisation, new: Organisation, parents: Mapping[UUID, Organisation | None],
             hangs: Mapping[UUID, Dependants | None]) -> Corrected:
    before, after = old.parents(), new.parents()
    if before == after:
        return {}
    facts: Corrected = defaultdict(list)
    for n, (day, parent) in enumerate(after):
        if parent and (day, parent) not in before:
            under(new.level, new.org_type, parents[parent], None if n == 0 else day)
    for parent in {p for _, p in (*before, *after) if p}:
        stays = [(day, after[n + 1][0] if n + 1 < len(after) else None) for n, (day, p) in enumerate(after) if p == parent]
        stream = dependants.stream(parent)
        if not stays:
            facts[stream].append(DependantVoided(dependant=id))
            continue
        since, until = stays[-1]
        held = dependants.of(hangs[stream]).all.get(id)
        first = held.since if held and since == date.min else max(since, new.proposed_on)
        facts[stream] += [DependantAdded(kind="child", dependant=id, since=first),
                          *([DependantReleased(dependant=id, effective=until)] if until else [])]
    return facts


def _codes(id: UUID, old: Organisation, new: Organisation, codes: Mapping[UUID, Code | None]) -> Corrected:
    facts: Corrected = defaultdict(list)
    for scheme, name, on in CLAIMED:
        before, after = getattr(old, name), getattr(new, name)
        if before and before != after:
            stream = codes_of.stream(scheme, before)
            claim = codes[stream]
            facts[stream] += codes_of.release(claim, id, claim.since if claim else date.min)
        if after and (before, getattr(old, on)) != (after, getattr(new, on)):
            stream = codes_of.stream(scheme, after)
            facts[stream].append(codes_of.claim(codes[stream], scheme, after, id, getattr(new, on)))
    return facts
