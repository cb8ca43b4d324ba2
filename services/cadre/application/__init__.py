"""What cadre does: people and posts, and whole workbooks of them."""
from services.cadre.application.copy import Copy
from services.cadre.application.imports import Imports

__all__ = ["Cadre", "Copy"]


class Cadre(Imports):
    """干部与任职."""

    name = "cadre"
