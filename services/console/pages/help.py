"""Help: how each page is used, the shortcuts and the switch that turns them off."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from services.console.preferences import keep
from services.console.render import NAV, page, redirect
from services.console.session import current
from services.console.words import N_

__all__ = ["router"]

router = APIRouter()
KEYS = (
    ("Ctrl K", N_("查找页面、组织、人员或公文")),
    ("Alt S", N_("到列表的关键字框")),
    ("Alt H", N_("打开本页")),
    ("Esc", N_("关闭弹出的菜单或窗口")),
)
# title, its page, permissions of which one is needed, how it is done
TOPICS = (
    (N_("工作台"), "/", (),
     N_("登录后先看这里：上面一排是各类待办的件数，下面是最先要办的几件。点一下就到办理页面。")),
    (N_("导入花名册"), "/imports/new", ("cadre.import",),
     N_("先下载模板填写，或直接上传您手头的表格。系统逐格检查，错误标红后原表还给您；确认之后才写入，24小时内可整批撤销。")),
    (N_("换届"), "/reelections", ("org.reelection", "org.approve"),
     N_("按“计划、请示、批复、大会、结果、审批、备案”逐步办理，每一步都会提示还缺什么材料。")),
    (N_("任免"), "/appointments", ("cadre.propose", "cadre.approve"),
     N_("先由一人拟任，再由另一人审定；没有生效日期不生效，一个职数不能任两人。")),
    (N_("更正与变更"), "", ("cadre.profile", "cadre.correct"),
     N_("情况变了用“变更”，当初录错了用“更正”。两者都保留原来的记录，任何人都不能删除历史。")),
    (N_("花名册"), "/roster", ("report.read",),
     N_("可用姓名、拼音首字母查找；“列设置”选择显示哪些列；“导出”得到的与屏幕上看到的一致。")),
    (N_("组织总览"), "/organisations", ("report.read",),
     N_("左边的树逐级展开；右上角选一个日期，看那一天的组织和人员。各级按行政区划排列，不排名。")),
    (N_("公文库"), "/documents", ("document.read",),
     N_("批复、任免文件登记一次并上传扫描件，办理时直接选用；没有公文的任免在审计中显示“缺批复”。")),
    (N_("审计"), "/audit", ("audit.read",),
     N_("查谁在什么时候、凭什么文件、改了什么；也能看到当时是怎么记录的。")),
    (N_("没有填完就离开"), "", ("org.document", "cadre.propose"),
     N_("填写时自动保存草稿，断网也不丢；再打开这张表时点“继续填写”。附件须重新选择，草稿留30天，只有您自己看得到。")),
    (N_("服务一览"), "/services", ("system.operate",),
     N_("看各项服务是否就绪、有多少记录、还落后多少。")),
    (N_("常用筛选"), "", ("report.read",),
     N_("列表筛选后点“＋ 保存当前筛选”，起个名字，以后一点就到，并显示条数。")),
)  # fmt: skip


@router.get("/help")
async def help(request: Request) -> Response:
    """What she may do, and the keys of the menu as she sees it."""
    session = current(request)
    mine = [(title, said, path) for title, path, needs, said in TOPICS if not needs or any(session.may(p) for p in needs)]
    places = [(f"Alt {i}", place.title) for i, place in enumerate((p for p in NAV if p.open_to(session)), 1)]
    return page(request, "help.html", keys=(*KEYS, *places), topics=mine)


@router.post("/help/shortcuts")
async def switch(request: Request, shortcuts: Annotated[str, Form()] = "") -> Response:
    """Kept for the account: it holds on every computer she signs in at."""
    current(request).shortcuts = shortcuts == "on"
    await keep(request, "shortcuts", shortcuts == "on")
    return redirect(request, "/help")
