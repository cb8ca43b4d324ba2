"""A state has one name: in lists, tabs, tiles, the work list, files and refusals."""

from services.cadre.domain import refusals
from services.console.labels import label
from services.console.pages.appointments import TABS
from services.console.pages.home import TILES
from services.projection.api.words import STATES
from services.projection.api.worklist import SECTIONS
from shared.words import APPOINTMENTS

STEPS = {"party_agreed": "party_reviewed", "publicity_over": "publicity_ended", "passed": "approved"}  # as cadre names them


def test_an_appointment_that_waits_is_called_alike_wherever_it_is_shown() -> None:
    tabs = {state: title for title, states in TABS for state in states}
    for state, (zh, en) in APPOINTMENTS.items():
        assert label("appointment", state) == STATES["appointment"][state] == zh and label("appointment", state, "en") == en
        assert tabs[state] in zh
    for step, state in STEPS.items():
        assert refusals.WORDS["step"][step] == APPOINTMENTS[state]
    for state, tile in (("proposed", "appointments_proposed"), ("elected", "appointments_in_procedure"), ("approved", "appointments_to_start")):
        [title] = [t[1] for t in TILES if t[0] == tile]
        [section] = [s.zh for s in SECTIONS if s.id == tile]
        assert title == tabs[state] and title in section
