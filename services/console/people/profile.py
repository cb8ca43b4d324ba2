"""A person's profile as a form: its questions, how a birthday is typed, and which answers differ from what is on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.console.organisations.acts import Act, Ask, Values
from services.console.words import N_
from shared.calendar import SAID
from shared.workbook import Bad, dates

__all__ = ["ACTS", "ASKS", "POINTERS", "Record", "known", "read_birth"]

NOT_A_BIRTH = N_("{label}请写成 1980-05-12、1980-05 或 1980。")
ASKS = (
    Ask("person_name", "line", N_("姓名")),
    Ask("sex", "choice", N_("性别"), choices="sex", default="female"),
    Ask("ethnicity", "line", N_("民族"), N_("如 汉族"), required=False),
    Ask("born", "line", N_("出生年月"), N_("知道多少填多少：1980-05-12、1980-05 或 1980"), required=False),
    Ask("political", "choice", N_("政治面貌"), choices="political", required=False),
    Ask("degree", "choice", N_("文化程度"), choices="degree", required=False),
    Ask("employer_and_post", "line", N_("工作单位及职务"), required=False),
    Ask("staffing", "choice", N_("编制"), choices="staffing", required=False),
    Ask("population", "choice", N_("人员类别"), choices="population", required=False),
    Ask("in_party_branch_committee", "choice", N_("是否村（社区）党组织委员"), choices="yes_no", required=False),
    Ask("in_villagers_committee", "choice", N_("是否村（居）委会委员"), choices="yes_no", required=False),
    Ask("in_two_committees", "choice", N_("是否进村（社区）“两委”"), N_("材料没有写明是哪一个时填"), choices="yes_no", required=False),
    Ask("holds_both_posts", "choice", N_("是否一肩挑"), N_("村（社区）党组织书记、主任由同一人担任"), choices="yes_no", required=False),
)
SEALED = (
    Ask("id_number", "line", N_("居民身份证号"), N_("18 位；加密封存，查看须说明理由并留痕"), required=False),
    Ask("phone", "line", N_("联系电话"), N_("加密封存，查看须说明理由并留痕"), required=False),
)
REASON = Ask("reason", "text", N_("说明"), N_("为什么改，依据是什么"), required=False)
YES_NO = ("in_party_branch_committee", "in_villagers_committee", "in_two_committees", "holds_both_posts")
POINTERS = {f"/profile/{a.name}": a.name for a in ASKS} | {"/profile.person_name": "person_name", "/profile/born_on": "born",
            "/profile.born_on": "born", "/profile/born_precision": "born", "/profile": "", "/corrects": "corrects"}  # fmt: skip


def read_birth(said: str) -> tuple[str, str] | None:
    """`born_on` and its precision from what was typed; None when it is no date."""
    try:
        found = dates.day(said)
    except Bad:
        return None
    return (str(found.on), found.precision) if found else None


def known(profile: Mapping[str, Any]) -> dict[str, str]:
    """A profile as the form's values."""
    values = {a.name: profile.get(a.name) for a in ASKS}
    born, cut = profile.get("born_on"), SAID[profile.get("born_precision") or "day"]
    said = {k: ("yes" if v else "no") if isinstance(v, bool) else v or "" for k, v in values.items()}
    return {**said, "born": str(born)[:cut] if born else ""}


def typed(values: Values) -> dict[str, Any]:
    """The answers as a profile; what was left empty is left out."""
    plain = {a.name: values[a.name] for a in ASKS if a.name not in (*YES_NO, "born") and values.get(a.name)}
    seated = {name: values[name] == "yes" for name in YES_NO if values.get(name)}
    birth = read_birth(values["born"]) if values.get("born") else None
    return {**plain, **seated, **({"born_on": birth[0], "born_precision": birth[1]} if birth else {})}


@dataclass(frozen=True)
class Record(Act):
    """An act on a person's record: the profile goes nested, and of a change only what differs from what the form was opened with."""

    whole: bool = False  # a registration says all of it

    def check(self, values: Values) -> dict[str, tuple[str, str]]:
        faults = super().check(values)
        if values.get("born") and read_birth(values["born"]) is None:
            faults["born"] = (NOT_A_BIRTH, N_("出生年月"))
        if self.whole and not values.get("home"):
            faults["home"] = (N_("请选择{label}。"), N_("档案所在组织"))
        return faults

    def read(self, values: Values) -> dict[str, Any]:
        """Nothing: it takes two sides to say what changed (`said`)."""
        return {}

    def said(self, values: Values, was: Values) -> dict[str, Any]:
        """The body to send."""
        new, old = typed(values), {} if self.whole else typed(was)
        changed = {k: v for k, v in new.items() if old.get(k) != v}
        if "born_on" in changed or "born_precision" in changed:
            changed |= {k: new[k] for k in ("born_on", "born_precision")}
        return {"profile": changed, **{k: values[k] for k in ("id_number", "phone", "effective", "home", "reason", "corrects") if values.get(k)}}


ACTS: Mapping[str, Record] = {
    r.id: r
    for r in (
        Record("registration", N_("登记人员"), "cadre.register", (*ASKS, *SEALED), template="people/_home.html", whole=True, service="cadre",
               effect=N_("登记只建立人员档案，不等于任职；任职请另行办理拟任。")),
        Record("change", N_("情况变更"), "cadre.profile",
               (*ASKS, *SEALED, Ask("effective", "date", N_("从哪天起变更"), N_("此前的情况仍按原来的记录"), default="today"), REASON), ("other",),
               versioned=True, service="cadre", effect=N_("原来的情况保留，从所填日期起按新的情况统计。")),
        Record("correction", N_("更正录入错误"), "cadre.correct",
               (*ASKS, *SEALED, Ask("reason", "text", N_("更正理由"), N_("错在哪里，依据是什么"))), ("other",), template="people/_corrects.html",
               versioned=True, service="cadre", effect=N_("从一开始就按更正后的内容计算；错误的记录和更正都会保留，可以查到。")),
    )
}  # fmt: skip
