"""What the use cases of org share: who acts, on which papers, under which rules, and where an organisation stands in the tree."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from services.org.application.copy import Copy
from services.org.domain import dependants, document, rule
from services.org.domain.dependants import Dependants
from services.org.domain.document import Document
from services.org.domain.organisation import Organisation
from services.org.domain.refusals import refused
from services.org.domain.rule import TABLE, Rules
from shared.es import Conflict, Store, meta
from shared.fact import Refused

__all__ = ["Grounds", "by", "same"]


def by() -> tuple[str, ...]:
    """The accounts behind this command: who acts, and for whom."""
    m = meta.get()
    return (m.actor, m.on_behalf_of) if m.on_behalf_of else (m.actor,)


def same(seen: object, found: object) -> None:
    """What was looked up to find the streams must still be so when the decision is made."""
    if seen != found:
        raise Conflict("it changed while this was decided; send it again")


class Grounds(Store):
    copy: Copy

    @cached_property
    def looked_at(self) -> dict[UUID, date]:
        """When the clock of this process last looked at a term or a vacancy."""
        return {}

    def state(self, kind: type, id: UUID) -> Any:
        return self.load(kind, id)[0]

    def named(self, no: Refused) -> Refused:
        """The same, saying who bears a code that is taken."""
        bearer: Organisation | None = self.state(Organisation, UUID(str(no.params["holder"]))) if no.code == "code_taken" else None
        return refused(no.code, no.field, **{**no.params, "name": bearer.full_name}) if bearer else no

    @contextmanager
    def naming(self) -> Iterator[None]:
        try:
            yield
        except Refused as no:
            raise self.named(no) from None

    def papers(self) -> list[str]:
        """Kinds of the documents this command cites; Refused when one is not registered."""
        return [document.known(self.state(Document, id)).kind for id in meta.get().documents]

    def rules(self) -> Rules:
        """The whole table, read at once."""
        keys = {rule.stream(key): key for key in TABLE}
        table: dict[str, rule.Rule] = {}
        for stored in self.recorder.read([], list(keys))[1]:
            event = self.mapper.to_domain_event(stored)
            found = rule.evolve(table.get(keys[event.stream]), event.fact)
            if found:
                table[keys[event.stream]] = found
        return table

    def path(self, id: UUID | None) -> tuple[UUID, ...]:
        """The organisation, its parent, … up to the province; what rules for an area are looked up along."""
        found: list[UUID] = []
        while id and id not in found:
            org: Organisation | None = self.state(Organisation, id)
            found.append(id)
            id = org.parent if org else None
        return tuple(found)

    def hanging(self, id: UUID) -> Dependants:
        """What hangs on an organisation."""
        return dependants.of(self.state(Dependants, dependants.stream(id)))
