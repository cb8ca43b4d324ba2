"""The words of tables and sentences, Chinese and English, and the order of office."""

from __future__ import annotations

from shared.words import (
    ABOUT,
    APPOINTMENTS,
    CHANGES,
    DEGREES,
    ENGAGEMENTS,
    GRANTED,
    MODES,
    POLITICAL,
    POPULATIONS,
    REASONS,
    ROLES,
    SECONDMENTS,
    SEXES,
    STAFFING,
)

__all__ = [
    "ABOUT",
    "AFFILIATIONS",
    "CHANGES",
    "DEGREES",
    "DOCUMENTS",
    "ENGAGEMENTS",
    "FIELDS",
    "FILED_WITH",
    "FORMS",
    "GRANTED",
    "LEVELS",
    "MODES",
    "OFFICES",
    "ORG_TYPES",
    "POLITICAL",
    "POPULATIONS",
    "REASONS",
    "ROLES",
    "SEALED",
    "SEXES",
    "STAFFING",
    "STATES",
]

OFFICES = {role: i for i, role in enumerate(ROLES)}
SEALED = {"id_number": "身份证号", "phone": "联系电话"}
LEVELS = {"province": "省", "city": "市", "county": "县（市、区）", "township": "乡镇（街道）", "village": "村（社区）"}
ORG_TYPES = {
    "federation": "妇女联合会",
    "organ_committee": "机关妇委会",
    "working_committee": "妇工委",
    "women_group": "妇女小组",
    "micro_home": "妇女微家",
    "women_congress_org": "妇代会",
    "group_member": "团体会员",
}
FIELDS = {
    "area": "区划",
    "organ": "机关",
    "institution": "事业单位",
    "enterprise": "企业",
    "school": "学校",
    "new_economic": "新经济组织",
    "new_social": "新社会组织",
    "new_employment_group": "新就业群体",
    "other": "其他",
}
AFFILIATIONS = {"local": "属地", "stationed": "驻地", "vertical": "垂管"}
FORMS = {"congress": "代表大会", "general_meeting": "全体会议", "executive_plenary": "执委会全体会议"}
FILED_WITH = {"party_org_department": "党委组织部", "superior_federation": "上级妇联"}
DOCUMENTS = {
    "request": "请示",
    "approval": "批复",
    "appointment": "任免文件",
    "minutes": "会议纪要",
    "election_result": "选举结果报告",
    "filing_form": "备案表",
    "letter": "函",
    "regulation": "选举办法等制度",
    "other": "其他",
}
STATES = {
    "organisation": {"proposed": "拟设", "active": "在用", "merged": "已合并", "converted": "已改建", "dissolved": "已撤销", "withdrawn": "已撤回"},
    "unit": {"organised": "已建", "unorganised": "未建", "listed": "未确认", "exempt": "不设妇联", "closed": "已撤并"},
    "seat": {"filled": "已配齐", "vacant": "有空缺"},
    "term": {"running": "任期中", "due": "半年内届满", "overdue": "届满待换届", "ended": "已结束"},
    "secondment": {k: zh for k, (zh, _) in SECONDMENTS.items()},
    "vacancy": {"open": "空缺", "overdue": "超过90天", "long": "超过180天", "closed": "已补"},
    "reelection": {
        "planned": "计划",
        "requested": "已请示",
        "permitted": "已批准换届",
        "refused": "未获批准",
        "held": "已开会选举",
        "reported": "结果已上报",
        "approved": "结果已批复",
        "filed": "已备案",
        "closed": "已办结",
        "cancelled": "已取消",
    },
    "appointment": {state: zh for state, (zh, _) in APPOINTMENTS.items()},
}
