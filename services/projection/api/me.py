"""Who the caller is: her account, the grants she holds today with the names of their organisations, and what they allow."""

from __future__ import annotations

from fastapi import APIRouter, Response
from sqlalchemy import select

from services.projection.api.asking import Asking, answer
from services.projection.views.grants import grants
from shared.permissions import TABLE, scope

__all__ = ["router"]

router = APIRouter(tags=["me"])


@router.get("/me")
def me(asking: Asking) -> Response:
    """Empty lists for an account that nobody has granted anything yet."""
    q = asking.q
    live = [g for g in q.actor.grants if g.starts_on <= q.today < g.until]
    may = [p for p in TABLE if scope(live, p, q.today)]
    if "org.read" not in may:
        return answer({"account": q.actor.account, "name": None, "person": None, "grants": [], "may": []})
    with asking.open("org.read") as asked:
        nodes = asked.tree.nodes
        province = next((nodes[root] for root in asked.tree.roots), None)
        held = [(g, nodes.get(g.organisation) if g.organisation else province) for g in live]
        name = asked.c.execute(select(grants.account_name).where(grants.account == q.actor.account).limit(1)).scalar()
        said = [
            {
                "role": g.role,
                "department": g.department,
                "until": g.until,
                "organisation": n.id if n else g.organisation,
                "name": n.name if n else None,
                "short_name": n.short_name if n else None,
                "level": n.level if n else None,
                "code": n.code if n else None,
            }
            for g, n in held
        ]
        return answer({"account": q.actor.account, "name": name, "person": q.actor.person, "grants": said, "may": may})
