"""Changed by hand, as only a superuser can, or put back to an older state: it is found, and can be put right."""

from __future__ import annotations

from typing import Any, LiteralString

import psycopg
import pytest

from shared.marks import LogForked
from tests.chaos.conftest import Town
from tests.chaos.load import COMMANDS
from tests.chaos.test_kill import level
from tests.story.acts import roster
from tests.story.county import ago, eventually, ok
from tests.story.reelection import tell

pytestmark = pytest.mark.timeout(280)  # the storm is one fixture


def by_hand(town: Town, database: str, *statements: LiteralString) -> list[Any]:
    """As superuser, with triggers off; gives the rows of the last statement."""
    with psycopg.connect(town.postgres.url_of(database), autocommit=True) as c:
        c.execute("SET session_replication_role = replica")
        for statement in statements:
            done = c.execute(statement)
        return done.fetchall() if done.description else []


def verify(town: Town) -> tuple[int, str]:
    done = town.county.command_line("verify", "--json")
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, done.stdout.strip()


def drafted(town: Town, title: str, key: str | None = None) -> str:
    """One more topic."""
    _, path, body, _ = COMMANDS["lecture"]
    return str(ok(town.county.village.post("lecture", path, body | {"title": title}, key=key))["id"])


def topics(town: Town) -> set[str]:
    rows = ok(town.county.provincial.send("GET", "projection", "/topics", params={"limit": 200}))["rows"]
    return {row["title"] for row in rows}


def put_back(town: Town, events: int) -> None:
    """The log of lecture as a backup has it that misses the last so many events."""
    town.kill("lecture")
    head = town.county.seen[f"{town.county.config.region}/lecture"]
    with psycopg.connect(town.postgres.url_of("lecture"), autocommit=True) as c:
        c.execute("SET session_replication_role = replica")
        assert c.execute("DELETE FROM lecture_events WHERE notification_id > %s", [head - events]).rowcount == events
        c.execute("DELETE FROM lecture_receipts WHERE position > %s", [head - events])
    town.start("lecture")


def ready(town: Town, service: str) -> bool:
    return town.county.http.get(f"{town.county.config.url(service)}/ready").status_code == 200


@pytest.fixture(autouse=True)
def all_is_well_afterwards(town: Town) -> Any:
    level(town.county)
    yield
    level(town.county)
    assert verify(town) == (0, "[]")


def test_the_reelection_story_is_the_same_on_postgresql(town: Town) -> None:
    told = tell(town.county)
    names = ["孙丽华", "李桂兰", "王秀英"]
    assert sorted(roster(town.county, told.village)) == sorted(names)
    assert "赵玉珍" in roster(town.county, told.village, as_of=ago(41)) and "赵玉珍" in roster(town.county, told.village, known_at=told.known_first)


def test_changed_rows_are_found_in_every_database_and_a_rebuild_puts_a_view_right(town: Town) -> None:
    term: LiteralString = "UPDATE terms_v3 SET term_no = term_no + 1 WHERE ctid = (SELECT ctid FROM terms_v3 LIMIT 1)"
    forged: LiteralString = "UPDATE access_grants_v1 SET role = 'officer' WHERE role = 'recorder' RETURNING role"
    by_hand(town, "projection-views", term)
    assert len(by_hand(town, "cadre-access", forged)) == 1
    status, wrong = verify(town)
    assert status == 1 and "terms_v3" in wrong and "access_grants_v1" in wrong
    assert town.county.command_line("rebuild", "terms").returncode == 0
    given: LiteralString = "SELECT stream FROM events WHERE data::text LIKE '%recorder%'"
    by_hand(town, "cadre-access", "UPDATE access_grants_v1 SET role = 'recorder' WHERE stream = (" + given + ")")


def test_one_changed_event_of_a_log_is_found(town: Town) -> None:
    with pytest.raises(psycopg.Error), psycopg.connect(town.postgres.url_of("org"), autocommit=True) as c:
        c.execute("UPDATE org_events SET topic = topic WHERE notification_id = 20")  # the trigger says no, even to the owner
    swap: LiteralString = "UPDATE org_events SET state = convert_to(replace(convert_from(state, 'UTF8'), {}), 'UTF8') WHERE notification_id = 20"
    by_hand(town, "org", swap.replace("{}", "'\"id\":\"0', '\"id\":\"1'"))
    status, wrong = verify(town)
    assert status == 1 and "es-36-org" in wrong and "at 20" in wrong
    by_hand(town, "org", swap.replace("{}", "'\"id\":\"1', '\"id\":\"0'"))


def test_a_log_put_back_to_an_older_state_is_found_and_made_whole_from_the_stream(town: Town) -> None:
    ids = [drafted(town, f"备份之后{n}", key=f"after-the-backup-{n}") for n in range(3)]
    level(town.county)
    put_back(town, 3)
    eventually(lambda: not ready(town, "projection"), 30)
    status, wrong = verify(town)
    assert status == 1 and "es-36-lecture" in wrong
    done = town.county.command_line("recover", "lecture")
    assert done.returncode == 0 and "restored 3" in done.stdout, done.stderr
    eventually(lambda: ready(town, "projection"), 30)
    assert [drafted(town, f"备份之后{n}", key=f"after-the-backup-{n}") for n in range(3)] == ids, "the receipts came back, too"


def test_a_log_that_went_on_differently_is_a_fork_until_its_loss_is_acknowledged(town: Town) -> None:
    for n in range(3):
        drafted(town, f"失去的{n}")
    level(town.county)
    put_back(town, 3)
    drafted(town, "另一个")
    eventually(lambda: not ready(town, "projection"), 30)
    refused = town.county.command_line("recover", "lecture")
    assert refused.returncode == 1 and "已发布的事件" in refused.stderr and "differs" in refused.stderr
    assert "失去的0" in topics(town) and "另一个" not in topics(town)
    done = town.county.command_line("recover", "lecture", "--acknowledge", "备库接管，缺最后三件")
    assert done.returncode == 0 and "lost 3" in done.stdout, done.stderr
    eventually(lambda: ready(town, "projection"), 30)
    town.county.seen.pop(f"{town.county.config.region}/lecture")
    level(town.county)
    assert "失去的0" not in topics(town) and "另一个" in topics(town)
    said = [e for e in town.county.events("lecture") if e.name == LogForked.NAME]
    assert len(said) == 1 and said[0].data["lost"] == 3
