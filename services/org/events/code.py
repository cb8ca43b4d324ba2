"""The claim on a code: one holder at a time, dated."""
from datetime import date
from uuid import UUID

from shared.fact import Fact

__all__ = ["CodeClaimed", "CodeReleased"]


class CodeClaimed(Fact, name="org.CodeClaimed", of="Code"):
    scheme: str
    code: str
    holder: UUID
    effective: date


class CodeReleased(Fact, name="org.CodeReleased", of="Code"):
    holder: UUID
    effective: date
