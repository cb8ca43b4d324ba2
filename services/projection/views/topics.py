"""Lecture topics (课题) and whether they are in the library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from sqlalchemy import Column, Index, Integer, String, Uuid

from services.lecture import events as lecture
from services.projection.views.dated import Change, Row, plain, segments
from services.projection.views.tables import metadata
from shared.es import Event
from shared.view import View, bitemporal, view_table

__all__ = ["Topics", "topics"]

COLUMNS = ("title", "category", "minutes", "audience_level", "organisation", "lecturer")


def timeline(history: Sequence[Event]) -> list[Row]:
    changes: list[Change] = []
    for fact in (e.fact for e in history):
        match fact:
            case lecture.TopicDrafted():
                changes.append((fact.drafted_on, {**{c: getattr(fact, c) for c in COLUMNS}, "status": "drafted"}))
            case lecture.TopicSubmitted():
                changes.append((fact.submitted_on, {"status": "submitted"}))
            case lecture.TopicTrialGiven():
                changes.append((fact.given_on, {"status": "trial_given"}))
            case lecture.TopicAccepted():
                changes.append((fact.accepted_on, {"status": "accepted"}))
            case lecture.TopicReturned():
                changes.append((fact.returned_on, {"status": "returned"}))
            case lecture.TopicRevised():
                changes.append((fact.effective, plain(fact, "effective", "outline")))
            case lecture.TopicRetired():
                changes.append((fact.effective, {"status": "retired"}))
    return segments(changes, changes[0][0]) if changes else []


class Topics(View):
    name = "topics"
    version = 2
    facts: ClassVar = frozenset(f"lecture.Topic{n}" for n in ("Drafted", "Submitted", "TrialGiven", "Accepted", "Returned", "Revised", "Retired"))
    table = view_table(
        "topics",
        metadata,
        *(Column(c, String) for c in ("title", "category", "audience_level", "status")),
        Column("minutes", Integer),
        Column("organisation", Uuid),
        Column("lecturer", Uuid),
        version=version,
    )

    def rows(self, history: Sequence[Event]) -> Iterable[Row]:
        return bitemporal(history, timeline)


topics = Topics.table.c
Index(None, topics.organisation)
