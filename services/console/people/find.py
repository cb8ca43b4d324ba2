"""Finding a person or an organisation inside a form: by name, pinyin or initials, the one chosen already always among them."""

from __future__ import annotations

from typing import Any

from services.console.backend import Backend, Trouble

__all__ = ["organisations", "people"]

FEW = 8


async def people(api: Backend, typed: str, chosen: str = "") -> list[dict[str, Any]]:
    """Rows of id, name, sex, home_name and posts."""
    rows = await search(api, typed, "people")
    if chosen and all(r["id"] != chosen for r in rows):
        record = await known(api, "cadre", f"/cadres/{chosen}")
        rows = [{"id": chosen, "name": record["profile"]["person_name"], "home_name": "", "posts": []}, *rows] if record else rows
    return rows


async def organisations(api: Backend, typed: str, chosen: str = "") -> list[dict[str, Any]]:
    """Rows of id, name, level and path."""
    rows = await search(api, typed, "organisations")
    if chosen and all(r["id"] != chosen for r in rows):
        record = await known(api, "org", f"/organisations/{chosen}")
        rows = [{"id": chosen, "name": record["full_name"], "level": record["level"], "path": []}, *rows] if record else rows
    return rows


async def search(api: Backend, typed: str, kind: str) -> list[dict[str, Any]]:
    if not typed.strip():
        return []
    rows: list[dict[str, Any]] = (await api.get("projection", "/search", q=typed.strip()[:50], kinds=kind, limit=FEW))["rows"]
    return rows


async def known(api: Backend, service: str, path: str) -> dict[str, Any] | None:
    """What was chosen, unless it is not there or not hers to see: then she chooses again."""
    try:
        return await api.get(service, path)
    except Trouble as trouble:
        if trouble.status in (403, 404, 422):
            return None
        raise
