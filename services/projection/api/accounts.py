"""What accounts are called: by their grants, and the system by its own name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from services.projection.api.asking import Asked
from services.projection.views.grants import Grants

__all__ = ["ENGLISH", "SYSTEM", "accounts_of", "by_accounts"]

SYSTEM = ("系统", "the system")  # a reaction or the clock
MACHINES = ("system", *(f"{s}.{part}" for s in ("org", "cadre", "lecture", "hotline", "projection") for part in ("policies", "clock")))
LOADED = ("系统导入", "the initial load")  # seeded data
ENGLISH = dict((SYSTEM, LOADED))
OWN = {SYSTEM[0]: MACHINES, LOADED[0]: ("loader",)}  # accounts of nobody, by what they are called
g = Grants.table


def accounts_of(asked: Asked, ids: set[str]) -> dict[str, str]:
    """Account -> name, of those that have one."""
    query = select(g.c.account, g.c.account_name).where(g.c.account.in_(ids), asked.at.is_known(g.c, "org")).order_by(g.c.starts_on, g.c.stream)
    own = {id: name for name, accounts in OWN.items() for id in ids.intersection(accounts)}
    return own | {account: name for account, name in asked.c.execute(query)}


def by_accounts(asked: Asked, text: str, actor: ColumnElement[Any], on_behalf_of: ColumnElement[Any]) -> ColumnElement[bool]:
    """Done by, or on behalf of, an account whose name holds the text or whose login is it; the system and the initial load by their own names."""
    if text in OWN:
        return actor.in_(OWN[text])
    named = or_(g.c.account_name.contains(text, autoescape=True), g.c.account == text, g.c.account.endswith(f"|{text}", autoescape=True))
    accounts = list(asked.c.scalars(select(g.c.account).where(named, asked.at.is_known(g.c, "org")).distinct()))
    return or_(actor.in_(accounts), on_behalf_of.in_(accounts))
