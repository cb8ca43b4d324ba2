"""Use cases of the rules table and of documents (公文)."""
from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from services.org.application.base import Base
from services.org.domain import document, rule
from services.org.domain.document import Document
from services.org.domain.organisation import Organisation
from services.org.domain.rule import DEFAULTS, Rule, Value
from services.org.events import DocumentKind
from shared.calendar import today
from shared.es import Done

__all__ = ["Documents", "RuleTable"]


class RuleTable(Base):
    def set_rule(self, rule_key: str, value: Value, area: UUID | None, effective: date, source: str, key: str,
                 expect: int | None = None) -> Done:
        """A row for an area (None: the province) from a day on."""
        return self.do(key, {Rule: rule.stream(rule_key)}, lambda was: rule.rule_set(was, rule_key, value, area, effective, source), expect)

    def rule_table(self, area: UUID | None, day: date) -> list[dict[str, Any]]:
        """What holds in an area on a day, with the default and its source beside it."""
        rules, path = self.rules(), self.path(area)
        return [{"rule": key, "value": rule.rule(rules, key, path, day), "default": d.value, "source": d.source, "name": d.zh}
                for key, d in DEFAULTS.items()]


class Documents(Base):
    def register_document(self, id: UUID, *, kind: DocumentKind, number: str | None, title: str, issuer: str, dated: date,
                          organisation: UUID,
                          key: str) -> Done:
        """登记公文."""
        return self.do(key, {Document: id, Organisation: organisation}, lambda was, org: document.register(
            was, kind=kind, number=number, title=title, issuer=issuer, dated=dated, organisation=organisation, organisation_known=org is not None,
            today=today()))

    def attach_file(self, id: UUID, *, sha256: str, size: int, media_type: str, filename: str, key: str, expect: int | None = None) -> Done:
        """附件: the hash is the fact, the bytes lie in the content-addressed store."""
        return self.do(key, {Document: id},
                       lambda was: document.attach(was, sha256=sha256, size=size, media_type=media_type, filename=filename), expect)
