"""The papers that are letters (请示, 选举办法, 选举结果报告) in words: what each says, made of its figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.console.papers.shapes import Case, Count, Request, Result, Rules, Seat, Section
from shared.calendar import in_chinese

__all__ = ["BLANK", "TABLES", "day", "heading", "letter", "nth"]

BLANK = "＿＿＿＿"
DIGITS = "〇一二三四五六七八九"
# kind of table: header, and widths in parts of the whole
TABLES: dict[str, tuple[Sequence[str], Sequence[float]]] = {
    "people": (
        ("序号", "姓名", "拟任\n职务", "性别", "民族", "出生\n年月", "政治\n面貌", "文化\n程度", "工作单位及职务"),
        (1.1, 2, 1.6, 1.1, 1.3, 1.9, 2, 1.8, 4),
    ),
    "votes": (("序号", "候选人", "赞成", "反对", "弃权", "另选他人", "结果"), (1.2, 4, 1.5, 1.5, 1.5, 2, 2)),
}
Block = dict[str, Any]


def day(value: date | None) -> str:
    return in_chinese(value) if value else "＿＿＿＿年＿＿月＿＿日"


def nth(number: int | None) -> str:
    """3 -> 三, for 第三届."""
    if not number or number > 99:
        return str(number) if number else "＿＿"
    tens, units = divmod(number, 10)
    return f"{DIGITS[tens] if tens > 1 else ''}{'十' if tens else ''}{DIGITS[units] if units else ''}"


def heading(text: str) -> Block:
    return {"kind": "heading", "text": text, "header": [], "rows": []}


def plain(text: str) -> Block:
    return {"kind": "text", "text": text, "header": [], "rows": []}


def table(kind: str, rows: Sequence[Sequence[Any]]) -> Block:
    header, widths = TABLES[kind]
    return {"kind": kind, "text": "", "header": list(header), "rows": [list(row) for row in rows], "widths": list(widths)}


def letter(paper: Case) -> dict[str, Any]:
    """Title, number, whom to, blocks, signature, date and contact."""
    match paper:
        case Request():
            title, blocks, closing = f"关于{paper.organisation}换届选举的请示", list(_request(paper)), "妥否，请批示。"
        case Result():
            title, blocks, closing = f"关于{paper.organisation}换届选举结果的报告", list(_result(paper)), "特此报告。"
        case Rules():
            title, blocks, closing = f"{paper.organisation}换届选举办法", [plain(text) for text in _rules(paper)], ""
        case _:
            raise TypeError(type(paper).__name__)
    asked = isinstance(paper, Request | Result)
    return {
        "title": title,
        "subtitle": "" if asked else "（草案）",
        "number": getattr(paper, "number", None) or "",
        "to": f"{paper.superior or BLANK}：" if asked else "",
        "blocks": blocks + ([plain(closing)] if closing else []),
        "sign": paper.organisation,
        "dated": day(paper.dated),
        "contact": f"（联系人：{getattr(paper, 'contact', None) or BLANK}　联系电话：{getattr(paper, 'phone', None) or BLANK}）" if asked else "",
    }


def _request(p: Request) -> list[Block]:
    until = f"，任期{p.term_months // 12}年" if p.term_months and p.term_months % 12 == 0 else f"，任期{p.term_months}个月" if p.term_months else ""
    begun = f"{p.organisation}本届执行委员会于{day(p.since)}选举产生{until}，至{day(p.ends_on)}届满。" if p.since else f"{p.organisation}拟进行选举。"
    people = (
        [
            table(
                "people",
                [
                    (i, c.name, c.office, c.sex, c.ethnicity, c.born, c.political, c.degree, c.employer_and_post)
                    for i, c in enumerate(p.candidates, 1)
                ],
            )
        ]
        if p.candidates
        else []
    )
    return [
        plain(f"{begun}根据《中华全国妇女联合会章程》有关规定，拟组织换届选举，产生第{nth(p.term_no)}届执行委员会。现将有关事项请示如下："),
        heading("一、会议时间和形式"),
        plain(f"拟于{day(p.planned_on)}前后召开{p.form or '妇女代表大会'}，应到会{_number(p.entitled)}名。"),
        heading("二、机构职数"),
        plain(_seats(p.seats)),
        heading("三、候选人"),
        plain("候选人建议人选如下：" if people else "候选人建议人选经同级党组织研究同意后，另行报送。"),
        *people,
        heading("四、选举办法"),
        plain("采用无记名投票方式。到会人数超过应到会人数的三分之二方可进行选举；赞成票超过应到会人数的二分之一始得当选。"),
    ]


def _seats(seats: Sequence[Seat]) -> str:
    if not seats:
        return f"拟设执行委员会委员{BLANK}名，其中主席{BLANK}名、副主席{BLANK}名。"
    said = "、".join(f"{s.office}{s.capacity}名" for s in seats)
    equal, more = (["、".join(s.office for s in seats if s.equal is same)] for same in (True, False))
    how = "；".join([f"{x}实行差额选举" for x in more if x] + [f"{x}实行等额选举" for x in equal if x])
    return f"设{said}。{how}。"


def _rules(p: Rules) -> list[str]:
    form = p.form or "妇女代表大会"
    offices = [s.office for s in p.seats if s.equal]
    members = "、".join(s.office for s in p.seats if not s.equal) or "执行委员会委员"
    who = f"{members}由{form}选举产生"
    if offices:
        who += f"；{'、'.join(offices)}由" + ("新一届执行委员会第一次全体会议" if p.plenary else form) + "选举产生"
    articles = (
        "根据《中华全国妇女联合会章程》和有关规定，结合本组织实际，制定本办法。",
        f"本次选举产生{p.organisation}第{nth(p.term_no)}届执行委员会。{_seats(p.seats)}",
        f"{who}。",
        f"候选人建议人选由上届执行委员会提出，经{p.superior or '上级妇联'}和同级党组织同意后，提交会议酝酿讨论，"
        "确定为正式候选人。选票上的候选人按姓氏笔画为序排列。",
        f"选举采用无记名投票方式。到会人数超过应到会人数的{p.present_over}，方可进行选举。因故未出席会议的，不得委托他人代为投票。",
        "对选票上的候选人，可以投赞成票、反对票，也可以弃权；投反对票的，可以另选他人；弃权的，不得另选他人。",
        "每张选票所选人数等于或少于应选人数的有效，多于应选人数的无效。书写模糊、无法辨认的部分无效，可辨认的部分有效。",
        "收回的选票等于或少于发出的选票，选举有效；多于发出的选票，选举无效，应当重新进行选举。",
        f"候选人获得赞成票超过应到会人数的{p.favour_over}，始得当选。获得赞成票超过{p.favour_over}的人数多于应选名额时，以得票多的当选；"
        "因票数相等不能确定时，就票数相等的候选人再次投票，以得票多的当选。",
        "设总监票人一名、监票人和计票人若干名，由会议通过；候选人不得担任监票人和计票人。",
        "投票结束后，当场开箱、清点选票、计票，由总监票人报告发出和收回选票情况及各候选人得票情况，由会议主持人宣布选举结果。",
        f"选举结果报{p.superior or '上级妇联'}和同级党组织审批、备案。",
        "本办法经会议表决通过后施行。",
    )
    return [f"第{nth(i)}条　{text}" for i, text in enumerate(articles, 1)]


def _result(p: Result) -> list[Block]:
    allowed = f"经{p.permit}批准，" if p.permit else ""
    blocks = [plain(f"{allowed}{p.organisation}于{day(p.held_on)}召开{p.form or '妇女代表大会'}，进行换届选举。现将结果报告如下：")]
    for i, s in enumerate(p.sections, 1):
        blocks += [heading(f"{nth(i)}、{s.office}选举情况"), plain(f"由{s.meeting}选举，应选{s.seats}名。{_figures(s.count)}"), _votes(s)]
    blocks.append(heading(f"{nth(len(p.sections) + 1)}、当选名单"))
    won = [(s.office, [v.name for v in s.votes if v.elected]) for s in reversed(p.sections)]
    blocks += [plain(f"{office}（{len(names)}名）：{'、'.join(names)}") for office, names in won if names] or [plain(f"当选人：{BLANK}")]
    return blocks


def _figures(c: Count) -> str:
    return (
        f"应到会{_number(c.entitled)}人，实到会{_number(c.present)}人；发出选票{_number(c.issued)}张，收回{_number(c.returned)}张，"
        f"其中有效票{_number(c.valid)}张、无效票{_number(c.void)}张。"
    )


def _votes(s: Section) -> Block:
    rows = [
        (i, v.name, v.favour, v.against, v.abstain, v.write_in, "" if v.elected is None else "当选" if v.elected else "未当选")
        for i, v in enumerate(s.votes, 1)
    ]
    return table("votes", rows)


def _number(value: int | None) -> str:
    return BLANK if value is None else str(value)
