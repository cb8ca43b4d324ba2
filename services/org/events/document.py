"""Documents (公文) as facts: the file's hash is here, its bytes in the content-addressed store."""
from datetime import date
from typing import Literal
from uuid import UUID

from shared.fact import Fact

__all__ = ["DocumentFileAttached", "DocumentKind", "DocumentRegistered"]

DocumentKind = Literal["request", "approval", "appointment", "minutes", "election_result", "filing_form", "letter", "regulation", "other"]


class DocumentRegistered(Fact, name="org.DocumentRegistered", of="Document"):
    kind: DocumentKind
    number: str | None  # 文号
    title: str
    issuer: str
    dated: date
    organisation: UUID  # whose library it stands in


class DocumentFileAttached(Fact, name="org.DocumentFileAttached", of="Document"):
    sha256: str
    size: int
    media_type: str
    filename: str
