"""PostgreSQL failing, stopping, lying about a commit, and a role that may only append: what was answered is stored once, nobody is blocked."""
import os
import random
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
import pytest

from deploy.servers import Postgres
from shared import es, postgres
from shared.es import Unavailable, open_store
from shared.fact import new_id
from shared.postgres import make_roles
from tests.store.ledgers import Counter, Ledgers
from tests.store.test_log import child


class Proxy:
    """Stands before a server; when armed, cuts a connection that appends: `before` the server hears of it, or `after` it has answered."""

    def __init__(self, dsn: str) -> None:
        url = urlsplit(dsn)
        self.behind = (url.hostname, url.port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.dsn = dsn.replace(f":{url.port}/", f":{self.listener.getsockname()[1]}/")
        self.armed, self.cut, self.closed = "", 0, False
        self.open: list[socket.socket] = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                if self.closed:
                    client.close()
                    continue
                server = socket.create_connection(self.behind)
                self.open += client, server
                appends = threading.Event()
                threading.Thread(target=self.pump, args=(client, server, appends, "before"), daemon=True).start()
                threading.Thread(target=self.pump, args=(server, client, appends, "after"), daemon=True).start()

    def pump(self, source: socket.socket, target: socket.socket, appends: threading.Event, moment: str) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                if b"refused FROM" in data:  # the statement of an append, seen once: it is prepared, and its connection does nothing else
                    appends.set()
                if appends.is_set() and self.armed == moment:
                    self.armed = ""
                    self.cut += 1
                    break
                target.sendall(data)
        for s in self.open if self.closed else (source, target):
            with suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def proxy(database: str) -> Iterator[Proxy]:
    proxy = Proxy(database)
    yield proxy
    for s in proxy.listener, *proxy.open:
        s.close()


@pytest.fixture
def store(database: str) -> Iterator[Ledgers]:
    with closing(open_store(Ledgers, database)) as store:
        yield store


@pytest.fixture(scope="module")
def fragile() -> Iterator[Postgres]:
    """A server of our own, to kill and to freeze."""
    with Postgres() as server:
        yield server


@contextmanager
def superuser(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(dsn, autocommit=True) as c:
        yield c


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_connection_lost_in_an_append_leaves_one_fact_and_one_answer(proxy: Proxy, store: Ledgers, moment: str):
    id = new_id()
    with closing(open_store(Ledgers, proxy.dsn)) as remote:
        remote.add(id)
        proxy.armed = moment
        done = remote.add(id, key="k")
        assert proxy.cut == 1 and (done.version, done.position) == (2, 2)
        assert done.replayed == (moment == "after"), "its receipt settled it" if moment == "after" else "it was sent again"
    assert len(store.history(id)) == 2 and store.add(id, key="k").position == 2


def test_an_append_that_nobody_could_confirm_is_unavailable_and_its_key_finds_out(proxy: Proxy, store: Ledgers, monkeypatch: pytest.MonkeyPatch):
    id = new_id()
    with closing(open_store(Ledgers, proxy.dsn)) as remote:
        remote.add(id)
        proxy.armed, proxy.closed = "after", True
        with pytest.raises(Unavailable):
            remote.add(id, key="k")
        assert len(store.history(id)) == 2, "it was stored, and nobody could say so"
        proxy.closed = False
        done = remote.add(id, key="k")
        assert done.replayed and done.position == 2


def test_backends_killed_again_and_again_lose_and_double_nothing(database: str, store: Ledgers):
    ids = [new_id() for _ in range(8)]
    stop = threading.Event()

    def work(id: UUID) -> int:
        done = 0
        while not stop.is_set():
            store.add(id)
            done += 1
        return done

    with ThreadPoolExecutor(8) as pool, superuser(database) as c:
        counts = [pool.submit(work, id) for id in ids]
        for _ in range(10):
            time.sleep(0.15)
            c.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        stop.set()
    assert [f.result() for f in counts] == [store.load(Counter, id)[1] for id in ids]


def test_a_store_outlives_a_restart_of_its_database_and_says_when_it_is_away(fragile: Postgres, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(postgres, "PATIENCE", 1)
    monkeypatch.setattr(es, "DEADLINE_SECONDS", 1)
    url = fragile.create_database("away")
    with closing(open_store(Ledgers, url)) as store:
        id = new_id()
        store.add(id)
        fragile.kill()
        with pytest.raises(Unavailable):
            store.add(id, key="k")
        with pytest.raises(Unavailable):
            store.history(id)
        with pytest.raises(Unavailable):
            store.recorder.select_notifications(1, 9)
        fragile.start()
        assert store.add(id, key="k").version == 2
        assert len(store.history(id)) == 2


def test_a_frozen_server_is_given_up(fragile: Postgres, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(postgres, "ANSWER_SECONDS", 0.5)
    with closing(open_store(Ledgers, fragile.create_database("frozen"))) as store:
        id = new_id()
        store.add(id)
        with superuser(fragile.url_of("frozen")) as c:
            pids = [pid for (pid,) in c.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'halfsky-store'").fetchall()]
        assert fragile.process
        for pid in [fragile.process.pid, *pids]:
            os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(Unavailable):
                store.add(id, key="k")
        finally:
            for pid in [*pids, fragile.process.pid]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
        assert store.add(id, key="k").version == 2


def test_a_client_stopped_in_mid_append_blocks_nobody(database: str, store: Ledgers):
    with child(database, 8, 0) as process:
        for _ in range(25):
            time.sleep(random.uniform(0.005, 0.05))
            process.send_signal(signal.SIGSTOP)
            for _ in range(4):
                store.add(new_id())
            process.send_signal(signal.SIGCONT)
        assert process.poll() is None
    log = list(store.recorder.pages())
    assert [n.id for n in log] == list(range(1, len(log) + 1)) and len(log) > 100


def test_too_many_readers_are_told_so_instead_of_waiting_for_ever(store: Ledgers, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shared.group.PATIENCE", 0.1)
    monkeypatch.setattr(postgres, "PATIENCE", 0.5)
    log = store.recorder
    assert isinstance(log, postgres.PostgresRecorder)
    with ThreadPoolExecutor(postgres.READERS) as pool:
        holding = threading.Event()

        def hold() -> None:
            with log._readers.connection():
                holding.wait()

        held = [pool.submit(hold) for _ in range(postgres.READERS)]
        time.sleep(0.3)
        with pytest.raises(Unavailable):
            store.recorder.select_notifications(1, 9)
        holding.set()
        assert not [f for f in held if f.exception()]


def test_the_services_role_can_run_everything_and_change_nothing(database: str, store: Ledgers):
    owner, writer = f"own_{new_id().hex}", f"ser_{new_id().hex}"
    with superuser(database) as c:
        make_roles(c, "ledgers", owner, writer)
        make_roles(c, "ledgers", owner, writer)
    limited = database.replace("postgres@", f"{writer}@")
    try:
        with closing(open_store(Ledgers, limited)) as mine:
            id = new_id()
            mine.add(id, key="k")
            assert mine.add(id, key="k").replayed and mine.load(Counter, id) == (Counter(1), 1)
            mine.batch([lambda: mine.add(id)] * 3)
            assert mine.recorder.max_notification_id() == 4 and mine.recorder.rebuild_receipts() == 4
            last = mine.recorder.select_notifications(4, 1)
            mine.recorder.restore([es.Notification(new_id(), 1, last[0].topic, last[0].state, 5)])
        with superuser(limited) as c:
            for table in "ledgers_events", "ledgers_receipts":
                for statement in f"UPDATE {table} SET version = 1", f"DELETE FROM {table}", f"TRUNCATE {table}", f"DROP TABLE {table}":
                    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedColumn)):
                        c.execute(statement.replace("version", "originator_version" if "events" in table else "version"))
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                c.execute("CREATE TABLE mine (x int)")
    finally:
        with superuser(database) as c:
            for role in writer, owner:
                c.execute(f'REASSIGN OWNED BY "{role}" TO postgres; DROP OWNED BY "{role}"; DROP ROLE "{role}"')


@pytest.mark.parametrize("change", ["UPDATE {} SET {} = 1", "DELETE FROM {}", "TRUNCATE {}"])
def test_even_the_owner_cannot_change_a_log_by_accident(database: str, store: Ledgers, change: str):
    store.add(new_id())
    with superuser(database) as c:
        for table, column in ("ledgers_events", "originator_version"), ("ledgers_receipts", "version"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                c.execute(change.format(table, column))


def test_a_log_on_sqlite_refuses_changes_too(home):
    with closing(open_store(Ledgers, f"sqlite:///{home}/log.db")) as store:
        store.add(new_id())
    with closing(sqlite3.connect(home / "log.db")) as c:
        for statement in ("UPDATE ledgers_events SET topic = 'x'", "DELETE FROM ledgers_events", "UPDATE ledgers_receipts SET key = 'x'",
                          "DELETE FROM ledgers_receipts"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                c.execute(statement)


def test_a_locked_sqlite_file_is_unavailable_and_then_again_free(home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shared.sqlite.PATIENCE", 0.2)
    with closing(open_store(Ledgers, f"sqlite:///{home}/log.db")) as store, closing(sqlite3.connect(home / "log.db", isolation_level=None)) as rival:
        store.add(new_id())
        rival.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable):
            store.add(new_id(), key="k")
        rival.execute("ROLLBACK")
        assert store.add(new_id(), key="k").position == 2


def test_many_processes_may_open_a_new_log_at_once(database: str):
    def opening() -> int:
        with closing(open_store(Ledgers, database)) as store:
            return store.add(new_id()).position

    with ThreadPoolExecutor(8) as pool:
        futures: list[Any] = [pool.submit(opening) for _ in range(8)]
    assert sorted(f.result() for f in futures) == list(range(1, 9))
