"""Long exports as jobs: asked for, made, shut away, fetched by their owner alone, gone after a day; and every file that left is on record."""

import os
import time
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from cryptography.exceptions import InvalidTag
from fastapi import FastAPI
from openpyxl import load_workbook

from services.projection.api import exporting
from services.projection.reports import box
from services.projection.reports.jobs import Jobs, sweep
from shared.calendar import now
from tests.api.caller import Caller, give
from tests.views.asking import get
from tests.views.story import Story

AS_OF = {"area": ["360121"], "as_of": ["2024-02-01"]}


@pytest.fixture
def county(story: Story, county: UUID) -> UUID:
    for i in range(8):
        story.start(story.post(story.person(f"王芳{i}", county), county, "executive_member"), "2024-01-10")
    story.officer_called("周主任")
    return county


@pytest.fixture
def officer(app: FastAPI, county: UUID) -> Caller:
    give(app, "officer", "officer")
    return Caller(app, "officer")


def ask(caller: Caller, path: str = "/roster", key: str | None = None, **more: Any) -> Any:
    app: Any = caller.client.app
    app.state.story.load()
    return caller.post("/exports", {"path": path, "asked": AS_OF, **more}, key)


def finished(caller: Caller, id: str) -> dict[str, Any]:
    for _ in range(200):
        job: dict[str, Any] = caller.get(f"/exports/{id}").json()
        if job["state"] in ("ready", "failed"):
            return job
        time.sleep(0.05)
    raise AssertionError("the export is not finished")


def test_a_list_too_long_to_go_at_once_is_refused_with_the_way_to_get_it(officer: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "STREAMED", 7)
    for format in ("xlsx", "csv"):
        answer = get(officer, "/roster", area="360121", as_of="2024-02-01", format=format)
        assert answer.status_code == 422 and answer.json()["errors"][0]["code"] == "export_needs_job"
    assert get(officer, "/roster", area="360121", as_of="2024-02-01", search="王芳1", format="csv").status_code == 200
    recorded = get(officer, "/audit/exports").json()
    assert recorded["total"] == 1 and recorded["rows"][0]["asked"]["search"] == ["＊"]  # a name that was searched for is not kept for ever


def test_a_job_holds_all_rows_and_is_fetched_by_its_owner_alone(app: FastAPI, officer: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "STREAMED", 7)
    asked = ask(officer, columns=["no", "person_name"])
    assert asked.status_code == 202 and asked.json()["state"] in ("waiting", "running")
    job = finished(officer, asked.json()["id"])
    assert (job["state"], job["rows"], job["name"]) == ("ready", 8, "妇联干部花名册_2024-02-01")
    file = officer.get(f"/exports/{job['id']}/file")
    assert int(file.headers["content-length"]) == len(file.content) == job["size"] and file.headers["cache-control"] == "no-store"
    page = load_workbook(BytesIO(file.content)).active
    assert page is not None and [[c.value for c in row] for row in page.iter_rows(min_row=3, max_row=4)] == [["序号", "姓名"], [1, "王芳0"]]
    other = Caller(app, "statistician")
    assert other.get("/exports").json()["rows"] == [] and [j["id"] for j in officer.get("/exports").json()["rows"]] == [job["id"]]
    assert {other.get(f"/exports/{job['id']}{end}").status_code for end in ("", "/file")} == {403}
    assert other.post(f"/exports/{job['id']}/removal").status_code == 403
    assert officer.get(f"/exports/{uuid4()}").status_code == 404


def test_the_file_lies_shut_away_and_readable_by_the_service_alone(app: FastAPI, officer: Caller, home: Path) -> None:
    job = finished(officer, ask(officer, format="csv").json()["id"])
    folder = home / "projection" / "exports" / job["id"]
    assert {(p.name, p.stat().st_mode & 0o777) for p in folder.iterdir()} == {("file.box", 0o600), ("status.json", 0o600)}
    assert folder.stat().st_mode & 0o777 == 0o700 and "王芳".encode() in officer.get(f"/exports/{job['id']}/file").content
    assert not any("王芳".encode() in p.read_bytes() for p in folder.iterdir())
    os.truncate(folder / "file.box", (folder / "file.box").stat().st_size - 1)
    key = box.key_of(app.state.fingerprint_key, UUID(job["id"]))
    with pytest.raises(InvalidTag):
        list(box.opened((folder / "file.box").open("rb"), key))


def test_a_shut_file_opens_whole_and_in_order_or_not_at_all(tmp_path: Path) -> None:
    key, place, content = box.key_of(b"secret", uuid4()), tmp_path / "box", os.urandom(2 * box.PIECE + 5)
    assert box.shut(BytesIO(content), place, key) == len(content)
    shut, length = place.read_bytes(), box.NONCE + box.PIECE + box.TAG

    def opened(data: bytes, by: bytes = key) -> bytes:
        return b"".join(box.opened(BytesIO(data), by))

    assert opened(shut) == content
    first, second, last = shut[:length], shut[length : 2 * length], shut[2 * length :]
    for wrong in (first + second, second + first + last, first + last, shut[:-1], shut + b"x"):
        with pytest.raises(InvalidTag):
            opened(wrong)
    with pytest.raises(InvalidTag):
        opened(shut, box.key_of(b"secret", uuid4()))
    assert box.shut(BytesIO(b""), tmp_path / "empty", key) == 0 and opened((tmp_path / "empty").read_bytes()) == b""


def test_the_same_key_is_the_same_export_and_too_many_at_once_must_wait(officer: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ask(officer, key="k1").json()["id"]
    finished(officer, first)
    assert ask(officer, key="k1").json()["id"] == first and len(officer.get("/exports").json()["rows"]) == 1
    monkeypatch.setattr("services.projection.api.exports.UNFINISHED", 0)
    refused = ask(officer)
    assert refused.status_code == 409 and refused.json()["errors"][0]["code"] == "exports_unfinished"


def test_a_job_that_the_list_refuses_says_why(officer: Caller) -> None:
    job = finished(officer, ask(officer, columns=["nonsense"]).json()["id"])
    assert job["state"] == "failed" and job["faults"][0]["code"] == "unknown_columns"
    not_made = officer.get(f"/exports/{job['id']}/file")
    assert not_made.status_code == 409 and not_made.json()["errors"][0]["code"] == "export_not_ready"
    assert get(officer, "/audit/exports").json()["rows"] == []


def test_a_job_that_a_restart_interrupted_is_shown_as_failed(app: FastAPI, officer: Caller, home: Path) -> None:
    job = finished(officer, ask(officer).json()["id"])
    status = home / "projection" / "exports" / job["id"] / "status.json"
    status.write_bytes(orjson.dumps(orjson.loads(status.read_bytes()) | {"state": "running", "expires_at": None}))
    app.state.exports = Jobs(app.state.store.data, app.state.fingerprint_key)  # as after a start
    again = officer.get(f"/exports/{job['id']}").json()
    assert (again["state"], again["faults"][0]["code"]) == ("failed", "export_interrupted")


def test_after_a_day_the_file_is_gone_and_before_it_when_its_owner_says_so(app: FastAPI, officer: Caller, home: Path) -> None:
    kept, old, unwanted = (finished(officer, ask(officer).json()["id"]) for _ in range(3))
    folder = home / "projection" / "exports"
    status = folder / old["id"] / "status.json"
    status.write_bytes(orjson.dumps(orjson.loads(status.read_bytes()) | {"expires_at": (now() - timedelta(seconds=1)).isoformat()}))
    assert officer.get(f"/exports/{old['id']}").status_code == 404
    assert sweep(app.state.store.data) == 1 and sweep(app.state.store.data) == 0
    assert officer.post(f"/exports/{unwanted['id']}/removal").status_code == 200
    assert [p.name for p in folder.iterdir()] == [kept["id"]]


def test_every_file_that_left_is_on_record_for_the_auditor(app: FastAPI, officer: Caller) -> None:
    get(officer, "/organisations", area="360121", format="csv", columns="full_name")
    finished(officer, ask(officer).json()["id"])
    rows = get(Caller(app, "auditor"), "/audit/exports").json()["rows"]
    assert [(r["path"], r["rows"], r["area_name"], r["actor"].rpartition("|")[2]) for r in rows] == [
        ("/roster", 8, "南昌县妇女联合会", "officer"), ("/organisations", 1, "南昌县妇女联合会", "officer")]  # fmt: skip
    assert rows[0]["sentence"]["zh-CN"].endswith("周主任导出妇联干部花名册（南昌县妇女联合会） 8 行。") and rows[1]["columns"] == ["full_name"]
    assert rows[0]["asked"] == {"area": ["360121"], "as_of": ["2024-02-01"]} and rows[0]["sealed"] == []
    page = get(Caller(app, "auditor"), "/audit/exports", format="csv").content.decode("utf-8-sig").splitlines()
    assert page[0].startswith("序号,导出时间,导出人") and len(page) == 3
    assert get(Caller(app, "auditor"), "/audit/exports", search="周").json()["total"] == 2  # the auditor's own export is somebody else's
    assert get(Caller(app, "auditor"), "/audit/exports").json()["total"] == 3
    assert get(Caller(app, "nobody"), "/audit/exports").status_code == 403


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"sealed": ["phone"]}, "reason_missing"),
        ({"sealed": ["phone"], "reason": "核对", "format": "csv"}, "sealed_needs_mark"),
        ({"sealed": ["phone"], "reason": "核对", "path": "/organisations"}, "sealed_not_here"),
    ],
)
def test_sealed_values_leave_only_as_a_marked_roster_and_with_a_reason(officer: Caller, more: dict[str, Any], code: str) -> None:
    answer = ask(officer, **more)
    assert answer.status_code == 422 and answer.json()["errors"][0]["code"] == code


def test_sealed_values_have_a_permission_of_their_own(app: FastAPI, county: UUID) -> None:
    answer = ask(Caller(app, "statistician"), sealed=["phone"], reason="核对")
    assert answer.status_code == 403 and "cadre.export" in answer.text
