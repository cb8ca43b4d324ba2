"""Who chaired X on D, as known on K: ahead, back, corrected, and the correction itself corrected, all through the real commands."""

from typing import Any

import pytest

from tests.story.acts import Village, appoint, relieve
from tests.story.county import County, ago, no, ok

# the days asked about, as days ago: before anybody, early, in the middle, just before today, today, soon, later
ASKED = (850, 700, 60, 25, 5, 0, -20, -40)
NOBODY = ""


class Chairs:
    """One village's chairs, as they were recorded; `known` are the tokens of what was known after each act."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.known: dict[str, str] = {}
        self.village = village = Village.new(county, "主席村")
        self.keep("nobody")
        self.wang = village.appoint("王芳", days=800)  # back-dated, with a reason
        self.keep("wang")
        ok(relieve(county, self.wang, -30))  # ahead: out of office in thirty days
        self.keep("relief ahead")
        self.li = appoint(county, village.person("李敏"), village.id, village.seat["chair"], -30)
        self.keep("li ahead")
        self.correct(self.wang, "cadre.AppointmentEnded", effective=ago(50))
        self.keep("wang's end corrected back")
        self.zhang = appoint(county, village.person("张丽"), village.id, village.seat["chair"], 50, mode="acting", until=ago(-30), approved=True)
        self.keep("zhang acting, back-dated")
        first = self.correct(self.zhang, "cadre.AppointmentStarted", starts_on=ago(20))
        self.keep("zhang's start corrected")
        self.correct(self.zhang, first, starts_on=ago(40))
        self.keep("that correction corrected")
        self.correct(self.zhang, first, void=True)
        self.keep("that correction voided")

    def keep(self, name: str) -> None:
        self.known[name] = self.county.known

    def events(self, appointment: str) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = self.county.county.get("cadre", f"/appointments/{appointment}")["events"]
        return events

    def correct(self, appointment: str, what: str, **right: Any) -> str:
        """Corrects the last event of that name, or the event with that id; gives the id of the correction."""
        corrects = next(e["id"] for e in reversed(self.events(appointment)) if what in (e["fact"], e["id"]))
        ok(self.county.county.post("cadre", f"/appointments/{appointment}/correction", {"corrects": corrects, "reason": "录入有误"} | right))
        return str(self.events(appointment)[-1]["id"])

    def on(self, days: int, known: str | None) -> str:
        asked = {"area": self.village.id, "role": "chair", "as_of": ago(days), "known_at": known}
        names = [r["person_name"] for r in self.county.statistician.get("projection", "/reports/roster", **asked)["rows"]]
        assert len(names) < 2, "two chairs"
        return names[0] if names else NOBODY


@pytest.fixture(scope="module")
def chairs(county: County) -> Chairs:
    return Chairs(county)


W, L, Z = "王芳", "李敏", "张丽"
EXPECTED = {
    #                            850     700 60  25      5       0       -20     -40
    "nobody":                    ("",    "", "", "",     "",     "",     "",     ""),
    "wang":                      ("",    W,  W,  W,      W,      W,      W,      W),
    "relief ahead":              ("",    W,  W,  W,      W,      W,      W,      ""),
    "li ahead":                  ("",    W,  W,  W,      W,      W,      W,      L),
    "wang's end corrected back": ("",    W,  W,  "",     "",     "",     "",     L),
    "zhang acting, back-dated":  ("",    W,  W,  Z,      Z,      Z,      Z,      L),
    "zhang's start corrected":   ("",    W,  W,  "",     Z,      Z,      Z,      L),
    "that correction corrected": ("",    W,  W,  Z,      Z,      Z,      Z,      L),
    "that correction voided":    ("",    W,  W,  Z,      Z,      Z,      Z,      L),
}  # fmt: skip


@pytest.mark.parametrize("known", EXPECTED)
def test_who_chaired_on_each_day_as_known_after_each_act(chairs: Chairs, known: str) -> None:
    assert tuple(chairs.on(days, chairs.known[known]) for days in ASKED) == EXPECTED[known]


def test_what_is_known_now_is_what_was_known_last(chairs: Chairs) -> None:
    assert tuple(chairs.on(days, None) for days in ASKED) == EXPECTED["that correction voided"]


def test_a_correction_of_a_correction_moved_the_start_twice_and_the_voiding_gave_it_back(chairs: Chairs) -> None:
    known = ("zhang acting, back-dated", "zhang's start corrected", "that correction corrected", "that correction voided")
    assert [chairs.on(45, chairs.known[k]) for k in known] == [Z, NOBODY, NOBODY, Z]
    assert [chairs.on(30, chairs.known[k]) for k in known] == [Z, NOBODY, Z, Z]


def test_nothing_was_erased_each_correction_names_what_it_corrects(county: County, chairs: Chairs) -> None:
    rows = county.auditor.get("projection", f"/audit/appointments/{chairs.zhang}")["rows"]
    corrections = [r for r in rows if r["kind"] == "corrected"]
    started = next(r for r in rows if r["kind"] == "started")
    assert [r["corrects"] for r in corrections] == [started["event"], corrections[0]["event"], corrections[0]["event"]]
    assert [r["after"]["starts_on"] for r in corrections] == [ago(20), ago(40), ago(50)]
    assert all(r["before"]["starts_on"] != r["after"]["starts_on"] and r["reason"] == "录入有误" for r in corrections)


def test_a_future_start_can_be_called_off_and_never_was(county: County, chairs: Chairs) -> None:
    other = Village.new(county, "未到村")
    ahead = other.appoint("陈晨", days=-30)
    known = county.known
    no(relieve(county, ahead, 1), "effective_before_start", pointer="/effective")
    ok(county.county.post("cadre", f"/appointments/{ahead}/cancellation", {"why": "另有任用"}))
    asked = {"area": other.id, "role": "chair", "as_of": ago(-40)}
    assert county.statistician.get("projection", "/reports/roster", **asked)["rows"] == []
    assert len(county.statistician.get("projection", "/reports/roster", **asked, known_at=known)["rows"]) == 1
    no(county.county.post("cadre", f"/appointments/{ahead}/cancellation", {"why": "再次"}), "not_started")


def test_the_date_of_a_relief_is_the_first_day_out_of_office(county: County, chairs: Chairs) -> None:
    assert (chairs.on(51, None), chairs.on(50, chairs.known["wang's end corrected back"])) == (W, NOBODY)
    assert (chairs.on(801, None), chairs.on(800, None)) == (NOBODY, W)
