"""A small service to try the edge with: notes that belong to an organisation."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Response
from pydantic import Field

from shared.es import Done, Store
from shared.fact import Fact, Personal, Refused, new_id
from shared.http import Body, Cmd, NotFound, Query, Upload, service, the_store
from tests.api.caller import Names, config


class NoteWritten(Fact, name="note.NoteWritten", of="Note"):
    organisation: UUID
    text: str
    about: Personal[str] | None = None


class NoteChanged(Fact, name="note.NoteChanged", of="Note"):
    text: str


@dataclass(frozen=True)
class Note:
    organisation: UUID
    text: str
    about: Personal[str] | None = None


def evolve(was: Note | None, fact: Fact) -> Note | None:
    match fact:
        case NoteWritten():
            return Note(fact.organisation, fact.text, fact.about)
        case NoteChanged() if was:
            return replace(was, text=fact.text)
    return was


def change(was: Note | None, text: str) -> NoteChanged:
    if was is None:
        raise Refused("no_note", "没有这条记录。", "There is no such note.", "id")
    if text == was.text:
        raise Refused(
            "nothing_new", "内容“{text}”没有变化，请修改后再提交。", 'The text "{text}" is what it was; change it first.', "text", text=text
        )
    return NoteChanged(text=text)


class Notes(Store):
    name = "note"
    evolve: ClassVar = {Note: evolve}

    def write(self, id: UUID, fact: NoteWritten, key: str) -> Done:
        return self.do(key, {Note: id}, lambda was: fact)

    def change(self, id: UUID, text: str, key: str, expect: int | None = None) -> Done:
        return self.do(key, {Note: id}, lambda was: change(was, text), expect)


TheNotes = Annotated[Notes, Depends(the_store)]
router = APIRouter(prefix="/notes")


class Writing(Body):
    organisation: UUID
    text: Annotated[str, Field(min_length=1, max_length=900_000)]
    about: str | None = None


class Change(Body):
    text: str


@router.post("", status_code=201)
def write(body: Writing, cmd: Cmd, notes: TheNotes) -> Response:
    cmd.may("org.propose", body.organisation)
    about = Personal[str](subject=new_id(), value=body.about) if body.about else None
    return cmd.answer(notes.write(new_id(), NoteWritten(organisation=body.organisation, text=body.text, about=about), cmd.key), 201)


@router.get("/{id}")
def read(id: UUID, query: Query, notes: TheNotes) -> Response:
    note, version = notes.load(Note, id)
    if note is None:
        raise NotFound("id")
    query.may("cadre.read", note.organisation)
    return query.answer(
        {"text": note.text, "organisation": note.organisation, "about": note.about and notes.vault.open(note.about)}, version
    )


@router.post("/{id}/change")
def change_it(id: UUID, body: Change, cmd: Cmd, notes: TheNotes) -> Response:
    cmd.may("org.read")
    return cmd.answer(notes.change(id, body.text, cmd.key, cmd.required_expect))


@router.post("/{id}/files")
def attach(id: UUID, file: Upload, cmd: Cmd, notes: TheNotes) -> dict[str, Any]:
    return file.__dict__


@router.post("/{id}/approval")
def approve(id: UUID, cmd: Cmd) -> Response:
    cmd.may("org.establish", id)
    return Response(status_code=204)


@router.get("/broken/now")
def broken() -> None:
    raise RuntimeError("secret detail 110101199003074221")


def app(folder: Path, **more: Any) -> FastAPI:
    return service("note", Notes, [router], config=config(folder, **more), identity=Names(), nats=False)
