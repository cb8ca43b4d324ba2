"""Made-up people with the ages, schooling and Party membership that make reports look like a real county's. Nobody here exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from faker.providers.person.zh_CN import Provider

SURNAMES = tuple(Provider.last_names)
OFTEN = tuple(accumulate(Provider.last_names.values()))
GIVEN: Sequence[str] = tuple(Provider.first_names_female)
DEGREES = ("postgraduate", "bachelor", "associate", "secondary", "junior_or_below")
STAFFING = ("administrative", "institution", "contract", "other")


@dataclass(frozen=True)
class Kind:
    """How a group is made up: mean age and spread, weights of DEGREES and STAFFING, share in the Party, population (K11)."""

    name: str
    age: tuple[float, float]
    degrees: tuple[int, ...]
    party: float
    staffing: tuple[int, ...]
    population: str


OFFICER = Kind("officer", (42, 8), (12, 64, 21, 3, 0), 0.86, (78, 14, 8, 0), "federation_cadre")
TOWN_HEAD = Kind("town_head", (39, 7), (3, 52, 38, 7, 0), 0.9, (72, 22, 6, 0), "system_worker")
VILLAGE_HEAD = Kind("village_head", (43, 8), (0, 9, 31, 45, 15), 0.74, (0, 0, 22, 78), "system_worker")
LEADER = Kind("leader", (44, 7), (9, 55, 29, 7, 0), 0.62, (34, 28, 14, 24), "lay")
EXECUTIVE = Kind("executive", (42, 9), (1, 14, 25, 33, 27), 0.27, (3, 7, 12, 78), "lay")
EMPLOYEE = Kind("employee", (40, 8), (7, 49, 33, 11, 0), 0.38, (30, 34, 30, 6), "lay")

TODAY = date(2026, 6, 30)  # the day the ages refer to: fixed, so that every load makes the same people


def profile(dice: Random, kind: Kind, job: str, committees: float = 0.0) -> dict[str, Any]:
    """Fields of cadre's Profile. `job`: where she works, and as what; `committees`: the chance to sit in the village's two committees."""
    age = min(max(dice.gauss(*kind.age), 20), 61)
    in_party = dice.random() < kind.party
    both = committees and dice.random() < committees
    return {
        "person_name": dice.choices(SURNAMES, cum_weights=OFTEN)[0] + dice.choice(GIVEN),
        "sex": "female",
        "ethnicity": "汉族" if dice.random() < 0.985 else dice.choice(("畲族", "回族", "苗族", "壮族")),
        "born_on": (TODAY - timedelta(days=int(age * 365.25))).replace(day=1),
        "born_precision": "month",
        "political": "cpc" if in_party else _outside(dice, age),
        "degree": dice.choices(DEGREES, kind.degrees)[0],
        "staffing": dice.choices(STAFFING, kind.staffing)[0],
        "employer_and_post": job,
        "population": kind.population,
        "in_party_branch_committee": bool(both and in_party and dice.random() < 0.7),
        "in_villagers_committee": bool(both),
    }


def _outside(dice: Random, age: float) -> str:
    if age < 28 and dice.random() < 0.5:
        return "cyl"
    return "democratic_party" if dice.random() < 0.02 else "masses"
