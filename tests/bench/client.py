"""A lean HTTP client for load: one kept connection a worker, so that the services' cores are not spent on it."""
from __future__ import annotations

import asyncio
import json
from typing import Any, NamedTuple
from uuid import uuid4

from deploy.servers import LOOPBACK

__all__ = ["Answer", "Client"]


class Answer(NamedTuple):
    status: int
    headers: dict[bytes, bytes]  # names in lower case
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """One request at a time to one service."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: object, key: str = "") -> Answer:
        content = json.dumps(body).encode()
        return await self.send("POST", path, f"Idempotency-Key: {key or uuid4()}\r\nContent-Type: application/json\r\n", content)

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.send("GET", path, "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in headers.items()), b"")

    async def send(self, method: str, path: str, headers: str, content: bytes) -> Answer:
        head = f"{method} {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\nAuthorization: Bearer {self.token}\r\n{headers}"
        asked = f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content
        if self.writer:
            try:
                return await self._ask(asked)
            except (asyncio.IncompleteReadError, ConnectionError):  # closed by the server for having been idle
                self.writer.close()
        self.reader, self.writer = await asyncio.open_connection(LOOPBACK, self.port, limit=1 << 24)
        return await self._ask(asked)

    async def _ask(self, asked: bytes) -> Answer:
        assert self.reader and self.writer
        self.writer.write(asked)
        start, *lines = (await self.reader.readuntil(b"\r\n\r\n"))[:-4].split(b"\r\n")
        found = {k.lower(): v.strip() for k, _, v in (line.partition(b":") for line in lines)}
        return Answer(int(start.split()[1]), found, await self.reader.readexactly(int(found.get(b"content-length", b"0"))))

    def close(self) -> None:
        if self.writer:
            self.writer.close()
