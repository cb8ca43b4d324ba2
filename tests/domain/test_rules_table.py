"""The rules table tells what the rules ask: no key without use, and none that the table does not know."""

import re
from datetime import date
from pathlib import Path

import pytest

from services.cadre.domain import rules as cadre_rules
from services.org.domain import rule
from shared.fact import Refused

SERVICES = Path(__file__).parents[2] / "services"


def asked(service: str, table: str) -> list[str]:
    """Every text of the service's code in which a key may be named, as a pattern; those of the table of defaults itself left out."""
    code = "".join(p.read_text() for p in (SERVICES / service).rglob("*.py"))
    code = re.sub(rf"^{table}\b.*?^}}", "", code, flags=re.MULTILINE | re.DOTALL)
    return [re.sub(r"\\{.*?\\}", "[a-z_.]+", re.escape(text)) for text in re.findall(r'"([a-z_.{}]+)"', re.sub(r"{'.*?}", "{}", code))]


@pytest.mark.parametrize(("service", "keys"), [("org", tuple(rule.DEFAULTS)), ("cadre", tuple(cadre_rules.DEFAULTS))])
def test_every_key_is_asked_for_by_a_rule(service: str, keys: tuple[str, ...]) -> None:
    named = asked(service, "DEFAULTS")
    assert [key for key in keys if not any(re.fullmatch(pattern, key) for pattern in named if "." in pattern)] == []


def test_the_table_tells_all_keys_of_org_and_cadre_with_the_values_that_hold() -> None:
    assert {key: d.value for key, d in rule.CADRE.items()} == cadre_rules.DEFAULTS
    for key, default in rule.TABLE.items():
        assert rule.rule({}, key, (), date(2026, 1, 1)) == default.value and default.zh and default.source
    row = rule.Row(4, None, date(2026, 1, 1), "县妇字〔2026〕1号")
    assert rule.rule({"appointment.max_organisations": rule.Rule((row,))}, "appointment.max_organisations", (), date(2026, 1, 1)) == 4


def test_a_key_that_no_rule_asks_for_is_not_set() -> None:
    for key in ("vacancy.stand_ins", "new_field.target_date", "village_committee.women.min", "village_representatives.women_share"):
        with pytest.raises(Refused, match="rule_unknown"):
            rule.rule_set(None, key, 1, None, date(2026, 1, 1), "县妇字〔2026〕1号")
