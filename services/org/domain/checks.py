"""Refusals that several aggregates share: dates, papers, and the second person."""
from collections.abc import Collection, Iterable
from datetime import date

from services.org.domain.refusals import refused

__all__ = ["need", "not_before", "paper", "past", "second_person", "words"]


def need(ok: object, code: str, field: str = "", /, **params: object) -> None:
    """Refuse with the words of `code` unless `ok`."""
    if not ok:
        raise refused(code, field, **params)


def past(day: date, today: date, field: str) -> None:
    need(day <= today, "in_future", field, day=day, today=today)


def not_before(day: date, floor: date | None, field: str) -> None:
    need(floor is None or day >= floor, "before_previous_step", field, day=day, floor=floor)


def words(text: str, field: str) -> None:
    need(text.strip(), "words_missing", field)


def paper(kinds: Iterable[str], wanted: Collection[str] = ("approval",)) -> None:
    """O12, K15: what is decided on paper is entered from the paper. `kinds`: of the documents cited."""
    need(set(kinds) & set(wanted), "paper_required", "documents")


def second_person(by: Collection[str], earlier: Collection[str]) -> None:
    """K16: who proposed or reported a thing does not approve it; the second person may sit in the superior federation."""
    need(not set(by) & set(earlier), "same_person", "actor")
