"""Forms that lose nothing: values kept on error, faults with links to their fields, drafts, a check page, and what changed meanwhile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from services.console.backend import Trouble
from services.console.failures import sentence
from services.console.query import texts

__all__ = ["Change", "Fault", "Form"]

OWN = ("csrf", "key", "expect", "was", "step")


@dataclass(frozen=True)
class Fault:
    """`name`: the field it belongs to; empty: the form as a whole. `text`: what is wrong and how to put it right."""

    name: str
    text: str


@dataclass(frozen=True)
class Change:
    """A field that somebody else changed while the form was open: `was`, `now`, `mine`."""

    name: str
    was: str
    now: str
    mine: str


@dataclass
class Form:
    """`values` by field name, lists for repeated fields. `key`: the Idempotency-Key, issued with the form: sent twice, it happens once.

    `expect`: the version it was opened at; `was`: the values then; `step`: the button pressed ("check", "send", "back").
    """

    values: dict[str, Any] = field(default_factory=dict)
    key: str = field(default_factory=lambda: str(uuid4()))
    expect: int | None = None
    was: dict[str, str] = field(default_factory=dict)
    step: str = "check"
    faults: list[Fault] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    files: dict[str, UploadFile] = field(default_factory=dict)
    draft: datetime | None = None  # when an unsent draft of it was saved
    warnings: list[str] = field(default_factory=list)  # what the service would warn of, for the check page

    @classmethod
    def new(cls, values: Mapping[str, Any] | None = None, expect: int | None = None) -> Form:
        """A form about to be shown; with `expect` it edits something that is there."""
        known = {k: "" if v is None else v for k, v in (values or {}).items()}
        return cls(known, expect=expect, was={k: str(v) for k, v in known.items()} if expect is not None else {})

    @classmethod
    async def sent(cls, request: Request) -> Form:
        """The form that came in: texts trimmed, files apart."""
        return cls.read(await request.form())

    @classmethod
    def read(cls, data: FormData) -> Form:
        values: dict[str, Any] = {}
        files: dict[str, UploadFile] = {}
        for name in dict.fromkeys(data.keys()):
            every = data.getlist(name)
            if isinstance(every[0], UploadFile):
                files |= {name: every[0]} if every[0].filename else {}
            elif name not in OWN:
                texts = [str(v).strip() for v in every]
                values[name] = texts if len(texts) > 1 else texts[0]
        own = {name: str(data.get(name, "")) for name in OWN}
        expect = int(own["expect"]) if own["expect"].isdigit() else None
        return cls(values, own["key"] or str(uuid4()), expect, original(own["was"]), own["step"] or "check", files=files)

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name, "")

    def all(self, name: str) -> list[str]:
        """A repeated field's values."""
        return texts(self.values.get(name))

    def needs(self, names: Mapping[str, str]) -> bool:
        """Faults for fields left empty, each with its sentence; whether all were filled in."""
        empty = [Fault(n, text) for n, text in names.items() if not self.values.get(n) and n not in self.files]
        self.faults += empty
        return not empty

    def wrong(self, name: str, text: str) -> Form:
        self.faults.append(Fault(name, text))
        return self

    @property
    def why(self) -> str:
        """Of a form with some reasons to choose from and `other` to write: the one she gives."""
        return str(self["other"] if self["reason"] == "other" else self["reason"])

    def unexplained(self, text: str) -> Form:
        return self.wrong("other" if self["reason"] == "other" else "reason", text)

    def refused(self, trouble: Trouble, language: str, fields: Mapping[str, str] | None = None) -> Form:
        """The service's faults, each at its field. `fields`: pointer or code -> field, where the two differ.

        Raises it again when it is not about what was entered (403, 404, 5xx): that has a page of its own.
        """
        if trouble.status not in (400, 409, 412, 422, 428, 503):
            raise trouble
        for e in trouble.errors:
            pointer, code = str(e.get("pointer", "")), str(e.get("code", ""))
            name = (fields or {}).get(pointer) or (fields or {}).get(code) or pointer.removeprefix("/").partition("/")[0]
            self.faults.append(Fault(name if name in self.values else "", sentence(e, language)))
        self.faults = self.faults or [Fault("", "")]
        return self

    def fault(self, name: str) -> str:
        """The sentence beside a field; empty when nothing is wrong with it."""
        return next((f.text for f in self.faults if f.name == name), "")

    def stale(self, now: Mapping[str, Any], expect: int) -> Form:
        """After a 412: what changed since the form was opened. She decides field by field; nothing is overwritten by itself."""
        current = {k: "" if v is None else str(v) for k, v in now.items()}
        mine = {k: str(v) for k, v in self.values.items() if k in current}
        self.changes = [Change(k, self.was.get(k, ""), current[k], mine[k]) for k in mine if current[k] != self.was.get(k, "")]
        for name in mine:
            if mine[name] == self.was.get(name, ""):
                self.values[name] = current[name]  # she had not touched it: what stands there now, stands
        self.was, self.expect, self.key = {k: current.get(k, "") for k in self.was}, expect, str(uuid4())
        return self

    def opened(self) -> str:
        """The values at opening, for the form's hidden field."""
        return json.dumps(self.was, ensure_ascii=False)

    def hidden(self) -> list[tuple[str, str]]:
        """All values as (name, text), for the check page."""
        return [(n, str(v)) for n, value in self.values.items() for v in (value if isinstance(value, list) else [value])]


def original(said: str) -> dict[str, str]:
    try:
        found = json.loads(said or "{}")
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}
