"""`make run`, as somebody new sees it: it starts, answers, keeps what it was told, and leaves no process behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from uuid import uuid4

import httpx
import psutil
import psycopg
import pytest

from deploy.servers import free_port, handed_out, is_free
from deploy.up import APPS, create_databases

TOWNSHIP = "360121102"  # a township of the demo county, so that loading takes a moment
NAMES = ("CONSOLE", "ORG", "CADRE", "LECTURE", "HOTLINE", "PROJECTION", "ISSUER", "KEYS", "NATS", "NATS_MONITOR")


class House:
    def __init__(self, folder):
        self.ports = {name: free_port() for name in NAMES}
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("HALFSKY_")}
        self.environment |= {f"HALFSKY_{name}_PORT": str(port) for name, port in self.ports.items()} | {"HALFSKY_DATA": str(folder)}
        self.process = None

    def start(self):
        line = [sys.executable, "-c", f"from deploy.up import up; up(county={TOWNSHIP!r})"]
        self.process = subprocess.Popen(line, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        output = self.process.stdout
        assert output
        said = [output.readline()]
        while "Ctrl-C" not in said[-1]:
            assert said[-1], "".join(said)
            said.append(output.readline())
        self.family = [self.process, *psutil.Process(self.process.pid).children(recursive=True)]

    def url(self, name, path=""):
        return f"http://127.0.0.1:{self.ports[name]}{path}"

    def token(self, account):
        done = subprocess.run(
            [sys.executable, "-m", "shared.cli", "token", account], env=self.environment, capture_output=True, text=True, check=True
        )
        return {"Authorization": f"Bearer {done.stdout.strip()}"}

    def report(self):
        answer = httpx.get(self.url("PROJECTION", "/reports/R01"), params={"area": "360121000000"}, headers=self.token("statistician"), timeout=10)
        assert answer.status_code == 200
        return answer.json()

    def gone(self):
        deadline = time.monotonic() + 20
        while alive := [p for p in self.family[1:] if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]:
            assert time.monotonic() < deadline, alive
            time.sleep(0.1)
        return True


@pytest.fixture
def house(home):
    house = House(home)
    yield house
    if house.process and house.process.poll() is None:
        house.process.terminate()
        house.process.wait(30)


def figures(report):
    return [(row["code"], row["numerator"], row["denominator"]) for row in report["rows"]]


@pytest.mark.timeout(180)
def test_it_answers_keeps_what_it_was_told_and_leaves_nothing_running(house):
    house.start()
    assert httpx.get(house.url("CONSOLE", "/")).headers["location"] == "/login"
    assert httpx.get(house.url("CONSOLE", "/login")).text.count("/login/start?account=") == 11
    page = httpx.get(house.url("CONSOLE", "/services"))
    assert page.status_code == 200 and "default-src 'none'" in page.headers["content-security-policy"]
    assert page.text.count('class="well"') == 7
    before = figures(house.report())
    assert before and all(n <= d for _, n, d in before)
    county = next(row["area"] for row in house.report()["rows"])
    draft = {"title": "试运行", "category": "other", "outline": "讲一讲", "minutes": 60, "audience_level": "village", "organisation": county}
    sent = httpx.post(house.url("LECTURE", "/topics"), json=draft, headers=house.token("lecturer") | {"Idempotency-Key": str(uuid4())}, timeout=10)
    assert sent.status_code == 201, sent.text

    house.process.send_signal(signal.SIGINT)
    assert house.process.wait(30) == 0 and house.gone()

    house.start()
    kept = httpx.get(house.url("LECTURE", f"/topics/{sent.json()['id']}"), headers=house.token("lecturer"), timeout=10)
    assert kept.json()["title"] == "试运行" and figures(house.report()) == before

    house.process.kill()
    house.process.wait()
    assert house.gone()


def test_a_second_run_on_the_same_data_or_a_taken_port_says_what_is_in_the_way(house, home):
    (home / "log").mkdir()
    with socket.create_server(("127.0.0.1", house.ports["CADRE"])):
        line = [sys.executable, "-c", "from deploy.up import up; up()"]
        done = subprocess.run(line, env=house.environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1 and "HALFSKY_CADRE_PORT" in done.stderr


def test_a_port_that_another_process_was_handed_is_handed_out_again_when_that_has_ended(monkeypatch):
    line = [sys.executable, "-c", "from deploy.servers import free_port; print(free_port(), flush=True); input()"]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin and other.stdout
        theirs = int(other.stdout.readline())
        drawn = [theirs, next(p for p in range(20000, 32000) if p != theirs and p not in handed_out and is_free(p)), theirs]
        monkeypatch.setattr("deploy.servers.secrets.randbelow", lambda below: drawn.pop(0) - 20000)
        assert free_port() != theirs
        other.stdin.write("\n")
    assert free_port() == theirs


def test_the_databases_of_all_services_are_made_once_under_the_prefix_that_was_given(postgres):
    pattern = postgres.url_of("first-{name}")
    with psycopg.connect(postgres.url_of("postgres"), autocommit=True) as connection:

        def made():
            return {name for (name,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'first-%'")}

        create_databases(pattern)
        first = made()
        create_databases(pattern)
        assert first == made() == {f"first-{app}{part}" for app in APPS for part in ("", "-views", "-access")}
