"""The pages there are, by what is needed to open them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.story.county import PLACES, County

__all__ = ["PAGES", "Opened", "opened"]

PAGES = {
    "work list": "/",
    "help": "/help",
    "services": "/services",
    "overview": "/organisations",
    "organisation": "/organisations/{county}",
    "organisation on a date": "/organisations/{village}?as_of=2024-06-30",
    "roster": "/roster",
    "roster of a village": "/roster?area={village}",
    "person": "/people/{person}",
    "appointments": "/appointments",
    "new appointment": "/appointments/new",
    "appointment": "/appointments/{appointment}",
    "re-elections": "/reelections",
    "new re-election": "/reelections/new?organisation={village}",
    "documents": "/documents",
    "new document": "/documents/new",
    "audit": "/audit",
    "imports": "/imports",
    "new import": "/imports/new",
}


@dataclass(frozen=True)
class Opened:
    """Ids to put into addresses: places, and somebody in office there."""

    county: str
    township: str
    village: str
    person: str
    appointment: str

    def path(self, page: str) -> str:
        return PAGES[page].format(**vars(self))


def opened(county: County) -> Opened:
    village = str(PLACES["village"])
    row = county.provincial.get("projection", "/reports/roster", area=village)["rows"][0]
    return Opened(str(PLACES["county"]), str(PLACES["township"]), village, row["person"], row["appointment"])
