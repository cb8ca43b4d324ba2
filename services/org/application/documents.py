"""Use cases of documents (公文)."""
from __future__ import annotations

from datetime import date
from uuid import UUID

from services.org.application.grounds import Grounds
from services.org.domain import document
from services.org.domain.document import Document
from services.org.domain.organisation import Organisation
from services.org.events import DocumentKind
from shared.calendar import today
from shared.es import Done

__all__ = ["Documents"]


class Documents(Grounds):
    def register_document(self, id: UUID, *, kind: DocumentKind, number: str | None, title: str, issuer: str, dated: date,
                          organisation: UUID, key: str) -> Done:
        """登记公文."""
        return self.do(key, {Document: id, Organisation: organisation}, lambda was, org: document.register(
            was, kind=kind, number=number, title=title, issuer=issuer, dated=dated, organisation=organisation, organisation_known=org is not None,
            today=today()))

    def attach_file(self, id: UUID, *, sha256: str, size: int, media_type: str, filename: str, key: str, expect: int | None = None) -> Done:
        """附件: the hash is the fact, the bytes lie in the content-addressed store."""
        return self.do(key, {Document: id},
                       lambda was: document.attach(was, sha256=sha256, size=size, media_type=media_type, filename=filename), expect)
