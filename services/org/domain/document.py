"""Documents (公文): registered once, their files attached by hash."""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.org.domain.checks import need, past, words
from services.org.domain.refusals import refused
from services.org.events import DocumentFileAttached, DocumentKind, DocumentRegistered
from shared.fact import Fact

__all__ = ["MEDIA_TYPES", "Document", "attach", "evolve", "known", "register"]

MEDIA_TYPES = frozenset({"application/pdf", "application/ofd", "image/jpeg", "image/png",
                         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"})
MAX_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class Document:
    kind: DocumentKind
    number: str | None
    title: str
    issuer: str
    dated: date
    organisation: UUID
    files: tuple[DocumentFileAttached, ...] = ()


def register(was: Document | None, *, kind: DocumentKind, number: str | None, title: str, issuer: str, dated: date, organisation: UUID,
             organisation_known: bool, today: date) -> DocumentRegistered:
    need(not was, "document_exists", "id")
    words(title, "title")
    words(issuer, "issuer")
    past(dated, today, "dated")
    need(organisation_known, "organisation_unknown", "organisation")
    return DocumentRegistered(kind=kind, number=number, title=title, issuer=issuer, dated=dated, organisation=organisation)


def attach(was: Document | None, *, sha256: str, size: int, media_type: str, filename: str) -> list[DocumentFileAttached]:
    """A file of the document. The same bytes again are no change."""
    doc = known(was)
    need(media_type in MEDIA_TYPES, "file_kind", "file")
    need(0 < size <= MAX_BYTES, "file_size", "file")
    if any(f.sha256 == sha256 for f in doc.files):
        return []
    return [DocumentFileAttached(sha256=sha256, size=size, media_type=media_type, filename=filename)]


def known(was: Document | None) -> Document:
    if not was:
        raise refused("document_unknown", "documents")
    return was


def evolve(was: Document | None, fact: Fact) -> Document | None:
    match fact:
        case DocumentRegistered():
            return Document(fact.kind, fact.number, fact.title, fact.issuer, fact.dated, fact.organisation)
        case DocumentFileAttached() if was:
            return replace(was, files=(*was.files, fact))
    return was
