"""HTTP of the reports: figures, lists and the audit, all read-only but for what leaves as a file."""

from fastapi import APIRouter

from services.projection.api import (
    audit,
    batches,
    chain,
    exported,
    exports,
    holders,
    lists,
    me,
    organisation,
    overview,
    people,
    person,
    records,
    reports,
    roster,
    search,
    secondments,
    worklist,
)

__all__ = ["router"]

router = APIRouter()
FIRST = (roster, lists)  # their fixed paths before /reports/{id} and /organisations/{id}
AUDITED = (audit, records, exported, chain)
for part in (*FIRST, *AUDITED, reports, batches, exports, holders, me, organisation, overview, people, person, search, secondments, worklist):
    router.include_router(part.router)
