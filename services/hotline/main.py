"""The hotline service as an ASGI application."""

from services.hotline import api, policies
from services.hotline.application import Hotline
from shared.http import service

app = service("hotline", Hotline, [api.router], policies, readers=frozenset({"hotline", "projection"}))
