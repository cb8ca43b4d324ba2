"""An import batch obeys the same rules in every service that takes workbooks."""

from collections.abc import Callable
from functools import reduce
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from services.cadre import events as cadre_events
from services.cadre.domain import imports as cadre
from services.org import events as org_events
from services.org.domain import imports as org
from shared.fact import Refused

AREA, WHO = UUID(int=1), UUID(int=2)
SAID: dict[str, Any] = {"organisation": AREA, "filename": "花名册.xlsx", "sha256": "a", "rows": 2, "only": "all", "uploaded_by": "chen"}


def cadre_row(row: str) -> Any:
    return cadre_events.ImportedRow(row=row, person=WHO)


def org_row(row: str) -> Any:
    return org_events.ImportedOrganisation(row=row, organisation=WHO)


SERVICES = [
    pytest.param(cadre, lambda digest: cadre_events.ImportStarted(kind="roster", digest=digest, **SAID), cadre_row, id="cadre"),
    pytest.param(org, lambda digest: org_events.ImportStarted(digest=digest, **SAID), org_row, id="org"),
]
EITHER = pytest.mark.parametrize(("rules", "started", "row"), SERVICES)
Made = Callable[[str], Any]


def after(rules: ModuleType, *facts: Any) -> Any:
    return reduce(rules.evolve, facts, None)


@EITHER
def test_a_batch_begins_once_and_only_with_the_verdicts_that_were_shown(rules: ModuleType, started: Made, row: Made) -> None:
    begun = after(rules, started("shown"))
    assert rules.start(None, started("shown")) == [started("shown")] and rules.start(begun, started("shown")) == []
    with pytest.raises(Refused) as no:
        rules.start(begun, started("other"))
    assert no.value.code == "import_exists"


@EITHER
def test_a_row_is_noted_once(rules: ModuleType, started: Made, row: Made) -> None:
    noted = rules.rows_applied(after(rules, started("d")), [row("a!3"), row("a!4")])
    batch = after(rules, started("d"), *noted)
    assert batch.rows == (row("a!3"), row("a!4"))
    (more,) = rules.rows_applied(batch, [row("a!4"), row("a!5")])
    assert more.rows == (row("a!5"),) and rules.rows_applied(batch, [row("a!3")]) == []


@EITHER
def test_it_is_committed_and_taken_back_once_and_never_before_it_was(rules: ModuleType, started: Made, row: Made) -> None:
    begun = after(rules, started("d"))
    committed = after(rules, started("d"), *rules.commit(begun, 2, 0))
    assert committed.committed and rules.commit(committed, 2, 0) == []
    revoked = after(rules, started("d"), *rules.revoke(committed, "传错了"))
    assert revoked.revoked and rules.revoke(revoked, "传错了") == []
    with pytest.raises(Refused) as no:
        rules.revoke(None, "传错了")
    assert no.value.code == "import_unknown"
