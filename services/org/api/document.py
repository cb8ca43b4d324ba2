"""Routes of documents (公文) and their files."""
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.org.api.common import Name, TheOrg, found, show
from services.org.domain.document import Document
from services.org.events import DocumentKind
from shared.fact import new_id
from shared.http import Body, Cmd, NotFound, Query, Upload

router = APIRouter(prefix="/documents", tags=["documents"])


class Registration(Body):
    kind: DocumentKind
    number: Name | None = None
    title: Name
    issuer: Name
    dated: date
    organisation: UUID


@router.post("", status_code=201)
def register(body: Registration, cmd: Cmd, org: TheOrg) -> Response:
    """登记公文."""
    cmd.may("org.document", body.organisation)
    return cmd.answer(org.register_document(new_id(), **body.model_dump(exclude={"reason", "documents"}), key=cmd.key), 201)


@router.get("/{id}")
def document(id: UUID, query: Query, org: TheOrg) -> Response:
    state, version = found(org, Document, id)
    query.may("org.document", state.organisation)
    return show(query, id, state, version)


@router.post("/{id}/files")
def attach(id: UUID, file: Upload, cmd: Cmd, org: TheOrg) -> Response:
    """附件: the bytes as the request's body, known by their content."""
    cmd.may("org.document", found(org, Document, id)[0].organisation)
    done = org.attach_file(id, sha256=file.sha256, size=file.size, media_type=file.media_type, filename=file.filename, key=cmd.key, expect=cmd.expect)
    return cmd.answer(done)


@router.get("/{id}/files/{sha256}")
def download(id: UUID, sha256: str, query: Query, org: TheOrg, request: Request) -> Response:
    state: Document = found(org, Document, id)[0]
    query.may("org.document", state.organisation)
    for file in state.files:
        if file.sha256 == sha256:
            served: Response = request.app.state.files.serve(sha256, file.media_type, file.filename)
            return served
    raise NotFound("sha256")
