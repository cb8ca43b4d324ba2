"""The org service as an ASGI application."""
from services.org import policies
from services.org.api import document, grant, imports, organisation, reelection, term, unit, vacancy
from services.org.application import Org
from shared.http import service

routers = [r.router for r in (organisation, unit, term, reelection, vacancy, document, grant, imports)]
app = service("org", Org, routers, policies)
