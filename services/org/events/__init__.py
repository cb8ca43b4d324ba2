"""The facts of organisations: the published contract of `org`."""
from services.org.events.code import *
from services.org.events.dependants import *
from services.org.events.document import *
from services.org.events.grant import *
from services.org.events.imports import *
from services.org.events.organisation import *
from services.org.events.reelection import *
from services.org.events.rule import *
from services.org.events.term import *
from services.org.events.unit import *
from services.org.events.unit_days import *
from services.org.events.vacancy import *
