"""Administrative divisions from CSV(.gz) or china-division's data.sqlite, and what organisation each is offered (K17)."""

from __future__ import annotations

import csv
import gzip
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

Level = Literal["province", "city", "county", "township", "village"]
LEVELS: tuple[Level, ...] = ("province", "city", "county", "township", "village")
LEVEL_OF: dict[str, Level] = {level: level for level in LEVELS}
JIANGXI = Path(__file__).parent / "data" / "divisions-360000.csv.gz"
PLACEHOLDERS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}  # not divisions: only the code has them

# Only these bear a federation's name by themselves: zones, farms, compounds, companies and the like are offered a 妇工委.
TOWNSHIP = re.compile(r"(?:镇|乡|街道|街道办事处)$")
COMMUNITY = re.compile(r"(?:社区(?:居?委员?会|居.{1,4}会|社?居委会会?)?|居民?委员?会)$")
MANAGED = re.compile(r"(?:社区)?(?:居民)?(?:管理委员会|管委会)$")  # a community's committee too, unless it is a zone's
ZONE = re.compile(r"开发|园|新区|产业|示范|度假|风景|保税|高新|试验|农场|林场|垦殖|牧场|渔场|水产|生活区|矿")
VILLAGE = re.compile(r"村?(?:村民|村|民)(?:委员会|委会会?)$|村$")
OFFICE = re.compile(r"(?:管委会|管理委员会|办事处)$")
TABLES: tuple[tuple[str, Level, str], ...] = (
    ("province", "province", "''"),
    ("city", "city", "provinceCode"),
    ("area", "county", "cityCode"),
    ("street", "township", "areaCode"),
    ("village", "village", "streetCode"),
)


class Division(NamedTuple):
    """`parent` is the code of the next division above that is one: levels may be skipped."""

    code: str
    name: str
    level: Level
    parent: str


@dataclass(frozen=True)
class Offer:
    """What a division gets unless an officer says otherwise. No `org_type`: 不设妇联, the unit is exempt."""

    full_name: str
    short_name: str
    org_type: Literal["federation", "working_committee"] | None
    area_kind: Literal["urban", "rural"] | None


def read(file: Path, under: str = "") -> list[Division]:
    """The file's divisions whose code starts with `under`, and their ancestors; parents first. ValueError names what is wrong."""
    rows = list(_sqlite(file, under[:2]) if file.suffix == ".sqlite" else _csv(file))
    _once(file, rows)
    divisions = {d.code: d for d in _without_placeholders(d for _, d in rows)}
    for d in divisions.values():
        if len(d.code) != 12 or not d.code.isdigit() or d.level not in LEVELS or not d.name:
            raise ValueError(
                f"{file.name}: {d.code!r} {d.name!r} {d.level!r}: needs a 12-digit code, a name, a level of {', '.join(LEVELS)}"
            )
        if d.parent and d.parent not in divisions:
            raise ValueError(f"{file.name}: {d.code} {d.name} lies in {d.parent}, which the file does not have")
    wanted = [d for d in divisions.values() if d.code.startswith(_prefix(under))]
    if not wanted:
        raise ValueError(f"{file.name}: no code begins with {under}")
    chosen = {d.code: d for d in wanted}
    for d in wanted:
        while d.parent and d.parent not in chosen:
            d = divisions[d.parent]
            chosen[d.code] = d
    return sorted(chosen.values(), key=lambda d: (LEVELS.index(d.level), d.code))


def _once(file: Path, rows: Iterable[tuple[str, Division]]) -> None:
    """A code stands for one division: the same one repeated by the next level down, as in cities without districts, is no second."""
    seen: dict[tuple[str, bool], tuple[str, Division]] = {}
    for place, d in rows:
        first, there = seen.setdefault((d.code, d.code == d.parent), (place, d))
        if first != place and d.name not in PLACEHOLDERS:
            raise ValueError(f"{file.name}: {d.code} stands on {first} as {there.name} and on {place} as {d.name}; leave one of them")


def _prefix(code: str) -> str:
    """360121000000 is 360121 and all below it."""
    return next((code[:n] for n in (2, 4, 6, 9) if not code[n:].strip("0")), code)


def _csv(file: Path) -> Iterator[tuple[str, Division]]:
    """Each with its place in the file."""
    with gzip.open(file, "rt", encoding="utf-8-sig") if file.suffix == ".gz" else file.open(encoding="utf-8-sig", newline="") as lines:
        table = csv.DictReader(lines)
        for row in table:
            try:
                yield f"line {table.line_num}", Division(row["code"], row["name"].strip(), LEVEL_OF[row["level"]], row["parent_code"] or "")
            except KeyError as missing:
                if "level" in row and row["level"] not in LEVEL_OF:
                    raise ValueError(f"{file.name}: {row['code']} has level {row['level']!r}; the levels are {', '.join(LEVELS)}") from None
                raise ValueError(f"{file.name}: column {missing} is missing; the columns are code, name, level, parent_code") from None


def _sqlite(file: Path, province: str) -> Iterator[tuple[str, Division]]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        for table, level, parent in TABLES:
            query = f"SELECT rowid, code, name, {parent} FROM {table} WHERE code LIKE ?"  # names are constants above
            for line, code, name, above in database.execute(query, (f"{province}%",)):
                place = f"row {line} of {table}"
                yield place, Division(str(code).ljust(12, "0"), str(name).strip(), level, str(above).ljust(12, "0") if above else "")


def _without_placeholders(rows: Iterable[Division]) -> Iterator[Division]:
    """Children of a placeholder (or of a level that repeats its parent's code) belong to the division above it."""
    above: dict[str, str] = {}
    for row in sorted(rows, key=lambda d: LEVELS.index(d.level)):
        parent = above.get(row.parent, row.parent)
        if row.name in PLACEHOLDERS:
            above[row.code] = parent
        elif row.code != parent:
            yield row._replace(parent=parent)


def place_name(division: Division) -> str:
    """What stands before 妇女联合会: 村 and 社区 without the name of their committee."""
    name = division.name
    if community := _community(division):
        return community
    if division.level == "village" and VILLAGE.search(name):
        return VILLAGE.sub("", name) + "村"
    return OFFICE.sub("", name) or name


def _community(division: Division) -> str | None:
    """Its name, when it is a residents' community, whatever its committee is called."""
    name = division.name
    if division.level == "village" and COMMUNITY.search(name):
        return COMMUNITY.sub("", name) + "社区"
    managed = MANAGED.search(name) if division.level == "village" else None
    if managed and (managed[0].startswith("社区") or (_numbered_as_community(division) and not ZONE.search(name))):
        return name[: managed.start()] + "社区"
    return None


def _numbered_as_community(division: Division) -> bool:
    """Residents' committees have the numbers 001 to 199."""
    return int(division.code[9:]) < 200


def offer(division: Division, parent: Division | None) -> Offer:
    """Names and kind of a division's organisation (K17)."""
    place, inside, kind = place_name(division), "", _area_kind(division)
    if parent and division.level in ("township", "village"):
        inside = "" if place.startswith(place_name(parent)) else place_name(parent)
    if "虚拟" in division.name:
        return Offer(division.name, division.name, None, kind)
    own_name = {"township": TOWNSHIP.search(division.name), "village": _community(division) or VILLAGE.search(division.name)}
    if own_name.get(division.level, True):
        return Offer(f"{inside}{place}妇女联合会", f"{place}妇联", "federation", kind)
    return Offer(f"{inside}{place}妇女工作委员会", f"{place}妇工委", "working_committee", kind)


def _area_kind(division: Division) -> Literal["urban", "rural"] | None:
    if division.level == "township":
        return "urban" if division.name.endswith(("街道", "街道办事处")) else "rural"
    if division.level == "village":
        return "urban" if _numbered_as_community(division) or "社区" in division.name else "rural"
    return None
