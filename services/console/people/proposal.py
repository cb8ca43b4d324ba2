"""A proposal as a form: who, where, which seat, how and from when; and a correction of a start or an end, as an act of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.console.organisations.acts import Act, Ask, Values
from services.console.words import N_
from shared.words import DEPARTURES

__all__ = ["LIMITED", "PROPOSAL", "Correction", "correctable", "correction"]

LIMITED = ("acting", "seconded")
CHOOSE = N_("请选择{label}。")


@dataclass(frozen=True)
class Proposing(Act):
    def check(self, values: Values) -> dict[str, tuple[str, str]]:
        faults = super().check(values)
        faults |= {name: (CHOOSE, title) for name, title in PICKED if not values.get(name)}
        if values.get("mode") in LIMITED and not values.get("until"):
            faults["until"] = (N_("主持工作、挂职须填写{label}。"), N_("截止日期"))
        return faults

    def read(self, values: Values) -> dict[str, Any]:
        body = super().read(values) | {name: values[name] for name, _ in PICKED}
        return {k: v for k, v in body.items() if k != "until" or values.get("mode") in LIMITED}


PICKED = (("person", N_("人员")), ("organisation", N_("组织")), ("seat", N_("职位")))
PROPOSAL = Proposing(
    "proposal",
    N_("提出拟任"),
    "cadre.propose",
    (
        Ask("mode", "choice", N_("任职方式"),
            N_("选定职位后只列出该职务可用的方式：届中缺额由执委会补选、替补、增补、增选，换届大会选举的用“选举”"), choices="mode"),
        Ask("engagement", "choice", N_("专/挂/兼"), choices="engagement"),
        Ask("starts_on", "date", N_("拟任日期"), default="today"),
        Ask("until", "date", N_("截止日期"), N_("主持工作、挂职必填，到期自动终止，到期前提醒"), required=False),
        Ask("reason", "text", N_("说明"), N_("日期早于今天的，请写明补录理由"), required=False),
    ),
    ("request", "minutes", "appointment"),
    service="cadre",
    effect=N_("提出后由另一人录入党组织审定；提名经办人不能审批自己提出的任职。"),
)


@dataclass(frozen=True)
class Correction(Act):
    """`current`: what stands there now; only what differs is sent. Voided, nothing else is said."""

    current: tuple[tuple[str, str], ...] = ()
    post: tuple[tuple[str, Any], ...] = ()

    def check(self, values: Values) -> dict[str, tuple[str, str]]:
        faults = super().check(values)
        if values.get("void") == "yes":
            return {k: v for k, v in faults.items() if k in ("reason", "void")}
        if not self.read(values).keys() - {"reason"}:
            faults["void"] = (NOTHING, N_("内容"))
        return faults

    def read(self, values: Values) -> dict[str, Any]:
        reason = {"reason": values["reason"]} if values.get("reason") else {}
        if values.get("void") == "yes":
            return {"void": True, **reason}
        now = dict(self.current)
        changed = {k: values[k] for k in now if values.get(k) and values[k] != now[k]}
        moved = {k: changed.pop(k) for k in ("engagement", "mode") if k in changed}
        return {**changed, **({"post": {**dict(self.post), **moved}} if moved else {}), **reason}


NOTHING = N_("{label}和现在的记录一样，没有可更正的。请改正下面有误的一项。")
VOID = Ask("void", "choice", N_("错在哪里"), choices="void", default="no")
REASON = Ask("reason", "text", N_("更正理由"), N_("错在哪里，依据是什么；不要写个人隐私"))
START = (
    VOID,
    Ask("starts_on", "date", N_("任职日期")),
    Ask("until", "date", N_("截止日期"), required=False),
    Ask("engagement", "choice", N_("专/挂/兼"), choices="engagement"),
    Ask("mode", "choice", N_("任职方式"), choices="mode"),
    REASON,
)
END = (VOID, Ask("effective", "date", N_("免职日期")), Ask("end_reason", "choice", N_("免职原因"), choices="relief_reason"), REASON)
KINDS = {"cadre.AppointmentStarted": N_("任职记录"), "cadre.AppointmentEnded": N_("免职记录"), "cadre.AppointmentCorrected": N_("更正记录")}


def correctable(read: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The records a correction may name, the latest first: start, end, and earlier corrections of them."""
    return [{**e, "title": KINDS[e["fact"]]} for e in reversed(read["events"]) if e["fact"] in KINDS]


def correction(read: Mapping[str, Any], event: str) -> Correction:
    """The act that corrects this event, with what stands there now as its answers."""
    known = {e["id"]: e for e in read["events"]}
    root = known[event]
    while root["fact"] == "cadre.AppointmentCorrected" and root["data"]["corrects"] in known:
        root = known[root["data"]["corrects"]]
    life, data = read["timeline"], root["data"]
    if root["fact"] == "cadre.AppointmentEnded":
        stands = bool(life and life[0]["end_reason"])
        now = {"effective": life[0]["ends_on"], "end_reason": life[0]["end_reason"]} if stands else {k: data[k] for k in ("effective", "end_reason")}
        asks: Sequence[Ask] = END if now["end_reason"] not in DEPARTURES else [replace(a, choices="end_reason") if a.choices == "relief_reason" else a
                                                                                for a in END]
    else:
        limited = life[0]["ends_on"] if life and not life[0]["end_reason"] else data.get("until")
        now = {"starts_on": life[0]["starts_on"] if life else data["starts_on"], "until": limited or "",
               **{k: read["post"][k] for k in ("engagement", "mode")}}  # fmt: skip
        asks = START if now["until"] else [a for a in START if a.name != "until"]
    return Correction("correction", N_("更正任免记录"), "cadre.correct", tuple(asks), ("appointment", "approval", "other"), service="cadre",
                      template="appointments/_corrects.html", effect=N_("错误的记录和更正都会保留，可以查到；报表按更正后的内容重新计算。"),
                      current=tuple((k, str(v or "")) for k, v in now.items()), post=tuple(read["post"].items()))  # fmt: skip
