"""The projection service: read models of all logs, the reports over them, and a log of its own of what was exported."""

from services.projection import policies
from services.projection.api import router
from services.projection.reports import Reports
from services.projection.views import every_view
from shared.http import service

__all__ = ["SOURCES", "app"]

SOURCES = ("org", "cadre", "lecture", "hotline", "projection")
app = service("projection", Reports, [router], policies, views=every_view(), sources=SOURCES)
