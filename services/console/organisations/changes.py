"""The acts on one organisation, as data, and what of an organisation's facts is said in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.console.forms import Form
from services.console.organisations.acts import Act, Ask, Values
from services.console.words import N_
from shared.fact import new_id

__all__ = ["ACTS", "EVENTS", "FIELDS", "SEATS", "offered", "planned", "seats"]

DAY = Ask("effective", "date", N_("生效日期"), default="today")
WHY = Ask("why", "text", N_("理由"))
SEATS = 12  # lines of the seat plan's form
NO_NUMBER = N_("{label}应为不小于 1 的整数；不设这个职位的，把职务也选为空。")
NO_OFFICE = N_("请选择{label}；不设这个职位的，把职数也删去。")
NAMES = (
    Ask("full_name", "line", N_("全称"), N_("乡镇（街道）加村（社区）加“妇女联合会”")),
    Ask("short_name", "line", N_("简称"), N_("如 示范村妇联")),
)
KINDS = (
    Ask("area_kind", "choice", N_("城乡"), choices="area_kind", required=False),
    Ask("field", "choice", N_("领域"), choices="field", default="area"),
    Ask("formation_mode", "choice", N_("组建方式"), choices="formation", default="standalone"),
)


def seats(values: Values) -> dict[str, Any]:
    """The whole plan: lines with a role, in order; a line without a seat is a new one."""
    found = []
    for n in range(SEATS):
        role, capacity = values.get(f"seats.{n}.role", ""), values.get(f"seats.{n}.capacity", "")
        if role and capacity.isdigit() and int(capacity):
            engagement = values.get(f"seats.{n}.engagement") or None
            found.append({"seat": values.get(f"seats.{n}.seat") or str(new_id()), "role": role, "capacity": int(capacity), "engagement": engagement})
    return {"seats": found}


@dataclass(frozen=True)
class Plan(Act):
    """A line of it is never left out in silence: it has an office and a number, or neither."""

    def check(self, values: Values) -> dict[str, tuple[str, str]]:
        faults = super().check(values)
        for role, capacity in ((f"seats.{n}.role", f"seats.{n}.capacity") for n in range(SEATS)):
            said = values.get(capacity, "")
            if values.get(role) and not (said.isdigit() and int(said)):
                faults[capacity] = (NO_NUMBER, N_("职数"))
            elif said and not values.get(role):
                faults[role] = (NO_OFFICE, N_("职务"))
        return faults


def planned(form: Form) -> list[tuple[str, dict[str, str], dict[str, str]]]:
    """Line by line: the seat, what was and what is to be (role, capacity, engagement); nothing where there is none."""
    lines = []
    for n in range(SEATS):
        was, now = ({k: str(side.get(f"seats.{n}.{k}", "")) for k in ("role", "capacity", "engagement")} for side in (form.was, form.values))
        lines.append((form[f"seats.{n}.seat"], was if was["role"] else {}, now if now["role"] else {}))
    return [line for line in lines if line[1] or line[2]]


ACTS: Mapping[str, Act] = {
    a.id: a
    for a in (
        Act("details", N_("变更名称等"), "org.change", (DAY, *NAMES, *KINDS), ("approval", "letter"), versioned=True,
            effect=N_("原来的名称仍按日期保留，可随时查看。")),
        Act("division", N_("调整区划代码"), "org.change",
            (DAY, Ask("code", "line", N_("区划代码"), N_("12 位数字")), Ask("division_name", "line", N_("区划名称"))), versioned=True),
        Act("credit-code", N_("登记统一社会信用代码"), "org.change",
            (DAY, Ask("credit_code", "line", N_("统一社会信用代码"), N_("18 位，照证书填写；留空表示停用原代码"), required=False)), versioned=True),
        Plan("seats", N_("核定职数"), "org.seats", (DAY,), ("approval",), body=seats, template="organisations/_seats.html", versioned=True,
            effect=N_("整个职数方案自生效日期起按此执行。")),
        Act("move", N_("调整隶属"), "org.change", (DAY, Ask("parent", "organisation", N_("新的上级"), N_("填名称或 12 位区划代码"))),
            ("approval",), effect=N_("原区划代码同日停用，需要时另行登记。")),
        Act("merger", N_("并入另一组织"), "org.establish", (DAY, Ask("into", "organisation", N_("并入"), N_("填名称或 12 位区划代码"))),
            ("approval",), paper_required=True,
            effect=N_("本组织同日终止，下级组织和所覆盖单位转入对方；还没有批复结果的换届同时取消，在任人员同日免职。"), ending=True),
        Act("dissolution", N_("撤销组织"), "org.establish", (DAY, WHY), ("approval",), paper_required=True,
            effect=N_("仍有在任人员、下级组织、运行中的届次或未补的缺位时不能撤销；还没有批复结果的换届同时取消。"), ending=True),
        Act("establishment", N_("批准成立"), "org.establish", (Ask("established_on", "date", N_("成立日期"), default="today"),), ("approval",),
            paper_required=True),
        Act("withdrawal", N_("撤回设立申请"), "org.propose", (Ask("withdrawn_on", "date", N_("撤回日期"), default="today"), WHY), ending=True),
        Act("proposal", N_("设立下级组织"), "org.propose",
            (*NAMES, Ask("org_type", "choice", N_("类别"), choices="org_type", default="federation"),
             Ask("level", "choice", N_("层级"), choices="level"), *KINDS, Ask("proposed_on", "date", N_("申请日期"), default="today")),
            ("request",), effect=N_("由上级妇联凭批复批准后成立。")),
        Act("extension-request", N_("申请延期换届"), "org.reelection", (Ask("new_ends_on", "date", N_("延期至")), WHY), ("request",),
            effect=N_("提交后列入上级妇联的工作台，由其批准或答复。")),
        Act("extension", N_("批准延期换届"), "org.permit", (), ("approval",), paper_required=True,
            effect=N_("批准后按新的届满日期提醒；按时换届率仍按原届满日期计算。")),
        Act("extension-refusal", N_("不予批准延期"), "org.permit", (WHY,), ("letter", "approval"),
            effect=N_("答复后届满日期不变，对方可以看到理由，也可以再次申请。"), ending=True),
        Act("filing", N_("登记备案"), "org.file",
            (Ask("filed_with", "choice", N_("备案机关"), choices="filed_with"), Ask("filed_on", "date", N_("备案日期"), default="today")),
            ("filing_form",), effect=N_("登记的是名册换届（没有换届办理过程）的结果；由换届产生的，在该次换届登记。")),
        Act("end", N_("提前结束本届"), "org.term", (Ask("ended_on", "date", N_("结束日期"), N_("提前换届的，填换届大会当天"), default="today"),),
            ("approval",), paper_required=True,
            effect=N_("本届自该日起结束，在任人员暂不变动；随后导入换届名册，新班子从同一天起任职，原班子同日离任。"), ending=True),
    )
}  # fmt: skip
ON_TERM = ("extension-request", "extension", "extension-refusal", "filing", "end")
OFFERED = {
    "active": ("details", "seats", "division", "credit-code", "proposal", "move", "merger", "dissolution"),
    "proposed": ("establishment", "withdrawal"),
}
EVENTS = {
    "OrganisationProposed": N_("申请设立"),
    "OrganisationEstablished": N_("批准成立"),
    "OrganisationProposalWithdrawn": N_("撤回设立申请"),
    "OrganisationDetailsChanged": N_("变更名称等"),
    "OrganisationCorrected": N_("更正"),
    "OrganisationMoved": N_("调整隶属"),
    "DivisionAssigned": N_("登记区划代码"),
    "DivisionReleased": N_("停用区划代码"),
    "CreditCodeAssigned": N_("登记统一社会信用代码"),
    "OrganisationsMerged": N_("并入另一组织"),
    "OrganisationAbsorbed": N_("并入了另一组织"),
    "OrganisationSplitOff": N_("由另一组织分出"),
    "OrganisationConverted": N_("会改联"),
    "OrganisationDissolved": N_("撤销"),
    "OrganisationUnitAdded": N_("增加覆盖单位"),
    "OrganisationUnitReleased": N_("不再覆盖一个单位"),
    "SeatsDefined": N_("核定职数"),
    "SeatAbolished": N_("撤销职位"),
}
FIELDS = {
    "full_name": N_("全称"),
    "short_name": N_("简称"),
    "org_type": N_("类别"),
    "level": N_("层级"),
    "area_kind": N_("城乡"),
    "field": N_("领域"),
    "formation_mode": N_("组建方式"),
    "status": N_("状态"),
    "code": N_("区划代码"),
    "division_name": N_("区划名称"),
    "credit_code": N_("统一社会信用代码"),
    "parent": N_("上级"),
    "became": N_("并入（改建为）"),
    "out_of": N_("由何处分出"),
}


def offered(status: str) -> list[Act]:
    """What may be done to an organisation in this state."""
    return [ACTS[id] for id in OFFERED.get(status, ())]
