"""Facts: what happened, in the past tense, under a stored name that never changes. The published contract of every service."""
from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from uuid_utils.compat import uuid7

__all__ = ["Fact", "Personal", "Refused", "derive", "new_id", "overrides", "readable", "settled"]

T = TypeVar("T")
new_id = uuid7
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # PostgreSQL, XML or UTF-8 hold none of these
LONGEST = 20_000  # characters of one text
WORDLESS = frozenset((type(None), bool, int, float, date, datetime, UUID))


def derive(source: UUID, *names: object) -> UUID:
    """An id that follows from `source` and `names`: always the same, and with the source's time prefix, so indexes stay local."""
    digest = hashlib.sha256("\0".join(map(str, (source, *names))).encode()).digest()
    number = int.from_bytes(source.bytes[:6] + digest[:10], "big")
    number = number & ~(0xF << 76) | (8 << 76)
    return UUID(int=number & ~(0x3 << 62) | (0x2 << 62))


class Personal(BaseModel, Generic[T]):
    """A value about a person. It is sealed before it reaches any store; `value` is only there on the way in, or after `Vault.open`.

    `subject` owns the key; `box` is nonce and ciphertext (base64); `bound` is the additional data: store, aggregate, version, fact, field.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    subject: UUID
    value: T | None = None
    box: str | None = None
    bound: str | None = None

    def __repr__(self) -> str:
        return f"Personal({self.subject})"

    __str__ = __repr__


class Fact(BaseModel):
    """Something that happened: `class AppointmentEnded(Fact, name="cadre.AppointmentEnded", of="Appointment")`.

    `NAME` is the stored name, `OF` the aggregate it happened to. A changed shape raises `VERSION` and teaches `upcast` the old one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")
    NAME: ClassVar[str]
    OF: ClassVar[str]
    VERSION: ClassVar[int] = 1
    PERSONAL: ClassVar[tuple[str, ...]] = ()
    registry: ClassVar[dict[str, type[Fact]]] = {}

    def __init_subclass__(cls, *, name: str = "", of: str = "", version: int = 1, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        if name:
            cls.NAME, cls.OF, cls.VERSION = name, of, version
            if Fact.registry.setdefault(name, cls) is not cls:
                raise TypeError(f"two facts are named {name}")

    @classmethod
    def __pydantic_init_subclass__(cls, **kw: Any) -> None:
        cls.PERSONAL = tuple(f for f, info in cls.model_fields.items() if "Personal" in str(info.annotation))

    @classmethod
    def upcast(cls, data: dict[str, Any], version: int) -> dict[str, Any]:
        """Stored `data` of an older `version`, in today's shape."""
        return data

    @classmethod
    def restore(cls, name: str, data: dict[str, Any], version: int) -> Fact:
        """The fact stored under `name`. KeyError when the name is unknown, ValueError when its shape or version is."""
        known = cls.registry[name]
        if version > known.VERSION:
            raise ValueError(f"{name} version {version} is newer than {known.VERSION}")
        return known.model_validate(known.upcast(data, version) if version < known.VERSION else data)


class Refused(Exception):
    """A rule said no. `code` names the rule, `field` what it is about; both languages say how to put it right. `also`: what else was wrong."""

    also: tuple[Refused, ...] = ()

    @classmethod
    def all(cls, some: Iterable[Refused]) -> None:
        """Raises the first of these, with the others; nothing where there is none."""
        found = tuple(some)
        if found:
            found[0].also = found[1:]
            raise found[0]

    def __init__(self, code: str, zh: str, en: str, field: str = "", **params: object) -> None:
        super().__init__(f"{code}: {en}")
        self.code, self.field, self.params = code, field, params
        self.zh, self.en = zh.format(**params), en.format(**params)


CORRECTION = ("corrects", "corrects_version", "void")  # fields of a correction that are not of the fact it corrects


def overrides(said: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, Any] | None]:
    """Of each fact of one aggregate, by its number in the stream, what is right in place of what it says; None: it never was so, or is itself a
    correction. A correction names the fact it corrects by its number (`corrects_version`) and bears its fields; one of a correction puts that
    right, or (void) takes it back."""
    by: dict[int, list[int]] = {}
    for n, body in said.items():
        if target := body.get("corrects_version"):
            by.setdefault(target, []).append(n)

    def right(n: int) -> dict[str, Any] | None:
        found: dict[str, Any] | None = {}
        for j in by.get(n, ()):
            again = right(j)
            if again is None:  # that correction was taken back
                continue
            if said[j].get("void"):
                found = None
            else:
                meant = {**said[j], **again}
                found = {**(found or {}), **{k: v for k, v in meant.items() if v is not None and k not in CORRECTION}}
        return found

    return {n: None if body.get("corrects_version") else right(n) for n, body in said.items()}


def settled(facts: Sequence[Fact]) -> list[Fact]:
    """Of all facts of an aggregate, in order, those that hold, as corrected since."""
    right = overrides({n: fact.__dict__ for n, fact in enumerate(facts, 1)})
    return [fact.model_copy(update=over) if over else fact for n, fact in enumerate(facts, 1) if (over := right[n]) is not None]


def readable(value: Any, field: str = "") -> None:
    """Refused: a text in it holds a control character or half of one, or is too long. Asked of what is about to be recorded, never of what was."""
    kind = value.__class__
    if kind is str:
        _text(value, field)
    elif kind is tuple or kind is list:
        for part in value:
            readable(part, field)
    elif kind is dict or isinstance(value, BaseModel):
        for name, part in (value if kind is dict else value.__dict__).items():
            if part.__class__ is str:
                if len(part) > LONGEST or not part.isprintable():
                    _text(part, _below(field, name))
            elif part.__class__ not in WORDLESS:
                readable(part, _below(field, name))


def _below(field: str, name: object) -> str:
    return f"{field}.{name}" if field else str(name)


def _text(text: str, field: str) -> None:
    if len(text) > LONGEST:
        raise Refused("text_too_long", "有 {count} 个字，最多 {most} 个，请缩短", "{count} characters; at most {most}", field, count=len(text),
                      most=LONGEST)
    if UNREADABLE.search(text):
        raise Refused("text_unreadable", "文字里有看不见的控制字符或残缺的字符，请删去后重新填写",
                      "There are control characters or broken ones in the text; take them out and write it again", field)
