"""The read models of the reports: every table is rebuilt from facts alone, one aggregate a row."""

from services.projection.views.appointments import Appointments
from services.projection.views.audit import Audit
from services.projection.views.directory import Directory
from services.projection.views.documents import Documents
from services.projection.views.exports import Exports
from services.projection.views.grants import Grants
from services.projection.views.organisations import Organisations
from services.projection.views.people import People
from services.projection.views.records import Records
from services.projection.views.reelections import Reelections
from services.projection.views.refusals import Refusals
from services.projection.views.seats import Seats
from services.projection.views.secondments import Secondments
from services.projection.views.shifts import Shifts
from services.projection.views.terms import Terms
from services.projection.views.topics import Topics
from services.projection.views.units import Units
from services.projection.views.vacancies import Vacancies
from shared.view import View

__all__ = ["every_view"]


def every_view() -> list[View]:
    return [
        Organisations(),
        Units(),
        Seats(),
        Terms(),
        Reelections(),
        Vacancies(),
        Grants(),
        Documents(),
        People(),
        Directory(),
        Appointments(),
        Secondments(),
        Audit(),
        Records(),
        Refusals(),
        Topics(),
        Shifts(),
        Exports(),
    ]
