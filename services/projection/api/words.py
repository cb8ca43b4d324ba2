"""The words of tables and sentences, Chinese and English, and the orders of office and of surname strokes (姓氏笔画)."""

from __future__ import annotations

__all__ = ["DEGREES", "ENGAGEMENTS", "MODES", "OFFICES", "POLITICAL", "REASONS", "ROLES", "SEXES", "strokes"]

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
STROKES = {
    character: count
    for count, characters in {
        2: "丁卜刁",
        3: "万于马卫",
        4: "王方毛孔尹文邓牛尤仇",
        5: "石卢叶田白史冯龙甘付包左宁申兰皮",
        6: "刘孙许朱吕任江汤乔闫齐向毕庄伍邬安关纪成华牟",
        7: "李张陈杨吴何宋沈苏余杜汪陆邹邱邵严肖芦谷佘沙花吾冷辛",
        8: "周林罗郑金孟范易武庞季欧岳苗尚屈单练明宗",
        9: "胡赵姚钟侯段姜郝贺施洪饶柳俞祝查封项柯骆娄郗咸",
        10: "徐郭高唐夏袁秦贾顾钱陶莫翁涂倪殷凌耿桂柴敖奚",
        11: "黄梁曹萧崔康龚常梅章盛符麻阎曼盘",
        12: "谢韩董程傅曾彭蒋温鲁葛喻焦景童舒游辜揭",
        13: "雷赖詹鲍蒙窦路虞阙解简蓝楚",
        14: "蔡谭廖熊裴管翟缪",
        15: "潘黎颜樊滕",
        16: "薛霍穆冀",
        17: "魏戴鞠",
    }.items()
    for character in characters
}


def strokes(name: str | None) -> tuple[int, str]:
    """By the strokes of the surname; a surname the table lacks comes last."""
    return (STROKES.get((name or " ")[0], 99), name or "")
