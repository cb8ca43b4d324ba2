"""What an address asks: its parameters as a page reads them, and addresses made of them again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

__all__ = ["address", "given", "state_of", "texts"]


def state_of(params: QueryParams) -> dict[str, Any]:
    """By name: its text, or its texts where there are several; what is empty is left out."""
    every = {name: params.getlist(name) for name in params}
    return {name: some[0] if len(some) == 1 else some for name, some in every.items() if any(some)}


def texts(value: Any) -> list[str]:
    """The texts of a value that may be one, several or none."""
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def given(some: Mapping[str, Any]) -> dict[str, Any]:
    """Without what says nothing: None, empty texts and lists."""
    return {k: v for k, v in some.items() if v not in (None, "", [])}


def address(path: str, asked: Mapping[str, Any]) -> str:
    """`path` with what is asked; a list is asked once for each of its texts."""
    asked = given(asked)
    return f"{path}?{urlencode(asked, doseq=True)}" if asked else path
