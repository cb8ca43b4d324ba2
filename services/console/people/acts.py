"""The acts on an appointment as data: what each asks for, on which paper it rests, and which are open at a step of the route or in office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from services.console.organisations.acts import Act, Ask, Values
from services.console.words import N_
from shared.words import ELECTED

__all__ = ["ACTS", "Standing", "Step", "open_acts", "steps"]

WHY = Ask("why", "text", N_("理由"), N_("写明原因，不要写个人隐私"))
LATE = Ask("reason", "text", N_("补录理由"), N_("日期早于今天时必须填写，例如：文件传递延误"), required=False)
PAPERS = ("approval", "appointment", "minutes")


def decision(values: Values) -> dict[str, Any]:
    return {"agreed": values.get("agreed") == "agreed"}


def cadre(id: str, title: str, permission: str, asks: Sequence[Ask], papers: Sequence[str] = (), effect: str = "", body: Any = None,
          ending: bool = False) -> Act:
    return Act(id, title, permission, tuple(asks), papers, effect=effect, body=body, service="cadre", ending=ending)


ACTS: Mapping[str, Act] = {
    a.id: a
    for a in (
        cadre("party-decision", N_("录入党组织审定"), "cadre.review",
              (Ask("agreed", "choice", N_("审定意见"), choices="decision"), Ask("decided_on", "date", N_("批复日期"), N_("以文件落款为准")),
               Ask("authority", "line", N_("审定机关"), N_("如 中共莲塘镇委员会"))), PAPERS,
              N_("同意后进入下一步；不同意的，本次拟任到此结束。"), decision),
        cadre("publicity", N_("登记公示"), "cadre.review",
              (Ask("from_on", "date", N_("公示开始日期")), Ask("until", "date", N_("公示截止的次日"), N_("至少公示五个工作日"))),
              ("other", "appointment"), N_("公示期满后登记公示结果，再办理下一步。")),
        cadre("publicity-end", N_("登记公示结果"), "cadre.review",
              (Ask("ended_on", "date", N_("公示结束日期"), default="today"), Ask("objections", "number", N_("收到异议（件）"), default="0")),
              ("other",)),
        cadre("election", N_("登记选举结果（执委会通过）"), "cadre.approve",
              (Ask("elected_on", "date", N_("选举（通过）日期")), Ask("body", "choice", N_("由谁选举"), choices="elected_by")),
              ("election_result", "minutes"), N_("登记后即可办理任职。")),
        cadre("approval", N_("批准任职"), "cadre.approve", (Ask("approved_on", "date", N_("批准日期")),), PAPERS, N_("批准后即可办理任职。")),
        cadre("rejection", N_("不予批准"), "cadre.approve", (Ask("rejected_on", "date", N_("日期"), default="today"), WHY), ("letter", "approval"),
              N_("本次拟任到此结束，记录保留。"), ending=True),
        cadre("withdrawal", N_("撤回拟任"), "cadre.propose", (WHY,), (), N_("本次拟任到此结束，记录保留；需要时可另行提出。"), ending=True),
        cadre("start", N_("办理任职"), "cadre.start",
              (Ask("starts_on", "date", N_("任职日期"), N_("当选的从选举之日起；也可填将来的日期，到期自动生效"), required=False), LATE), PAPERS,
              N_("自任职日期起计入花名册和报表。")),
        cadre("cancellation", N_("取消未生效的任职"), "cadre.start", (WHY,), (), N_("尚未生效的任职取消，等于没有发生；记录保留。"),
              ending=True),
        cadre("relief", N_("办理免职"), "cadre.relieve",
              (Ask("effective", "date", N_("免职日期"), N_("当日起不再任职；也可填将来的日期，到期自动生效")),
               Ask("end_reason", "choice", N_("免职原因"), N_("去世、调离本省、开除的，请到人员页面登记，其各处职务同时终止"),
                   choices="relief_reason"), LATE), ("appointment", "approval"),
              N_("免去执委的，其在本会的主席、副主席、常委职务同时免去；空出的职位列入缺位。"), ending=True),
        cadre("suspension", N_("办理停职"), "cadre.relieve", (Ask("effective", "date", N_("停职日期")), WHY), ("appointment", "approval"),
              N_("停职期间保留职位，可另行安排人员主持工作。"), ending=True),
        cadre("resumption", N_("恢复职务"), "cadre.relieve", (Ask("effective", "date", N_("恢复日期")),), ("appointment", "approval")),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """Where an appointment stands: cadre's answer, read once for all that the page shows."""

    step: str
    route: Sequence[str]
    mode: str
    starts_on: str
    ends_on: str
    suspended: bool
    proposed_by: str
    dates: Mapping[str, str]
    today: date

    @classmethod
    def of(cls, read: Mapping[str, Any], today: date) -> Standing:
        events = {e["fact"].removeprefix("cadre."): e for e in read["events"]}
        proposed = events.get("AppointmentProposed", {}).get("data", {})
        life = read["timeline"]
        days = {name: next((v for k in keys if (v := events.get(f, {}).get("data", {}).get(k))), "") for name, f, *keys in DATES}
        return cls(
            read["step"],
            tuple(proposed.get("route", ())),
            read["post"]["mode"],
            life[0]["starts_on"] if life else proposed.get("starts_on") or "",
            (life[0]["ends_on"] or "") if life else proposed.get("until") or "",
            bool(life and any(i["suspended"] for i in life if i["valid_to"] is None or i["valid_to"] > str(today))),
            proposed.get("proposed_by") or "",
            days,
            today,
        )

    @property
    def state(self) -> str:
        """A kind `step` of labels: in office it says whether already, still, or no more."""
        if self.step != "started":
            return self.step
        if self.ends_on and self.ends_on <= str(self.today):
            return "ended"
        return "ahead" if self.starts_on > str(self.today) else "suspended" if self.suspended else "started"


DATES = (
    ("proposed", "AppointmentProposed", "starts_on"),
    ("party", "AppointmentPartyReviewed", "decided_on"),
    ("publicity", "PublicityEnded", "ended_on"),
    ("election", "AppointmentElected", "elected_on"),
    ("approval", "AppointmentApproved", "approved_on"),
    ("start", "AppointmentStarted", "starts_on"),
    ("end", "AppointmentEnded", "effective"),
)


def open_acts(s: Standing) -> Sequence[Act]:
    """What may come next, the usual one first; who may do it is the permissions' matter."""
    decide = "election" if s.mode in ELECTED else "approval"
    after_party = "publicity" if "publicity" in s.route else decide
    names: dict[str, tuple[str, ...]] = {
        "proposed": ("party-decision" if "party" in s.route else after_party, "rejection", "withdrawal"),
        "party_agreed": (after_party, "rejection", "withdrawal"),
        "publicised": ("publicity-end", "rejection", "withdrawal"),
        "publicity_over": (decide, "rejection", "withdrawal"),
        "passed": ("start",),
        "ahead": ("cancellation", "relief"),
        "started": ("relief", "suspension"),
        "suspended": ("resumption", "relief"),
    }
    return [ACTS[name] for name in names.get(s.state, ())]


@dataclass(frozen=True)
class Step:
    title: str
    on: str
    state: Literal["done", "now", "ahead", "off"]


TITLES = {"party": N_("党组织审定"), "publicity": N_("公示"), "election": N_("选举 / 执委会通过"), "approval": N_("批准")}


def steps(s: Standing) -> Sequence[Step]:
    """The route from proposal to the end, with what is done."""
    names = [*(["proposed", *s.route] if s.route else []), "start", *(["end"] if s.dates.get("end") and s.step == "started" else [])]
    titles = {"proposed": N_("拟任"), "start": N_("任职"), "end": N_("免职"), **TITLES}
    over = s.step in ("rejected", "withdrawn", "cancelled", "void")
    done = {n for n in names if s.dates.get(n) and not (over and n in ("start", "end"))} | ({"proposed"} if s.route else set())
    if s.state != "ended":
        done.discard("end")
    if s.step != "started":
        done.discard("start")
    following, started = next((n for n in names if n not in done), ""), s.step == "started"
    return [
        Step(titles[n], s.dates.get(n, "") if n in done and n != "proposed" else "",
             "done" if n in done else "off" if over or (started and n in s.route) else "now" if n == following and n != "end" else "ahead")
        for n in names
    ]  # fmt: skip
