"""The facts of people and their posts: the published contract of `cadre`."""
from services.cadre.events.appointment import *  # noqa: F403
from services.cadre.events.person import *  # noqa: F403
from services.cadre.events.seat import *  # noqa: F403
from services.cadre.events.secondment import *  # noqa: F403
from services.cadre.events.timeline import *  # noqa: F403
