"""Sealed values: seen, which is recorded in the person's own record first; and ID numbers looked up, whoever bears them."""
from collections.abc import Collection, Sequence
from functools import partial
from uuid import UUID

from services.cadre.application.copy import Copy
from services.cadre.domain import person
from services.cadre.domain.appointment import By
from services.cadre.domain.person import Cadre as Person
from shared.es import Done, Store
from shared.fact import Personal, Refused

__all__ = ["AT_ONCE", "Sealed"]

AT_ONCE = 500


class Sealed(Store):
    """封存信息."""

    copy: Copy

    def registered(self, id: UUID, id_number: str | None) -> bool:
        """Does another record bear this number?"""
        return id_number is not None and any(other != id for other in self.bearers([id_number]).get(id_number, ()))

    def bearers(self, numbers: Collection[str]) -> dict[str, list[UUID]]:
        """Whose records bear these ID numbers, wherever they are kept."""
        if not numbers:
            return {}
        while some := self.copy.unmarked(AT_ONCE):
            self.vault.warm(p.subject for p in some)
            self.copy.mark([(p, self.vault.mark("id_number", number) if (number := self._opened(p)) else None) for p in some])
        marks = {self.vault.mark("id_number", n): n for n in numbers}
        there = self.copy.marked(list(marks))
        self.vault.warm(p.subject for some in there.values() for p in some)
        opened = {p.subject: self._opened(p) for some in there.values() for p in some}
        if gone := [(p, None) for some in there.values() for p in some if opened[p.subject] is None]:
            self.copy.mark(gone)
        return {marks[mark]: [p.subject for p in some if opened[p.subject] == marks[mark]] for mark, some in there.items()}

    def _opened(self, sealed: Personal[str]) -> str | None:
        try:
            number: str = self.vault.open(sealed, sealed.subject)
        except Refused:  # its key was destroyed, so it is nobody's number any more
            return None
        return number

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
