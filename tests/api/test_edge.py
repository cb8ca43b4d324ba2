"""What the edge promises of every service: each promise kept, each breach refused, in both languages."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from shared.es import meta
from tests.api import example
from tests.api.caller import Caller, give, plant, served

PROVINCE, COUNTY, TOWN, OTHER = uuid4(), uuid4(), uuid4(), uuid4()


@pytest.fixture
def app(home: Path) -> Iterator[FastAPI]:
    with served(example.app(home)) as app:
        plant(app, {PROVINCE: None, COUNTY: PROVINCE, TOWN: COUNTY, OTHER: PROVINCE})
        give(app, "officer", "officer", COUNTY)
        yield app


@pytest.fixture
def officer(app: FastAPI) -> Caller:
    return Caller(app, "officer")


def written(officer: Caller, **more: object) -> str:
    answer = officer.post("/notes", {"organisation": str(TOWN), "text": "first", **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_a_command_answers_with_its_id_version_and_position(officer: Caller) -> None:
    answer = officer.post("/notes", {"organisation": str(TOWN), "text": "first"})
    assert (answer.status_code, answer.headers["etag"], answer.headers["es-position"]) == (201, '"1"', "36/note:1")
    assert answer.json()["version"] == 1


def problem_of(answer: httpx.Response, status: int, code: str) -> dict[str, object]:
    """The one error of a problem+json, in both languages."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    first = body["errors"][0]
    assert first["code"] == code and first["message"]["zh-CN"] and first["message"]["en"], body
    assert body["status"] == status and body["title"] and body["correlation"]
    found: dict[str, object] = first
    return found


# -- keys and receipts -------------------------------------------------------------------------------------------------
def test_a_command_without_a_key_is_refused(app: FastAPI, officer: Caller) -> None:
    answer = officer.client.post("/notes", json={"organisation": str(TOWN), "text": "x"}, headers=officer.headers)
    assert problem_of(answer, 400, "key_missing")["pointer"] == "header/Idempotency-Key"


def test_a_key_with_blanks_or_of_endless_length_is_refused(officer: Caller) -> None:
    for key in ("two words", "x" * 201, ""):
        answer = officer.client.post("/notes", json={}, headers={**officer.headers, "Idempotency-Key": key})
        problem_of(answer, 400, "key_invalid")


def test_the_same_command_sent_again_gets_the_same_answer_and_makes_no_second_fact(app: FastAPI, officer: Caller) -> None:
    body, key = {"organisation": str(TOWN), "text": "x"}, str(uuid4())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: officer.post("/notes", body, key=key), range(16)))
    assert {(a.status_code, a.text, a.headers["etag"], a.headers["es-position"]) for a in answers} == {
        (201, answers[0].text, '"1"', "36/note:1")
    }
    assert app.state.store.recorder.max_notification_id() == 1


def test_a_key_used_again_with_another_body_is_refused(officer: Caller) -> None:
    key = str(uuid4())
    officer.post("/notes", {"organisation": str(TOWN), "text": "x"}, key=key)
    problem_of(officer.post("/notes", {"organisation": str(TOWN), "text": "y"}, key=key), 422, "key_reused")


def test_a_key_used_again_at_another_address_is_refused(officer: Caller) -> None:
    id, key = written(officer), str(uuid4())
    officer.post(f"/notes/{id}/change", {"text": "y"}, key=key, expect=1)
    problem_of(officer.post(f"/notes/{uuid4()}/change", {"text": "y"}, key=key, expect=1), 422, "key_reused")


def test_two_persons_may_use_the_same_key(app: FastAPI, officer: Caller) -> None:
    give(app, "other", "officer", COUNTY)
    body = {"organisation": str(TOWN), "text": "x"}
    ids = {Caller(app, name).post("/notes", body, key="1").json()["id"] for name in ("officer", "other")}
    assert len(ids) == 2


# -- versions ----------------------------------------------------------------------------------------------------------
def test_a_stale_version_is_refused_with_the_current_one(officer: Caller) -> None:
    id = written(officer)
    assert officer.post(f"/notes/{id}/change", {"text": "second"}, expect=1).headers["etag"] == '"2"'
    answer = officer.post(f"/notes/{id}/change", {"text": "third"}, expect=1)
    assert problem_of(answer, 412, "stale")["pointer"] == "header/If-Match"
    assert answer.headers["etag"] == '"2"'


def test_a_receipt_is_looked_up_before_the_version(officer: Caller) -> None:
    id, key = written(officer), str(uuid4())
    first = officer.post(f"/notes/{id}/change", {"text": "second"}, key=key, expect=1)
    officer.post(f"/notes/{id}/change", {"text": "third"}, expect=2)
    assert officer.post(f"/notes/{id}/change", {"text": "second"}, key=key, expect=1).text == first.text


def test_an_edit_that_may_not_be_blind_needs_a_version(officer: Caller) -> None:
    id = written(officer)
    problem_of(officer.post(f"/notes/{id}/change", {"text": "second"}), 428, "if_match_required")


@pytest.mark.parametrize("value", ["1", 'W/"1"', "*", '"one"', '"1", "2"', '"-1"'])
def test_an_if_match_that_is_no_etag_of_ours_is_refused(officer: Caller, value: str) -> None:
    problem_of(officer.post(f"/notes/{uuid4()}/change", {"text": "x"}, If_Match=value), 400, "if_match_invalid")


def test_a_read_gives_the_version_that_a_change_needs(officer: Caller) -> None:
    id = written(officer)
    answer = officer.get(f"/notes/{id}")
    assert (answer.status_code, answer.headers["etag"], answer.json()["text"]) == (200, '"1"', "first")
    assert answer.headers["cache-control"] == "no-store"


# -- what is sent ------------------------------------------------------------------------------------------------------
def test_a_body_over_one_megabyte_is_refused(app: FastAPI, officer: Caller) -> None:
    answer = officer.post("/notes", {"organisation": str(TOWN), "text": "x" * (2 * 1024 * 1024)})
    problem_of(answer, 413, "http_413")
    assert app.state.store.recorder.max_notification_id() is None


def test_a_body_of_unannounced_length_is_cut_off_at_one_megabyte(officer: Caller) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b"x" * 65536

    answer = officer.client.post(
        "/notes", content=endless(), headers={**officer.headers, "Idempotency-Key": "1", "Content-Type": "application/json"}
    )
    problem_of(answer, 413, "http_413")


def test_a_text_of_more_characters_than_one_may_have_is_refused_and_nothing_is_stored(app: FastAPI, officer: Caller) -> None:
    """Long before the limit of an event, 256 KB, which the store tests with many texts."""
    problem_of(officer.post("/notes", {"organisation": str(TOWN), "text": "x" * 300_000}), 422, "text_too_long")
    assert app.state.store.recorder.max_notification_id() is None


def test_every_faulty_field_is_named_in_both_languages(officer: Caller) -> None:
    answer = officer.post("/notes", {"organisation": "nowhere", "text": "", "extra": 1, "documents": ["x"]})
    assert answer.status_code == 422
    found = {e["pointer"]: e for e in answer.json()["errors"]}
    assert set(found) == {"/organisation", "/text", "/extra", "/documents/0"}
    assert found["/text"]["message"] == {"zh-CN": "text：至少 1 个字符。", "en": "text: At least 1 characters."}
    assert "nowhere" not in answer.text


def test_a_body_that_is_no_json_is_refused(officer: Caller) -> None:
    for raw in (b"{", b"\xff\xfe", b"[1]", b"null", b"12"):
        answer = officer.client.post(
            "/notes", content=raw, headers={**officer.headers, "Idempotency-Key": "1", "Content-Type": "application/json"}
        )
        assert answer.status_code == 422 and answer.headers["content-type"] == "application/problem+json", answer.text


def test_the_title_speaks_the_callers_language(officer: Caller) -> None:
    chinese = officer.post(f"/notes/{uuid4()}/change", {"text": "x"}).json()
    english = officer.post(f"/notes/{uuid4()}/change", {"text": "x"}, Accept_Language="en-GB,en;q=0.9").json()
    assert (chinese["title"], english["title"]) == ("需要版本号", "A version is required")


def test_a_rule_that_says_no_names_field_rule_and_parameters(officer: Caller) -> None:
    id = written(officer)
    answer = officer.post(f"/notes/{id}/change", {"text": "first"}, expect=1)
    found = problem_of(answer, 422, "nothing_new")
    assert (found["pointer"], found["params"]) == ("/text", {"text": "first"})
    assert found["message"] == {"zh-CN": "内容“first”没有变化，请修改后再提交。", "en": 'The text "first" is what it was; change it first.'}


def test_unknown_ids_and_addresses_are_not_found(officer: Caller) -> None:
    problem_of(officer.get(f"/notes/{uuid4()}"), 404, "not_found")
    problem_of(officer.get("/nothing"), 404, "http_404")
    problem_of(officer.send("DELETE", "/notes", None, None, None), 405, "http_405")


def test_a_fault_of_ours_shows_neither_trace_nor_value(officer: Caller, caplog: pytest.LogCaptureFixture) -> None:
    answer = officer.get("/notes/broken/now")
    found = problem_of(answer, 500, "internal")
    assert "secret" not in answer.text and "Traceback" not in answer.text and found["pointer"] == ""
    assert "RuntimeError" in caplog.text and "110101199003074221" not in caplog.text


# -- the envelope ------------------------------------------------------------------------------------------------------
def test_reason_documents_correlation_and_trace_go_into_the_envelope(app: FastAPI, officer: Caller) -> None:
    paper, trace = uuid4(), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    answer = officer.post(
        "/notes",
        {"organisation": str(TOWN), "text": "x", "reason": "换届", "documents": [str(paper)]},
        traceparent=trace,
        X_Correlation_Id="c-1",
    )
    event = app.state.store.history(UUID(answer.json()["id"]))[0]
    assert answer.headers["x-correlation-id"] == "c-1"
    assert (event.meta.reason, event.meta.documents, event.meta.correlation, event.meta.traceparent) == ("换届", (paper,), "c-1", trace)
    assert (event.meta.actor, event.meta.region) == ("https://id.test|officer", "36") and len(event.meta.fingerprint) == 32


def test_a_new_correlation_is_made_for_none_or_an_unfit_one(officer: Caller) -> None:
    for given in ("", "x" * 65, "a b"):
        answer = officer.post("/notes", {"organisation": str(TOWN), "text": "x"}, traceparent="00-0-0-0", X_Correlation_Id=given)
        assert len(UUID(answer.headers["x-correlation-id"]).bytes) == 16


def test_one_request_leaves_nothing_of_itself_to_the_next(app: FastAPI, officer: Caller) -> None:
    written(officer, reason="first reason")
    id = written(officer)
    assert app.state.store.history(UUID(id))[0].meta.reason is None
    assert meta.get().reason is None


def test_every_answer_carries_the_safe_headers(officer: Caller) -> None:
    for path in ("/health", "/nothing", "/notes/broken/now"):
        headers = officer.get(path).headers
        assert headers["x-content-type-options"] == "nosniff" and "frame-ancestors 'none'" in headers["content-security-policy"]


# -- who may -----------------------------------------------------------------------------------------------------------
def test_without_a_token_or_with_a_bad_one_nobody_passes(app: FastAPI, officer: Caller) -> None:
    missing = officer.client.get(f"/notes/{uuid4()}")
    assert problem_of(missing, 401, "missing_token") and missing.headers["www-authenticate"] == "Bearer"
    bad = Caller(app, "bad").get(f"/notes/{uuid4()}")
    assert problem_of(bad, 401, "invalid_token") and "invalid_token" in bad.headers["www-authenticate"]
    problem_of(officer.client.get(f"/notes/{uuid4()}", headers={"Authorization": "Basic b2s="}), 401, "missing_token")


def test_an_officer_acts_in_her_own_area_only(app: FastAPI, officer: Caller) -> None:
    for place, status in ((COUNTY, 201), (TOWN, 201), (OTHER, 403), (PROVINCE, 403), (uuid4(), 404)):
        assert officer.post("/notes", {"organisation": str(place), "text": "x"}).status_code == status


def test_a_stranger_without_a_grant_may_nothing(app: FastAPI) -> None:
    problem_of(Caller(app, "stranger").post("/notes", {"organisation": str(TOWN), "text": "x"}), 403, "forbidden")


def test_a_service_never_passes_for_a_person(app: FastAPI) -> None:
    give(app, "note", "officer", COUNTY)
    problem_of(Caller(app, "service:note,log:read").post("/notes", {"organisation": str(TOWN), "text": "x"}), 403, "forbidden")


def test_while_grants_are_stale_approvals_wait_and_the_rest_goes_on(app: FastAPI, officer: Caller) -> None:
    assert officer.post(f"/notes/{TOWN}/approval").status_code == 204
    app.state.access.age = lambda: 31.0
    answer = officer.post(f"/notes/{TOWN}/approval")
    assert problem_of(answer, 503, "grants_stale") and answer.headers["retry-after"]
    assert officer.post("/notes", {"organisation": str(TOWN), "text": "x"}).status_code == 201


# -- positions ---------------------------------------------------------------------------------------------------------
def test_a_command_that_must_wait_too_long_for_another_service_is_sent_back(app: FastAPI, officer: Caller) -> None:
    answer = officer.post("/notes", {"organisation": str(TOWN), "text": "x"}, Es_Position="36/org:7")
    assert problem_of(answer, 503, "behind") and answer.headers["retry-after"] == "1"
    assert app.state.store.recorder.max_notification_id() is None


def test_a_read_that_must_wait_too_long_is_answered_with_what_is_missing(app: FastAPI, officer: Caller) -> None:
    id = written(officer)
    answer = Caller(app, "officer", **{"Es-Position": "36/note:1,36/org:7"}).get(f"/notes/{id}")
    assert (answer.status_code, answer.headers["es-behind"]) == (200, "36/org:7")


def test_a_position_that_is_none_is_refused(officer: Caller) -> None:
    problem_of(officer.post("/notes", {}, Es_Position="36/org"), 400, "position_invalid")


# -- the log, health and metrics ---------------------------------------------------------------------------------------
def test_the_log_is_for_services_with_the_scope_only(app: FastAPI, officer: Caller) -> None:
    written(officer)
    problem_of(officer.get("/notifications"), 403, "forbidden")
    problem_of(Caller(app, "service:cadre,keys").get("/notifications"), 403, "forbidden")
    assert Caller(app, "service:cadre,log:read").get("/notifications").status_code == 200


def test_the_log_comes_in_pages_of_stored_lines(app: FastAPI, officer: Caller) -> None:
    ids = [written(officer) for _ in range(5)]
    reader = Caller(app, "service:cadre,log:read")
    page = reader.get("/notifications", after=1, limit=3)
    lines = [line for line in page.content.split(b"\n") if line]
    assert [ids[1] in lines[0].decode(), len(lines), page.headers["es-head"]] == [True, 3, "5"]
    assert page.headers["content-encoding"] == "gzip"
    assert reader.get("/notifications", after=5).content == b""
    assert reader.get("/notifications", limit=100_000).status_code == 422


def test_health_and_readiness_answer_without_a_token(app: FastAPI, officer: Caller) -> None:
    assert officer.client.get("/health").json()["status"] == "ok"
    assert officer.client.get("/ready").json() == {"ready": True, "why": []}
    assert "/notes/{id}/change" in officer.client.get("/openapi.json").json()["paths"]


def test_metrics_name_routes_not_ids(app: FastAPI, officer: Caller) -> None:
    id = written(officer)
    officer.get(f"/notes/{id}")
    officer.post(f"/notes/{id}/change", {"text": "x"})
    found = officer.client.get("/metrics").text
    assert 'route="/notes/{id}",service="note",status="200"' in found and 'code="if_match_required"' in found
    assert id not in found


# -- personal values ---------------------------------------------------------------------------------------------------
def test_a_personal_value_is_sealed_in_the_file_and_open_to_its_reader(app: FastAPI, officer: Caller, home: Path) -> None:
    id = written(officer, about="110101199003074221")
    assert officer.get(f"/notes/{id}").json()["about"] == "110101199003074221"
    stored = b"".join(f.read_bytes() for f in home.iterdir() if f.is_file())
    assert b"110101199003074221" not in stored and id.encode() in stored.replace(b"-", b"-")


# -- files -------------------------------------------------------------------------------------------------------------
def uploaded(officer: Caller, content: bytes, name: str, **headers: str) -> httpx.Response:
    sent = {
        **officer.headers,
        "Idempotency-Key": str(uuid4()),
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        **headers,
    }
    answer: httpx.Response = officer.client.post(f"/notes/{uuid4()}/files", content=content, headers=sent)
    return answer


def test_a_forged_file_type_is_refused(officer: Caller) -> None:
    assert problem_of(uploaded(officer, b"%PDF-1.7\n%%EOF", "scan.png"), 422, "file_type_forged")["pointer"] == "/file"
    assert problem_of(uploaded(officer, b"MZ\x90\x00 not a pdf", "scan.pdf"), 422, "file_type_unsupported")


def test_a_file_larger_than_a_json_body_is_taken(officer: Caller) -> None:
    answer = uploaded(officer, b"%PDF-1.7\n" + b"x" * (2 * 1024 * 1024), "%E6%89%B9%E5%A4%8D.pdf")
    assert answer.status_code == 200 and answer.json()["filename"] == "批复.pdf", answer.text


def test_a_file_over_twenty_megabytes_is_refused_and_leaves_nothing(officer: Caller, home: Path) -> None:
    answer = uploaded(officer, b"%PDF-1.7\n" + b"x" * (20 * 1024 * 1024), "a.pdf")
    assert answer.status_code in (413, 422) and "20 MB" in answer.text
    assert not [f for f in (home / "files").rglob("*") if f.is_file()]


def test_a_file_without_a_name_is_refused(officer: Caller) -> None:
    problem_of(uploaded(officer, b"%PDF-", "x", **{"Content-Disposition": "attachment"}), 400, "filename_missing")
