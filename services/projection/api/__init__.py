"""HTTP of the reports: figures, lists and the audit, all read-only."""

from fastapi import APIRouter

from services.projection.api import audit, lists, people, reports, roster

__all__ = ["router"]

router = APIRouter()
for part in (roster, reports, audit, lists, people):  # the roster before /reports/{id}
    router.include_router(part.router)
