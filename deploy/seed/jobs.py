"""Where the made-up people work and as what (工作单位及职务), by the group they belong to and the organisation they sit in."""

from __future__ import annotations

from deploy.divisions import Division, place_name

__all__ = ["COUNTY_UNITS", "TOWN_UNITS", "job", "led"]

# name, field, how many of ten have an organisation, what a leader of it is, as a roster says it
COUNTY_UNITS = (
    ("教育体育局", "organ", 9, "县教体局副局长"),
    ("卫生健康委员会", "organ", 9, "县卫健委副主任"),
    ("民政局", "organ", 9, "县民政局副局长"),
    ("公安局", "organ", 9, "县公安局副主任"),
    ("人民法院", "organ", 9, "县法院庭长"),
    ("人民检察院", "organ", 9, "县检察院主任"),
    ("司法局", "organ", 9, "县司法局科长"),
    ("农业农村局", "organ", 9, "县农业局副局长"),
    ("人民医院", "institution", 7, "县医院副院长"),
    ("妇幼保健院", "institution", 7, "县妇保院院长"),
    ("融媒体中心", "institution", 7, "县融媒体副主任"),
    ("图书馆", "institution", 7, "县图书馆馆长"),
    ("第一中学", "school", 8, "县一中副校长"),
    ("第二中学", "school", 8, "县二中工会主席"),
    ("职业技术学校", "school", 8, "县职校教务主任"),
    ("实验小学", "school", 8, "县实验小学校长"),
    ("供水公司", "enterprise", 5, "供水公司主管"),
    ("纺织有限公司", "enterprise", 5, "纺织公司经理"),
    ("电子科技有限公司", "enterprise", 5, "电子公司副总"),
    ("食品有限公司", "enterprise", 5, "食品公司经理"),
    ("家政服务协会", "new_social", 3, "县家政协会会长"),
    ("社会工作服务中心", "new_social", 3, "县社工中心主任"),
)
TOWN_UNITS = (("电商产业园", "new_economic", 4, "负责人"), ("幼儿园", "school", 6, "园长"))
OFFICER = {
    "chair": ("主席",),
    "vice_chair": ("副主席",),
    "staff": ("主任", "部长", "部长", "部长", "部长", "部长", "干部"),
}
TOWN_HEAD = {"chair": ("镇妇联主席",), "vice_chair": ("党建办副主任",), "staff": ("妇联干事",)}
TOWN = (
    "中心小学副校长", "卫生院护士长", "派出所民警", "司法所调解员", "便民中心主任", "农技站农艺师", "中心小学教师", "卫生院医师",
    "文化站站长", "敬老院院长", "合作社理事长", "社会工作站社工", "供销社主任",
)  # fmt: skip
VILLAGE = (
    "村民小组长", "妇女小组长", "村卫生室医生", "幼儿园教师", "网格员", "种植大户", "家庭农场经营者", "个体工商户", "务农", "退休教师",
    "合作社会计", "民宿经营者", "文艺队队长",
)  # fmt: skip
COMMUNITY = (
    "居民小组长", "楼栋长", "卫生站护士", "幼儿园教师", "网格员", "物业公司主管", "个体工商户", "退休教师", "超市店长",
    "志愿服务队队长", "律师事务所律师", "社会工作者",
)  # fmt: skip
STAFF = ("办公室主任", "财务科会计", "人事科科员", "业务骨干", "一线职工代表")


def job(kind: str, role: str, n: int, d: Division, unit: str | None = None) -> str:
    """Of the nth person of a group (`Kind.name`) in an organisation of that division, or in the women's committee of one of its units."""
    place = place_name(d)
    if unit:
        duties = {"director": "工会副主席", "deputy_director": "办公室副主任"}
        return duties.get(role) or STAFF[n % len(STAFF)]
    if kind == "officer":
        return f"{d.name[-1]}妇联{_of(OFFICER[role], n)}"
    if kind == "town_head":
        return _of(TOWN_HEAD[role], n)
    if kind == "village_head":
        return "村妇联主席"
    if d.level == "village":
        return _of(COMMUNITY if place.endswith("社区") else VILLAGE, n)
    if d.level == "township":
        return _of(TOWN, n)
    return led(d, n)


def led(d: Division, n: int) -> str:
    """What a leader of the nth of the county's units is; of a city or the province likewise."""
    return COUNTY_UNITS[n % len(COUNTY_UNITS)][3].replace("县", d.name[-1], 1)


def _of(some: tuple[str, ...], n: int) -> str:
    return some[n % len(some)]
