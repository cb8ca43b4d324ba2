"""A store of `Ledgers` on each database."""
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from shared.es import open_store
from tests.store.ledgers import Ledgers, Vault


@pytest.fixture
def store(dsn: str) -> Iterator[Ledgers]:
    with closing(open_store(Ledgers, dsn, Vault())) as store:
        yield store


@pytest.fixture
def another(dsn: str, store: Ledgers) -> Iterator[Callable[[], Ledgers]]:
    """Opens the same log again, as another process would."""
    opened: list[Ledgers] = []

    def open_again() -> Ledgers:
        opened.append(open_store(Ledgers, dsn, store.vault))
        return opened[-1]

    yield open_again
    for s in opened:
        s.close()
