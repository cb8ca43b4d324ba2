"""A list narrowed to one of the areas directly below the reader's own: townships for a county, counties for a city."""

from __future__ import annotations

from dataclasses import replace

from services.console.backend import Backend
from services.console.listing import Filter, Listing
from services.console.words import N_

__all__ = ["by_area"]

TITLES = {"city": N_("市"), "county": N_("县（市、区）"), "township": N_("乡镇（街道）")}


async def by_area(api: Backend, listing: Listing, said: str | None = None) -> Listing:
    """The list with a filter for them; as it is where there are none, or they cannot be asked for.

    `said`: the area asked for, which may lie elsewhere."""
    tree = await api.spare("projection", "/organisations/tree", area=api.session.place, depth=1)
    below = [c for row in (tree["rows"] if tree else ()) for c in row.get("children", ()) if c["level"] in TITLES and c["below"]]
    if not below:
        return listing
    names = [(said, N_("所选地区"))] if said and all(c["id"] != said for c in below) else []
    names += [(c["id"], c["short_name"] or c["name"]) for c in below]
    return replace(listing, filters=(*listing.filters, Filter("area", TITLES[below[0]["level"]], names, strict=False)))
