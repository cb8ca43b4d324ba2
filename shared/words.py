"""What the codes of people and posts are called, in Chinese and English, and how names are compared: one place for services, lists and pages."""

import unicodedata

__all__ = [
    *("ABOUT", "AGES", "APPOINTMENTS"),
    *("CHANGES", "DEGREES", "ELECTED", "ENGAGEMENTS", "FLAGS", "GRANTED", "HOLDING", "MISSING", "MODES", "POLITICAL", "POPULATIONS"),
    *("DOTS", "RADICALS", "REASONS", "ROLES", "ROSTER_TERMS", "SECONDMENTS", "SEXES", "STAFFING", "STEPS", "WIDE", "called", "plain"),
]

SEXES = {"female": ("女", "female"), "male": ("男", "male")}
POLITICAL = {
    "cpc": ("中共党员", "member of the CPC"),
    "cyl": ("共青团员", "member of the Youth League"),
    "democratic_party": ("民主党派", "member of a democratic party"),
    "masses": ("群众", "no party"),
}
DEGREES = {
    "postgraduate": ("研究生", "postgraduate"),
    "bachelor": ("本科", "bachelor"),
    "associate": ("大专", "associate"),
    "secondary": ("高中（中专）", "secondary"),
    "junior_or_below": ("初中及以下", "junior or below"),
}
STAFFING = {
    "administrative": ("行政编制", "administrative"),
    "institution": ("事业编制", "institution"),
    "contract": ("合同聘用", "contract"),
    "other": ("其他", "other"),
}
POPULATIONS = {
    "federation_cadre": ("妇联干部", "federation cadre"),
    "system_worker": ("妇联系统工作者", "worker of the system"),
    "lay": ("非专职人员", "lay member"),
}
ENGAGEMENTS = {"full_time": ("专职", "full-time"), "part_time": ("兼职", "part-time"), "seconded": ("挂职", "seconded")}
APPOINTMENTS = {  # as lists, work list, refusals and files call them: what an appointment waits for comes first
    "proposed": ("待党组织审定", "awaiting the Party organisation"),
    "party_reviewed": ("待审批，党组织已同意", "awaiting approval, agreed by the Party organisation"),
    "publicised": ("待审批，公示中", "awaiting approval, publicised"),
    "publicity_ended": ("待审批，公示结束", "awaiting approval, publicity ended"),
    "elected": ("待审批，已选举", "awaiting approval, elected"),
    "approved": ("已批复，待任职", "approved, to be started"),
    "started": ("已定，待生效", "decided, not in effect yet"),
    "active": ("在任", "in office"),
    "suspended": ("停职", "suspended"),
    "ended": ("已卸任", "ended"),
    "rejected": ("未获批准", "rejected"),
    "withdrawn": ("已撤回", "withdrawn"),
    "cancelled": ("已取消", "cancelled"),
}
STEPS = {  # of the same, by what was recorded of it last
    **APPOINTMENTS,
    "party_agreed": APPOINTMENTS["party_reviewed"],
    "publicity_over": APPOINTMENTS["publicity_ended"],
    "passed": APPOINTMENTS["approved"],
    "started": APPOINTMENTS["active"],
    "ahead": APPOINTMENTS["started"],
    "void": ("已作废", "void"),
}
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
ELECTED = frozenset({"elected", "substitution", "co_option", "additional_election", "by_election"})  # of MODES: by a vote
REASONS = {
    "term_expired": ("任期届满", "term expired"),
    "transferred": ("调离", "transferred"),
    "resigned": ("辞职", "resigned"),
    "retired": ("退休", "retired"),
    "removed": ("罢免", "removed"),
    "relieved_on_transfer": ("因工作变动卸免", "relieved on transfer"),
    "seat_abolished": ("职位取消", "seat abolished"),
    "died": ("去世", "died"),
    "left_province": ("调离本省", "left the province"),
    "expelled": ("开除", "expelled"),
    "reelected_elsewhere": ("当选其他职务", "elected elsewhere"),
}
DEPARTURES = ("died", "left_province", "expelled")  # of REASONS: they end all posts of a person at once
SECONDMENTS = {  # as of a date
    "ahead": ("未开始", "to begin"),
    "running": ("挂职中", "on secondment"),
    "ended": ("已结束", "ended"),
}
CHANGES = {
    "proposed": ("拟任", "proposed"),
    "party_reviewed": ("党组织审定", "decided by the Party organisation"),
    "publicised": ("公示", "publicised"),
    "publicity_ended": ("公示结束", "publicity ended"),
    "elected": ("选举通过", "elected"),
    "approved": ("批准", "approved"),
    "rejected": ("否决", "rejected"),
    "withdrawn": ("撤回", "withdrawn"),
    "started": ("任职", "started"),
    "took_effect": ("到期生效", "took effect"),
    "cancelled": ("取消", "cancelled"),
    "suspended": ("停职", "suspended"),
    "resumed": ("恢复职务", "resumed"),
    "ended": ("免职", "relieved"),
    "lapsed": ("到期终止", "lapsed"),
    "corrected": ("更正", "corrected"),
}
GRANTED = {  # roles of accounts
    "recorder": ("填报员", "recorder"),
    "officer": ("组织部干部", "officer"),
    "reviewer": ("审核员", "reviewer"),
    "statistician": ("统计员", "statistician"),
    "operator": ("热线接访员", "hotline operator"),
    "supervisor": ("热线督办", "hotline supervisor"),
    "duty_executive": ("值班执委", "executive on duty"),
    "lecturer": ("志愿讲师", "volunteer lecturer"),
    "auditor": ("审计员", "auditor"),
    "security_admin": ("安全管理员", "security administrator"),
    "system_admin": ("系统管理员", "system administrator"),
    "public": ("公众", "public"),
}
ABOUT = {  # what a fact of the audit is about, besides appointments
    "person": ("人员档案", "people's records"),
    "sealed": ("查看封存信息", "sealed values opened"),
    "secondment": ("挂职", "secondments"),
    "organisation": ("组织变更", "organisations"),
    "unit": ("应建单位", "eligible units"),
    "term": ("届次", "terms"),
    "reelection": ("换届办理", "re-elections"),
    "vacancy": ("空缺", "vacancies"),
    "document": ("公文", "papers"),
    "import": ("批量导入", "imports"),
    "grant": ("授权", "grants"),
    "rule": ("规则", "rules"),
}
AGES = {
    "age_le_35": ("35岁以下", "35 and under"),
    "age_36_45": ("36–45岁", "36–45"),
    "age_46_55": ("46–55岁", "46–55"),
    "age_ge_56": ("56岁以上", "56 and over"),
    "age_unknown": ("出生年月未填", "unknown"),
}
ROSTER_TERMS = {
    "running": ("任期中", "running"),
    "due": ("半年内届满", "due within half a year"),
    "overdue": ("届满待换届", "past its end"),
    "none": ("无届次", "no term"),
}
HOLDING = {state: APPOINTMENTS[state] for state in ("active", "suspended")}
MISSING = {
    "phone": ("未填电话", "no phone"),
    "id_number": ("未填身份证号", "no ID number"),
    "born_on": ("未填出生年月", "no date of birth"),
    "degree": ("未填文化程度", "no degree"),
    "political": ("未填政治面貌", "no political status"),
}
FLAGS = {
    "missing_document": ("缺批复", "approval missing"),
    "late": ("补录", "late entry"),
    "back_dated": ("倒填", "back-dated"),
    "opening": ("期初数据", "opening data"),
}
WIDE = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)}  # letters, digits and punctuation of full width, and their plain ones
# what PDF files put in the place of characters that look the same: ⽣ for 生, and the simplified ones that Unicode ties to none, ⻢ for 马
RADICALS = {c: ord(unicodedata.normalize("NFKC", chr(c))) for c in range(0x2E80, 0x2FD6) if unicodedata.decomposition(chr(c))}
RADICALS |= str.maketrans("⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰", "民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙")
DOTS = "·•⋅･˙‧∙・．﹒.․"  # in the names of minorities, each for the first
PLAIN = WIDE | RADICALS
UNDOTTED = PLAIN | dict.fromkeys(map(ord, DOTS))


def plain(name: str) -> str:
    """A name as names are compared: however wide its letters and brackets are, and without blanks."""
    return "".join(name.translate(PLAIN).split())


def called(name: str) -> str:
    """A person's name as names are compared: 古丽·买买提, 古丽•买买提 and 古丽买买提 are one."""
    return "".join(name.translate(UNDOTTED).split()).casefold()
