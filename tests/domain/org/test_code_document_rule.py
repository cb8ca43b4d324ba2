"""Codes, documents and the rules table, in sentences; and the promise that every refusal has its sentence."""
import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from services.org.domain import code, document, rule
from services.org.domain.refusals import WORDS
from services.org.domain.rule import DEFAULTS, Row, Rule
from services.org.events import CodeClaimed, CodeReleased, DocumentFileAttached, DocumentRegistered, RuleSet
from tests.domain.org.world import COUNTY, OTHER, TODAY, TOWNSHIP, VILLAGE, given, refused

DAY = date(2024, 1, 1)
CODE = "360121100201"


def test_a_code_stands_for_one_organisation_at_a_time():
    claimed = code.claim(None, "division", CODE, VILLAGE, DAY)
    assert claimed == CodeClaimed(scheme="division", code=CODE, holder=VILLAGE, effective=DAY)
    with refused("code_taken"):
        code.claim(given(claimed), "division", CODE, OTHER, DAY)


@pytest.mark.parametrize("bad", ["36012110020", "36012110020x", "３６０１２１１００２０１", ""])
def test_a_division_code_has_12_digits(bad):
    with refused("code_form"):
        code.claim(None, "division", bad, VILLAGE, DAY)


def test_a_released_code_is_free_from_its_day():
    claimed = CodeClaimed(scheme="division", code=CODE, holder=VILLAGE, effective=DAY)
    released = code.release(given(claimed), VILLAGE, date(2025, 1, 1))
    assert released == [CodeReleased(holder=VILLAGE, effective=date(2025, 1, 1))]
    free = given(claimed, *released)
    with refused("code_not_free_yet", "effective"):
        code.claim(free, "division", CODE, OTHER, date(2024, 12, 31))
    assert code.claim(free, "division", CODE, OTHER, date(2025, 1, 1)).holder == OTHER


def test_only_the_holder_releases():
    assert code.release(given(CodeClaimed(scheme="division", code=CODE, holder=VILLAGE, effective=DAY)), OTHER, DAY) == []
    assert code.release(None, OTHER, DAY) == []


REGISTERED = DocumentRegistered(kind="approval", number="县妇字〔2026〕3号", title="关于同意换届的批复", issuer="县妇联", dated=DAY,
                                organisation=COUNTY)
PDF: dict[str, Any] = {"sha256": "a" * 64, "size": 100, "media_type": "application/pdf", "filename": "批复.pdf"}


def register(was: Any = None, known: bool = True, **more: Any) -> Any:
    return document.register(was, **{**REGISTERED.model_dump(), "organisation_known": known, "today": TODAY, **more})


def test_a_document_is_registered_once():
    assert register() == REGISTERED
    with refused("document_exists"):
        register(given(REGISTERED))


def test_a_document_has_title_issuer_a_past_date_and_a_library():
    for field in ("title", "issuer"):
        empty: dict[str, Any] = {field: ""}
        with refused("words_missing", field):
            register(**empty)
    with refused("in_future", "dated"):
        register(dated=date(2027, 1, 1))
    with refused("organisation_unknown"):
        register(known=False)


def test_a_file_is_attached_once():
    attached = document.attach(given(REGISTERED), **PDF)
    assert attached == [DocumentFileAttached(**PDF)]
    assert document.attach(given(REGISTERED, *attached), **PDF) == []
    with refused("document_unknown"):
        document.attach(None, **PDF)
    with refused("file_kind"):
        document.attach(given(REGISTERED), **{**PDF, "media_type": "application/x-msdownload"})
    for size in (0, 20 * 1024 * 1024 + 1):
        with refused("file_size"):
            document.attach(given(REGISTERED), **{**PDF, "size": size})


def rows(*some: Row) -> dict[str, Rule]:
    return {"term_months.min": Rule(some)}


def look(rules: Any, *path: Any, day: date = TODAY) -> Any:
    return rule.rule(rules, "term_months.min", path, day)


def test_without_rows_the_default_holds():
    assert look({}) == 36


def test_the_nearest_area_wins_and_in_it_the_latest_row():
    rules = rows(Row(40, None, DAY, "省"), Row(45, COUNTY, DAY, "县"), Row(48, COUNTY, date(2025, 1, 1), "县"),
                 Row(50, COUNTY, date(2027, 1, 1), "县"))
    assert look(rules) == 40
    assert look(rules, TOWNSHIP, COUNTY) == 48
    assert look(rules, TOWNSHIP, COUNTY, day=date(2024, 6, 1)) == 45
    assert look(rules, OTHER) == 40
    assert look(rules, COUNTY, day=date(2023, 1, 1)) == 36


def test_a_row_of_the_same_day_set_later_replaces_the_earlier():
    assert look(rows(Row(40, None, DAY, "a"), Row(41, None, DAY, "b"))) == 41


def set_(key: str = "term_months.min", value: Any = 40, source: str = "县规定", was: Any = None) -> Any:
    return rule.rule_set(was, key, value, COUNTY, DAY, source)


def test_a_row_is_set_with_its_source_once():
    assert set_() == [RuleSet(rule="term_months.min", value=40, area=COUNTY, effective=DAY, source="县规定")]
    assert set_(was=Rule((Row(40, COUNTY, DAY, "县规定"),))) == []
    with refused("words_missing", "source"):
        set_(source="")


def test_a_row_has_a_known_key_and_a_sensible_value_of_its_kind():
    with refused("rule_unknown"):
        set_("weather")
    with refused("rule_value_kind"):
        set_(value="40")
    with refused("rule_value_kind"):
        set_(value=True)
    for key, value in (("term_months.min", 0), ("election.present_over", "3/2"), ("election.present_over", "many"), ("term.reminders", "30,60")):
        with refused("rule_value_range"):
            set_(key, value)
    assert set_("term.reminders", "120,30,0") and set_("calendar.days_off", "2027-12-31") and set_("election.paper", False)


def test_every_default_would_be_accepted_as_a_row():
    for key, default in DEFAULTS.items():
        assert set_(key, default.value), key
    assert rule.share({}, "election.present_over", (), TODAY) == Fraction(2, 3)


def test_every_refusal_has_its_sentence():
    """A new rule without a test that is refused by it fails here."""
    tests = Path(__file__).parents[2]
    imports = tests.glob("api/test_org_import*.py")  # rows are matched against the copies, so they are refused there
    batches = tests / "domain" / "test_import_batches.py"  # the same rules as cadre's
    here = "".join(p.read_text() for p in (*Path(__file__).parent.glob("test_*.py"), *imports, batches))
    missing = {name for name in WORDS if not re.search(rf'(refused\(|== |== \[|in \[|, |code == )"{name}"|"{name}"[\]}},)]', here)}
    assert missing == set()


def test_every_refusal_speaks_both_languages_with_the_same_figures():
    for name, (zh, en) in WORDS.items():
        in_zh, in_en = ({p.removesuffix("_zh").removesuffix("_en") for p in re.findall(r"{(\w+)}", text)} for text in (zh, en))
        assert in_zh == in_en, name
        assert re.search(r"[\u4e00-\u9fff]", zh) and not re.search(r"[\u4e00-\u9fff]", en.replace("妇代会", "")), name
