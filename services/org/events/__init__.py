"""The facts of organisations: the published contract of `org`."""
from services.org.events.code import *  # noqa: F403
from services.org.events.dependants import *  # noqa: F403
from services.org.events.document import *  # noqa: F403
from services.org.events.grant import *  # noqa: F403
from services.org.events.organisation import *  # noqa: F403
from services.org.events.reelection import *  # noqa: F403
from services.org.events.rule import *  # noqa: F403
from services.org.events.term import *  # noqa: F403
from services.org.events.unit import *  # noqa: F403
from services.org.events.vacancy import *  # noqa: F403
