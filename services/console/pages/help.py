"""Help: how each page is used, the shortcuts and the switch that turns them off."""

from __future__ import annotations

from typing import Annotated

import anyio.to_thread
import sqlalchemy as sa
from fastapi import APIRouter, Form, Request, Response

from services.console.render import NAV, page, redirect
from services.console.session import current
from services.console.tables import preferences
from services.console.words import N_
from shared.tables import begin

__all__ = ["preferred", "router"]

router = APIRouter()
KEYS = (
    ("Ctrl K", N_("查找页面、组织或人员")),
    ("Alt S", N_("到列表的关键字框")),
    ("Alt H", N_("打开本页")),
    *((f"Alt {i}", place.title) for i, place in enumerate(NAV, 1)),
    ("Esc", N_("关闭弹出的菜单或窗口")),
)
TOPICS = (
    (
        N_("工作台"),
        N_("登录后先看这里：等您审的任免、快到期的换届、空缺的职务、缺批复的任职、最近的导入。点一下就到办理页面。"),
    ),
    (N_("导入花名册"), N_("先下载模板填写，或直接上传您手头的表格。系统逐格检查，错误标红后原表还给您；确认之后才写入，24小时内可整批撤销。")),
    (N_("换届"), N_("按“计划、请示、批复、大会、结果、审批、备案”逐步办理，每一步都会提示还缺什么材料。")),
    (N_("任免"), N_("先由一人拟任，再由另一人审定；没有生效日期不生效，一个职数不能任两人。")),
    (N_("更正与变更"), N_("情况变了用“变更”，当初录错了用“更正”。两者都保留原来的记录，任何人都不能删除历史。")),
    (N_("花名册"), N_("可用姓名、拼音首字母查找；“列设置”选择显示哪些列；“导出”得到的与屏幕上看到的一致。")),
    (N_("审计"), N_("查谁在什么时候、凭什么文件、改了什么；也能看到当时是怎么记录的。")),
)


@router.get("/help")
async def help(request: Request) -> Response:
    return page(request, "help.html", keys=KEYS, topics=TOPICS)


@router.post("/help/shortcuts")
async def switch(request: Request, shortcuts: Annotated[str, Form()] = "") -> Response:
    """Kept for the account: it holds on every computer she signs in at."""
    session = current(request)
    session.shortcuts = shortcuts == "on"
    account, engine, value = session.account, request.app.state.engine, "on" if session.shortcuts else "off"

    def keep() -> None:
        with begin(engine) as c:
            c.execute(sa.delete(preferences).where(preferences.c.account == account, preferences.c.name == "shortcuts"))
            c.execute(sa.insert(preferences).values(account=account, name="shortcuts", value=value))

    await anyio.to_thread.run_sync(keep)
    return redirect(request, "/help")


def preferred(engine: sa.Engine, account: str) -> dict[str, str]:
    """All that somebody has set."""
    wanted = sa.select(preferences.c.name, preferences.c.value).where(preferences.c.account == account)
    with engine.connect() as c:
        return {name: value for name, value in c.execute(wanted)}
