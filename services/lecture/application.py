"""The use cases of the topic library: one method each."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from services.lecture import domain
from services.lecture.domain import Topic
from services.lecture.events import TopicDrafted, TopicRevised
from shared.calendar import today
from shared.es import Done, Store


class Lecture(Store):
    name = "lecture"
    evolve: ClassVar = {Topic: domain.evolve}

    def draft_topic(self, id: UUID, draft: TopicDrafted, key: str) -> Done:
        return self.do(key, {Topic: id}, lambda was: domain.draft(was, draft))

    def submit_topic(self, id: UUID, key: str, expect: int | None = None) -> Done:
        return self.do(key, {Topic: id}, lambda was: domain.submit(was, today()), expect)

    def record_trial(self, id: UUID, given_on: date, ratings: int, mean_rating: float, key: str, expect: int | None = None) -> Done:
        return self.do(key, {Topic: id}, lambda was: domain.give_trial(was, given_on, ratings, mean_rating, today()), expect)

    def accept_topic(self, id: UUID, key: str, expect: int | None = None) -> Done:
        return self.do(key, {Topic: id}, lambda was: domain.accept(was, today()), expect)

    def return_topic(self, id: UUID, why: str, key: str, expect: int | None = None) -> Done:
        return self.do(key, {Topic: id}, lambda was: domain.give_back(was, why, today()), expect)

    def revise_topic(self, id: UUID, revision: TopicRevised, key: str, expect: int | None = None) -> Done:
        return self.do(key, {Topic: id}, lambda was: domain.revise(was, revision), expect)

    def retire_topic(self, id: UUID, effective: date, why: str, key: str, expect: int | None = None) -> Done:
        return self.do(key, {Topic: id}, lambda was: domain.retire(was, effective, why), expect)
