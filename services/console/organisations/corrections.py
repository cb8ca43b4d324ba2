"""更正: which records of an organisation and its terms can be put right, what stands in each now, and the form of one as an act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.console.organisations.acts import Ask, Values
from services.console.organisations.changes import KINDS as OPTIONS
from services.console.organisations.changes import NAMES
from services.console.people.proposal import REASON, VOID
from services.console.people.proposal import Correction as Righting
from services.console.words import N_
from shared.fact import overrides

__all__ = ["TITLE", "Correction", "Record", "correction", "records"]

TITLE = N_("更正组织记录")
FROM = Ask("effective", "date", N_("生效日期"))
PARENT = Ask("parent", "organisation", N_("上级"), N_("填名称或 12 位区划代码"))
DETAILS = (*NAMES, *(replace(a, default="") for a in OPTIONS))
# fact -> what it is called, whether it may be voided, what of it can be put right
KINDS: Mapping[str, tuple[str, bool, Sequence[Ask]]] = {
    "OrganisationProposed": (N_("设立时的名称、类型和上级"), False, (*DETAILS, PARENT)),
    "OrganisationEstablished": (N_("成立日期"), False, (Ask("established_on", "date", N_("成立日期")),)),
    "OrganisationDetailsChanged": (N_("变更名称等"), True, (FROM, *DETAILS)),
    "OrganisationMoved": (N_("调整隶属"), True, (FROM, PARENT)),
    "DivisionAssigned": (N_("登记区划代码"), True,
                         (FROM, Ask("code", "line", N_("区划代码"), N_("12 位数字")), Ask("division_name", "line", N_("区划名称")))),
    "CreditCodeAssigned": (N_("登记统一社会信用代码"), True, (FROM, Ask("code", "line", N_("统一社会信用代码"), N_("18 位，照证书填写")))),
    "TermStarted": (N_("届次的开始和任期"), False, (Ask("starts_on", "date", N_("开始日期")), Ask("term_months", "number", N_("任期（月）")))),
    "TermExtended": (N_("批准延期换届"), True, (Ask("new_ends_on", "date", N_("延期至")),)),
    "TermEnded": (N_("届次的结束"), True, (Ask("ended_on", "date", N_("结束日期")),)),
}  # fmt: skip
DAYS = ("effective", "proposed_on", "established_on", "starts_on", "new_ends_on", "ended_on")


@dataclass(frozen=True)
class Record:
    """One event that a correction may name, as corrected since. `void`: it was taken back. `says`: of what can be put right, and its day."""

    id: str
    fact: str
    at: str
    void: bool
    says: Mapping[str, Any]

    @property
    def title(self) -> str:
        return KINDS[self.fact][0]

    @property
    def day(self) -> str:
        return next((str(self.says[d]) for d in DAYS if self.says.get(d)), "")

    @property
    def about(self) -> str:
        """What tells it from others of its kind."""
        return str(self.says.get("full_name") or self.says.get("code") or "")

    @property
    def answers(self) -> dict[str, str]:
        """What stands there now, by field of its form."""
        return {a.name: str(v) if (v := self.says.get(a.name)) is not None else "" for a in KINDS[self.fact][2]}


def records(facts: Sequence[Mapping[str, Any]]) -> list[Record]:
    """Those of an organisation's or a term's events that can be corrected, in the order of their entry."""
    right = overrides({n: f["says"] for n, f in enumerate(facts, 1)})
    kinds = [(n, f, f["fact"].removeprefix("org.")) for n, f in enumerate(facts, 1)]
    return [Record(f["id"], kind, f["at"], right[n] is None, {**f["says"], **(right[n] or {})}) for n, f, kind in kinds if kind in KINDS]


@dataclass(frozen=True)
class Correction(Righting):
    """Only what differs from `current` is sent. What may not be voided bears the fault of an empty correction at its first field."""

    def check(self, values: Values) -> dict[str, tuple[str, str]]:
        faults = super().check(values)
        if self.asks[0] is not VOID and "void" in faults:
            return {self.asks[0].name: faults["void"]}
        return faults

    def read(self, values: Values) -> dict[str, Any]:
        said, kinds = super().read(values), {a.name: a for a in self.asks}
        return {name: kinds[name].read(value) if name in kinds and name != "void" else value for name, value in said.items()}


def correction(record: Record, now: Mapping[str, str]) -> Correction:
    """The act that corrects a record. `now`: what stood there when the form was opened; what stood there cannot be emptied."""
    _, voidable, asks = KINDS[record.fact]
    asked = tuple(replace(a, required=bool(now.get(a.name))) for a in asks)
    permission = "org.term" if record.fact.startswith("Term") else "org.change"
    return Correction("correction", TITLE, permission, (*((VOID,) if voidable else ()), *asked, REASON), ("approval", "letter", "other"),
                      template="organisations/_corrects.html", versioned=True,
                      effect=N_("错误的记录和更正都会保留，可以查到；报表按更正后的内容重新计算。"),
                      current=tuple((a.name, now.get(a.name, "")) for a in asks))  # fmt: skip
