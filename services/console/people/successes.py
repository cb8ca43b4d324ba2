"""What an act has done, said once on the page after it by name; names stand in no address, so the page itself knows them."""

from __future__ import annotations

from collections.abc import Mapping

from services.console.words import N_

__all__ = ["APPOINTMENTS", "ELECTED", "HERS", "PLACES"]

APPOINTMENTS: Mapping[str, str] = {  # {who}, {post}, {day} from or on which, {end} from which on no more
    "proposal": N_("已提出：{who}拟任{post}，拟自{day}起。"),
    "party-decision": N_("已登记：党组织对{who}任{post}的审定意见。"),
    "publicity": N_("已登记：{who}拟任{post}的公示。"),
    "publicity-end": N_("已登记：{who}拟任{post}的公示结果。"),
    "election": N_("已登记：{who}当选{post}。"),
    "approval": N_("已批准：{who}任{post}。"),
    "rejection": N_("已登记：{who}任{post}未获批准。"),
    "withdrawal": N_("已撤回：{who}拟任{post}。"),
    "start": N_("已登记：{who}自{day}起任{post}。"),
    "cancellation": N_("已取消：{who}任{post}。"),
    "relief": N_("已登记：{who}自{end}起不再任{post}。"),
    "suspension": N_("已登记：{who}停职（{post}）。"),
    "resumption": N_("已登记：{who}恢复职务（{post}）。"),
    "correction": N_("已更正：{who}任{post}的记录。"),
}
HERS: Mapping[str, str] = {  # {who}
    "registration": N_("已登记：{who}的档案。"),
    "change": N_("已登记：{who}的情况变更。"),
    "correction": N_("已更正：{who}的档案。"),
    "merge": N_("已并档：{who}的档案保留这一份。"),
    "certificate": N_("已登记：颁发给{who}的证书。"),
    "departure": N_("已登记：{who}的各处职务同时终止。"),
    "departure-withdrawal": N_("已撤销：{who}随之终止的职务已恢复。"),
    "return": N_("已登记：{who}可以重新任职。"),
}
PLACES = N_("已办理：{name}，{act}。")  # of an organisation or its re-election
ELECTED = N_("已批复：{name}换届，当选人自{day}起任职。")
