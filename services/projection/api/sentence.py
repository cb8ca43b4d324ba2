"""One plain sentence for each change of an appointment, in Chinese and in English (谁在何时凭何文件任免了谁)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.projection.api.words import ENGAGEMENTS, MODES, REASONS, ROLES

__all__ = ["SYSTEM", "sentence"]

SYSTEM = ("系统", "the system")  # a reaction or the clock

ACTS = {
    "proposed": ("拟任{who}为{post}", "proposed {who} as {post}"),
    "party_reviewed": ("登记党组织对{who}任{post}的审定意见", "entered the Party organisation's decision on {who} as {post}"),
    "publicised": ("对{who}拟任{post}进行公示", "publicised {who} as candidate for {post}"),
    "publicity_ended": ("登记{who}任{post}公示结束", "recorded the end of publicity for {who} as {post}"),
    "elected": ("登记{who}当选{post}", "recorded the election of {who} as {post}"),
    "approved": ("批准{who}任{post}", "approved {who} as {post}"),
    "rejected": ("未批准{who}任{post}", "rejected {who} as {post}"),
    "withdrawn": ("撤回{who}任{post}的提名", "withdrew {who} as {post}"),
    "started": ("{mode}{who}为{post}", "put {who} in office as {post} ({mode})"),
    "took_effect": ("{who}任{post}生效", "{who}'s post as {post} took effect"),
    "cancelled": ("取消{who}任{post}", "called off {who} as {post}"),
    "suspended": ("暂停{who}的{post}职务", "suspended {who} as {post}"),
    "resumed": ("恢复{who}的{post}职务", "reinstated {who} as {post}"),
    "ended": ("免去{who}的{post}职务（{why}）", "relieved {who} as {post} ({why})"),
    "lapsed": ("{who}的{post}职务到期终止", "{who}'s post as {post} lapsed"),
    "corrected": ("更正{who}任{post}的记录{what}", "corrected the record of {who} as {post}{what}"),
}
FIELDS = {
    "starts_on": ("任职日期", "start"),
    "ends_on": ("离任日期", "end"),
    "end_reason": ("离任原因", "reason"),
    "role": ("职务", "office"),
    "organisation": ("组织", "organisation"),
    "person": ("人员", "person"),
    "seat": ("职位", "seat"),
    "engagement": ("专/挂/兼", "engagement"),
    "mode": ("产生方式", "mode"),
    "status": ("状态", "status"),
}
STATUSES = {
    "in_office": ("在任", "in office"),
    "suspended": ("停职", "suspended"),
    "ended": ("已免", "ended"),
    "voided": ("作废", "void"),
    "proposed": ("拟任", "proposed"),
}
WORDS = {"role": ROLES, "end_reason": REASONS, "engagement": ENGAGEMENTS, "mode": MODES, "status": STATUSES}


def sentence(row: Mapping[str, Any], names: Mapping[str, str], papers: Sequence[str], actor: str, on_behalf_of: str | None) -> dict[str, str]:
    """`row` of the audit; `names`: id as text -> name, of organisations and people."""
    return {"zh-CN": _chinese(row, names, papers, actor, on_behalf_of), "en": _english(row, names, papers, actor, on_behalf_of)}


def _parts(row: Mapping[str, Any], names: Mapping[str, str], language: int) -> dict[str, str]:
    who, where = (names.get(str(row[k])) or str(row[k])[:8] for k in ("person", "organisation"))
    after = row["after"]
    role = ROLES[after["role"]][language]
    unknown = ("原因未填", "no reason given")[language]
    return {
        "who": who,
        "post": f"{where}{role}" if language == 0 else f"{role} of {where}",
        "mode": MODES[after["mode"]][language],
        "why": REASONS[after["end_reason"]][language] if after.get("end_reason") else unknown,
        "what": _changed(row, names, language),
    }


def _changed(row: Mapping[str, Any], names: Mapping[str, str], language: int) -> str:
    before, after = row["before"] or {}, row["after"]
    changes = [(k, before.get(k), after.get(k)) for k in FIELDS if before.get(k) != after.get(k)]
    if not changes:
        return ""
    blank = ("空", "none")[language]
    said = [(FIELDS[k][language], *(_value(k, v, names, language) or blank for v in (was, now))) for k, was, now in changes]
    if language == 0:
        return "：" + "，".join(f"{name}由{was}改为{now}" for name, was, now in said)
    return ": " + ", ".join(f"{name} from {was} to {now}" for name, was, now in said)


def _value(field: str, value: str | None, names: Mapping[str, str], language: int) -> str | None:
    if value is None:
        return None
    if field in WORDS:
        return WORDS[field].get(value, (value, value))[language]
    return names.get(value, value[:8]) if field in ("organisation", "person", "seat") else value


def _chinese(row: Mapping[str, Any], names: Mapping[str, str], papers: Sequence[str], actor: str, lender: str | None) -> str:
    by = f"{actor}（受{lender}委托）" if lender else actor
    act = ACTS[row["kind"]][0].format(**_parts(row, names, 0))
    paper = f"凭{'、'.join(papers)}" if papers else ""
    flags = [
        text
        for text, yes in (("期初数据", row["opening"]), ("缺批复", row["missing_document"]), ("补录", row.get("late")), ("倒填", row["back_dated"]))
        if yes
    ]
    reason = f"，理由：{row['reason']}" if row["reason"] else ""
    return f"{_day(row['recorded_on'])}，{by}{paper}{act}，自{_day(row['effective'])}起{reason}。" + (f"［{'、'.join(flags)}］" if flags else "")


def _english(row: Mapping[str, Any], names: Mapping[str, str], papers: Sequence[str], actor: str, lender: str | None) -> str:
    by = f"{actor}, acting for {lender}," if lender else SYSTEM[1] if actor == SYSTEM[0] else actor
    act = ACTS[row["kind"]][1].format(**_parts(row, names, 1))
    on = f" on {', '.join(papers)}" if papers else ""
    flags = [
        text
        for text, yes in (
            ("opening data", row["opening"]),
            ("approval missing", row["missing_document"]),
            ("late entry", row.get("late")),
            ("back-dated", row["back_dated"]),
        )
        if yes
    ]
    reason = f"; reason: {row['reason']}" if row["reason"] else ""
    said = f"{act}" if row["kind"] in ("took_effect", "lapsed") else f"{by} {act}{on}"
    return f"{row['recorded_on']}: {said}, effective {row['effective']}{reason}." + (f" [{', '.join(flags)}]" if flags else "")


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
