"""What bad input gets on the way: a problem in both languages that names field and rule; and nothing is changed."""

import time
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.story.acts import FIGURES, PDF, Village, candidate, congress, established, paper, passed
from tests.story.county import PLACES, Account, County, ago, no, ok


class Tried:
    """A village with a chair and a second one elected on paper; a case that may be voted on, one whose result the county itself enters."""

    def __init__(self, county: County) -> None:
        self.county, officer = county, county.county
        self.village = Village.new(county, "考验村")
        self.people = [self.village.person(name) for name in ("周敏", "吴静", "郑洁")]
        self.chair = self.village.appoint("周敏", "chair")
        self.second = passed(county, self.people[1], self.village.id, self.village.seat["chair"], 30)
        self.early = passed(county, self.people[2], self.village.id, self.village.seat["executive_member"], 800, elected=950)
        self.voted = congress(county, self.village.id, 40, officer, county.provincial)
        other = Village.new(county, "待选村")
        self.permitted = county.township.do("org", "/reelections", organisation=other.id, planned_on=ago(90))
        county.township.do("org", f"/reelections/{self.permitted}/request", requested_on=ago(80))
        officer.do("org", f"/reelections/{self.permitted}/permit", permitted_on=ago(70), documents=[paper(officer, PLACES["county"])])
        self.reported = congress(county, Village.new(county, "同人村").id, 40, officer, county.provincial)
        seat = self.seats_of(self.reported)["executive_member"]
        team = [candidate(self.people[0], seat, "executive_member")]
        officer.do("org", f"/reelections/{self.reported}/result", candidates=team, reported_on=ago(39))
        self.closed_unit = self.unit("已撤单位")
        county.township.do("org", f"/units/{self.closed_unit}/closure", closed_on=ago(10), why="撤并")
        self.document = paper(officer, PLACES["county"])

    def unit(self, name: str) -> str:
        return self.county.township.do("org", "/units", unit_name=name, level="village", field="other", area=str(PLACES["township"]),
                                       listed_on=ago(500))  # fmt: skip

    def seats_of(self, case: str) -> dict[str, str]:
        village = self.county.county.get("org", f"/reelections/{case}")["organisation"]
        return {s["role"]: s["seat"] for s in self.county.provincial.get("projection", "/seats", organisation=village)["rows"]}

    def elected(self, someone: str, role: str, **more: Any) -> dict[str, Any]:
        return candidate(someone, self.village.seat[role], role, **more)


@pytest.fixture(scope="module")
def tried(county: County) -> Tried:
    return Tried(county)


@pytest.mark.parametrize(
    ("change", "rule", "field"),
    [
        ({"returned": 91}, "ballot_void", "/ballot/returned"),
        ({"present": 66, "issued": 66, "returned": 60, "valid": 60}, "no_quorum", "/ballot/present"),
        ({"issued": 95}, "ballot_issued", "/ballot/issued"),
    ],
)
def test_more_ballots_than_were_issued_or_too_few_people_make_no_vote(county: County, tried: Tried, change: Any, rule: str, field: str) -> None:
    body = {"form": "congress", "held_on": ago(40), "ballot": FIGURES | change}
    with county.unchanged():
        no(county.township.post("org", f"/reelections/{tried.permitted}/congress", body), rule, pointer=field)
    assert county.township.get("org", f"/reelections/{tried.permitted}")["state"] == "permitted"


def test_a_result_with_two_chairs_or_more_people_than_seats_is_refused(county: County, tried: Tried) -> None:
    one, two, _ = tried.people

    def report(*team: dict[str, Any]) -> Any:
        return county.county.post("org", f"/reelections/{tried.voted}/result", {"candidates": team, "reported_on": ago(39)})

    both = [tried.elected(who, role, favour=40 + 20 * (role != "chair")) for who in (one, two) for role in ("executive_member", "chair")]
    with county.unchanged():
        no(report(*[c | {"favour": 60} for c in both]), "two_chairs", pointer="/candidates")
        no(report(*[tried.elected(str(uuid4()), "executive_member", favour=60) for _ in range(16)]), "seats_over_plan", pointer="/candidates")
        no(report(tried.elected(one, "executive_member", favour=50)), "votes_not_enough", pointer="/candidates/0/elected")


def test_who_reported_a_result_does_not_approve_it(county: County, tried: Tried) -> None:
    body = {"approved_on": ago(30), "term_months": 60, "documents": [tried.document]}
    with county.unchanged():
        no(county.county.post("org", f"/reelections/{tried.reported}/approval", body), "same_person", pointer="/actor")
    assert county.county.get("org", f"/reelections/{tried.reported}")["state"] == "result_reported"


def test_nobody_approves_without_the_paper(county: County, tried: Tried) -> None:
    with county.unchanged():
        no(county.provincial.post("org", f"/reelections/{tried.reported}/approval", {"approved_on": ago(30), "term_months": 60}), "paper_required",
           pointer="/documents")  # fmt: skip


def test_a_seat_has_one_chair(county: County, tried: Tried) -> None:
    body = {"starts_on": ago(30), "reason": "补录"}
    with county.unchanged():
        no(county.county.post("cadre", f"/appointments/{tried.second}/start", body), "two_chairs", pointer="/seat")
    assert county.county.get("cadre", f"/appointments/{tried.second}")["step"] == "passed"


def test_nobody_takes_office_before_the_term(county: County, tried: Tried) -> None:
    with county.unchanged():
        no(county.county.post("cadre", f"/appointments/{tried.early}/start", {"starts_on": ago(901), "reason": "补录"}), "effective_before_term",
           pointer="/starts_on")  # fmt: skip


def test_units_must_be_known_and_open(county: County, tried: Tried) -> None:
    body = {"full_name": "某村妇女联合会", "short_name": "某村妇联", "org_type": "federation", "level": "village", "parent": str(PLACES["township"]),
            "proposed_on": ago(5)}  # fmt: skip
    with county.unchanged():
        no(county.township.post("org", "/organisations", body | {"units": [str(uuid4())]}), "unit_unknown", pointer="/unit")
        no(county.township.post("org", "/organisations", body | {"units": [tried.closed_unit]}), "unit_closed", pointer="/unit")


def test_a_stale_or_missing_if_match_is_refused(county: County, tried: Tried) -> None:
    body, path = {"effective": ago(0), "short_name": "新简称"}, f"/organisations/{tried.village.id}/details"
    with county.unchanged():
        refused = county.county.post("org", path, body, expect=1)
        no(refused, "stale", 412, "header/If-Match")
        assert int(refused.headers["etag"].strip('"')) > 1
        no(county.county.post("org", path, body), "if_match_required", 428, "header/If-Match")
        no(county.county.post("org", path, body, headers={"If-Match": "3"}), "if_match_invalid", 400, "header/If-Match")


def test_a_command_needs_its_own_key(county: County, tried: Tried) -> None:
    listing = {"unit_name": "钥匙村", "level": "village", "field": "other", "area": str(PLACES["township"]), "listed_on": ago(3)}
    with county.unchanged():
        no(county.township.post("org", "/units", listing, key=""), "key_missing", 400, "header/Idempotency-Key")
    key = str(uuid4())
    first = ok(county.township.post("org", "/units", listing, key=key), 201)
    with county.unchanged():
        assert ok(county.township.post("org", "/units", listing, key=key), 201) == first, "sent again it is the first answer"
        no(county.township.post("org", "/units", listing | {"unit_name": "另一村"}, key=key), "key_reused", 422, "header/Idempotency-Key")
        no(county.township.post("org", f"/units/{first['id']}/closure", {"closed_on": ago(0), "why": "撤并"}, key=key), "key_reused")


def test_a_body_of_two_megabytes_is_too_much(county: County, tried: Tried) -> None:
    with county.unchanged():
        no(county.township.post("org", "/units", {"unit_name": "长" * 700_000}), "http_413", 413)


def test_a_file_that_is_not_what_its_name_says_is_refused(county: County, tried: Tried) -> None:
    def upload(content: bytes, name: str) -> Any:
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return county.county.post("org", f"/documents/{tried.document}/files", json=None, content=content, headers=headers)

    with county.unchanged():
        no(upload(PDF, "scan.png"), "file_type_forged", pointer="/file")
        assert upload(b"MZ\x90\x00" + bytes(400), "scan.pdf").status_code == 422
        assert upload(b"<script>alert(1)</script>", "scan.pdf").status_code == 422
    assert county.county.get("org", f"/documents/{tried.document}")["files"] == []


def forged(county: County, **claims: Any) -> str:
    """Right in everything but the key, or as the claims say."""
    key, now = ECKey.generate_key("P-256"), int(time.time())
    said = {"iss": county.config.issuer, "sub": "provincial", "aud": "halfsky", "client_id": "x", "iat": now, "exp": now + 600, "jti": "1"}
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": key.thumbprint()}, said | claims, key, algorithms=["ES256"])


def test_a_wrong_token_opens_no_door(county: County, tried: Tried) -> None:
    body = {"unit_name": "无门村", "level": "village", "field": "other", "area": str(PLACES["township"]), "listed_on": ago(3)}
    (head, payload, signature), (_, other, _) = (str(who.token).split(".") for who in (county.township, county.county))
    with county.unchanged():
        for token in ("nonsense", forged(county), f"{head}.{payload}.{signature[:-4]}AAAA", f"{head}.{other}.{signature}"):
            no(Account(county, "nobody", token).post("org", "/units", body), "invalid_token", 401, "header/Authorization")
        no(Account(county, "nobody", None).post("org", "/units", body), "missing_token", 401, "header/Authorization")
        no(Account(county, "org", county.service).post("org", "/units", body), "forbidden", 403)


def test_what_is_wrong_in_a_body_is_named_field_by_field(county: County, tried: Tried) -> None:
    with county.unchanged():
        refused = county.township.post("org", "/units", {"unit_name": 5, "level": "hamlet", "colour": "red"})
        assert refused.status_code == 422
        errors = {e["pointer"]: e["message"] for e in refused.json()["errors"]}
        assert {"/unit_name", "/level", "/colour", "/area", "/field", "/listed_on"} <= set(errors)
        assert all(m["zh-CN"] and m["en"] for m in errors.values())


def test_who_proposes_an_organisation_does_not_establish_it(county: County, tried: Tried) -> None:
    id = county.county.do("org", "/organisations", full_name="自批村妇女联合会", short_name="自批村妇联", org_type="federation", level="village",
                          parent=str(PLACES["township"]), proposed_on=ago(9))  # fmt: skip
    body = {"established_on": ago(8), "documents": [tried.document]}
    with county.unchanged():
        no(county.county.post("org", f"/organisations/{id}/establishment", body), "same_person", pointer="/actor")
        no(county.village.post("org", f"/organisations/{id}/establishment", body), "forbidden", 403)
    ok(county.provincial.post("org", f"/organisations/{id}/establishment", body))


def test_a_command_waits_for_what_its_sender_has_seen_or_says_so(county: County, tried: Tried) -> None:
    ahead = {"Es-Position": f"{county.config.region}/org:99999999"}
    with county.unchanged():
        refused = county.county.post("cadre", f"/appointments/{tried.second}/withdrawal", {"why": "试"}, headers=ahead)
        no(refused, "behind", 503, "header/Es-Position")
        assert refused.headers["retry-after"] == "1"


def test_a_closed_organisation_takes_no_more(county: County, tried: Tried) -> None:
    village = established(county, "将撤村", by=county.township, approved_by=county.county)
    county.county.do("org", f"/organisations/{village}/dissolution", effective=ago(3), why="并村", documents=[tried.document])
    with county.unchanged():
        no(county.township.post("org", "/reelections", {"organisation": village, "planned_on": ago(1)}), "organisation_ended")
        no(county.county.post("org", f"/organisations/{tried.village.id}/dissolution",
                              {"effective": ago(1), "why": "并村", "documents": [tried.document]}), "something_remains")  # fmt: skip
