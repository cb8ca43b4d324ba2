"""The cadre service: people, their posts and who decided on them."""
from services.cadre import policies
from services.cadre.api import appointment, imports, person, secondment
from services.cadre.application import Cadre
from shared.http import service

routers = (person.router, appointment.router, secondment.router, imports.router)
app = service("cadre", Cadre, routers, policies)
