"""One plain sentence for each change of an appointment, in Chinese and in English (谁在何时凭何文件任免了谁)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.projection.api.accounts import ENGLISH, SYSTEM
from services.projection.api.asking import Named
from services.projection.api.words import ENGAGEMENTS, MODES, REASONS, ROLES
from shared.calendar import SHANGHAI, in_chinese
from shared.words import DEPARTURES, ELECTED, FLAGS

__all__ = ["by_whom", "called", "flags_of", "printed", "profile_sentence", "sentence"]

ACTS = {
    "proposed": ("拟任{who}为{post}", "proposed {who} as {post}"),
    "party_reviewed": ("登记党组织对{who}任{post}的审定意见", "entered the Party organisation's decision on {who} as {post}"),
    "publicised": ("对{who}拟任{post}进行公示", "publicised {who} as candidate for {post}"),
    "publicity_ended": ("登记{who}任{post}公示结束", "recorded the end of publicity for {who} as {post}"),
    "elected": ("登记：{who}当选{post}{by}", "recorded that {who} was elected {post}{by}"),
    "approved": ("批准{who}任{post}", "approved {who} as {post}"),
    "rejected": ("未批准{who}任{post}", "rejected {who} as {post}"),
    "withdrawn": ("撤回{who}任{post}的提名", "withdrew {who} as {post}"),
    "started": ("{mode}{who}为{post}", "put {who} in office as {post} ({mode})"),
    "elected_started": ("登记：{who}当选{post}{by}并任职", "recorded that {who} was elected {post}{by} and took office"),
    "took_effect": ("{who}任{post}生效", "{who}'s post as {post} took effect"),
    "cancelled": ("取消{who}任{post}", "called off {who} as {post}"),
    "suspended": ("暂停{who}的{post}职务", "suspended {who} as {post}"),
    "resumed": ("恢复{who}的{post}职务", "reinstated {who} as {post}"),
    "departed": ("登记：{who}的{post}职务终止（{why}）", "recorded that {who}'s post as {post} ended ({why})"),
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
BODIES = {"congress": ("大会{mode}", "by the congress"), "executive_committee": ("执委会{mode}", "by the executive committee")}
WORDS = {"role": ROLES, "end_reason": REASONS, "engagement": ENGAGEMENTS, "mode": MODES, "status": STATUSES}


def sentence(row: Mapping[str, Any], names: Mapping[str, str], papers: Sequence[str], actor: str, on_behalf_of: str | None) -> dict[str, str]:
    """`row` of the audit; `names`: id as text -> name, of organisations and people."""
    return {"zh-CN": _chinese(row, names, papers, actor, on_behalf_of), "en": _english(row, names, papers, actor, on_behalf_of)}


def _act(row: Mapping[str, Any]) -> str:
    """Who was elected was so by a body, and only registered here; who died was not relieved."""
    after, kind = row["after"], str(row["kind"])
    if kind == "started" and after["mode"] in ELECTED:
        return "elected_started"
    return "departed" if kind == "ended" and after.get("end_reason") in DEPARTURES else kind


def _parts(row: Mapping[str, Any], names: Mapping[str, str], language: int) -> dict[str, str]:
    who, where = (names.get(str(row[k])) or str(row[k])[:8] for k in ("person", "organisation"))
    after = row["after"]
    role = ROLES[after["role"]][language]
    unknown = ("原因未填", "no reason given")[language]
    mode = MODES[after["mode"]][language]
    by = BODIES[row["elected_by"]][language].format(mode=mode) if row.get("elected_by") else ""
    return {
        "who": who,
        "post": f"{where}{role}" if language == 0 else f"{role} of {where}",
        "mode": mode,
        "by": (f"（{by}）", f" ({by})")[language] if by else "",
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


def by_whom(actor: str, lender: str | None) -> tuple[str, str]:
    """Who did it: for another, or, as the system, because of what another did."""
    english = ENGLISH.get(actor, actor)
    if not lender or (lender == actor == SYSTEM[0]):
        return actor, english
    if actor == SYSTEM[0]:
        return f"系统随{lender}的办理", f"{english}, following what {lender} did,"
    return f"{actor}（受{lender}委托）", f"{english}, acting for {lender},"


def _chinese(row: Mapping[str, Any], names: Mapping[str, str], papers: Sequence[str], actor: str, lender: str | None) -> str:
    by = by_whom(actor, lender)[0]
    act = ACTS[_act(row)][0].format(**_parts(row, names, 0))
    paper = f"凭{'、'.join(papers)}" if papers else ""
    flags = [FLAGS[f][0] for f in flags_of(row)]
    marks = f"［{'、'.join(flags)}］" if flags else ""
    reason = f"，理由：{_reason(row, 0)}" if row["reason"] else ""
    return f"{in_chinese(row['recorded_on'])}，{by}{paper}{act}，自{in_chinese(row['effective'])}起{reason}。{marks}"


def _english(row: Mapping[str, Any], names: Mapping[str, str], papers: Sequence[str], actor: str, lender: str | None) -> str:
    by = by_whom(actor, lender)[1]
    act = ACTS[_act(row)][1].format(**_parts(row, names, 1))
    on = f" on {', '.join(papers)}" if papers else ""
    flags = [FLAGS[f][1] for f in flags_of(row)]
    reason = f"; reason: {_reason(row, 1)}" if row["reason"] else ""
    said = f"{act}" if row["kind"] in ("took_effect", "lapsed") else f"{by} {act}{on}"
    return f"{row['recorded_on']}: {said}, effective {row['effective']}{reason}." + (f" [{', '.join(flags)}]" if flags else "")


def _reason(row: Mapping[str, Any], language: int) -> str:
    """What was called off with a whole team says why by the code of it."""
    said: str = row["reason"]
    return REASONS.get(said, (said, said))[language]


def printed(told: Named) -> Named:
    """What tells the same rows for a file: their sentence in Chinese."""
    return lambda asked, rows: [row | {"sentence": row["sentence"]["zh-CN"]} for row in told(asked, rows)]


def flags_of(row: Mapping[str, Any]) -> list[str]:
    """What the audit marks a change with: keys of FLAGS."""
    return [flag for flag in FLAGS if row.get(flag)]


def called(paper: Mapping[str, Any]) -> str:
    """By its number, or else its title."""
    return paper.get("number") or f"《{paper['title']}》"


PROFILE_ACTS = {
    "registered": ("登记{who}的档案", "registered {who}"),
    "profile_changed": ("变更{who}的档案", "changed the record of {who}"),
    "profile_corrected": ("更正{who}的档案", "corrected the record of {who}"),
    "merged": ("将{who}的重复档案并入另一份", "merged a second record of {who} into the one kept"),
    "certificate_issued": ("向{who}颁发当选证书", "issued a certificate to {who}"),
    "departed": ("登记{who}{why}，其各处职务同时终止", "recorded of {who}: {why}; her posts all end"),
    "departure_withdrawn": ("撤销{who}去世、调离本省或开除的登记，恢复其职务", "withdrew the departure of {who}, whose posts come back"),
    "returned": ("登记{who}可以重新任职", "recorded that {who} may hold posts again"),
    "sealed_opened": ("查看{who}的身份证号、电话等密封内容", "opened sealed values of {who}"),
}
PROFILE_FIELDS = {
    "person_name": ("姓名", "name"),
    "sex": ("性别", "sex"),
    "ethnicity": ("民族", "ethnicity"),
    "born_on": ("出生年月", "date of birth"),
    "political": ("政治面貌", "political status"),
    "degree": ("文化程度", "education"),
    "staffing": ("编制", "staffing"),
    "employer_and_post": ("工作单位及职务", "employer and post"),
    "population": ("人员类别", "population"),
    "in_two_committees": ("进“两委”", "in the two committees"),
    "in_party_branch_committee": ("进村（社区）党组织班子", "in the Party branch committee"),
    "in_villagers_committee": ("进村（居）委会班子", "in the villagers' committee"),
    "holds_both_posts": ("书记主任一肩挑", "head of both committees"),
}


def profile_sentence(row: Mapping[str, Any], who: str) -> dict[str, str]:
    """`row`: kind, actor_name, on_behalf_of_name, recorded, effective, reason, why, documents, changed {field: [was, is]}."""
    day, kind = row["recorded"].astimezone(SHANGHAI).date(), row["kind"]
    gone = REASONS.get(row["why"] or "", ("", "")) if kind == "departed" else ("", "")
    zh, en = (text.format(who=who, why=gone[n]) for n, text in enumerate(PROFILE_ACTS[kind]))
    fields = [PROFILE_FIELDS[k] for k in row["changed"] if k in PROFILE_FIELDS] if kind in ("profile_changed", "profile_corrected") else []
    lender, reason = row["on_behalf_of_name"], row["reason"] or (row["why"] if kind != "departed" else None)
    paper = "、".join(map(called, row["documents"]))
    by, by_en = by_whom(row["actor_name"], lender)
    what = f"：{'、'.join(z for z, _ in fields)}" if fields else ""
    since = f"，自{in_chinese(date.fromisoformat(row['effective']))}起" if row["effective"] else ""
    english = f"{day}: {by_en} {en}" + (f" ({', '.join(e for _, e in fields)})" if fields else "")
    return {
        "zh-CN": f"{in_chinese(day)}，{by}{f'凭{paper}' if paper else ''}{zh}{what}{since}{f'，理由：{reason}' if reason else ''}。",
        "en": f"{english}{f', effective {since_}' if (since_ := row['effective']) else ''}{f'; reason: {reason}' if reason else ''}.",
    }
