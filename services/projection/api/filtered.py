"""What a file was narrowed to, in words, for the line under its title: a list of some must not pass for the list of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.projection.api.sheet import Column, text
from services.projection.api.words import FIELDS, LEVELS, ORG_TYPES, POLITICAL, POPULATIONS, SEXES
from shared.words import AGES, FLAGS, HOLDING, MISSING, ROSTER_TERMS

__all__ = ["filtered"]

NAMES: dict[str, tuple[str, Mapping[str, Any]]] = {
    "search": ("查找", {}),
    "who": ("经办人", {}),
    "level": ("层级", LEVELS),
    "org_type": ("类别", ORG_TYPES),
    "field": ("领域", FIELDS),
    "sex": ("性别", SEXES),
    "political": ("政治面貌", POLITICAL),
    "population": ("人员类别", POPULATIONS),
    "age": ("年龄", AGES),
    "term": ("届期", ROSTER_TERMS),
    "missing": ("待补资料", MISSING),
    "flag": ("标记", FLAGS),
    "sealed": ("未脱敏内容", {"true": "有", "false": "无"}),
    "from": ("登记日期自", {}),
    "to": ("登记日期至", {}),
    "effective_from": ("生效日期自", {}),
    "effective_to": ("生效日期至", {}),
    "unit_level": ("单位层级", LEVELS),
    "ending": ("三十天内到期", {"true": "是", "false": "否"}),
}


def filtered(asked: Iterable[tuple[str, str]], columns: Iterable[Column]) -> str:
    """`层级：村；专/挂/兼：专职、兼职`; of exact ids nothing is said: the list is named after them or shows them."""
    known = {"status": ("在任状态", HOLDING), **{c.key: (c.zh, c.words) for c in columns if c.words}, **NAMES}
    said: dict[str, list[str]] = {}
    for name, value in asked:
        if name in known and value:
            said.setdefault(name, []).append(str(text(value, known[name][1])))
    return "；".join(f"{known[name][0]}：{'、'.join(values)}" for name, values in said.items())
