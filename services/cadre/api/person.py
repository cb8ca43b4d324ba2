"""People over HTTP: `/cadres`."""
from datetime import date
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Response
from pydantic import Field

from services.cadre.api import Service, answer, by, values
from services.cadre.application import Cadre
from services.cadre.domain.appointment import Appointment, By
from services.cadre.domain.person import Cadre as Person
from services.cadre.domain.refusals import refused
from services.cadre.domain.secondment import Secondment
from services.cadre.events import AppointmentCorrected, AppointmentEnded, AppointmentWithdrawn, Departure, Profile, SecondmentEnded
from shared.fact import new_id
from shared.http import Body, Cmd, Forbidden, NotFound, Query, found
from shared.rehearsal import rehearse

router = APIRouter(prefix="/cadres", tags=["cadres"])
Number = Annotated[str, Field(max_length=100)]


class Registration(Body):
    profile: Profile
    home: UUID
    id_number: Number | None = None
    phone: Number | None = None


class Change(Body):
    profile: Profile = Profile()
    effective: date
    home: UUID | None = None
    id_number: Number | None = None
    phone: Number | None = None


class Correction(Body):
    corrects: UUID
    profile: Profile = Profile()
    effective: date | None = None
    id_number: Number | None = None
    phone: Number | None = None


class Merge(Body):
    into: UUID


class Departing(Body):
    effective: date
    why: Departure


class Return(Body):
    effective: date


class Unsealing(Body):
    people: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=200)]
    fields: Annotated[tuple[Literal["id_number", "phone"], ...], Field(min_length=1, max_length=2)]


class Certificate(Body):
    appointment: UUID
    number: Annotated[str, Field(min_length=1, max_length=50)]
    issued_on: date
    issuer: UUID


@router.post("", status_code=201)
def register(body: Registration, cmd: Cmd, cadre: Service) -> Response:
    """登记干部."""
    cmd.may("cadre.register", body.home)
    said = values.of(body.profile, body.id_number, body.phone, cmd.today, named=True)
    done = cadre.register(new_id(), said.profile, body.home, cmd.today, cmd.key, said.id_number, said.phone)
    return answer(cmd, cadre, done, 201)


@router.get("/{id}")
def read(id: UUID, query: Query, cadre: Service) -> Response:
    """干部档案; sealed values are only named."""
    record, version = _load(cadre, id)
    query.may("cadre.read", record.home)
    gone = record.departed
    return query.answer({"id": id, "profile": record.profile, "home": record.home, "into": record.into, "sealed": sorted(record.sealed),
                         "departed": gone and {"effective": gone.effective, "why": gone.why},
                         "history": [i._asdict() for i in record.life], "certificates": list(record.certificates.values()),
                         "events": [{"id": e.id, "fact": e.name, "at": e.at} for e in cadre.history(id)]}, version)


@router.post("/{id}/profile-change")
def change(id: UUID, body: Change, cmd: Cmd, cadre: Service) -> Response:
    """档案变更: from a date on."""
    cmd.may("cadre.profile", _load(cadre, id)[0].home)
    if body.home:
        cmd.may("cadre.profile", body.home)
    expect, said = cmd.required_expect, values.of(body.profile, body.id_number, body.phone, cmd.today)
    return answer(cmd, cadre, cadre.change_profile(id, said.profile, body.effective, cmd.today, cmd.key, expect, body.home, said.id_number,
                                                   said.phone))


@router.post("/{id}/profile-correction")
def correct(id: UUID, body: Correction, cmd: Cmd, cadre: Service) -> Response:
    """档案更正: the named event said it wrong."""
    cmd.may("cadre.correct", _load(cadre, id)[0].home)
    expect, said = cmd.required_expect, values.of(body.profile, body.id_number, body.phone, cmd.today)
    done = cadre.correct_profile(id, body.corrects, said.profile, cmd.today, cmd.key, expect, body.effective, said.id_number, said.phone)
    return answer(cmd, cadre, done)


@router.post("/{id}/merge")
def merge(id: UUID, body: Merge, cmd: Cmd, cadre: Service) -> Response:
    """并档: this record is a second one of the same person."""
    cmd.may("cadre.correct", _load(cadre, id)[0].home)
    cmd.may("cadre.correct", _load(cadre, body.into)[0].home)
    return answer(cmd, cadre, cadre.merge(id, body.into, cmd.today, cmd.key, cmd.expect))


BECOMES = {AppointmentEnded: "ended", AppointmentCorrected: "void", AppointmentWithdrawn: "withdrawn"}


@router.get("/{id}/departure")
def foretell(id: UUID, effective: date, why: Departure, query: Query, cadre: Service) -> Response:
    """What a death, departure or expulsion on that day would end, post by post; nothing is recorded. Whoever keeps her record sees all of it."""
    query.may("cadre.relieve", _load(cadre, id)[0].home)
    told = rehearse(cadre, [partial(cadre.depart, id, effective, why, By(query.actor.account, query.actor.person), query.today, "foretold")])[0]
    if isinstance(told, Exception):
        raise told
    posts: dict[UUID, Appointment] = cadre.load_all(Appointment, (stream for stream, fact in told if fact.OF == "Appointment"))
    away: dict[UUID, Secondment] = cadre.load_all(Secondment, (stream for stream, fact in told if isinstance(fact, SecondmentEnded)))
    becomes = {stream: what for stream, fact in told if (what := BECOMES.get(type(fact)))}
    return query.answer({
        "posts": [{"appointment": a, "organisation": s.post.organisation, "role": s.post.role, "becomes": becomes[a],
                   "starts_on": s.life[0].starts_on if s.life else None} for a, s in posts.items()],
        "secondments": [{"id": s, "to_organisation": x.to_organisation, "duty": x.duty, "starts_on": x.starts_on} for s, x in away.items()]})


@router.post("/{id}/departure")
def depart(id: UUID, body: Departing, cmd: Cmd, cadre: Service) -> Response:
    """去世、调离本省、开除: ends all her posts, in other counties too. By who keeps her record, for it is a fact about the person."""
    cmd.may("cadre.relieve", _load(cadre, id)[0].home)
    return answer(cmd, cadre, cadre.depart(id, body.effective, body.why, by(cmd), cmd.today, cmd.key, cmd.expect))


@router.post("/{id}/departure-withdrawal")
def withdraw_departure(id: UUID, body: Body, cmd: Cmd, cadre: Service) -> Response:
    """撤销: it was entered wrongly, and her posts come back."""
    cmd.may("cadre.correct", _load(cadre, id)[0].home)
    if not body.reason:
        raise refused("reason_missing")
    return answer(cmd, cadre, cadre.withdraw_departure(id, by(cmd), cmd.key, cmd.expect))


@router.post("/{id}/return")
def come_back(id: UUID, body: Return, cmd: Cmd, cadre: Service) -> Response:
    """回省: who had left or was expelled may hold posts again."""
    cmd.may("cadre.relieve", _load(cadre, id)[0].home)
    return answer(cmd, cadre, cadre.come_back(id, body.effective, by(cmd), cmd.today, cmd.key, cmd.expect))


@router.post("/unsealing")
def unseal_many(body: Unsealing, cmd: Cmd, cadre: Service) -> Response:
    """查看多人的封存信息 for an export: with a reason, recorded for each. Whose record lies outside the caller's area stays shut."""
    if not cmd.scope("cadre.export"):
        raise Forbidden("cadre.export")
    if not body.reason:
        raise refused("reason_missing")
    known = cadre.load_all(Person, body.people)
    mine = [id for id, record in known.items() if record.life and cmd.allows("cadre.export", record.home)]
    opened = cadre.unseal_many(mine, body.fields, body.reason, by(cmd), cmd.key)
    return Response(orjson.dumps({"opened": {str(id): values for id, values in opened.items()}}), 200, {"Cache-Control": "no-store"},
                    "application/json")


@router.post("/{id}/unsealing")
def unseal(id: UUID, body: Body, cmd: Cmd, cadre: Service) -> Response:
    """查看封存信息: with a reason, and recorded."""
    cmd.may("cadre.unseal", _load(cadre, id)[0].home)
    done, opened = cadre.unseal(id, body.reason, by(cmd), cmd.key)
    return answer(cmd, cadre, done, opened=opened)


@router.post("/{id}/certificates", status_code=201)
def certify(id: UUID, body: Certificate, cmd: Cmd, cadre: Service) -> Response:
    """颁发证书, by the superior federation."""
    _load(cadre, id)
    cmd.may("cadre.certificate", cadre.organisation_of(body.appointment))
    return answer(cmd, cadre, cadre.certify(id, body.appointment, body.number, body.issued_on, body.issuer, cmd.key), 201)


def _load(cadre: Cadre, id: UUID) -> tuple[Person, int]:
    record, version = found(cadre, Person, id)
    if not record.life:
        raise NotFound("id")
    return record, version
