"""Use cases of the rules table."""
from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from services.org.application.grounds import Grounds
from services.org.domain import rule
from services.org.domain.rule import TABLE, Rule, Value
from shared.es import Done

__all__ = ["RuleTable"]


class RuleTable(Grounds):
    def set_rule(self, rule_key: str, value: Value, area: UUID | None, effective: date, source: str, key: str,
                 expect: int | None = None) -> Done:
        """A row for an area (None: the province) from a day on."""
        return self.do(key, {Rule: rule.stream(rule_key)}, lambda was: rule.rule_set(was, rule_key, value, area, effective, source), expect)

    def rule_table(self, area: UUID | None, day: date) -> list[dict[str, Any]]:
        """What holds in an area on a day, with the default and its source beside it."""
        rules, path = self.rules(), self.path(area)
        return [{"rule": key, "value": rule.rule(rules, key, path, day), "default": d.value, "source": d.source, "name": d.zh}
                for key, d in TABLE.items()]
