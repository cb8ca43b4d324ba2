"""What the codes of organisations, terms, re-elections and documents are called: (Chinese, English) by kind; a part of `labels`."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "never": {"withdrawn": ("已撤回设立申请", "withdrawn"), "voided": ("已作废", "void")},
    "area_kind": {"urban": ("城镇（街道、社区）", "urban"), "rural": ("农村（乡镇、村）", "rural")},
    "field": {
        "area": ("区域（乡镇、村、社区）", "area"),
        "organ": ("机关", "government organ"),
        "institution": ("事业单位", "institution"),
        "enterprise": ("企业", "enterprise"),
        "school": ("学校", "school"),
        "new_economic": ("新经济组织", "new economic organisation"),
        "new_social": ("新社会组织", "new social organisation"),
        "new_employment_group": ("新就业群体", "new employment group"),
        "other": ("其他", "other"),
    },
    "formation": {
        "standalone": ("单独建", "standalone"),
        "joint": ("联合建", "joint"),
        "industry": ("行业统建", "by industry"),
        "area": ("区域联建", "by area"),
        "village_fallback": ("村社兜底", "village fallback"),
        "online": ("网上建", "online"),
    },
    "term": {
        "running": ("任期中", "running"),
        "due": ("半年内届满", "due within half a year"),
        "overdue": ("届满待换届", "past its end"),
        "ended": ("已结束", "ended"),
    },
    "vacancy": {
        "open": ("缺位", "vacant"),
        "overdue": ("缺位满90天", "vacant over 90 days"),
        "long": ("缺位满180天", "vacant over 180 days"),
        "closed": ("已补或已撤", "filled or abolished"),
    },
    "stage": {
        "planned": ("计划", "planned"),
        "requested": ("已请示", "requested"),
        "refused": ("未获批准", "refused"),
        "permitted": ("已批准换届", "permitted"),
        "held": ("已开会选举", "voted"),
        "congress_held": ("已开会选举", "voted"),
        "reported": ("结果已上报", "reported"),
        "result_reported": ("结果已上报", "reported"),
        "approved": ("结果已批复", "approved"),
        "result_approved": ("结果已批复", "approved"),
        "filed": ("已备案", "filed"),
        "closed": ("已办结", "closed"),
        "cancelled": ("已取消", "cancelled"),
    },
    "form": {
        "congress": ("妇女代表大会", "congress"),
        "general_meeting": ("妇女大会", "general meeting"),
        "executive_plenary": ("执委会全体会议", "executive plenary"),
    },
    "filed_with": {
        "superior_federation": ("上一级妇联", "superior federation"),
        "party_org_department": ("党委组织部门", "Party organisation department"),
    },
    "document": {
        "request": ("请示", "request"),
        "approval": ("批复", "approval"),
        "appointment": ("任免文件", "appointment paper"),
        "minutes": ("会议纪要", "minutes"),
        "election_result": ("选举结果报告", "election result"),
        "filing_form": ("备案表", "filing form"),
        "letter": ("函", "letter"),
        "regulation": ("选举办法等制度", "regulation"),
        "other": ("其他", "other"),
    },
}
