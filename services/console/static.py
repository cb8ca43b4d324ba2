"""Static files under names that carry their content's hash: cached for ever, compressed once."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fastapi import APIRouter, Request, Response

__all__ = ["router", "url"]

FOLDER = Path(__file__).parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"
router = APIRouter()


class File(NamedTuple):
    name: str  # with the hash
    kind: str
    content: bytes
    packed: bytes


@cache
def files() -> dict[str, File]:
    """By plain name: `console.css`."""
    found = {}
    for path in sorted(FOLDER.iterdir()):
        content = path.read_bytes()
        mark = hashlib.sha256(content).hexdigest()[:10]
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        kind = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        found[path.name] = File(f"{path.stem}.{mark}{path.suffix}", kind, content, gzip.compress(content, 9, mtime=0))
    return found


def url(name: str) -> str:
    """Where the page finds `console.css`."""
    return f"/static/{files()[name].name}"


@router.get("/favicon.ico")
async def icon(request: Request) -> Response:
    """What browsers ask for beside a file that names no icon, such as a PDF."""
    return await static(request, files()["icon.svg"].name)


@router.get("/static/{name}")
async def static(request: Request, name: str) -> Response:
    file = next((f for f in files().values() if f.name == name), None)
    if file is None:
        return Response(status_code=404)
    packed = "gzip" in request.headers.get("accept-encoding", "")
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if packed else {})
    return Response(file.packed if packed else file.content, 200, headers, file.kind)
