"""The facts of people and their posts: the published contract of `cadre`."""
from services.cadre.events.appointment import *
from services.cadre.events.imports import *
from services.cadre.events.person import *
from services.cadre.events.seat import *
from services.cadre.events.secondment import *
from services.cadre.events.timeline import *
