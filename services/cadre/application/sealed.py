"""Sealed values seen: recorded in the person's own record first, then opened; one by one, or many for an export."""
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from services.cadre.domain import person
from services.cadre.domain.appointment import By
from services.cadre.domain.person import Cadre as Person
from shared.es import Done, Store
from shared.fact import Refused

__all__ = ["Sealed"]


class Sealed(Store):
    """封存信息."""

    def unseal(self, id: UUID, why: str | None, by: By, key: str) -> tuple[Done, dict[str, str]]:
        """查看封存信息: recorded first, then opened."""
        done = self.do(key, {Person: id}, lambda was: person.unseal(was, why, by.account))
        record = self.load(Person, id)[0]
        return done, {name: self.vault.open(sealed, id) for name, sealed in record.sealed.items()}

    def unseal_many(self, ids: Sequence[UUID], fields: Sequence[str], why: str | None, by: By, key: str) -> dict[UUID, dict[str, str]]:
        """For an export: each person's own record says who saw what and why, before anything is opened. Who has nothing sealed is left out."""
        calls = [partial(self.do, f"{key}:{id}", {Person: id}, lambda was: person.unseal(was, why, by.account, fields)) for id in ids]
        opened = []
        for id, outcome in zip(ids, self.batch(calls), strict=True):
            if isinstance(outcome, Done):
                opened.append(id)
            elif not isinstance(outcome, Refused) or outcome.code not in ("nothing_sealed", "unknown_cadre"):
                raise outcome
        self.vault.warm(opened)
        records: dict[UUID, Person] = self.load_all(Person, opened)
        return {id: {n: self.vault.open(s, id) for n, s in r.sealed.items() if n in fields} for id, r in records.items()}
