"""What a page shows can be exported: the service's files know every column of every list, and the shown ones are asked for."""

from __future__ import annotations

from urllib.parse import parse_qs

import httpx
import pytest

from services.console.listing import LISTINGS
from services.console.main import app
from services.projection.api import columns
from tests.console.conftest import Reader, Services

TABLES = {
    "/documents": columns.DOCUMENTS,
    "/roster": columns.ROSTER,
    "/appointments": columns.APPOINTMENTS,
    "/reelections": columns.REELECTIONS,
    "/terms": columns.TERMS,
    "/vacancies": columns.VACANCIES,
    "/audit/appointments": columns.AUDIT,
    "/organisations": columns.ORGANISATIONS,
    "/units": columns.UNITS,
    "/cadres": columns.CADRES,
}
EXPORTED = {name: listing for name, listing in LISTINGS.items() if listing.export and app and name != "sample"}


@pytest.mark.parametrize("name", EXPORTED)
def test_every_column_of_a_list_is_known_to_its_export(name: str) -> None:
    table = TABLES[EXPORTED[name].path]
    assert {c.name for c in EXPORTED[name].columns} <= {c.key for c in (*table.columns, *table.more)}


def test_the_export_asks_for_the_columns_on_the_page(officer: Reader, world: Services) -> None:
    world.give("GET projection /roster", httpx.Response(200, content=b"PK", headers={"content-type": "application/x", "content-disposition": "a"}))
    for query, shown in (("", "no,person_name,organisation_name,sex"), ("&columns=age&columns=role", "no,person_name,age,role")):
        answer = officer.get(f"/export/roster?format=xlsx&search=wf{query}")
        assert answer.status_code == 200 and answer.content == b"PK"
        asked = parse_qs(world.last("/roster").url.query.decode())
        assert asked["columns"][0].startswith(shown) and asked["search"] == ["wf"] and asked["format"] == ["xlsx"]
