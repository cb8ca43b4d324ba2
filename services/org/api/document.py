"""Routes of documents (公文) and their files."""
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.org.api.common import Name, TheOrg, show
from services.org.domain.document import Document
from services.org.events import DocumentKind
from shared.fact import new_id
from shared.http import Body, Cmd, NotFound, Problem, Query, Upload, Uploader, found

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
    return cmd.answer(org.register_document(new_id(), **body.said(), key=cmd.key), 201)


@router.get("/{id}")
def document(id: UUID, query: Query, org: TheOrg) -> Response:
    state, version = found(org, Document, id)
    query.may("document.read", state.organisation)
    return show(query, id, state, version)


def may_attach(id: UUID, uploader: Uploader, org: TheOrg) -> None:
    uploader.may("org.document", found(org, Document, id)[0].organisation)


@router.post("/{id}/files", dependencies=[Depends(may_attach)])
def attach(id: UUID, file: Upload, cmd: Cmd, org: TheOrg) -> Response:
    """附件: the bytes as the request's body, known by their content."""
    done = org.attach_file(id, sha256=file.sha256, size=file.size, media_type=file.media_type, filename=file.filename, key=cmd.key, expect=cmd.expect)
    return cmd.answer(done)


@router.get("/{id}/files/{sha256}")
def download(id: UUID, sha256: str, query: Query, org: TheOrg, request: Request) -> Response:
    state, _ = found(org, Document, id)
    query.may("document.read", state.organisation)
    for file in state.files:
        if file.sha256 == sha256:
            try:
                served: Response = request.app.state.files.serve(sha256, file.media_type, file.filename)
            except FileNotFoundError:
                raise Problem(503, "file_missing", "该附件已登记，但文件库中暂时找不到它的内容，请联系系统管理员从备份恢复。",
                              "The file is on record, but its bytes are not in the store; ask the administrator to restore them.", "sha256") from None
            return served
    raise NotFound("sha256")
