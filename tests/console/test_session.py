"""Who gets in, what the cookie is, and which forms are believed."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from services.console.login import Attempt
from services.console.session import Session, local
from shared.settings import settings
from tests.console.conftest import CITY, COUNTY, OFFICER, refusal

REFERER = "http://127.0.0.1:8000/documents/new"


def test_without_sign_in_every_page_leads_to_the_login_page_and_back(visitor):
    assert visitor.get("/").headers["location"] == "/login"
    assert visitor.get("/help?a=1").headers["location"] == "/login?next=%2Fhelp%3Fa%3D1"
    assert visitor.sign_in(next="/help?a=1").headers["location"] == "/help?a=1"
    assert visitor.get("/help").status_code == 200


def test_the_development_login_page_has_a_button_for_each_demo_account(visitor):
    page = visitor.get("/login").text
    assert "县妇联组织部" in page and page.count("/login/start?account=") == 11


def test_sign_in_asks_with_pkce_state_and_nonce(visitor):
    asked = parse_qs(urlsplit(visitor.get("/login/start").headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"] and len(asked["code_challenge"][0]) == 43
    assert asked["state"][0] and asked["nonce"][0] and asked["redirect_uri"] == ["http://127.0.0.1:8000/login/back"]


@pytest.mark.parametrize("query", ["code=abc&state=other", "code=&state=", "error=access_denied"])
def test_an_answer_of_the_issuer_that_does_not_fit_is_refused_without_saying_why(visitor, query):
    visitor.get("/login/start?account=county")
    assert visitor.get(f"/login/back?{query}").headers["location"] == "/login?failed=1"
    assert "登录没有成功" in visitor.get("/login?failed=1").text


def test_a_code_that_another_attempt_asked_for_is_refused(visitor, monkeypatch):
    """Its ID token carries that attempt's nonce."""
    monkeypatch.setattr(Attempt, "cookie", lambda self, cookie=Attempt.cookie: cookie(replace(self, nonce="another")))
    assert visitor.sign_in().headers["location"] == "/login?failed=1"


def test_the_cookie_holds_a_random_secret_that_no_script_reads(visitor):
    cookie = visitor.sign_in().headers["set-cookie"]
    assert re.search(r"halfsky=[\w-]{43};", cookie) and "HttpOnly" in cookie and "SameSite=lax" in cookie


def test_the_database_alone_opens_no_session(officer):
    secret = officer.client.cookies["halfsky"]
    row = sqlite3.connect(settings().data / "console.db").execute("SELECT id, sealed FROM sessions").fetchone()
    assert secret not in row[0] and b"county" not in row[1] and b"eyJ" not in row[1]


def test_after_sign_out_the_old_cookie_is_worth_nothing(officer):
    secret = officer.client.cookies["halfsky"]
    assert officer.post("/logout").headers["location"] == "/login"
    officer.client.cookies.set("halfsky", secret)
    assert officer.get("/help").status_code == 303


def test_a_form_without_this_sessions_token_changes_nothing(officer):
    answer = officer.client.post("/help/shortcuts", data={"shortcuts": "off"}, follow_redirects=False)
    assert answer.status_code == 403 and "表单已失效" in answer.text
    assert officer.client.post("/help/shortcuts", data={"csrf": "00" * 32, "shortcuts": "off"}).status_code == 403
    assert "现在是开着的" in officer.get("/help").text
    assert officer.post("/help/shortcuts", {"shortcuts": "off"}).status_code == 303
    assert "现在是关着的" in officer.get("/help").text


def test_a_form_sent_from_another_site_is_refused_even_with_a_token(officer):
    assert officer.post("/help/shortcuts", {"shortcuts": "off"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_form_opened_before_a_new_sign_in_of_the_same_account_can_still_be_sent_and_another_accounts_not(officer):
    token = officer.token()
    officer.post("/logout")
    officer.sign_in()
    assert officer.client.post("/help/shortcuts", data={"csrf": token, "shortcuts": "off"}, follow_redirects=False).status_code == 303
    officer.post("/logout")
    officer.sign_in("township")
    assert officer.client.post("/help/shortcuts", data={"csrf": token, "shortcuts": "off"}, follow_redirects=False).status_code == 403


def test_the_form_token_is_another_one_in_every_page(officer):
    assert officer.token() != officer.token()
    session = Session("t")
    assert session.gave(session.mask()) and not session.gave("zz") and not session.gave("") and not session.gave("00" * 16)


def test_shortcuts_stay_off_for_the_account_after_signing_in_again(officer):
    officer.post("/help/shortcuts", {"shortcuts": "off"})
    officer.post("/logout")
    officer.sign_in()
    assert 'data-shortcuts="off"' in officer.get("/help").text


def test_who_works_for_several_organisations_chooses_one_first(visitor):
    city = {**OFFICER["grants"][0], "organisation": CITY, "name": "南昌市妇女联合会", "short_name": "南昌市妇联"}
    visitor.services.give("GET projection /me", {**OFFICER, "grants": [*OFFICER["grants"], city]})
    assert visitor.sign_in().headers["location"] == "/place"
    assert visitor.get("/").headers["location"] == "/place"
    page = visitor.get("/place").text
    assert "南昌市妇女联合会" in page and "南昌县妇女联合会" in page
    assert visitor.post("/place", {"place": COUNTY}).headers["location"] == "/"
    assert "南昌县妇联" in visitor.get("/help").text
    visitor.post("/place", {"place": "018f0000-0000-7000-8000-00000000ffff"})
    assert "南昌县妇联" in visitor.get("/help").text


def test_an_account_without_a_grant_is_told_whom_to_give_its_account(visitor):
    visitor.services.give("GET projection /me", {**OFFICER, "grants": [], "may": []})
    visitor.sign_in()
    assert "尚未授权" in visitor.get("/place").text and "|county" in visitor.get("/place").text


def test_when_the_token_has_ended_the_service_says_so_and_she_signs_in_again(officer):
    officer.services.give("GET projection /worklist", httpx.Response(401, json={"errors": []}))
    assert officer.get("/").headers["location"] == "/login"


def test_a_session_that_no_service_knows_any_more_is_over_so_that_the_login_page_lets_her_sign_in(officer):
    officer.services.give("GET projection /worklist", httpx.Response(401, json={"errors": []}))
    officer.get("/")
    assert officer.get("/login").status_code == 200, "sent back into a session that is worth nothing, round and round"


def test_a_form_sent_when_the_session_is_over_comes_back_with_all_that_was_typed_to_be_sent_once_more(officer):
    key, token = "018f0000-0000-4000-8000-000000000009", officer.token()
    typed = {"csrf": token, "key": key, "step": "check", "person_name": "王\"梅", "picked": ["a", "b"]}
    officer.client.cookies.clear()
    answer = officer.client.post("/people/new", data=typed, follow_redirects=False)
    assert answer.status_code == 401 and "登录已过期" in answer.text and 'target="_blank"' in answer.text and "附件" not in answer.text
    held = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text.partition("data-once")[2])
    assert held == [("csrf", token), ("key", key), ("step", "check"), ("person_name", "王&#34;梅"), ("picked", "a"), ("picked", "b")]
    officer.sign_in()
    assert "王&#34;梅" in officer.client.post("/people/new", data=typed).text


def test_what_was_attached_is_chosen_again_after_the_sign_in_and_too_much_goes_to_the_login_page(officer):
    def sent(size):
        files = {"paper.file": ("批复.pdf", b"%PDF-1.4" + b"0" * size, "application/pdf")}
        return officer.client.post("/documents/new", data={"key": "k"}, files=files, follow_redirects=False, headers={"Referer": REFERER})

    officer.client.cookies.clear()
    assert "附件请在下一页重新选择" in sent(10).text
    assert sent(2**21).headers["location"] == "/login"


def test_what_a_page_asks_for_on_the_side_is_not_answered_by_a_login_page_that_takes_her_text_away(officer):
    officer.client.cookies.clear()
    answer = officer.get("/find/people?who=wang", headers={"HX-Request": "true"})
    assert answer.status_code == 401 and "hx-redirect" not in answer.headers


def test_a_page_of_words_leads_back_to_the_form_that_was_sent(officer):
    large = {"paper.file": ("批复.pdf", b"0" * (26 * 2**20), "application/pdf")}
    too_much = officer.post("/documents/new", files=large, headers={"Referer": REFERER})
    assert too_much.status_code == 413 and "压缩到 20 MB" in too_much.text and f'href="{urlsplit(REFERER).path}">返回上一页' in too_much.text
    elsewhere = officer.post("/nowhere", headers={"Referer": "https://evil.example/x"})
    assert "evil" not in elsewhere.text and "返回上一页" not in elsewhere.text


def test_a_list_asked_for_with_what_it_does_not_understand_offers_itself_without(officer):
    officer.services.give("GET projection /roster", refusal(422, "date", "日期无效。"))
    page = officer.get("/roster?as_of=1800-01-01").text
    assert "日期无效。" in page and 'href="/roster">去掉条件，重新打开' in page


def test_when_the_issuer_is_away_the_login_page_says_so(visitor):
    visitor.services.down.add("issuer")
    answer = visitor.get("/login")
    assert answer.status_code == 503 and "统一身份认证暂时连不上" in answer.text


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere_after_signing_in(address):
    assert local(address) == "/"


def test_the_language_is_chosen_and_kept(visitor):
    assert visitor.client.post("/language", data={"to": "en", "next": "/login"}, follow_redirects=False).headers["location"] == "/login"
    assert '<html lang="en">' in visitor.get("/login").text and "Sign in" in visitor.get("/login").text
