"""The columns of every list as a file, by the keys of its JSON rows, with the words of codes; and `format=` and `columns=` of a question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, Response
from fastapi import Query as Parameter
from sqlalchemy import Select

from services.projection.api import words
from services.projection.api.asking import Asked, Paging, unknown
from services.projection.api.exporting import exported
from services.projection.api.filtered import filtered
from services.projection.api.sheet import Column, Format
from shared.http import Query

__all__ = [
    "ALL",
    "APPOINTMENTS",
    "AUDIT",
    "CADRES",
    "DOCUMENTS",
    "EXPORTS",
    "ORGANISATIONS",
    "RECORDS",
    "REELECTIONS",
    "REPORT",
    "ROSTER",
    "SEATS",
    "SECONDMENTS",
    "TERMS",
    "UNITS",
    "VACANCIES",
    "Shape",
    "Table",
    "behind",
]

PART = 1000  # rows in memory at once
GLOSSARY = {
    c.key: c
    for c in (
        Column("no", "序号", 6),
        Column("organisation_name", "组织", 30),
        Column("full_name", "组织名称", 34),
        Column("short_name", "简称", 18),
        Column("parent_name", "上级组织", 28),
        Column("area_name", "所属地区", 28),
        Column("home_name", "档案所在组织", 28),
        Column("org_type", "类别", 12, words.ORG_TYPES),
        Column("level", "层级", 13, words.LEVELS),
        Column("field", "领域", 12, words.FIELDS),
        Column("code", "区划代码", 15),
        Column("credit_code", "统一社会信用代码", 21),
        Column("unit_name", "单位名称", 30),
        Column("affiliation", "隶属", 8, words.AFFILIATIONS),
        Column("rank", "级别", 10),
        Column("women", "女职工数", 9),
        Column("listed_on", "列入日期", 12),
        Column("organised_on", "建立日期", 12),
        Column("role", "妇联职务", 10, words.ROLES),
        Column("capacity", "职数", 7),
        Column("holders", "现有人数", 9),
        Column("acting", "主持工作", 9),
        Column("engagement", "专/挂/兼", 9, words.ENGAGEMENTS),
        Column("mode", "任职方式", 10, words.MODES),
        Column("term_no", "届次", 7),
        Column("term_months", "任期（月）", 9),
        Column("starts_on", "开始", 12),
        Column("ends_on", "原届满", 12),
        Column("due_on", "届满", 12),
        Column("extended_to", "延期至", 12),
        Column("extension_asked", "申请延至", 12),
        Column("ended_on", "结束日期", 12),
        Column("since", "空缺自", 12),
        Column("timely_until", "应补齐日期", 13),
        Column("nominated_on", "提名", 12),
        Column("approved_on", "批复", 12),
        Column("filled_on", "补齐", 12),
        Column("planned_on", "列入计划", 12),
        Column("congress_on", "拟开会", 12),
        Column("requested_on", "请示", 12),
        Column("permitted_on", "批复", 12),
        Column("held_on", "大会", 12),
        Column("form", "会议形式", 14, words.FORMS),
        Column("entitled", "应到", 7),
        Column("present", "实到", 7),
        Column("valid", "有效票", 8),
        Column("filed_on", "备案", 12),
        Column("filed_with", "备案机关", 12, words.FILED_WITH),
        Column("closed_on", "办结", 12),
        Column("person_name", "姓名", 10),
        Column("sex", "性别", 6, words.SEXES),
        Column("ethnicity", "民族", 8),
        Column("born_on", "出生年月", 11),
        Column("political", "政治面貌", 11, words.POLITICAL),
        Column("degree", "文化程度", 11, words.DEGREES),
        Column("employer_and_post", "工作单位及职务", 30),
        Column("population", "人员类别", 12, words.POPULATIONS),
        Column("staffing", "编制", 8, words.STAFFING),
        Column("end_reason", "离任原因", 12, words.REASONS),
        Column("kind", "种类", 12, words.DOCUMENTS),
        Column("number", "文号", 20),
        Column("title", "标题", 40),
        Column("issuer", "发文单位", 24),
        Column("dated", "成文日期", 12),
        Column("counted", "计入", 7),
        Column("files", "附件", 30),
        Column("township_name", "所属乡镇", 24),
        Column("reported_on", "上报", 12),
        Column("recorded", "登记时间", 16),
        Column("effective", "生效日期", 12),
        Column("sentence", "变动", 60),
        Column("actor_name", "经办人", 14),
        Column("on_behalf_of_name", "代", 14),
        Column("documents", "公文", 24),
        Column("reason", "理由", 20),
        Column("flags", "标记", 14),
        Column("correlation", "同一次办理", 38),
        Column("roles", "妇联职务", 14, words.ROLES),
        Column("two_committees", "是否进村（社区）“两委”", 12),
        Column("both", "是否一肩挑", 8),
        Column("newly_appointed", "是否新任", 8),
        Column("has_phone", "联系电话", 14),
        Column("has_id_number", "身份证号", 20),
        Column("age", "年龄", 7),
        Column("term", "届次", 9),
        Column("notes", "备注", 16),
        Column("person", "系统编号", 0),  # hidden: by it the roster, imported again, finds everybody
    )
}


class Table(NamedTuple):
    """`more`: columns that come only when they are asked for."""

    name: str
    columns: tuple[Column, ...]
    more: tuple[Column, ...] = ()


def _table(name: str, keys: str, *own: Column, more: str = "") -> Table:
    known = GLOSSARY | {c.key: c for c in own}
    return Table(name, tuple(known[key] for key in ("no", *keys.split())), tuple(known[key] for key in more.split()))


def _state(kind: str, key: str = "state", zh: str = "状态") -> Column:
    return Column(key, zh, 12, words.STATES[kind])


ORGANISATIONS = _table("妇联组织", "full_name short_name org_type level field code credit_code parent_name status", _state("organisation", "status"))
UNITS = _table("应建单位", "unit_name area_name field level affiliation rank women listed_on organised_on organisation_name closed_on state",
               Column("organisation_name", "覆盖组织", 30), Column("closed_on", "撤并日期", 12), _state("unit"))  # fmt: skip
SEATS = _table("职位", "organisation_name role engagement capacity holders acting")
TERMS = _table("届次", "organisation_name term_no starts_on term_months ends_on extended_to due_on state", _state("term"),
               more="township_name extension_asked")  # fmt: skip
VACANCIES = _table(
    "空缺",
    "organisation_name role person_name since timely_until nominated_on approved_on state",
    Column("person_name", "原任", 10),
    _state("vacancy"),
    more="township_name filled_on",
)
REELECTIONS = _table(
    "换届",
    "organisation_name state planned_on requested_on permitted_on held_on form entitled present valid approved_on filed_on filed_with closed_on",
    _state("reelection", zh="进度"),
    Column("approved_on", "审批", 12),
    more="township_name congress_on reported_on",
)
DOCUMENTS = _table("公文", "kind number title issuer dated organisation_name", Column("organisation_name", "所属组织", 30), more="files")
CADRES = _table("人员", "person_name sex ethnicity born_on political degree employer_and_post population home_name", more="staffing")
APPOINTMENTS = _table(
    "任职",
    "organisation_name person_name role engagement mode starts_on ends_on status",
    Column("starts_on", "（拟）任职日期", 12),
    Column("ends_on", "截止（离任）日期", 12),
    _state("appointment", "status", "办理状态"),
    more="end_reason",
)
SECONDMENTS = _table(
    "挂职",
    "person_name from_organisation_name to_organisation_name duty starts_on until ended_on state",
    Column("from_organisation_name", "派出组织", 30),
    Column("to_organisation_name", "挂职单位", 30),
    Column("duty", "挂职职务", 20),
    Column("until", "期满", 12),
    _state("secondment"),
)
AUDIT = _table(
    "任免审计",
    "recorded effective organisation_name person_name role sentence actor_name on_behalf_of_name documents reason flags",
    Column("sentence", "谁在何时凭何文件改的", 60),
    Column("kind", "办理事项", 12, words.CHANGES),
    more="kind correlation",
)
RECORDS = _table(
    "其他记录",
    "recorded effective about sentence organisation_name actor_name on_behalf_of_name documents",
    Column("sentence", "记录", 60),
    Column("about", "事项", 12, words.ABOUT),
    more="person_name correlation",
)
ROSTER = _table(
    "妇联干部花名册",
    "organisation_name person_name sex ethnicity born_on political degree employer_and_post roles engagement two_committees both newly_appointed "
    "starts_on has_phone notes person",
    Column("organisation_name", "所在组织", 30),
    Column("starts_on", "任职时间", 11),
    more="role age has_id_number population mode term staffing",
)
REPORT = Table(
    "报表",
    tuple(
        Column(*c)
        for c in (
            ("name", "地区", 34),
            ("measure", "指标", 30),
            ("numerator", "分子"),
            ("denominator", "分母"),
            ("value", "数值"),
            ("unit", "单位", 8),
        )
    ),
)


EXPORTS = _table(
    "导出留痕",
    "recorded actor_name on_behalf_of_name title area_name as_of rows sealed why sentence",
    Column("recorded", "导出时间", 16),
    Column("actor_name", "导出人", 14),
    Column("title", "内容", 16),
    Column("area_name", "地区", 28),
    Column("sentence", "谁在何时导出了什么", 60),
    Column("as_of", "数据截至", 12),
    Column("rows", "行数", 8),
    Column("sealed", "未脱敏内容", 16, words.SEALED),
    Column("why", "理由", 30),
    Column("format", "格式", 8),
    more="format correlation",
)
ALL = {  # by the path of the list
    "/reports/roster": ROSTER, "/roster": ROSTER, "/organisations": ORGANISATIONS, "/units": UNITS, "/seats": SEATS, "/terms": TERMS,
    "/vacancies": VACANCIES, "/reelections": REELECTIONS, "/documents": DOCUMENTS, "/cadres": CADRES, "/appointments": APPOINTMENTS,
    "/secondments": SECONDMENTS,
    "/audit/appointments": AUDIT, "/audit/records": RECORDS, "/audit/exports": EXPORTS,
}  # fmt: skip


def behind(name: str, keys: Iterable[str]) -> Table:
    """The table of the rows behind a figure: those of its keys that have a word."""
    named = [k if k in GLOSSARY else f"{k}_name" for k in keys]
    return Table(name, tuple(GLOSSARY[k] for k in ("no", *named) if k in GLOSSARY))


class _Shape:
    """`format` csv or xlsx: all rows of the question as a file; `columns`: their keys (`person_name,role`), picked and in that order."""

    def __init__(self, q: Query, format: Format = "json", columns: Annotated[str | None, Parameter(max_length=1000)] = None) -> None:
        self.q, self.format, self.columns = q, format, columns

    def page(
        self,
        asked: Asked,
        query: Select[Any],
        paging: Paging,
        table: Table,
        named: Callable[[Asked, list[dict[str, Any]]], list[dict[str, Any]]] = Asked.named,
        counted: bool = False,
    ) -> Response:
        """A page of the list; or, as a file, the whole list."""
        return asked.page(query, paging, named, counted) if self.format == "json" else self.file(asked, table, _every(asked, query, named))

    def file(self, asked: Asked, table: Table, rows: Iterable[dict[str, Any]]) -> Response:
        tops = [asked.tree.nodes[t].name for t in asked.tops[:3] if t in asked.tree.nodes]
        said = self.q.request.query_params
        one = next((node.name for id, node in asked.tree.nodes.items() if str(id) == said.get("organisation")), tops[0] if len(tops) == 1 else "")
        about = [f"截至{asked.at.as_of}"] if one else [f"{'、'.join(tops)}{'等' if len(asked.tops) > 3 else ''}　截至{asked.at.as_of}"]
        about += [f"（{known}）"] if (known := asked.at.known_at) else []
        about += [f"筛选条件：{narrowed}"] if (narrowed := filtered(said.multi_items(), (*table.columns, *table.more))) else []
        assert self.format != "json"
        over = f"{one}{table.name.removeprefix('妇联')}" if one else table.name
        return exported(self.q, asked, self.format, (table.name, over, "　".join(about)), self.picked(table), rows)

    def picked(self, table: Table) -> Sequence[Column]:
        if not self.columns:
            return table.columns
        columns = (*table.columns, *table.more)
        known = {c.key: c for c in columns}
        keys = self.columns.split(",")
        if set(keys) - known.keys() or len(set(keys)) < len(keys):
            words = "、".join(f"{c.key}（{c.zh}）" for c in columns)
            raise unknown(
                "columns",
                f"columns 中有未知或重复的列，可选：{words}。",
                f"columns names an unknown or repeated column; choose of {', '.join(known)}.",
            )
        return [known[k] for k in keys]


def _every(asked: Asked, query: Select[Any], named: Callable[[Asked, list[dict[str, Any]]], list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    for part in asked.c.execute(query.execution_options(yield_per=PART)).mappings().partitions():
        yield from named(asked, [dict(row) for row in part])


Shape = Annotated[_Shape, Depends(_Shape)]
