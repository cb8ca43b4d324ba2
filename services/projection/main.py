"""The projection service: read models of all logs, and the reports over them."""

from services.projection.api import router
from services.projection.views import every_view
from shared.http import service

__all__ = ["app"]

app = service("projection", None, [router], views=every_view(), sources=("org", "cadre", "lecture", "hotline"))
