"""What is said of a person, as values: each has one parser, for forms, the API and workbooks alike, and is kept as that parser has it."""
from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from services.cadre.domain.person import contradictions
from services.cadre.domain.refusals import refused
from services.cadre.events import Profile
from shared.calendar import SAID
from shared.fact import Refused
from shared.workbook import Bad, cells, dates, numbers

__all__ = ["Said", "birth", "ethnicity", "id_card", "name", "of", "phone", "post"]

name, ethnicity, post = cells.name, cells.ethnicity, cells.text
birth, id_card, phone = dates.day, numbers.id_card, numbers.phone
OPEN: dict[str, Callable[[object], str | None]] = {"person_name": name, "ethnicity": ethnicity, "employer_and_post": post}


class Said(NamedTuple):
    profile: Profile
    id_number: str | None
    phone: str | None


def of(profile: Profile, id_number: str | None, called: str | None, today: date, named: bool = False) -> Said:
    """As it is to be kept. Refused: all that is wrong with it, each at its field; with `named`, also that there is no name."""
    wrong: list[Refused] = []

    def taken(parse: Callable[[Any], Any], raw: object, field: str) -> Any:
        try:
            return parse(raw)
        except Bad as bad:
            wrong.append(bad.refused(field))
            return None

    said: dict[str, object] = {f: taken(parse, getattr(profile, f), f"profile.{f}") for f, parse in OPEN.items()}
    if profile.born_on:
        born = taken(birth, profile.born_on.isoformat()[:SAID[profile.born_precision or "day"]], "profile.born_on")
        said |= {"born_on": born and born.on, "born_precision": born and born.precision}
    whole = profile.model_copy(update=said)
    card, number = taken(id_card, id_number, "id_number"), taken(phone, called, "phone")
    if named and not whole.person_name and not any(no.field == "profile.person_name" for no in wrong):
        wrong.append(refused("name_missing"))
    if wrong:
        Refused.all([*wrong, *contradictions(whole, card and card.number, today)])
    return Said(whole, card and card.number, number)
