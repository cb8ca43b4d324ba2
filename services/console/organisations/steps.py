"""The re-election case as a step list: what is done, what comes next, which acts are open, and the acts themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from services.console.organisations.acts import Act, Ask
from services.console.organisations.ballot import results
from services.console.words import N_

__all__ = ["ACTS", "BALLOT", "PAPERS", "Step", "open_acts", "steps"]

BALLOT = (
    Ask("ballot.entitled", "number", N_("应到人数"), N_("有选举权的代表（妇女）人数")),
    Ask("ballot.present", "number", N_("实到人数"), N_("须超过应到人数的三分之二")),
    Ask("ballot.issued", "number", N_("发出选票"), N_("不能多于实到人数")),
    Ask("ballot.returned", "number", N_("收回选票"), N_("多于发出选票的，本次选举无效")),
    Ask("ballot.valid", "number", N_("有效选票")),
)
PLENARY = tuple(
    Ask(f"plenary.{name}", "number", label, required=False)
    for name, label in (("entitled", N_("执委会应到人数")), ("present", N_("执委会实到人数")), ("issued", N_("执委会发出选票")),
                        ("returned", N_("执委会收回选票")), ("valid", N_("执委会有效选票")))
)  # fmt: skip
WHY = Ask("why", "text", N_("理由"), N_("写明原因，不要写个人隐私"))

ACTS: Mapping[str, Act] = {
    a.id: a
    for a in (
        Act("request", N_("提交请示"), "org.reelection", (Ask("requested_on", "date", N_("请示日期"), default="today"),), ("request",),
            effect=N_("提交后由上级妇联批准，批准前仍可取消。")),
        Act("permit", N_("批准换届"), "org.permit", (Ask("permitted_on", "date", N_("批准日期"), default="today"),), ("approval",),
            effect=N_("批准后即可提出候选人、召开大会选举。")),
        Act("refusal", N_("不予批准"), "org.permit", (Ask("refused_on", "date", N_("答复日期"), default="today"), WHY), ("letter", "approval"),
            effect=N_("答复后对方可以修改，再次请示。"), ending=True),
        Act("congress", N_("登记大会选举"), "org.reelection",
            (Ask("form", "choice", N_("会议形式"), choices="form"), Ask("held_on", "date", N_("大会日期")), *BALLOT), ("minutes",),
            effect=N_("只登记有效的选举：到会不足或收回的票多于发出的，选举无效，不登记，另行召开大会，按重新选举的日期和票数登记。录错的，批复以前可以更正，结果随后重新上报；两次登记都留有记录。")),
        Act("result", N_("上报选举结果"), "org.reelection", (Ask("reported_on", "date", N_("上报日期"), default="today"), *PLENARY),
            ("election_result",), body=results, template="reelections/_candidates.html",
            effect=N_("上报后由上级妇联审批；审批前可以重新上报。")),
        Act("approval", N_("批复选举结果"), "org.approve",
            (Ask("approved_on", "date", N_("批复日期"), default="today"),
             Ask("term_months", "number", N_("新一届任期（月）"), N_("五年为 60，三年为 36"), default="60")),
            ("approval",), paper_required=True,
            effect=N_("批复后，上一届任职自大会之日起结束，当选人同日任职，新一届任期开始；未当选人的拟任同时撤回。")),
        Act("return", N_("退回选举结果"), "org.approve", (Ask("returned_on", "date", N_("退回日期"), default="today"), WHY), ("letter", "approval"),
            effect=N_("退回后对方可以看到理由，更正后重新上报；选举无效的，由其取消换届、另行计划。"), ending=True),
        Act("filing", N_("登记备案"), "org.file",
            (Ask("filed_with", "choice", N_("备案机关"), choices="filed_with"), Ask("filed_on", "date", N_("备案日期"), default="today")),
            ("filing_form",)),
        Act("close", N_("办结"), "org.reelection", (Ask("closed_on", "date", N_("办结日期"), default="today"),),
            effect=N_("办结后本次换届不再改动。")),
        Act("cancellation", N_("取消换届"), "org.reelection", (Ask("cancelled_on", "date", N_("取消日期"), default="today"), WHY), ("letter",),
            effect=N_("取消后本次换届结束；以后可以另行计划。"), ending=True),
    )
}  # fmt: skip
OPEN = {
    "planned": ("request", "cancellation"),
    "requested": ("permit", "refusal", "cancellation"),
    "refused": ("request", "cancellation"),
    "permitted": ("congress", "cancellation"),
    "congress_held": ("result", "congress", "cancellation"),
    "result_reported": ("approval", "return", "result", "congress", "cancellation"),
    "result_approved": ("filing",),
    "filed": ("close", "filing"),
    "closed": (),
    "cancelled": (),
}
PAPERS = (
    ("request", N_("换届请示")),
    ("rules", N_("选举办法")),
    ("ballot", N_("选票")),
    ("tally", N_("计票单")),
    ("result", N_("选举结果报告")),
    ("filing", N_("备案表")),
    ("certificate", N_("当选证书")),
)
# title, the act that does it, the row's date, what it is about
LIST = (
    (N_("计划"), "", "planned_on", N_("列入换届计划")),
    (N_("请示"), "request", "requested_on", N_("向同级党组织和上级妇联请示")),
    (N_("批复"), "permit", "permitted_on", N_("上级妇联同意换届")),
    (N_("候选人"), "candidates", "", N_("提出候选人，报同级党组织审定")),
    (N_("大会"), "congress", "held_on", N_("召开大会选举，登记票数")),
    (N_("结果"), "result", "reported_on", N_("逐人填写得票，上报结果")),
    (N_("审批"), "approval", "approved_on", N_("上级妇联批复选举结果")),
    (N_("备案"), "filing", "filed_on", N_("向上一级妇联、党委组织部门备案")),
    (N_("结束"), "close", "closed_on", N_("全部办完，归档")),
)
DONE = {"planned": 1, "requested": 2, "refused": 1, "permitted": 3, "congress_held": 5, "result_reported": 6, "result_approved": 7, "filed": 8,
        "closed": 9}  # fmt: skip


@dataclass(frozen=True)
class Step:
    title: str
    about: str
    act: str
    on: str | None
    state: Literal["done", "now", "ahead", "off"]


def steps(state: str, dates: Mapping[str, Any], candidates: bool = False) -> Sequence[Step]:
    """`dates`: the case's row of projection. `candidates`: some are proposed, which is no state of the case."""
    done = DONE.get(state) or max((i for i, (*_, key, _) in enumerate(LIST, 1) if dates.get(key)), default=0)
    if state == "permitted" and candidates:
        done += 1

    def how(i: int) -> Literal["done", "now", "ahead", "off"]:
        if LIST[i][1] == "candidates" and state == "congress_held" and not candidates:
            return "off"  # the vote was held without any being entered
        if i < done:
            return "done"
        return "off" if state == "cancelled" else "now" if i == done else "ahead"

    return [Step(title, about, act, dates.get(key) if i < done else None, how(i)) for i, (title, act, key, about) in enumerate(LIST)]


def open_acts(state: str) -> Sequence[Act]:
    """What the state allows, the next step first; who may do it is the permissions' matter."""
    return [ACTS[id] for id in OPEN[state]]
