"""`halfsky divisions import`: divisions become eligible units; organisations only where told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from uuid import UUID

from deploy.divisions import Division, offer, place_name, read
from deploy.seed.load import ACTOR, CHUNK, Call, chunks, opened, progress, run
from deploy.seed.plan import organisation_id, unit_id
from services.org.application import Opening, Org, Proposal
from services.org.domain.code import DIVISION, Code, stream
from services.org.domain.organisation import Organisation
from services.org.domain.unit import EligibleUnit
from services.org.events import EligibleUnitListed
from shared.calendar import today
from shared.es import Meta, meta
from shared.settings import settings

__all__ = ["import_divisions"]

MOST = 10_000_000


def import_divisions(file: Path, under: str = "", organised: bool = False, since: date | None = None) -> None:
    """Units of the file's divisions whose code starts with `under`, listed `since` (today). `organised`: and their federations, established that
    day, without seats or people. ValueError names a division that has no organisation above."""
    divisions = read(file, under)
    meta.set(Meta(actor=ACTOR, reason=file.name, region=settings().region))
    with closing(opened(Org)) as org, progress() as bars:
        bar = bars.add_task("区划 divisions", total=len(divisions))
        new = _Import(org, {d.code: d for d in divisions}, organised, since or today())
        for chunk in chunks(divisions, CHUNK):
            units = org.load_all(EligibleUnit, [unit_id(d.code) for d in chunk])
            run(org, [call for d in chunk for call in new.calls(d, units, under)])
            bars.advance(bar, len(chunk))


@dataclass
class _Import:
    org: Org
    divisions: Mapping[str, Division]
    organised: bool
    day: date
    bearers: dict[str, tuple[UUID, date]] = field(default_factory=dict)  # code -> the organisation that bears it, and since when that is there
    listed: set[tuple[UUID, str]] = field(default_factory=set)  # area and name of units that were entered otherwise

    def __post_init__(self) -> None:
        claims = self.org.load_all(Code, {stream(DIVISION, code): code for code in self.divisions})
        holders = {code: claim.holder for code in self.divisions if (claim := claims.get(stream(DIVISION, code))) and claim.holder}
        orgs = self.org.load_all(Organisation, holders.values())
        self.bearers = {code: (id, orgs[id].established_on) for code, id in holders.items() if id in orgs and orgs[id].state == "active"}
        own = {unit_id(code) for code in self.divisions}
        for n in self.org.recorder.select_notifications(0, MOST, topics=[EligibleUnitListed.NAME]):
            event = self.org.mapper.to_domain_event(n)
            if event.stream not in own and event.data["field"] == "area":
                self.listed.add((UUID(event.data["area"]), event.data["unit_name"]))

    def calls(self, d: Division, units: Mapping[UUID, EligibleUnit], under: str) -> Iterator[Call]:
        unit, above, bearer = unit_id(d.code), self._above(d), self.bearers.get(d.code)
        names, there = offer(d, self.divisions.get(d.parent)), units.get(unit)
        makes = self.organised and bearer is None and names.org_type == "federation"
        if above is None and not makes and d.parent and d.code.startswith(under.rstrip("0")):
            raise ValueError(f"{d.code} {d.name}: no organisation above it is on record; import with --organised, or enter that organisation first")
        if above and not {(above, d.name), (above, place_name(d))} & self.listed:
            yield from self._unit(d, unit, above, there)
            if names.org_type is None:
                yield partial(self.org.exempt_unit, unit, self.day, "虚拟单位，不设妇联", f"import-exempt:{unit}")
            if bearer and (there is None or there.state == "qualified"):
                yield partial(self.org.organise_unit, unit, bearer[0], max(self.day, bearer[1]), f"import-cover:{unit}:{bearer[0]}")
        if makes:
            yield self._organisation(d, unit, above)

    def _unit(self, d: Division, unit: UUID, above: UUID, there: EligibleUnit | None) -> Iterator[Call]:
        """Listed, or moved to the federation that is now the nearest above."""
        if there is None:
            key = f"import:{unit}"
            yield partial(self.org.list_unit, unit, unit_name=d.name, level=d.level, field="area", area=above, listed_on=self.day, key=key)
        elif there.area != above:
            yield partial(self.org.change_unit, unit, today(), f"import-area:{unit}:{above}", area=above)

    def _organisation(self, d: Division, unit: UUID, above: UUID | None) -> Call:
        names, own = offer(d, self.divisions.get(d.parent)), organisation_id(d.code)
        self.bearers[d.code] = own, self.day
        proposal = Proposal(
            full_name=names.full_name, short_name=names.short_name, org_type="federation", level=d.level, parent=above, proposed_on=self.day,
            area_kind=names.area_kind, units=(unit,) if above else (), opening=True)  # fmt: skip
        return partial(self.org.open_organisation, own, Opening(proposal, self.day, d.code, d.name), f"import:{own}")

    def _above(self, d: Division) -> UUID | None:
        """The organisation of the nearest division above that has one."""
        while d.parent:
            d = self.divisions[d.parent]
            if d.code in self.bearers:
                return self.bearers[d.code][0]
        return None
