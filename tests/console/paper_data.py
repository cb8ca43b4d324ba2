"""One filled paper of every kind: forty candidates, a rare character, a hundred-character name, markup that must stay text."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.console.papers import Paper
from services.console.papers.shapes import (
    ApprovalForm,
    Ballot,
    Certificate,
    Certificates,
    Count,
    Filing,
    Person,
    Relative,
    Request,
    Result,
    Roster,
    RosterRow,
    Rules,
    Seat,
    Section,
    Tally,
    Vote,
)

__all__ = ["EMPTY", "FILLED", "NAMES", "ORGANISATION"]

ORGANISATION = "某县某镇示范村妇女联合会"
NAMES = ["王𠮷芳", "李㛃", "长" * 100, "<b>*粗*</b> #let x & {{ y }}", "Anna-Maria" * 5, *(f"候选{n:02}" for n in range(35))]
COUNT = Count(entitled=60, present=57, issued=56, returned=55, valid=53)
VOTES = tuple(Vote(name=n, favour=50, against=2, abstain=1, write_in=0, elected=i < 35) for i, n in enumerate(NAMES))
PEOPLE = tuple(
    Person(
        name=n, office="主席" if i == 0 else "执委", sex="女", ethnicity="汉族", born="1980.05", political="群众", degree="大专",
        employer_and_post="示范村党支部委员", engagement="兼职", newly=i > 0,
    )
    for i, n in enumerate(NAMES)
)  # fmt: skip
SECTIONS = (
    Section(office="执行委员会委员", seats=35, meeting="妇女代表大会", votes=VOTES, count=COUNT),
    Section(office="主席", seats=1, meeting="新一届执行委员会第一次全体会议", votes=VOTES[:1], count=COUNT),
)
HEAD: dict[str, Any] = {
    "organisation": ORGANISATION, "superior": "某镇妇女联合会", "term_no": 12, "form": "妇女代表大会", "held_on": date(2026, 11, 20),
    "dated": date(2026, 11, 22),
}  # fmt: skip
SEATS = (Seat(office="执行委员会委员", capacity=35), Seat(office="主席", capacity=1, equal=True))

FILLED: dict[str, Paper] = {
    "request": Request(**HEAD, since=date(2021, 11, 1), term_months=60, ends_on=date(2026, 11, 1), planned_on=date(2026, 12, 1), entitled=60,
                       seats=SEATS, candidates=PEOPLE, number="示妇〔2026〕2号", contact="李㛃"),
    "rules": Rules(**HEAD, seats=SEATS),
    "ballot": Ballot(**HEAD, sections=SECTIONS),
    "tally": Tally(**HEAD, sections=SECTIONS),
    "result": Result(**HEAD, sections=SECTIONS, permit="镇妇〔2026〕9号", number="示妇〔2026〕3号"),
    "filing": Filing(**HEAD, count=COUNT, term_months=60, starts_on=date(2026, 11, 20), ends_on=date(2031, 11, 20), team=PEOPLE,
                     approved_on=date(2026, 11, 25), approval="镇妇〔2026〕15号"),
    "certificate": Certificates(certificates=tuple(
        Certificate(name=n, organisation=ORGANISATION, office="执委", term_no=12, starts_on=date(2026, 11, 20), number=f"第{i:03}号",
                    issuer="某镇妇女联合会", issued_on=date(2026, 11, 30)) for i, n in enumerate(NAMES))),
    "approval-form": ApprovalForm(
        name="王𠮷芳", sex="女", born="1980.05", age=46, ethnicity="汉族", native_place="江西", birthplace="南昌", joined_party="2001.07",
        began_work="2002.08", health="健康", title="社会工作师", speciality="调解", degree="大专", full_time_degree="中专", full_time_school="某校",
        in_service_degree="大专学历", in_service_school="某院", present_post="副主席", proposed_post="主席", relieved_post="无",
        resume=tuple((f"{2000 + n}.01—{2001 + n}.01", f"第{n}任职务") for n in range(12)), honours="三八红旗手", appraisals="优秀", reason="换届",
        family=(Relative(relation="丈夫", name="李㛃", born="1979.01", political="群众", employer_and_post="务农"),), submitted_by="某镇妇联"),
    "roster": Roster(organisation=ORGANISATION, as_of=date(2026, 11, 22), rows=tuple(
        RosterRow(name=n, sex="女", ethnicity="汉族", born="1980.05", political="群众", degree="大专", employer_and_post="村民", offices="执委",
                  engagement="兼职", in_two_committees="是", holds_both_posts="否", newly="否", since="2021.11", phone="（已留存）", notes="停职")
        for n in NAMES)),
}  # fmt: skip
BARE = Section(office="执行委员会委员", seats=15, meeting="妇女代表大会")
EMPTY: dict[str, Paper] = {
    "request": Request(organisation=ORGANISATION),
    "rules": Rules(organisation=ORGANISATION),
    "ballot": Ballot(organisation=ORGANISATION, sections=(BARE,)),
    "tally": Tally(organisation=ORGANISATION, sections=(BARE,)),
    "result": Result(organisation=ORGANISATION, sections=(BARE,)),
    "filing": Filing(organisation=ORGANISATION),
    "certificate": Certificates(certificates=(Certificate(name="", organisation=ORGANISATION, office=""),)),
    "approval-form": ApprovalForm(name=""),
    "roster": Roster(organisation=ORGANISATION, as_of=date(2026, 1, 1), rows=()),
}
