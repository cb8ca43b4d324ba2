"""The words of tables and sentences, Chinese and English, and the order of office."""

from __future__ import annotations

__all__ = [
    "AFFILIATIONS",
    "CHANGES",
    "DEGREES",
    "DOCUMENTS",
    "ENGAGEMENTS",
    "FIELDS",
    "FILED_WITH",
    "FORMS",
    "LEVELS",
    "MODES",
    "OFFICES",
    "ORG_TYPES",
    "POLITICAL",
    "POPULATIONS",
    "REASONS",
    "ROLES",
    "SEXES",
    "STAFFING",
    "STATES",
]

ROLES = {
    "chair": ("主席", "chair"),
    "director": ("主任", "director"),
    "vice_chair": ("副主席", "vice-chair"),
    "deputy_director": ("副主任", "deputy director"),
    "standing_member": ("常委", "standing member"),
    "executive_member": ("执委", "executive member"),
    "member": ("委员", "member"),
    "staff": ("工作人员", "staff member"),
}
OFFICES = {role: i for i, role in enumerate(ROLES)}
ENGAGEMENTS = {"full_time": ("专职", "full-time"), "part_time": ("兼职", "part-time"), "seconded": ("挂职", "seconded")}
MODES = {
    "elected": ("选举", "elected"),
    "appointed": ("任命", "appointed"),
    "substitution": ("替补", "by substitution"),
    "co_option": ("增补", "co-opted"),
    "additional_election": ("增选", "by additional election"),
    "by_election": ("补选", "by by-election"),
    "concurrent": ("兼任", "concurrently"),
    "seconded": ("挂职", "on secondment"),
    "acting": ("主持工作", "acting"),
}
REASONS = {
    "term_expired": ("任期届满", "term expired"),
    "transferred": ("调离", "transferred"),
    "resigned": ("辞职", "resigned"),
    "retired": ("退休", "retired"),
    "removed": ("罢免", "removed"),
    "relieved_on_transfer": ("卸免", "relieved on transfer"),
    "seat_abolished": ("职位取消", "seat abolished"),
    "died": ("去世", "died"),
    "reelected_elsewhere": ("当选其他职务", "elected elsewhere"),
}
SEXES = {"female": "女", "male": "男"}
POLITICAL = {"cpc": "中共党员", "cyl": "共青团员", "democratic_party": "民主党派", "masses": "群众"}
DEGREES = {"postgraduate": "研究生", "bachelor": "本科", "associate": "大专", "secondary": "中专", "junior_or_below": "初中及以下"}
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
POPULATIONS = {"federation_cadre": "妇联干部", "system_worker": "系统工作者", "lay": "非公职人员"}
STAFFING = {"administrative": "行政", "institution": "事业", "contract": "聘用", "other": "其他"}
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
    "regulation": "规章",
    "other": "其他",
}
CHANGES = {
    "proposed": "拟任",
    "party_reviewed": "党组织审定",
    "publicised": "公示",
    "publicity_ended": "公示结束",
    "elected": "选举通过",
    "approved": "批准",
    "rejected": "否决",
    "withdrawn": "撤回",
    "started": "任职",
    "took_effect": "到期生效",
    "cancelled": "取消",
    "suspended": "停职",
    "resumed": "恢复职务",
    "ended": "免职",
    "lapsed": "到期终止",
    "corrected": "更正",
}
STATES = {
    "organisation": {"proposed": "拟设", "active": "在用", "merged": "已合并", "converted": "已改建", "dissolved": "已撤销", "withdrawn": "已撤回"},
    "unit": {"organised": "已建", "unorganised": "未建", "exempt": "不设妇联", "closed": "已撤并"},
    "seat": {"filled": "已配齐", "vacant": "有空缺"},
    "term": {"running": "任期中", "due": "即将届满", "overdue": "逾期未换届", "ended": "已结束"},
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
    "appointment": {
        "active": "在任",
        "suspended": "停职",
        "proposed": "拟任",
        "party_reviewed": "已审定",
        "publicised": "公示中",
        "publicity_ended": "公示结束",
        "elected": "已当选",
        "approved": "已批准",
        "started": "待生效",
    },
}
