"""Finding a person or an organisation inside a form: by name, pinyin or initials, the one chosen already always among them."""

from __future__ import annotations

from typing import Any

from services.console.backend import Backend, Trouble

__all__ = ["doubles", "organisations", "people"]

FEW, MANY = 8, 50


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


async def doubles(api: Backend, id: str, typed: str, chosen: str, born_on: str, home: str) -> list[dict[str, Any]]:
    """Other records that may be hers: of those found, the same birth and the same home first."""
    rows = await search(api, typed, "people", MANY)
    rows.sort(key=lambda r: (r["id"] != chosen, r.get("born_on") != born_on, r.get("home") != home, str(r.get("born_on"))[:4] != born_on[:4]))
    some = [r for r in rows if r["id"] != id][:FEW]
    return some if not chosen or any(r["id"] == chosen for r in some) else [*await people(api, "", chosen), *some]


async def search(api: Backend, typed: str, kind: str, limit: int = FEW) -> list[dict[str, Any]]:
    if not typed.strip():
        return []
    rows: list[dict[str, Any]] = (await api.get("projection", "/search", q=typed.strip()[:50], kinds=kind, limit=limit))["rows"]
    return rows


async def known(api: Backend, service: str, path: str) -> dict[str, Any] | None:
    """What was chosen, unless it is not there or not hers to see: then she chooses again."""
    try:
        return await api.get(service, path)
    except Trouble as trouble:
        if trouble.status in (403, 404, 422):
            return None
        raise
