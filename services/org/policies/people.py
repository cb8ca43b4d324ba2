"""Org's copy of who may be elected: registered people, and deputies who hold their posts by a period of their own."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.cadre import events as cadre
from services.org.domain.ballot import OwnPeriod
from services.org.domain.reelection import Known
from shared.es import Event
from shared.view import View, Views, view_table

__all__ = ["Cadres", "OwnPeriods", "known", "own_periods"]

METADATA = sa.MetaData()


class OwnPeriods(View):
    """A row for a part-time or seconded deputy's post whose end was known from its start."""

    name = "own_periods"
    table = view_table("own_periods", METADATA, sa.Column("organisation", sa.Uuid, index=True), *(sa.Column(c, sa.Uuid) for c in ("person", "seat")),
                       *(sa.Column(c, sa.Text) for c in ("role", "engagement")), *(sa.Column(c, sa.Date) for c in ("starts_on", "until")),
                       bitemporal=False)
    facts = frozenset(f.NAME for f in (
        cadre.AppointmentStarted, cadre.AppointmentEnded, cadre.AppointmentCancelled, cadre.AppointmentCorrected))

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        for whole in cadre.timeline((e.id, e.fact) for e in history)[:1]:
            if until := cadre.own_period(whole):
                post = whole.post.model_dump(include={"organisation", "person", "seat", "role", "engagement"})
                yield {**post, "starts_on": whole.starts_on, "until": until}


class Cadres(View):
    """A row for a registered person: what she is called, whether her record was merged away, and since when she is gone."""

    name = "cadres"
    table = view_table("cadres", METADATA, sa.Column("person_name", sa.Text), sa.Column("merged", sa.Boolean), sa.Column("gone_on", sa.Date),
                       bitemporal=False)
    facts = frozenset(f.NAME for f in (
        cadre.CadreRegistered, cadre.CadreProfileChanged, cadre.CadreProfileCorrected, cadre.CadresMerged, cadre.CadreDeparted,
        cadre.CadreDepartureWithdrawn, cadre.CadreReturned))

    def rows(self, history: Sequence[Event]) -> Iterable[dict[str, Any]]:
        gone, back = next(reversed(cadre.departures(e.fact for e in history)), (None, None))
        for now in cadre.profile_timeline((e.id, e.fact) for e in history)[-1:]:
            yield {"person_name": now.profile.person_name, "merged": now.into is not None, "gone_on": gone.effective if gone and not back else None}


C, P = Cadres.table.c, OwnPeriods.table.c


def known(views: Views, ids: Sequence[UUID]) -> dict[UUID, Known]:
    """Those of them that are registered."""
    with views.connect() as c:
        rows = c.execute(sa.select(C.stream, C.person_name, C.merged, C.gone_on).where(C.stream.in_(ids))).all()
    return {id: Known(called or "", merged, gone_on) for id, called, merged, gone_on in rows}


def own_periods(views: Views, organisation: UUID, day: date) -> list[OwnPeriod]:
    """Who is in office on that day, and beyond it by a period of her own."""
    query = sa.select(P.stream, P.person, C.person_name, P.seat, P.role, P.engagement, P.until).outerjoin(Cadres.table, C.stream == P.person)
    with views.connect() as c:
        rows = c.execute(query.where(P.organisation == organisation, P.starts_on < day, P.until > day).order_by(P.stream)).all()
    return [OwnPeriod(id, person, called or "", seat, role, engagement, until) for id, person, called, seat, role, engagement, until in rows]
