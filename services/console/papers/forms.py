"""The DOCX templates, made by code once a process: the same papers as the typst ones, for offices that still change a word."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache

from docx.document import Document as Doc
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as Align
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from services.console.papers import letters
from services.console.papers.pieces import HEI, SEAL, SONG, TITLE, each, footer, framed, joined, loop, page, say, starts, table

__all__ = ["template"]

Made = Callable[[], Doc]


@cache
def template(name: str) -> bytes:
    out = io.BytesIO()
    MADE[name]().save(out)
    return out.getvalue()


def letter() -> Doc:
    doc = page(16, (37, 26, 35, 28))
    line = doc.add_paragraph
    doc.styles["Normal"].paragraph_format.line_spacing = Pt(28.95)
    say(line(), "{%p if number %}")
    say(line(), "{{ number }}", align=Align.CENTER)
    say(line(), "{%p endif %}")
    say(line(), "{{ title }}", TITLE, 22, Align.CENTER)
    say(line(), "{{ subtitle }}", align=Align.CENTER)
    say(line(), "{{ to }}")
    say(line(), "{%p for b in blocks %}")
    for kind, font in (("heading", HEI), ("text", SONG)):
        say(line(), f'{{%p if b.kind == "{kind}" and not loop.last %}}')
        say(line(), "{{ b.text }}", font, align=Align.JUSTIFY, indent=32)
        say(line(), "{%p endif %}")
    say(line(), '{%p if b.kind == "text" and loop.last %}')
    say(line(), "{{ b.text }}", align=Align.JUSTIFY, indent=32).paragraph_format.keep_with_next = True  # no signature stands alone on a page
    say(line(), "{%p endif %}")
    for kind, (header, widths) in letters.TABLES.items():
        say(line(), f'{{%p if b.kind == "{kind}" %}}')
        cells = [f"{{{{ r[{n}] }}}}" for n in range(len(header))]
        made = table(doc, [154 * w / sum(widths) for w in widths], [list(header), *loop("b.rows", "r", cells)], size=12)
        for row in made.rows:
            for c in row.cells:
                c.paragraphs[0].paragraph_format.line_spacing = 1.0
        say(line(), "{%p endif %}")
    say(line(), "{%p endfor %}")
    say(line(), "").paragraph_format.keep_with_next = True
    say(line(), "{{ sign }}　　", align=Align.RIGHT).paragraph_format.keep_with_next = True
    say(line(), "{{ dated }}　　　　", align=Align.RIGHT).paragraph_format.keep_with_next = True
    say(line(), "{{ contact }}", indent=32)
    return doc


def ballot() -> Doc:
    doc = page(14, (28, 25, 22, 25))
    line = doc.add_paragraph
    say(line(), "{%p for s in sections %}")
    starts(doc, "{{ organisation }}", 22)
    say(line(), "第{{ nth }}届{{ s.office }}选票", TITLE, 22, Align.CENTER)
    said = "（应选{{ s.seats }}名{% if s.votes %}，候选人{{ s.votes|length }}名，按姓氏笔画为序{% endif %}）"
    say(line(), said, size=12, align=Align.CENTER)
    say(line(), "{%p if s.pairs %}")
    half = ["{{ p[%d] }}", "{{ p[%d] }}", "", "", "", ""]
    pairs = loop("s.pairs", "p", [cell % (2 * side + n) if cell else "" for side in (0, 1) for n, cell in enumerate(half)])
    table(doc, (8, 23, 9, 9, 9, 22) * 2, [["序号", "候选人", "赞成", "反对", "弃权", "另选他人"] * 2, *pairs], size=11)
    say(line(), "{%p else %}")
    blank = loop("range(s.blank)", "n", ["", "", "", "", "", ""])
    table(doc, (12, 50, 17, 17, 17, 47), [["序号", "候选人", "赞成", "反对", "弃权", "另选他人"], *each("s.votes", "v", "name,,,,"), *blank])
    say(line(), "{%p endif %}")
    for text in BALLOT_NOTES:
        say(line(), text, size=12)
    say(line(), "{{ organisation }}（盖章）", size=12, align=Align.RIGHT)
    say(line(), "{{ held }}", size=12, align=Align.RIGHT)
    say(line(), "{%p endfor %}")
    return doc


BALLOT_NOTES = (
    "说明：1. 赞成的，在“赞成”栏内画“○”；反对的，在“反对”栏内画“×”；弃权的，在“弃权”栏内画“△”。",
    "2. 反对的，可以在“另选他人”栏内写上另选人的姓名；弃权的，不得另选他人。",
    "3. 所选人数等于或少于应选{{ s.seats }}名的，选票有效；多于应选名额的，选票无效。",
    "4. 书写模糊无法辨认的，该项无效。",
)


def tally() -> Doc:
    doc = page(12, (22, 20, 20, 20))
    line = doc.add_paragraph
    say(line(), "{%p for s in sections %}")
    starts(doc, "{{ organisation }}", 22)
    say(line(), "第{{ nth }}届{{ s.office }}选举计票单", TITLE, 18, Align.CENTER)
    say(line(), "会议：{{ s.meeting }}　　　　选举日期：{{ held }}")
    counts = ("entitled", "present", "issued", "returned", "valid", "void")
    heads = ["应选名额", "应到会人数", "实到会人数", "发出选票", "收回选票", "有效票", "无效票"]
    table(doc, (24.2,) * 7, [heads, ["{{ s.seats }}", *(f"{{{{ s.count.{c} }}}}" for c in counts)]])
    say(line(), "")
    blank = loop("range(s.blank)", "n", ["另选", "", "", "", "", "", ""])
    header = ["序号", "候选人", "画票（“正”字）", "赞成", "反对", "弃权", "另选他人"]
    table(doc, (12, 35, 60, 15, 15, 15, 18), [header, *each("s.votes", "v", "name,,favour,against,abstain,write_in"), *blank])
    say(line(), "")
    say(line(), "总监票人：　　　　　　　　　监票人：　　　　　　　　　计票人：")
    say(line(), "{%p endfor %}")
    return doc


def filing() -> Doc:
    doc = page(12, (20, 20, 18, 20))
    say(doc.add_paragraph(), "妇女联合会换届选举结果备案表", TITLE, 22, Align.CENTER)
    pairs = [
        ("组织名称", "organisation", "上级妇联", "superior"),
        ("届次", "'第' ~ nth ~ '届'", "任期", "term"),
        ("任期起止", "period", "会议形式", "form"),
        ("选举日期", "held", "批复日期", "approved"),
        ("应到会人数", "count.entitled", "实到会人数", "count.present"),
        ("发出选票", "count.issued", "收回选票", "count.returned"),
        ("有效票", "count.valid", "无效票", "count.void"),
        ("批复文件", "approval", "", "''"),
    ]
    table(doc, (26, 59, 26, 59), [[a, f"{{{{ {b} }}}}", c, f"{{{{ {d} }}}}"] for a, b, c, d in pairs], head=False)
    say(doc.add_paragraph(), "")
    header = ["序号", "职务", "姓名", "性别", "民族", "出生年月", "政治面貌", "文化程度", "工作单位及职务", "专挂兼", "新任"]
    keys = "office,name,sex,ethnicity,born,political,degree,employer_and_post,engagement,newly"
    table(doc, (9, 15, 19, 9, 13, 17, 15, 14, 37, 11, 11), [header, *each("team", "p", keys)], size=10.5)
    say(doc.add_paragraph(), "")
    table(doc, (26, 59, 26, 59), [["同级党组织\n意见", SEAL, "上级妇联\n备案意见", SEAL]], head=False, tall=40)
    footer(doc)
    return doc


def certificate() -> Doc:
    doc = page(20, (34, 38, 26, 38), flipped=True, numbered=False)
    framed(doc, "B3262E")
    line = doc.add_paragraph
    say(line(), "{%p for c in certificates %}")
    starts(doc, "{{ c.title }}", 44, colour="B3262E")
    say(line(), "")
    say(line(), "{{ c.name }}{{ c.address }}")
    say(line(), "{{ c.text }}", indent=40)
    say(line(), "特发此证。", indent=40)
    say(line(), "")
    for condition, space in (("if c.short", 45), ("else", 0)):  # a long name takes the room that is left over the signature
        say(line(), f"{{%p {condition} %}}")
        say(line(), "{{ c.issuer }}（盖章）　　", align=Align.RIGHT).paragraph_format.space_before = Mm(space)
    say(line(), "{%p endif %}")
    say(line(), "{{ c.issued }}　　", align=Align.RIGHT)
    say(line(), "证书编号：{{ c.number }}", size=12)
    say(line(), "{%p endfor %}")
    return doc


def roster() -> Doc:
    doc = page(9, (16, 12, 15, 12), flipped=True)
    say(doc.add_paragraph(), "{{ organisation }}干部花名册", TITLE, 18, Align.CENTER)
    say(doc.add_paragraph(), "{% if narrowed %}筛选条件：{{ narrowed }}　{% endif %}截至 {{ as_of }}　共 {{ rows|length }} 人", align=Align.RIGHT)
    keys = "name,sex,ethnicity,born,political,degree,employer_and_post,offices,engagement,in_two_committees,holds_both_posts,newly,since,phone,notes"
    header = ["序号", "姓名", "性别", "民族", "出生年月", "政治面貌", "文化程度", "工作单位及职务", "妇联职务", "专/挂/兼"]
    header += ["是否进村（社区）“两委”", "是否一肩挑", "是否新任", "任职时间", "联系电话", "备注"]
    table(doc, (9, 18, 9, 12, 16, 17, 15, 48, 22, 12, 17, 13, 11, 16, 24, 14), [header, *each("rows", "r", keys)])
    footer(doc)
    return doc


def approval() -> Doc:
    """The two pages of the form: cells joined as on paper."""
    doc = page(12, (22, 22, 18, 22))
    say(doc.add_paragraph(), "干部任免审批表", TITLE, 22, Align.CENTER)
    joined(table(doc, (21, 23.5, 21, 23.5, 21, 25, 31), HEADS, head=False, tall=12), JOINS)
    resume = table(doc, (12, 154), [["简\n历", "{%p for years, what in resume %}"]], head=False, tall=105)
    cell = resume.rows[0].cells[1]
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.TOP
    say(cell.paragraphs[0], "")
    say(cell.add_paragraph(), "{{ years }}　{{ what }}")
    say(cell.add_paragraph(), "{%p endfor %}")
    for line in cell.paragraphs:
        line.alignment = Align.LEFT
    doc.add_paragraph().paragraph_format.page_break_before = True
    more = [("奖惩情况", "honours"), ("近三年考核", "appraisals"), ("任免理由", "reason")]
    table(doc, (12, 154), [["\n".join(label), f"{{{{ {key} }}}}"] for label, key in more], head=False, tall=28)
    family(doc)
    table(doc, (12, 154), [["呈\n报\n单\n位", "{{ submitted_by }}" + SEAL]], head=False)
    table(doc, (12, 71, 12, 71), [["\n".join("审批机关意见"), SEAL, "\n".join("行政机关任免意见"), SEAL]], head=False, tall=45)
    say(doc.add_paragraph(), "填表人：")
    return doc


HEADS = [
    ["姓名", "{{ name }}", "性别", "{{ sex }}", "出生年月\n（岁）", "{{ born }}", "照片"],
    ["民族", "{{ ethnicity }}", "籍贯", "{{ native_place }}", "出生地", "{{ birthplace }}", ""],
    ["入党时间", "{{ joined_party }}", "参加工\n作时间", "{{ began_work }}", "健康状况", "{{ health }}", ""],
    ["专业技\n术职称", "{{ title_of }}", "", "熟悉业务\n有何专长", "{{ speciality }}", "", ""],
    [
        "学历\n学位{{ degree and '（' ~ degree ~ '）' }}",
        "全日制\n教育",
        "{{ full_time_degree }}",
        "",
        "毕业院校\n系及专业",
        "{{ full_time_school }}",
        "",
    ],
    ["", "在职\n教育", "{{ in_service_degree }}", "", "毕业院校\n系及专业", "{{ in_service_school }}", ""],
    ["现任职务", "{{ present_post }}", "", "", "", "", ""],
    ["拟任职务", "{{ proposed_post }}", "", "", "", "", ""],
    ["拟免职务", "{{ relieved_post }}", "", "", "", "", ""],
]
# first and last cell of each joined block: row, column
JOINS = [((0, 6), (3, 6)), ((3, 1), (3, 2)), ((3, 4), (3, 5)), ((4, 0), (5, 0)), ((4, 2), (4, 3)), ((4, 5), (4, 6)), ((5, 2), (5, 3))]
JOINS += [((5, 5), (5, 6)), *(((row, 1), (row, 6)) for row in (6, 7, 8))]


def family(doc: Doc) -> None:
    """The label runs down beside as many rows as there are."""
    keys = [f"{{{{ r.{k} }}}}" for k in ("relation", "name", "born", "political", "employer_and_post")]
    rows = [["\n".join("家庭主要成员及重要社会关系"), "称谓", "姓名", "出生\n年月", "政治\n面貌", "工作单位及职务"]]
    rows += [*loop("family", "r", ["", *keys]), *loop("range(blank)", "n", [""] * 6)]
    made = table(doc, (12, 18, 24, 19, 21, 72), rows, head=False)
    for n, row in enumerate(made.rows):
        merge = OxmlElement("w:vMerge")
        merge.set(qn("w:val"), "continue" if n else "restart")
        row.cells[0]._tc.get_or_add_tcPr().append(merge)


MADE: dict[str, Made] = {
    "letter": letter,
    "approval": approval,
    "ballot": ballot,
    "tally": tally,
    "filing": filing,
    "certificate": certificate,
    "roster": roster,
}
