"""One plain sentence for each fact that is no change of an appointment (谁在何时凭何文件办了什么), in Chinese and in English."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.org import events as org
from services.projection.api.accounts import accounts_of
from services.projection.api.asking import Asked
from services.projection.api.audit import cited, papers_of
from services.projection.api.sentence import by_whom, called, profile_sentence
from services.projection.api.words import FILED_WITH, GRANTED, ROLES
from services.projection.views.records import ABOUT
from shared.calendar import SHANGHAI, in_chinese
from shared.es import Event
from shared.kept import KEPT, by_stream, restored
from shared.tables import among, events

__all__ = ["PROFILES", "changed", "told"]

PROFILES = {
    "cadre.CadreRegistered": "registered",
    "cadre.CadreProfileChanged": "profile_changed",
    "cadre.CadreProfileCorrected": "profile_corrected",
    "cadre.CadresMerged": "merged",
    "cadre.CertificateIssued": "certificate_issued",
    "cadre.SealedRecordOpened": "sealed_opened",
    "cadre.CadreDeparted": "departed",
    "cadre.CadreDepartureWithdrawn": "departure_withdrawn",
    "cadre.CadreReturned": "returned",
}
# {where}: whose business it is, {who}: a person, {name}: of what the record is about (a unit, a paper, a file); else what the fact says
ACTS = {
    "cadre.SecondmentStarted": ("派{who}到{to_organisation}挂职（{duty}）", "seconded {who} to {to_organisation} ({duty})"),
    "cadre.SecondmentExtended": ("将{who}的挂职延长至{until}", "extended the secondment of {who} to {until}"),
    "cadre.SecondmentEnded": ("结束{who}的挂职", "ended the secondment of {who}"),
    "cadre.SecondmentEndWithdrawn": ("撤销{who}挂职的结束", "withdrew the end of the secondment of {who}"),
    "org.OrganisationProposed": ("提出设立{where}", "proposed {where}"),
    "org.OrganisationProposalWithdrawn": ("撤回设立{where}的提议", "withdrew the proposal of {where}"),
    "org.OrganisationEstablished": ("批准设立{where}", "established {where}"),
    "org.OrganisationDetailsChanged": ("变更{where}的{fields}", "changed of {where}: {fields}"),
    "org.OrganisationMoved": ("将{where}改由{parent}领导", "moved {where} under {parent}"),
    "org.DivisionAssigned": ("为{where}登记区划代码{code}（{division_name}）", "gave {where} the division code {code} ({division_name})"),
    "org.DivisionReleased": ("注销{where}的区划代码{code}", "released the division code {code} of {where}"),
    "org.CreditCodeAssigned": ("登记{where}的统一社会信用代码：{code}", "recorded the credit code of {where}: {code}"),
    "org.OrganisationsMerged": ("将{where}并入{into}", "merged {where} into {into}"),
    "org.OrganisationUnitAdded": ("扩大{where}的覆盖单位", "let {where} cover one more unit"),
    "org.OrganisationUnitReleased": ("登记{where}不再覆盖一个单位", "recorded that {where} covers a unit no longer"),
    "org.OrganisationAbsorbed": ("将{absorbed}并入{where}", "let {where} absorb {absorbed}"),
    "org.OrganisationSplitOff": ("由{out_of}分设{where}", "split {where} off {out_of}"),
    "org.OrganisationConverted": ("将{where}改建为{into}", "converted {where} into {into}"),
    "org.OrganisationDissolved": ("撤销{where}", "dissolved {where}"),
    "org.OrganisationCorrected": ("更正{where}的一条记录：{outcome}", "corrected a record of {where}: {outcome}"),
    "org.OrganisationVoided": ("作废{where}的登记", "voided {where}"),
    "org.SeatsDefined": ("核定{where}的职数：{seats}", "set the seats of {where}: {seats}"),
    "org.SeatAbolished": ("取消{where}的一个职位", "abolished a seat of {where}"),
    "org.EligibleUnitListed": ("在{where}登记应建单位{name}", "listed the unit {name} in {where}"),
    "org.EligibleUnitQualified": ("登记应建单位{name}具备条件", "recorded that the unit {name} qualifies"),
    "org.EligibleUnitDetailsChanged": ("变更应建单位{name}的{fields}", "changed of the unit {name}: {fields}"),
    "org.EligibleUnitExempted": ("将{name}登记为不设妇联", "exempted the unit {name}"),
    "org.EligibleUnitOrganised": ("登记{organisation}覆盖{name}", "recorded that {organisation} covers {name}"),
    "org.EligibleUnitUncovered": ("登记{organisation}不再覆盖{name}", "recorded that {organisation} covers {name} no longer"),
    "org.EligibleUnitClosed": ("登记应建单位{name}已撤并", "closed the unit {name}"),
    "org.EligibleUnitCorrected": ("更正应建单位{name}的一条记录：{outcome}", "corrected a record of the unit {name}: {outcome}"),
    "org.EligibleUnitsMerged": ("将应建单位{name}并入另一单位", "merged the unit {name} into another"),
    "org.TermStarted": ("开始{where}第{name}届任期（{term_months}个月）", "started term {name} of {where} ({term_months} months)"),
    "org.TermExtensionRequested": ("申请将{where}第{name}届延期至{new_ends_on}", "asked to extend term {name} of {where} to {new_ends_on}"),
    "org.TermExtended": ("批准将{where}第{name}届延期至{new_ends_on}", "extended term {name} of {where} to {new_ends_on}"),
    "org.TermExtensionRefused": ("未批准{where}第{name}届延期换届", "refused to extend term {name} of {where}"),
    "org.TermFiled": ("将{where}第{name}届换届结果报{filed_with}备案", "filed the renewal of {where} to term {name} with {filed_with}"),
    "org.TermEnded": ("结束{where}第{name}届任期", "ended term {name} of {where}"),
    "org.TermResumed": ("恢复{where}第{name}届任期", "resumed term {name} of {where}"),
    "org.TermCorrected": ("更正{where}第{name}届任期的一条记录：{outcome}", "corrected a record of term {name} of {where}: {outcome}"),
    "org.TermVoided": ("作废{where}第{name}届任期", "voided term {name} of {where}"),
    "org.ReelectionPlanned": ("登记{where}的换届计划", "planned the re-election of {where}"),
    "org.ReelectionRequested": ("登记{where}的换届请示", "requested the re-election of {where}"),
    "org.ReelectionPermitted": ("批复同意{where}换届", "permitted the re-election of {where}"),
    "org.ReelectionRefused": ("未批准{where}换届", "refused the re-election of {where}"),
    "org.CongressHeld": (
        "登记{where}的换届选举会议：应到{entitled}、实到{present}、收回{returned}票、有效{valid}票",
        "recorded the congress of {where}: {present} of {entitled} present, {returned} papers returned, {valid} valid",
    ),
    "org.ElectionResultReported": ("上报{where}的选举结果：候选人{candidates}人次", "reported the result of {where}: candidacies: {candidates}"),
    "org.ElectionResultReturned": ("退回{where}的选举结果", "returned the result of {where}"),
    "org.ElectionResultApproved": ("批复{where}的选举结果：当选{winners}人次", "approved the result of {where}: {winners} elected"),
    "org.ResultFiled": ("将{where}的选举结果报{filed_with}备案", "filed the result of {where} with {filed_with}"),
    "org.ReelectionClosed": ("办结{where}的换届", "closed the re-election of {where}"),
    "org.ReelectionCancelled": ("取消{where}的换届", "cancelled the re-election of {where}"),
    "org.VacancyOpened": ("登记{where}的空缺", "opened a vacancy of {where}"),
    "org.VacancyNominated": ("为{where}的空缺提名{who}", "nominated {who} for a vacancy of {where}"),
    "org.VacancyPartyReviewed": ("登记党组织对{where}补缺人选的意见", "entered the Party organisation's decision on a vacancy of {where}"),
    "org.VacancyApproved": ("批准{where}的补缺人选", "approved who fills a vacancy of {where}"),
    "org.VacancyFilled": ("登记{where}的空缺已补", "filled a vacancy of {where}"),
    "org.VacancySeatAbolished": ("因职位取消结束{where}的空缺", "ended a vacancy of {where} with its seat"),
    "org.VacancyCorrected": ("随任免的更正订正{where}的空缺：{outcome}", "corrected a vacancy of {where} with the posts behind it: {outcome}"),
    "org.DocumentRegistered": ("登记公文《{name}》", "registered the paper “{name}”"),
    "org.DocumentFileAttached": ("上传公文附件“{name}”", "attached the file “{name}” to a paper"),
    "org.ImportStarted": ("提交{where}的导入文件“{name}”（{rows}行）", "submitted the import “{name}” of {where} ({rows} rows)"),
    "org.ImportCommitted": ("完成导入“{name}”：写入{applied}行，未写入{refused}行", "took in “{name}”: {applied} rows, {refused} left out"),
    "org.ImportRevoked": ("撤销导入“{name}”（{rows}行）", "took back the import “{name}” ({rows} rows)"),
    "org.GrantGiven": ("授予{name}{where}的{role}角色", "gave {name} the role {role} at {where}"),
    "org.GrantEnded": ("收回{name}在{where}的{role}角色", "took the role {role} at {where} from {name}"),
    "org.GrantEndCorrected": (
        "随任职的更正订正{name}在{where}的{role}角色的终止：{outcome}",
        "corrected the end of the role {role} at {where} for {name} with its post: {outcome}",
    ),
    "org.DelegationGranted": ("委托{name}代行{where}的{role}权限至{until}", "let {name} act as {role} at {where} until {until}"),
    "org.DelegationEnded": ("结束{name}在{where}的委托", "ended the delegation to {name} at {where}"),
    "org.RuleSet": ("设定{where}的规则{rule}为{value}（{source}）", "set the rule {rule} of {where} to {value} ({source})"),
}
ACTS |= {name.replace("org.", "cadre."): act for name, act in ACTS.items() if name.startswith("org.Import")}
NAMES = ("unit_name", "term_no", "title", "filename", "account_name", "to_account")  # what a record itself is called
PLACES = ("parent", "into", "absorbed", "out_of", "organisation", "to_organisation")
FIELDS = {
    "full_name": ("名称", "name"),
    "short_name": ("简称", "short name"),
    "area_kind": ("城乡类别", "kind of area"),
    "field": ("领域", "field"),
    "formation_mode": ("组建方式", "form"),
    "unit_name": ("名称", "name"),
    "level": ("层级", "level"),
    "area": ("所在地区", "area"),
    "affiliation": ("隶属", "affiliation"),
    "rank": ("级别", "rank"),
    "women": ("女职工数", "women"),
}


RIGHT = {
    "full_name": ("全称", "full name"),
    "short_name": ("简称", "short name"),
    "area_kind": ("城乡类别", "kind of area"),
    "field": ("领域", "field"),
    "formation_mode": ("组建方式", "form"),
    "established_on": ("成立日期", "founding day"),
    "effective": ("生效日期", "day"),
    "code": ("代码", "code"),
    "division_name": ("区划名称", "division"),
    "starts_on": ("开始日期", "start"),
    "term_months": ("任期月数", "length in months"),
    "new_ends_on": ("延期届满日", "extended end"),
    "ended_on": ("结束日期", "end"),
}


def told(asked: Asked, rows: list[dict[str, Any]], region: str) -> list[dict[str, Any]]:
    """Rows of the view with names of accounts, organisations and people, papers, what changed of a profile, and the sentence."""
    histories = _histories(asked, region, {row["stream"] for row in rows})
    people = asked.people({row["person"] for row in rows if row["person"]})
    lent = {str(e.data["to_account"]) for history in histories.values() for e in history if e.data.get("to_account")}
    accounts = accounts_of(asked, {a for row in rows for a in (row["actor"], row["on_behalf_of"]) if a} | lent)
    papers = papers_of(asked, {UUID(d) for row in rows for d in row["documents"] or ()})
    for row in rows:
        history = [e for e in histories[row["stream"]] if e.version <= row["number"]]
        e = history[-1]
        row |= {
            "actor_name": accounts.get(row["actor"], row["actor"]),
            "on_behalf_of_name": accounts.get(row["on_behalf_of"], row["on_behalf_of"]),
            "person_name": people.get(row["person"]) or _last(history, ("person_name",), "profile"),
            "organisation_name": asked.called(row["organisation"]) or _last(history, ("full_name",)),
            "documents": cited(papers, row["documents"] or ()),
            "reason": e.meta.reason,
            "why": e.data.get("why"),
            "changed": dict(changed(history))[e.id] if row["about"] in ("person", "sealed") else {},
        }
        row["sentence"] = _sentence(asked, row, history, accounts)
    return rows


def changed(history: Iterable[Event]) -> Iterator[tuple[UUID, dict[str, list[Any]]]]:
    """Of each fact of a person: what of her profile it made another, as [was, is]."""
    seen: dict[str, Any] = {}
    for e in history:
        said = {k: v for k, v in (e.data.get("profile") or {}).items() if v is not None}
        yield e.id, {k: [seen.get(k), v] for k, v in said.items() if seen.get(k) != v}
        seen |= said


def _histories(asked: Asked, region: str, streams: set[UUID]) -> dict[UUID, list[Event]]:
    """Of each record, the facts the audit tells: not the rows of an import, which are many and long."""
    mine = (events.c.region == region, among(asked.c, events.c.stream, list(streams)), events.c.name.in_(ABOUT))
    return by_stream(map(restored, asked.c.execute(select(*KEPT).where(*mine).order_by(events.c.stream, events.c.version))))


def _last(history: Sequence[Event], keys: Sequence[str], within: str | None = None) -> Any:
    """What was said last under one of the keys."""
    found = ((e.data.get(within) or {}) if within else e.data for e in reversed(history))
    return next((said[key] for said in found for key in keys if said.get(key)), None)


def _sentence(asked: Asked, row: Mapping[str, Any], history: Sequence[Event], accounts: Mapping[str, str]) -> dict[str, str]:
    e = history[-1]
    if e.name in PROFILES:
        effective = row["effective"] and row["effective"].isoformat()
        return profile_sentence({**row, "kind": PROFILES[e.name], "effective": effective}, row["person_name"] or "")
    by, by_en = by_whom(row["actor_name"], row["on_behalf_of_name"])
    day, why = row["recorded"].astimezone(SHANGHAI).date(), row["reason"] or row["why"]
    zh, en = (act.format_map(_words(asked, row, history, accounts, n)) for n, act in enumerate(ACTS[e.name]))
    paper = "、".join(called(p) for p in row["documents"] if str(row["stream"]) != p["id"])
    return {
        "zh-CN": f"{in_chinese(day)}，{by}{f'凭{paper}' if paper else ''}{zh}{f'，理由：{why}' if why else ''}。",
        "en": f"{day}: {by_en} {en}{f' on {paper}' if paper else ''}{f'; reason: {why}' if why else ''}.",
    }


def _words(asked: Asked, row: Mapping[str, Any], history: Sequence[Event], accounts: Mapping[str, str], language: int) -> dict[str, Any]:
    """What the act of a sentence may speak of."""
    data, whole = history[-1].data, ("全省", "the province")[language]
    name = _last(history, NAMES) or ""
    places = {k: asked.called(UUID(data[k])) or "—" for k in PLACES if data.get(k)}
    filed = data.get("filed_with") or ""
    roles = _last(history, ("roles",)) or [r for r in [_last(history, ("role",))] if r]
    return {
        **data,
        **places,
        "where": row["organisation_name"] or whole,
        "who": row["person_name"] or "—",
        "name": accounts.get(name, name) if isinstance(name, str) else name,
        "role": "、".join(GRANTED.get(r, (r, r))[language] for r in roles),
        "fields": "、".join(FIELDS[k][language] for k in FIELDS if data.get(k) is not None),
        "seats": _seats(data.get("seats") or (), language),
        "filed_with": FILED_WITH.get(filed, "") if language == 0 else filed.replace("_", " "),
        "outcome": _outcome(history[-1], language),
        "code": data.get("code") or ("（停用）", "none any more")[language],
        **{k: len(data[k]) for k in ("candidates", "winners") if k in data},
    }


def _outcome(e: Event, language: int) -> str:
    """What a correction that followed from another makes of it."""
    match e.fact:
        case org.EligibleUnitCorrected(void=True) | org.OrganisationCorrected(void=True) | org.TermCorrected(void=True):
            return ("作废", "void")[language]
        case org.EligibleUnitCorrected() as f:
            fields = "、".join(FIELDS[k][language] for k in FIELDS if e.data.get(k) is not None)
            return "；".join(filter(None, ((f"日期应为{f.on}", f"its day is {f.on}")[language] if f.on else "", fields)))
        case org.OrganisationCorrected() | org.TermCorrected():
            said = ((*RIGHT[k], e.data[k]) for k in RIGHT if e.data.get(k) is not None)
            return ("；", "; ")[language].join((f"{zh}应为{value}", f"its {en} is {value}")[language] for zh, en, value in said)
        case org.VacancyCorrected(void=True):
            return ("没有空缺", "there was none")[language]
        case org.VacancyCorrected() as f:
            over = ((f.filled_on, "补齐", "filled"), (f.abolished_on, "随职位撤销", "ended with the seat"))
            ends = ((f"，{day}{zh}", f", {en} {day}")[language] for day, zh, en in over if day)
            return (f"自{f.since}", f"since {f.since}")[language] + next(ends, ("，未补", ", open")[language])
        case org.GrantEndCorrected(effective=day):
            return (f"自{day}", f"on {day}")[language] if day else ("未终止", "it has not ended")[language]
    return ""


def _seats(seats: Sequence[Mapping[str, Any]], language: int) -> str:
    held = Counter[str]()
    for seat in seats:
        held[seat["role"]] += seat["capacity"]
    comma, gap = (("、", ""), (", ", " "))[language]
    return comma.join(f"{ROLES[role][language]}{gap}{n}" for role, n in held.items())
