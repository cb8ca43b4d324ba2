"""HTTP of the reports: figures, lists and the audit, all read-only but for what leaves as a file."""

from fastapi import APIRouter

from services.projection.api import (
    audit,
    batches,
    exported,
    exports,
    holders,
    lists,
    me,
    organisation,
    overview,
    people,
    person,
    reports,
    roster,
    search,
    worklist,
)

__all__ = ["router"]

router = APIRouter()
FIRST = (roster, lists)  # their fixed paths before /reports/{id} and /organisations/{id}
for part in (*FIRST, reports, audit, batches, exported, exports, holders, me, organisation, overview, people, person, search, worklist):
    router.include_router(part.router)
