"""Finding a person or an organisation inside a form: by name, pinyin or initials, the one chosen already always among them."""

from __future__ import annotations

from typing import Any

from services.console.backend import Backend

__all__ = ["FEW", "Some", "doubles", "name", "organisations", "people"]

FEW, MANY = 8, 50


class Some(list[dict[str, Any]]):
    """What was found, as many as can be asked for; a page shows the first `FEW` and says how many `more` there are."""

    @property
    def few(self) -> list[dict[str, Any]]:
        return self[:FEW]

    @property
    def more(self) -> str:
        left = len(self) - FEW
        return "" if left <= 0 else f"{left}+" if len(self) >= MANY else str(left)


async def people(api: Backend, typed: str, chosen: str = "", near: str = "") -> Some:
    """Rows of id, name, sex, home_name and posts; those of the organisation `near` before others named alike."""
    rows = Some(await search(api, typed, "people", near))
    if chosen and all(r["id"] != chosen for r in rows[:FEW]):
        return Some([*await one(api, chosen, rows), *(r for r in rows if r["id"] != chosen)])
    return rows


async def one(api: Backend, chosen: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who was chosen, with where she belongs."""
    found = [r for r in rows if r["id"] == chosen]
    if found:
        return found
    if (seen := await api.known("projection", f"/cadres/{chosen}")) and seen.get("now"):
        posts = [p for p in seen["appointments"] if p["in_office"] and p.get("current")]
        return [{"id": chosen, "name": seen["now"]["person_name"], "home_name": seen["now"].get("home_name") or "", "posts": posts}]
    record = await api.known("cadre", f"/cadres/{chosen}")
    return [{"id": chosen, "name": record["profile"]["person_name"], "home_name": "", "posts": []}] if record else []


async def organisations(api: Backend, typed: str, chosen: str = "") -> Some:
    """Rows of id, name, level and path."""
    rows = Some(await search(api, typed, "organisations"))
    if chosen and all(r["id"] != chosen for r in rows[:FEW]):
        record = await api.known("org", f"/organisations/{chosen}")
        first = [{"id": chosen, "name": record["full_name"], "level": record["level"], "path": []}] if record else []
        return Some([*first, *(r for r in rows if r["id"] != chosen)])
    return rows


async def doubles(api: Backend, id: str, typed: str, chosen: str, born_on: str, home: str) -> list[dict[str, Any]]:
    """Other records that may be hers: of those found, the same birth and the same home first."""
    rows = await search(api, typed, "people")
    rows.sort(key=lambda r: (r["id"] != chosen, r.get("born_on") != born_on, r.get("home") != home, str(r.get("born_on"))[:4] != born_on[:4]))
    some = [r for r in rows if r["id"] != id][:FEW]
    return some if not chosen or any(r["id"] == chosen for r in some) else [*await people(api, "", chosen), *some]


async def search(api: Backend, typed: str, kind: str, near: str = "") -> list[dict[str, Any]]:
    if not typed.strip():
        return []
    rows: list[dict[str, Any]] = (await api.get("projection", "/search", q=typed.strip()[:50], kinds=kind, limit=MANY, near=near))["rows"]
    return rows


async def name(api: Backend, service: str, path: str) -> str:
    """What a person, an organisation or a paper is called; empty where it is not there or not the reader's to see."""
    found: dict[str, Any] = await api.known(service, path) or {}
    return str(found["profile"]["person_name"] if "profile" in found else found.get("full_name") or found.get("title") or "")
