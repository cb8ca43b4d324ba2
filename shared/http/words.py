"""The edge's own words: what each HTTP status and each fault of a field means, in Chinese and English."""

from __future__ import annotations

from typing import Any

__all__ = ["STATUS", "explain"]

STATUS = {
    400: ("请求不完整", "The request is incomplete"),
    401: ("请先登录", "Sign in first"),
    403: ("没有权限", "Not permitted"),
    404: ("没有找到", "Not found"),
    405: ("该地址不支持此操作", "This address does not support the method"),
    409: ("与他人的修改冲突", "In conflict with another change"),
    412: ("内容已被修改", "Changed in the meantime"),
    413: ("内容过大", "Too large"),
    415: ("不支持的文件类型", "Unsupported type"),
    422: ("未通过校验", "Refused by a rule"),
    428: ("需要版本号", "A version is required"),
    429: ("请求过于频繁", "Too many requests"),
    500: ("系统内部错误，请凭关联编号联系管理员", "Internal error; quote the correlation id to an administrator"),
    503: ("暂时不可用", "Not available now"),
}

# pydantic's error type (or its beginning) -> what to say; {…} comes from the error's context, never from the value sent
FAULTS = {
    "missing": ("缺少此项，请填写。", "This field is required."),
    "extra_forbidden": ("没有这个字段，请删去或核对字段名。", "There is no such field; remove it or check its name."),
    "date": ("日期无效，请写成 2026-01-31 的形式。", "Not a valid date; write it like 2026-01-31."),
    "datetime": ("时间无效，请写成 2026-01-31T08:00:00+08:00 的形式。", "Not a valid time; write it like 2026-01-31T08:00:00+08:00."),
    "timezone": (
        "时间缺少时区，请写成 2026-01-31T08:00:00+08:00 的形式。",
        "The time lacks its zone; write it like 2026-01-31T08:00:00+08:00.",
    ),
    "uuid": ("编号无效，应为 UUID。", "Not a valid id; it must be a UUID."),
    "literal_error": ("只能填以下之一：{expected}。", "Must be one of: {expected}."),
    "enum": ("只能填以下之一：{expected}。", "Must be one of: {expected}."),
    "int": ("应为整数。", "Must be a whole number."),
    "float": ("应为数字。", "Must be a number."),
    "decimal": ("应为数字。", "Must be a number."),
    "bool": ("只能填 true 或 false。", "Must be true or false."),
    "string_too_short": ("至少 {min_length} 个字符。", "At least {min_length} characters."),
    "string_too_long": ("最多 {max_length} 个字符。", "At most {max_length} characters."),
    "string_pattern_mismatch": ("格式不符：{pattern}。", "Does not match the pattern {pattern}."),
    "string": ("应为文本。", "Must be text."),
    "greater_than_equal": ("不能小于 {ge}。", "Must be at least {ge}."),
    "greater_than": ("必须大于 {gt}。", "Must be greater than {gt}."),
    "less_than_equal": ("不能大于 {le}。", "Must be at most {le}."),
    "less_than": ("必须小于 {lt}。", "Must be less than {lt}."),
    "too_short": ("至少 {min_length} 项。", "At least {min_length} entries."),
    "too_long": ("最多 {max_length} 项。", "At most {max_length} entries."),
    "json_invalid": ("不是有效的 JSON。", "Not valid JSON."),
    "model_attributes_type": ("应为对象。", "Must be an object."),
    "dict": ("应为对象。", "Must be an object."),
    "list": ("应为列表。", "Must be a list."),
    "tuple": ("应为列表。", "Must be a list."),
}
OTHER = ("填写不符合要求。", "Not valid.")


def explain(fault: dict[str, Any]) -> tuple[str, str, str, str]:
    """Pointer, code and both sentences for one of pydantic's errors; the value sent is never repeated."""
    kind = str(fault["type"])
    where, *path = (str(p) for p in fault["loc"])
    if kind == "json_invalid":
        path = []
    pointer = "/".join(["", *(p.replace("~", "~0").replace("/", "~1") for p in path)]) if where == "body" else "/".join([where, *path])
    zh, en = FAULTS.get(kind) or next((words for start, words in FAULTS.items() if kind.startswith(start + "_")), OTHER)
    context = {k: v for k, v in fault.get("ctx", {}).items() if isinstance(v, str | int | float)}
    name = path[-1] if path else ""
    said_zh, said_en = zh.format_map(_Known(context)), en.format_map(_Known(context))
    return pointer, kind, f"{name}：{said_zh}" if name else said_zh, f"{name}: {said_en}" if name else said_en


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"
