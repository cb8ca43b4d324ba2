"""One act on the posts of several people: rehearsed and sent post by post, each refusal kept at its line, done again only where it was not done."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.console.backend import Answer, Backend, Trouble
from services.console.failures import sentences
from services.console.organisations.flow import Doing
from services.console.people import find
from services.console.people.acts import ACTS
from services.console.render import text
from services.console.words import N_

__all__ = ["MOST", "RELIEFS", "Line", "OneByOne", "few", "lines", "picked"]

MOST = 50  # people: a page of the roster
AT_ONCE = 8  # questions to a service
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
UNSAID = N_("未能办理，系统没有给出原因，请稍后再试。")
RELIEFS = replace(ACTS["relief"], id="reliefs", title=N_("免去所选人员职务"), template="roster/_picked.html",
                  effect=N_("所列职务自免职日期起免去，空出的职位列入缺位。不能办理的只跳过那一项，原因写在后面。"))  # fmt: skip


@dataclass
class Line:
    """One post: its appointment, who holds it and where. `why`: the service would not, or did not, do it."""

    id: str
    person: str
    organisation: str
    role: str
    why: str = ""
    done: bool = False


def picked(values: Sequence[str]) -> list[list[str]]:
    """What the boxes of a roster say, each once: somebody's appointments in an organisation, the highest office first."""
    return [ids for v in dict.fromkeys(values) if (ids := v.split()) and all(map(ID.fullmatch, ids))]


async def lines(api: Backend, appointments: Sequence[str]) -> list[Line]:
    """With the names as they are now; what is not there, or not hers to see, has none."""
    read = dict(zip(appointments, await few(api.known("cadre", f"/appointments/{id}") for id in appointments), strict=True))
    posts = {id: found["post"] for id, found in read.items() if found}
    people, places = ({p[key]: "" for p in posts.values()} for key in ("person", "organisation"))
    for names, service, path in ((people, "cadre", "/cadres"), (places, "org", "/organisations")):
        names |= dict(zip(names, await few(find.name(api, service, f"{path}/{id}") for id in names), strict=True))
    return [
        Line(id, people[p["person"]], places[p["organisation"]], p["role"]) if (p := posts.get(id)) else Line(id, "", "", "") for id in appointments
    ]


async def few(asked: Iterable[Any]) -> list[Any]:
    """All answers, in order; no more than some questions at once."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(question: Any) -> Any:
        async with gate:
            return await question

    return await asyncio.gather(*map(one, asked))


@dataclass
class OneByOne(Doing):
    """`path` takes the appointment's id. The form says in `agreed` which lines she was shown as open: no others are sent."""

    lines: list[Line] = field(default_factory=list)

    async def foresee(self) -> list[str]:
        """The warnings of all lines; Trouble only where the service would refuse every one of them."""
        said = await few(self._one(line, rehearsed=True) for line in self.lines)
        self.form.values["agreed"] = [line.id for line in self.lines if not line.why]
        self._none_left(said)
        return list(dict.fromkeys(w for one in said if isinstance(one, Answer) for w in one["warnings"]))

    async def send(self) -> Answer:
        """One after the other, each under a key of its own: sent again, only what was not done is done."""
        agreed = self.form.all("agreed")
        self.lines = [line for line in self.lines if line.id in agreed]
        said = [await self._one(line) for line in self.lines]
        self._none_left(said)
        return Answer(done=[line.id for line in self.lines if line.done])

    async def _one(self, line: Line, rehearsed: bool = False) -> Answer | Trouble:
        ask = self.api.rehearse if rehearsed else self.api.post
        try:
            answer = await ask(self.act.service, self.path.format(line.id), self._body(), key=f"{self.form.key}:{line.id}")
        except Trouble as trouble:
            if trouble.status == 401:  # she signs in and sends it again
                raise
            line.why = "".join(sentences(trouble, self.request.state.language)) or text(self.request, UNSAID)
            return trouble
        line.done = not rehearsed
        return answer

    def _none_left(self, said: Sequence[Answer | Trouble]) -> None:
        """All refused: why, each sentence once, at its field."""
        refused = [one for one in said if isinstance(one, Trouble)]
        if len(refused) == len(said):
            every = [e for one in refused for e in one.errors]
            raise Trouble(422, [e for n, e in enumerate(every) if e not in every[:n]])
