"""Reactions of the hotline: none so far; a worked shift becomes a duty record once cadre keeps them."""

from shared.view import View

copies: list[View] = []
