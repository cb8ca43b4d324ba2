"""The system on a PostgreSQL of its own, for tests that kill what they like."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from deploy.servers import Postgres
from tests.story.county import County, running

SERVICES = ("org", "cadre", "lecture", "hotline", "projection")


@dataclass
class Town:
    """The running system and its database server."""

    county: County
    postgres: Postgres

    def kill(self, name: str) -> None:
        """As by `kill -9`."""
        self.postgres.kill() if name == "postgres" else self.county.act("kill", name)

    def start(self, name: str) -> None:
        self.postgres.start() if name == "postgres" else self.county.act("start", name)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with Postgres() as postgres:
        for service in SERVICES:
            for kind in ("", "-views", "-access"):
                postgres.create_database(f"{service}{kind}")
        with running(tmp_path_factory.mktemp("town"), postgres.url_of("{name}")) as county:
            yield Town(county, postgres)
