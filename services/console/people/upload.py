"""What an import asks for: which service takes which kind, what an upload lacks, and the commit as an act with its paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request

from services.console.backend import Backend
from services.console.forms import Form
from services.console.organisations.acts import Act, Ask, Values
from services.console.organisations.flow import Doing, fresh
from services.console.render import text
from services.console.session import Session
from services.console.words import N_
from shared.workbook.safety import MAX_BYTES

__all__ = ["COMMIT", "barred", "counted", "faults_of", "importing", "offered", "seeing", "service_of"]

KINDS = ("roster", "opening", "profiles", "organisations", "units")


def service_of(kind: str) -> str:
    return "org" if kind in ("organisations", "units") else "cadre"


def importing(session: Session) -> list[str]:
    """The services whose workbooks she may import."""
    return [service for service in ("cadre", "org") if session.may(f"{service}.import")]


def seeing(session: Session) -> list[str]:
    """The services whose imports she may look at: hers to upload, or to write."""
    return [service for service in ("cadre", "org") if session.may(f"{service}.import") or session.may(f"{service}.load")]


def counted(batch: Mapping[str, Any]) -> dict[str, int]:
    """All the counts of a batch; what was not counted yet is 0."""
    return {k: (batch.get("counts") or {}).get(k) or 0 for k in ("rows", "add", "change", "same", "warn", "error", "applied", "refused")}


def faults_of(form: Form) -> dict[str, str]:
    """Field -> what an upload lacks; whether the file can be read is the service's to say."""
    lacks = {} if form["kind"] in KINDS else {"kind": N_("请选择导入的种类。")}
    if not form["organisation"]:
        lacks["organisation"] = N_("请选择导入到哪个组织（含其下级）。")
    if "file" not in form.files:
        lacks["file"] = N_("请选择要上传的工作簿（.xlsx、.xls 或 WPS 表格）。")
    elif (form.files["file"].size or 0) > MAX_BYTES:
        lacks["file"] = N_("文件超过 20 MB，请删除图片或按乡镇分成几个文件。")
    if form["kind"] == "roster":
        lacks |= {} if form["authority"] else {"authority": N_("换届名册须填写审定机关，例如：中共南昌县委组织部。")}
        lacks |= {} if form["decided_on"] else {"decided_on": N_("换届名册须填写批复日期，例如 2026-10-01。")}
    return lacks


def barred(session: Session, service: str, batch: Mapping[str, Any]) -> str:
    """Why she may not write a checked batch; empty when she may. The service decides."""
    if batch.get("kind") == "roster" and batch.get("uploaded_by") == session.account:
        return N_("换届名册须由上传人以外的另一人确认写入；人少的单位可由上级妇联办理。这份名册已列入她们工作台的“待确认写入的导入”。")
    if not session.may(f"{service}.load"):
        return N_("写入由组织部干部确认。这份表格已列入她们工作台的“待确认写入的导入”，您不用再做什么；有错误的行可以改好后重新上传。")
    return ""


@dataclass(frozen=True)
class Committing(Act):
    """Every kind of warning is read and ticked; the verdicts committed are the ones that were shown."""

    def doing(self, request: Request, api: Backend, service: str, batch: Mapping[str, Any], form: Form) -> Doing:
        read = form.all("acknowledged")
        unread = [p["code"] for p in batch.get("problems") or () if p["level"] == "warn" and p["code"] not in read]
        if request.method == "POST" and unread and form.step in ("check", "send"):
            form.wrong("acknowledged", text(request, N_("还有提醒没有确认，请逐类核对后勾选。")))
        extra = {"digest": form["digest"], "acknowledged": read}
        act = replace(self, service=service, paper_required=batch.get("kind") == "roster")
        return Doing(request, api, act, f"/imports/{batch['id']}/commit", batch["organisation"], form, {"/digest": ""}, extra)

    def read(self, values: Values) -> dict[str, Any]:
        return {k: values[k] for k in ("only", "reason") if values.get(k)}


COMMIT = Committing(
    "commit",
    N_("确认写入"),
    "cadre.register",
    (
        Ask("only", "choice", N_("写入范围"), choices="only", default="all"),
        Ask("reason", "text", N_("说明"), required=False),
    ),
    ("approval", "election_result", "filing_form", "other"),
    service="cadre",
    effect=N_("写入后立即计入花名册和报表；24 小时内、且没有后续办理的，可以整批撤销。"),
)


def offered(batch: Mapping[str, Any]) -> Form:
    """The commit form about to be shown: bound to the verdicts she is looking at."""
    return fresh(COMMIT, {"only": batch["only"], "digest": batch.get("digest")})
