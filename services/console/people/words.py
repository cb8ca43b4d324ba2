"""What the codes of people, appointments, audit and import are called: (Chinese, English) by kind; a part of `labels`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.console.query import address
from services.console.words import N_
from shared.words import (
    AGES,
    APPOINTMENTS,
    CHANGES,
    DEGREES,
    DEPARTURES,
    FLAGS,
    HOLDING,
    MISSING,
    MODES,
    POLITICAL,
    POPULATIONS,
    REASONS,
    ROSTER_TERMS,
    SEXES,
    STAFFING,
    STEPS,
)

__all__ = ["WARNINGS", "WORDS", "telling", "warned"]

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "mode": MODES,
    "change": CHANGES,
    "post_status": {
        **CHANGES,
        "in_office": APPOINTMENTS["active"],
        "ahead": APPOINTMENTS["started"],
        "suspended": APPOINTMENTS["suspended"],
        "ended": APPOINTMENTS["ended"],
        "voided": ("作废", "void"),
    },
    "record": {
        "registered": ("登记", "registered"),
        "profile_changed": ("档案变更", "profile changed"),
        "profile_corrected": ("档案更正", "profile corrected"),
        "merged": ("并档", "merged"),
        "certificate_issued": ("颁发证书", "certificate issued"),
        "sealed_opened": ("查看封存信息", "sealed values opened"),
        "departed": ("登记去世、调离或开除", "death, departure or expulsion"),
        "departure_withdrawn": ("撤销离开的登记", "departure withdrawn"),
        "returned": ("登记重新任职", "may hold posts again"),
        **CHANGES,
    },
    "end_reason": REASONS,
    "relief_reason": {k: v for k, v in REASONS.items() if k not in DEPARTURES},  # of one post
    "departure": {k: REASONS[k] for k in DEPARTURES},
    "departed": {**{k: REASONS[k] for k in DEPARTURES}, "none": ("没有登记去世、调离本省或开除", "no death, departure or expulsion")},
    "becomes": {"ended": ("终止", "ends"), "void": ("还没有开始，作废", "not begun yet: void"), "withdrawn": ("撤回拟任", "withdrawn")},
    "step": STEPS,
    "void": {"no": ("内容有误，改为下列内容", "it was so, but said wrong"), "yes": ("没有这回事，整条作废", "it never was so")},
    "yes_no": {"yes": ("是", "yes"), "no": ("否", "no")},
    "sex": SEXES,
    "political": POLITICAL,
    "degree": DEGREES,
    "staffing": STAFFING,
    "population": POPULATIONS,
    "precision": {"day": ("年月日", "to the day"), "month": ("只知年月", "to the month"), "year": ("只知年份", "to the year")},
    "age": AGES,
    "roster_term": ROSTER_TERMS,
    "holding": HOLDING,
    "missing": MISSING,
    "flag": FLAGS,
    "export_state": {
        "waiting": ("排队中", "waiting"),
        "running": ("正在生成", "being made"),
        "ready": ("可以下载", "ready"),
        "failed": ("未完成", "failed"),
    },
    "yes_or_no": {"true": ("有", "yes"), "false": ("无", "no")},
    "decision": {"agreed": ("同意", "agreed"), "refused": ("不同意", "not agreed")},
    "elected_by": {"executive_committee": ("执委会通过", "executive committee"), "congress": ("大会选举", "congress")},
    "profile": {
        "person_name": ("姓名", "name"),
        "sex": ("性别", "sex"),
        "ethnicity": ("民族", "ethnicity"),
        "born_on": ("出生年月", "date of birth"),
        "born_precision": ("出生日期精确到", "precision of the birth date"),
        "political": ("政治面貌", "political status"),
        "degree": ("文化程度", "degree"),
        "staffing": ("编制", "staffing"),
        "employer_and_post": ("工作单位及职务", "employer and post"),
        "population": ("人员类别", "population"),
        "in_two_committees": ("是否进村（社区）“两委”", "in the two committees"),
        "in_party_branch_committee": ("是否村（社区）党组织委员", "in the Party branch committee"),
        "in_villagers_committee": ("是否村（居）委会委员", "in the villagers' committee"),
        "holds_both_posts": ("是否一肩挑", "head of both committees"),
        "home": ("档案所在组织", "organisation that keeps the record"),
        "merged_into": ("并入档案", "merged into"),
        "id_number": ("居民身份证号", "ID number"),
        "phone": ("联系电话", "phone"),
    },
    "post": {
        "person": ("人员", "person"),
        "organisation": ("组织", "organisation"),
        "seat": ("职位", "seat"),
        "role": ("妇联职务", "office"),
        "engagement": ("专/挂/兼", "engagement"),
        "mode": ("任职方式", "mode"),
        "status": ("状态", "status"),
        "starts_on": ("任职日期", "start"),
        "ends_on": ("离任日期", "end"),
        "end_reason": ("离任原因", "reason for the end"),
    },
    "import_kind": {
        "roster": ("换届名册（整批审批）", "roster of a re-election"),
        "opening": ("期初建账（首次录入）", "first load"),
        "profiles": ("人员档案更新", "profiles"),
        "organisations": ("组织名册", "organisations"),
        "units": ("应建单位名单", "eligible units"),
    },
    "import_state": {
        "checking": ("正在核对", "checking"),
        "checked": ("已核对，待提交", "checked, to be committed"),
        "committing": ("正在写入", "writing"),
        "committed": ("已完成", "done"),
        "failed": ("未完成", "failed"),
        "revoking": ("正在撤销", "revoking"),
        "revoked": ("已撤销", "revoked"),
    },
    "verdict": {
        "add": ("新增", "new"),
        "change": ("变更", "changed"),
        "same": ("无变化", "unchanged"),
        "warn": ("有提醒", "warning"),
        "error": ("有错误", "error"),
    },
    "only": {"all": ("全部正确才写入", "all or nothing"), "good": ("只写入正确的行", "good rows only")},
}

WARNINGS = {  # what a service only warned of, as it is shown once after the act
    "id_number_missing": N_("未填身份证号，请尽快补录。"),
    "age_unusual": N_("按出生年月年龄不足 16 或超过 110，请核对。"),
    "same_name_and_birth": N_("已有同名同出生日期的档案，请核对是否同一人。"),
    "seat_taken": N_("该职位目前满员，任职生效前须先免去原任。"),
    "no_term": N_("该组织没有正在进行的届次。"),
    "term_overdue": N_("该届任期已满，尚未换届。"),
    "term_ended": N_("本届已结束，任职超出届期。"),
    "too_many_posts": N_("此人在三个以上组织任职，兼职过多。"),
    "not_an_executive": N_("主席、副主席、常委应为本会执委，请另行办理执委任职。"),
    "township_chair_full_time": N_("乡镇妇联主席应为专职。"),
    "township_chair_one_post": N_("乡镇妇联主席应一人一岗。"),
    "objections": N_("公示期间有异议，请先核实。"),
    "document_missing": N_("缺批复：没有引用公文，审计中会显示“缺批复”，请补传任免文件。"),
    "seat_over_plan": N_("该职位超职数。"),
}


def telling(path: str, done: Mapping[str, Any], act: str) -> str:
    """The address of the page after an act, which says what was done; what the service warned of goes along, by its codes."""
    return address(path, {"done": act, "said": ".".join(w["code"] for w in done.get("warnings", ()))})


def warned(said: str) -> list[str]:
    """The sentences of codes that came by an address."""
    return [WARNINGS[code] for code in said.split(".") if code in WARNINGS]
