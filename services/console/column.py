"""A column of a list: what its cells show, and where they lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from services.console.labels import label
from services.console.render import day, instant, number

__all__ = ["Column"]

NOTHING = Markup('<span class="none">—</span>')


@dataclass(frozen=True)
class Column:
    """`name`: the key in a row. `kind`: text, day, instant, number, or a kind of labels.py. `link`: an address with keys, `/people/{person}`.

    `always`: it cannot be hidden. `hidden`: shown only when chosen. `wide`: may take several lines.
    `sort`: the service can sort by it, under this name if not the column's own; `rising`: only upwards.
    `show`: what a row says here in a language, where that is more than the word for one value: text, markup or nothing.
    `card`: where a phone shows it before "more" is asked for: "fact", "said" (a fact with its title) or "state" (beside the name).
    """

    name: str
    title: str
    kind: str = "text"
    link: str = ""
    always: bool = False
    hidden: bool = False
    sort: bool | str = False
    rising: bool = False
    wide: bool = False
    card: str = ""
    show: Callable[[Mapping[str, Any], str], str | None] | None = None

    def cell(self, row: Mapping[str, Any], language: str) -> Markup:
        """The value in words, under its address; a dash for nothing. Not a macro: a page has a thousand cells."""
        said = self._said(row, language)
        if said in (None, ""):
            return NOTHING
        address = self.address(row)
        return Markup(f'<a href="{escape(address)}">{escape(said)}</a>') if address else escape(said)

    def address(self, row: Mapping[str, Any]) -> str:
        """Where the cell leads; empty when the row lacks what it needs."""
        if not self.link:
            return ""
        try:
            return self.link.format_map({k: v for k, v in row.items() if v is not None})
        except KeyError:
            return ""

    def _said(self, row: Mapping[str, Any], language: str) -> Any:
        if self.show:
            return self.show(row, language)
        value = row.get(self.name)
        match self.kind:
            case "text":
                return value
            case "day":
                return day(value, row.get("precision"))
            case "instant":
                return instant(value)
            case "number":
                return number(value)
            case kind:
                return label(kind, value, language)
