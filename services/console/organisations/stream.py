"""A file of another service, passed on to the browser as it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from fastapi.responses import Response, StreamingResponse

from services.console.backend import Backend

__all__ = ["passed_on"]

KEPT = ("content-disposition", "content-length", "content-type")


async def passed_on(api: Backend, service: str, path: str, query: Mapping[str, Any] | None = None, inline: bool = False) -> Response:
    """With its name and type. `inline`: shown by the browser instead of saved."""
    source = await api.stream(service, path, **(query or {}))
    headers = {k: v for k, v in source.headers.items() if k in KEPT and not (k == "content-length" and "content-encoding" in source.headers)}
    if inline:
        headers["content-disposition"] = headers.get("content-disposition", "").replace("attachment", "inline", 1) or "inline"

    async def body() -> AsyncIterator[bytes]:
        try:
            async for part in source.aiter_bytes():
                yield part
        finally:
            await source.aclose()

    return StreamingResponse(body(), headers={**headers, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
