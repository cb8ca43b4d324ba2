"""HTTP of the key process: services fetch the keys of their own subjects; nobody reaches those of another service."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

import anyio.to_thread
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from shared.http.edge import Edge
from shared.http.problems import Forbidden, handle
from shared.http.standard import metrics
from shared.http.who import Bearer
from shared.identity import Claims, Identity
from shared.keyd.store import KeyStore
from shared.metrics import Metrics
from shared.settings import Settings, settings

__all__ = ["app", "key_process"]

log = logging.getLogger("halfsky.keys")
ROTATION_CHECK_SECONDS = 3600


class KeysRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    subjects: Annotated[tuple[UUID, ...], Field(max_length=500)]
    create: bool = False


def key_process(config: Settings | None = None, identity: Claims | None = None) -> FastAPI:
    """The app; its file is `keys.db` in a data folder that should be its own, and so should its system user."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        s = config or settings()
        app.state.identity = identity or Identity.of(s)
        app.state.keys = KeyStore(s.data / "keys.db")
        rotation = asyncio.create_task(rotate_when_due(app.state.keys))
        try:
            yield
        finally:
            rotation.cancel()
            app.state.keys.close()

    app = FastAPI(title="HalfSky keys", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.name, app.state.metrics = "keys", Metrics("keys")
    app.add_middleware(Edge)
    handle(app)
    app.add_api_route("/metrics", metrics)

    @app.get("/health")
    @app.get("/ready")
    async def health() -> dict[str, str]:
        return {"status": "ok", "service": "keys"}

    @app.post("/keys/request")
    def fetch(body: KeysRequest, request: Request, caller: Bearer) -> Response:
        """A POST, so that no subject stands in an address or an access log."""
        if not (caller.service and caller.client and "keys" in caller.scopes):
            raise Forbidden("keys")
        found = request.app.state.keys.fetch(caller.client, body.subjects, body.create)
        return Answer(keys={s: base64.b64encode(k).decode() if k else None for s, k in found.items()}).response()

    return app


class Answer(BaseModel):
    keys: dict[UUID, str | None]

    def response(self) -> Response:
        return Response(self.model_dump_json(), media_type="application/json")


async def rotate_when_due(keys: KeyStore) -> None:
    while True:
        if await anyio.to_thread.run_sync(keys.due):
            log.info("epoch %d of the key-encryption key begins", await anyio.to_thread.run_sync(keys.rotate))
        await asyncio.sleep(ROTATION_CHECK_SECONDS)


app = key_process()
