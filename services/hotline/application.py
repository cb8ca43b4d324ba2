"""The use cases of reception shifts: one method each."""

from typing import ClassVar
from uuid import UUID

from services.hotline import domain
from services.hotline.domain import Shift
from services.hotline.events import ShiftScheduled
from shared.calendar import now, today
from shared.es import Done, Store


class Hotline(Store):
    name = "hotline"
    evolve: ClassVar = {Shift: domain.evolve}

    def schedule_shift(self, id: UUID, shift: ShiftScheduled, key: str) -> Done:
        return self.do(key, {Shift: id}, lambda was: domain.schedule(was, shift))

    def complete_shift(self, id: UUID, executive: UUID | None, calls: int, visits: int, key: str, expect: int | None = None) -> Done:
        return self.do(key, {Shift: id}, lambda was: domain.complete(was, executive, calls, visits, now()), expect)

    def cancel_shift(self, id: UUID, why: str, key: str, expect: int | None = None) -> Done:
        return self.do(key, {Shift: id}, lambda was: domain.cancel(was, why, today()), expect)
