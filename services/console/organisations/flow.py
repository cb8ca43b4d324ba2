"""One way for every official act: asked, rehearsed and looked over once more, sent under the form's key; refused, it comes back as typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request, Response

from services.console.backend import Answer, Backend, Trouble
from services.console.drafts import Drafts, named
from services.console.forms import Form
from services.console.labels import LABELS, label
from services.console.organisations import papers
from services.console.organisations.acts import Act, Ask
from services.console.organisations.rights import for_another, only
from services.console.people.words import WARNINGS
from services.console.render import page, redirect, text
from services.console.words import N_
from shared.calendar import today

__all__ = ["Closed", "Doing", "checked", "finished", "fresh", "shown", "worded"]

NOT_NOW = N_("现在是“{state}”，不能办理“{act}”。")


@dataclass(frozen=True)
class Closed:
    """Why an act cannot be done now. `state`: what it is now, in words; `following`: (title, address) of what she may do instead; `waits`: what
    others have to do first."""

    state: str
    following: Sequence[tuple[str, str]] = ()
    waits: str = ""


def fresh(act: Act, values: Mapping[str, Any] | None = None, expect: int | None = None) -> Form:
    """An act's form about to be shown, with its usual answers."""
    usual = {a.name: str(today()) if a.default == "today" else a.default for a in act.asks}
    paper = {"paper.kind": act.papers[0] if act.papers else "", "paper.dated": ""}
    form = Form.new({**usual, **paper, **(values or {})}, expect)
    form.was = {k: v for k, v in form.was.items() if act.versioned and k in (values or {})}  # usual answers are nobody's change
    return form


@dataclass
class Doing:
    """An act under way. `path`: where it is sent; `organisation`: whose library takes a new paper; `pointers`: error -> field where they differ."""

    request: Request
    api: Backend
    act: Act
    path: str
    organisation: str
    form: Form
    pointers: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)  # of the body, beyond the answers
    closed: Closed | None = None  # it cannot be done in the state there is
    told: Sequence[str] = ()  # what the service says is unusual about it, before it is done

    async def go(self) -> Answer | None:
        """The service's answer when it is done; None while the form is to be shown again (`checking` says how)."""
        form = self.form
        if form.step in ("back", "again"):
            return None
        if self.closed and form.step != "send":  # what is sent, the service answers: it may be done already
            form.wrong("", self.not_now)
        if not checked(self.request, self.act, form):
            return None
        try:
            await self._paper()
            if self.act.official and form.step != "send":
                form.warnings = [text(self.request, WARNINGS[c]) for c in await self.foresee() if c in WARNINGS]
                form.warnings += self.told
                return None
            done = await self.send()
        except Trouble as trouble:
            if trouble.status == 412:
                raise
            form.refused(trouble, self.request.state.language, {**self._pointers(), **self.pointers})
            return None
        if done is not None:
            await Drafts(self.request).drop(self.draft, self.form)
        return done

    async def foresee(self) -> list[str]:
        """The codes of what the service would warn of; Trouble where it would refuse."""
        foreseen = await self.api.rehearse(self.act.service, self.path, self._body(), key=self.form.key, expect=self.form.expect)
        self.told = [no["message"][self.request.state.language] for no in foreseen.get("told", ())]
        return list(foreseen["warnings"])

    async def send(self) -> Answer | None:
        """The command itself."""
        return await self.api.post(self.act.service, self.path, self._body(), key=self.form.key, expect=self.form.expect)

    @property
    def draft(self) -> str:
        """The name of its draft; a correction has one for each record it may correct."""
        return named(self.request, str(self.form["corrects"]))

    async def resume(self) -> None:
        """The form about to be shown, with its draft: offered, or taken up by ?draft=1. What came back refused is the draft from then on; what is
        looked over is one too, unless another waits there: the browser's way back asks for the form anew. Barred for whom it is not."""
        drafts, form = Drafts(self.request), self.form
        if self.request.method == "GET":
            await only(self.api, self.act.permission, self.organisation)
            await drafts.open(self.draft, form, "draft" in self.request.query_params)
        elif form.faults or form.changes or (self.checking and not await drafts.another(self.draft, form)):
            await drafts.keep(self.draft, form)

    @property
    def not_now(self) -> str:
        assert self.closed
        return text(self.request, NOT_NOW).format(state=self.closed.state, act=text(self.request, self.act.title))

    @property
    def checking(self) -> bool:
        """Whether the answers are to be looked over now."""
        return self.act.official and self.form.step in ("check", "send") and not self.form.faults

    @property
    def chosen(self) -> list[str]:
        return self.form.all("documents")

    async def _paper(self) -> None:
        """A new paper is registered once; from then on it is one of those chosen."""
        made = await papers.register(self.api, self.form, self.organisation) if self.act.papers else None
        if made:
            self.form.values["documents"] = [*(d for d in self.chosen if d != made), made]
            self.form.values |= {f"paper.{k}": "" for k in ("title", "number", "issuer", "dated")}

    def _body(self) -> dict[str, Any]:
        cited = {"documents": self.chosen} if self.chosen else {}
        return {**self.act.read(self.form.values), **self.extra, **cited}

    def _pointers(self) -> dict[str, str]:
        named = {f"/{a.name.replace('.', '/')}": a.name for a in self.act.asks}
        return {**papers.POINTERS, **named}


def checked(request: Request, act: Act, form: Form) -> bool:
    """Faults for answers that are missing or have no proper form; whether there are none."""
    faults = {**act.check(form.values), **(papers.upload_faults(form) if act.papers else {})}
    for name, (said, asked) in faults.items():
        form.wrong(name, text(request, said).format(label=text(request, asked)))
    return not form.faults


async def shown(doing: Doing, name: str, back: str, table: str = "", **context: Any) -> Response:
    """The form, or its answers to be looked over, as a page."""
    request, act, form = doing.request, doing.act, doing.form
    if doing.closed and request.method == "GET":
        return page(request, "organisations/closed.html", 409, d=doing, name=name, back=back)
    await doing.resume()
    library = await papers.library(doing.api, act.papers, doing.chosen) if act.papers else []
    cited = "；".join(f"{p['number'] or ''} {p['title']}".strip() for p in library if p["id"] in doing.chosen)
    said = [a for a in act.asks if form[a.name] or not a.name.startswith("plenary.")]  # most congresses elect the offices too
    rows = [(text(request, a.label), words(a, form, request.state.language), a.name) for a in said]
    rows += [(text(request, N_("依据的公文")), cited, "documents")] if act.papers else []
    about = {
        "rows": rows,
        "labels": {a.name: text(request, a.label) for a in act.asks},
        "kinds": {a.name: a.choices for a in act.asks},
        "library": library,
        "checking": request.method == "POST" and doing.checking and not form.changes,
        "choices": worded(request),
        "endings": papers.ENDINGS,
        "another": for_another(request.state.session, act.permission, doing.organisation),
    }
    status = 422 if form.faults or form.changes else 200
    return page(request, "organisations/act.html", status, d=doing, form=form, name=name, back=back, table=table, **about, **context)


def finished(request: Request, done: Answer, to: str) -> Response:
    """On to where it shows; what the rules table finds unusual about it is said first."""
    warnings = [w["message"][request.state.language] for w in done.get("warnings", [])]
    return page(request, "organisations/warned.html", warnings=warnings, to=to) if warnings else redirect(request, to)


def words(ask: Ask, form: Form, language: str) -> str:
    return label(ask.choices, form[ask.name] or None, language) if ask.choices else str(form[ask.name])


def worded(request: Request) -> Callable[[str], list[tuple[str, str]]]:
    """(code, word in the reader's language) of a kind, for a select."""
    return lambda kind: [(code, label(kind, code, request.state.language)) for code in LABELS[kind]]
