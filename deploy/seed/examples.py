"""The demo accounts' grants, and a few topics and reception shifts, so that no service is empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from deploy.divisions import Division, offer
from deploy.seed.plan import organisation_id, source
from services.hotline.application import Hotline
from services.hotline.events import ShiftScheduled
from services.lecture.application import Lecture
from services.lecture.events import TopicDrafted
from services.org.application import Org
from services.org.events import GrantGiven
from shared.calendar import SHANGHAI
from shared.es import Store
from shared.fact import derive
from shared.settings import settings

COUNTY = "360121"  # where the demo accounts below the province work
SINCE = date(2026, 1, 1)


class Account(NamedTuple):
    """`secadmin` is missing: she is the first administrator, who comes from the configuration."""

    name: str
    called: str
    role: str
    level: str | None


ACCOUNTS = (
    Account("provincial", "省妇联组织部", "officer", "province"),
    Account("statistician", "省妇联统计员", "statistician", "province"),
    Account("county", "县妇联组织部", "officer", "county"),
    Account("township", "乡镇妇联", "officer", "township"),
    Account("village", "村妇联", "recorder", "village"),
    Account("operator", "12338 接线员", "operator", "county"),
    Account("supervisor", "12338 督导", "supervisor", "county"),
    Account("lecturer", "志愿讲师", "lecturer", "county"),
    Account("auditor", "审计员", "auditor", None),
    Account("sysadmin", "系统管理员", "system_admin", None),
)
TOPICS: tuple[tuple[str, Any, str], ...] = (
    ("家庭教育促进法进万家", "family_education", "家长的责任、陪伴与边界：三个案例。"),
    ("心肺复苏与家庭急救", "first_aid", "判断意识、胸外按压、除颤仪的使用，人人动手。"),
    ("民法典婚姻家庭编", "marriage_family_law", "财产、抚养、离婚冷静期，以案说法。"),
    ("邻里与婆媳纠纷调解", "family_mediation", "听、问、劝三步，不适用于家庭暴力。"),
)


def grants(org: Org, divisions: list[Division]) -> Iterator[Callable[[], object]]:
    """One grant an account of this machine's issuer."""
    places = where(divisions)
    for a in ACCOUNTS:
        account = f"{settings().issuer}|{a.name}"
        id = derive(source("360000000000"), "grant", account)
        place = organisation_id(places[a.level].code) if a.level else None
        role: Any = a.role
        given = GrantGiven(account=account, account_name=a.called, role=role, organisation=place, starts_on=SINCE)
        yield partial(org.give_grant, id, given, f"open:{id}")


def where(divisions: list[Division]) -> dict[str, Division]:
    """The province, and in the demo county (or the first there is) the first township and village with a federation."""
    by_code = {d.code: d for d in divisions}
    province = divisions[0]
    counties = [d for d in divisions if d.level == "county"]
    county = next((d for d in counties if d.code.startswith(COUNTY)), counties[0])
    federations = [d for d in divisions if d.code.startswith(county.code[:6]) and offer(d, by_code.get(d.parent)).org_type == "federation"]
    village = next(d for d in federations if d.level == "village" and by_code[d.parent] in federations)
    return {"province": province, "county": county, "township": by_code[village.parent], "village": village}


def topics(lecture: Lecture, county: Division) -> Iterator[Callable[[], object]]:
    """Two in the library, one on trial, one drafted."""
    own = organisation_id(county.code)
    for n, (title, category, outline) in enumerate(TOPICS):
        id = derive(own, "topic", n)
        draft = TopicDrafted(
            title=title, category=category, outline=outline, minutes=90, audience_level="village", organisation=own, drafted_on=SINCE
        )
        yield partial(lecture.draft_topic, id, draft, f"open:{id}")
        if n < 3:
            yield partial(lecture.submit_topic, id, f"submit:{id}")
            yield partial(lecture.record_trial, id, date(2026, 3, 8), 30, 4.6, f"trial:{id}")
        if n < 2:
            yield partial(lecture.accept_topic, id, f"accept:{id}")


def shifts(hotline: Hotline, county: Division) -> Iterator[Callable[[], object]]:
    """A week of mornings, worked."""
    own = organisation_id(county.code)
    for n in range(5):
        id = derive(own, "shift", n)
        start = datetime(2026, 3, 9 + n, 8, 30, tzinfo=SHANGHAI)
        yield partial(hotline.schedule_shift, id, ShiftScheduled(organisation=own, starts_at=start, ends_at=start + timedelta(hours=3)), f"open:{id}")
        yield partial(hotline.complete_shift, id, None, 4 + n, n % 2, f"complete:{id}")


def load(divisions: list[Division], run: Callable[[Store, Iterator[Callable[[], object]]], None], opened: Callable[[Any], Any]) -> None:
    county = where(divisions)["county"]
    with closing(opened(Lecture)) as lecture, closing(opened(Hotline)) as hotline:
        run(lecture, topics(lecture, county))
        run(hotline, shifts(hotline, county))
