"""A list page and a form, written as the pages are: what the tests of the machinery use."""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from jinja2 import ChoiceLoader, DictLoader

from services.console.backend import Api, Trouble
from services.console.drafts import Drafts
from services.console.forms import Form
from services.console.listing import Column, Filter, Listing, register
from services.console.query import given
from services.console.render import environment, page, redirect
from services.console.session import guarded

SAMPLE = register(
    Listing(
        "sample", "projection", "/cadres",
        columns=(
            Column("person_name", "姓名", link="/people/{id}", always=True), Column("role", "妇联职务", "office", sort=True),
            Column("starts_on", "任职时间", "day"), Column("ethnicity", "民族", hidden=True),
        ),
        filters=(Filter("search", "关键字"), Filter("role", "妇联职务", [("chair", "主席"), ("vice_chair", "副主席")], "office")),
        actions=(("/sample/relief", "批量卸免", "cadre.propose"),), export=("xlsx",),
    )
)  # fmt: skip
TEMPLATES = {
    "sample/list.html": '{% extends "base.html" %}{% from "_list.html" import listing with context %}{% block title %}样例{% endblock %}'
    '{% block content %}{{ listing(shown, empty_next="先导入花名册", empty_address="/imports") }}{% endblock %}',
    "sample/form.html": '{% extends "base.html" %}{% from "_forms.html" import field, hidden, error_summary, stale, drafted, drafting with context %}'
    '{% block title %}修改{% endblock %}{% block content %}{{ error_summary(form) }}{{ stale(form, {"full_name": "全称", "phone": "电话"}) }}'
    '{{ drafted("sample", form) }}'
    '<form method="post" data-once>{{ hidden(form) }}{{ field(form, "full_name", "全称", hint="写全") }}{{ field(form, "phone", "电话", "tel") }}'
    '{{ drafting("sample") }}<button name="step" value="check">下一步</button></form>{% endblock %}',
    "sample/check.html": '{% extends "base.html" %}{% from "_forms.html" import answers with context %}{% block title %}核对{% endblock %}'
    '{% block content %}{{ answers(form, [("全称", form["full_name"], "full_name")], "/sample/edit", "确认提交") }}{% endblock %}',
}
router = APIRouter()


@router.get("/sample")
async def rows(request: Request, api: Api) -> Response:
    return page(request, "sample/list.html", shown=await SAMPLE.load(request, api))


@router.get("/sample/edit")
async def edit(request: Request, api: Api, draft: bool = False) -> Response:
    now = await api.get("org", "/organisations/o1")
    form = await Drafts(request).open("sample", Form.new({k: now[k] for k in ("full_name", "phone")}, now.version), draft)
    return page(request, "sample/form.html", form=form)


@router.post("/sample/edit")
async def change(request: Request, api: Api) -> Response:
    form = await Form.sent(request)
    if not form.needs({"full_name": "请填写全称。"}) or form.step == "back":
        return page(request, "sample/form.html", 422 if form.faults else 200, form=form)
    if form.step == "check":
        return page(request, "sample/check.html", form=form)
    try:
        await api.post("org", "/organisations/o1/details", given({n: form[n] for n in ("full_name", "phone")}), key=form.key, expect=form.expect)
    except Trouble as e:
        form.refused(e, request.state.language, {"/details/full_name": "full_name"})
        if e.status == 412:
            now = await api.get("org", "/organisations/o1")
            form.stale({k: now[k] for k in ("full_name", "phone")}, now.version or 0)
        return page(request, "sample/form.html", e.status, form=form)
    await Drafts(request).drop("sample")
    return redirect(request, "/sample?done=1")


def added(app: FastAPI) -> None:
    """The sample's pages in an app, and its templates for both languages."""
    app.include_router(router, dependencies=[Depends(guarded)])
    for language in ("zh-CN", "en"):
        made = environment(language)
        if not isinstance(made.loader, ChoiceLoader):
            assert made.loader
            made.loader = ChoiceLoader([DictLoader(TEMPLATES), made.loader])
