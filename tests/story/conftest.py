"""One running county for all the stories."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.story.county import MORE_ACCOUNTS, PLACES, Account, County, ago, running


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    folder: Path = tmp_path_factory.mktemp("county")
    with running(folder, more=("console",)) as started:
        yield started


@pytest.fixture(scope="session")
def reviewer(county: County) -> Account:
    """A second person at the province (K16), granted by the security administrator over HTTP like anybody."""
    granted = {"account": f"{county.config.issuer}|reviewer", "account_name": MORE_ACCOUNTS["reviewer"], "role": "reviewer",
               "organisation": str(PLACES["province"]), "starts_on": ago(1)}  # fmt: skip
    county.secadmin.do("org", "/grants", **granted)
    return county.reviewer
