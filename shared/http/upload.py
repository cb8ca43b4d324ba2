"""`Upload`: a file in a request's body (raw bytes, its name in Content-Disposition), streamed into the store before the route runs."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Request

from shared.files import MAX_FILE_BYTES, Stored
from shared.http.problems import Problem
from shared.http.who import Who

__all__ = ["Upload", "filename", "upload"]

NAME = re.compile(r"filename\*=UTF-8''(?P<quoted>[^;\s]+)|filename=\"(?P<plain>[^\"]+)\"", re.IGNORECASE)


def filename(request: Request) -> str:
    """As Content-Disposition has it. Problem 400 without one."""
    found = NAME.search(request.headers.get("content-disposition", ""))
    if not found:
        raise Problem(
            400,
            "filename_missing",
            "缺少文件名：请用 Content-Disposition: attachment; filename*=UTF-8''… 给出。",
            "The file's name is missing: send Content-Disposition: attachment; filename*=UTF-8''….",
            "header/Content-Disposition",
        )
    return unquote(found["quoted"]) if found["quoted"] else found["plain"]


async def upload(request: Request, actor: Who) -> Stored:
    """Put it before `cmd: Cmd` in a route: the fingerprint of the command then covers the file. Whether the caller may send one is for the
    route's own `dependencies` to ask (with `Uploader`): they run first, and a file that is refused must not be stored."""
    name = filename(request)
    request.state.body_limit = MAX_FILE_BYTES + 1024  # a little over: the store itself says in its own words what is too much
    stored: Stored = await request.app.state.files.take(request.stream(), name)
    request.state.body_digest = stored.sha256
    return stored


Upload = Annotated[Stored, Depends(upload)]
