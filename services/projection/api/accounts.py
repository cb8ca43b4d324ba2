"""What accounts are called: by their grants, and the system by its own name."""

from __future__ import annotations

from sqlalchemy import select

from services.projection.api.asking import Asked
from services.projection.views.grants import Grants

__all__ = ["ENGLISH", "SYSTEM", "accounts_of"]

SYSTEM = ("系统", "the system")  # a reaction or the clock
LOADED = ("系统导入", "the initial load")  # seeded data
ENGLISH = dict((SYSTEM, LOADED))
g = Grants.table


def accounts_of(asked: Asked, ids: set[str]) -> dict[str, str]:
    """Account -> name, of those that have one."""
    query = select(g.c.account, g.c.account_name).where(g.c.account.in_(ids), asked.at.is_known(g.c, "org")).order_by(g.c.starts_on)
    own = {id: SYSTEM[0] for id in ids if id == "system" or id.endswith((".policies", ".clock"))}
    own |= {id: LOADED[0] for id in ids if id == "loader"}
    return own | {account: name for account, name in asked.c.execute(query)}
