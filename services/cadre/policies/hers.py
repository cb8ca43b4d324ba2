"""Cadre's own copy of its own facts: who holds which post, who is proposed for one, what the clock has to do, and people by name."""
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from services.cadre import events as own
from services.cadre.domain import appointment, office
from services.cadre.domain.appointment import Appointment
from services.cadre.domain.person import Cadre as Person
from shared.es import Event
from shared.fact import Fact
from shared.view import View, view_table
from shared.words import called

__all__ = ["METADATA", "Due", "People", "Posts", "Proposals", "Secondments", "names_of"]

METADATA = sa.MetaData()


def names_of(*facts: type[Fact]) -> frozenset[str]:
    return frozenset(f.NAME for f in facts)


APPOINTMENT = names_of(*(f for f in vars(own).values() if isinstance(f, type) and issubclass(f, Fact) and f is not Fact and f.OF == "Appointment"))


def folded(history: Sequence[Event]) -> Appointment:
    state = None
    for e in history:
        state = appointment.evolve(state, e.fact)
    assert state
    return state


class Posts(View):
    """Who holds which post where, how, from when until when; and what the paper said beside it."""

    name, version = "posts", 2
    table = view_table("posts", METADATA, *(sa.Column(c, sa.Uuid) for c in ("person", "organisation", "seat")), sa.Column("starts_on", sa.Date),
                       sa.Column("ends_on", sa.Date), *(sa.Column(c, sa.Text) for c in ("role", "engagement", "note")),
                       sa.Column("newly", sa.Boolean), sa.Index("posts_v2_person", "person"), bitemporal=False, version=2)
    facts = APPOINTMENT

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        state = folded(history)
        started = state.last(own.AppointmentStarted)
        for whole in state.life[:1]:
            post = whole.post.model_dump(include={"person", "organisation", "seat", "role", "engagement"})
            said = {"note": started.note, "newly": started.newly} if started else {}
            yield {**post, "starts_on": whole.starts_on, "ends_on": whole.ends_on, **said}


class Proposals(View):
    """A row for a proposal that has not led to office and was not ended."""

    name, version = "proposals", 2
    table = view_table("proposals", METADATA, *(sa.Column(c, sa.Uuid) for c in ("person", "organisation", "seat")), sa.Column("mode", sa.Text),
                       sa.Column("starts_on", sa.Date), sa.Index("proposals_v2_organisation", "organisation"),
                       sa.Index("proposals_v2_seat", "seat"), sa.Index("proposals_v2_person", "person"), bitemporal=False, version=2)
    facts = APPOINTMENT

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        proposed = history[0].fact
        if isinstance(proposed, own.AppointmentProposed) and appointment.pending(e.fact for e in history):
            yield {**proposed.post.model_dump(include={"person", "organisation", "seat", "mode"}), "starts_on": proposed.starts_on}


class Secondments(View):
    """A row for a secondment, with whose it is."""

    name = "secondments"
    table = view_table("secondments", METADATA, sa.Column("person", sa.Uuid), sa.Index("secondments_v1_person", "person"), bitemporal=False)
    facts = names_of(own.SecondmentStarted)

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        return ({"person": e.fact.person} for e in history if isinstance(e.fact, own.SecondmentStarted))


class Due(View):
    """What the clock has to do, and when."""

    name = "due"
    table = view_table("due", METADATA, sa.Column("act", sa.Text, primary_key=True), sa.Column("on_day", sa.Date),
                       sa.Index("due_v1_on_day", "on_day"), bitemporal=False)
    facts = APPOINTMENT

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        return ({"act": act, "on_day": day} for act, day in office.due(folded(history)))


class People(View):
    """Names as written and as they are compared (`called`), births as registered and changed, and the ID number as it is sealed."""

    name, version = "people", 4
    table = view_table("people", METADATA, sa.Column("person_name", sa.Text), sa.Column("called", sa.Text), sa.Column("born_on", sa.Date),
                       sa.Column("born_precision", sa.Text), sa.Column("home", sa.Uuid), sa.Column("merged", sa.Boolean),
                       sa.Column("card_box", sa.Text), sa.Column("card_bound", sa.Text), sa.Index("people_v4_called", "called"), bitemporal=False,
                       version=4)
    facts = names_of(own.CadreRegistered, own.CadreProfileChanged, own.CadreProfileCorrected, own.CadresMerged)

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        record = Person(tuple(e.fact for e in history))
        if record.life:
            p, card = record.profile, record.sealed.get("id_number")
            yield {"person_name": p.person_name, "called": called(p.person_name or ""), "born_on": p.born_on, "born_precision": p.born_precision,
                   "home": record.home, "merged": record.into is not None, **({"card_box": card.box, "card_bound": card.bound} if card else {})}
