"""The lecture service as an ASGI application."""

from services.lecture import api, policies
from services.lecture.application import Lecture
from shared.http import service

app = service("lecture", Lecture, [api.router], policies)
