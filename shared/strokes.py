"""The order of names by the strokes of the surname (姓氏笔画)."""

from __future__ import annotations

__all__ = ["strokes"]

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
