"""HTTP of cadre: `/cadres`, `/appointments`, `/secondments`."""
from typing import Annotated, Any

from fastapi import Depends, Response

from services.cadre.application import Cadre
from services.cadre.domain.appointment import By
from shared.es import Done
from shared.http import Command, the_store

__all__ = ["Service", "answer", "by"]

Service = Annotated[Cadre, Depends(the_store)]


def by(cmd: Command) -> By:
    """Who acts: the account that bears the authority, and the person behind it if known."""
    return By(cmd.actor.account, cmd.actor.person)


def answer(cmd: Command, cadre: Cadre, done: Done, status: int = 200, **more: Any) -> Response:
    """Id and version, with what was only warned of."""
    return cmd.answer(done, status, warnings=cadre.warnings_of(done), **more)
