"""A file shut away piece by piece: AES-256-GCM under a key of its own, so that neither its order nor its end can be tampered with."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = ["key_of", "opened", "shut"]

PIECE = 1 << 20
NONCE, TAG = 12, 16


def key_of(secret: bytes, id: UUID) -> bytes:
    """The key of one file; with the file gone it opens nothing."""
    return hmac.new(secret, b"export\0" + id.bytes, "sha256").digest()


def shut(file: IO[bytes], to: Path, key: bytes) -> int:
    """Writes `file` from its beginning to `to`, readable by this service alone; gives its size in clear."""
    size, cipher = file.seek(0, os.SEEK_END), AESGCM(key)
    file.seek(0)
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for n in range(max(1, -(-size // PIECE))):
            nonce = secrets.token_bytes(NONCE)
            out.write(nonce + cipher.encrypt(nonce, file.read(PIECE), _place(n, (n + 1) * PIECE >= size)))
    return size


def opened(box: IO[bytes], key: bytes) -> Iterator[bytes]:
    """Piece by piece. InvalidTag: it was changed or cut."""
    cipher, n = AESGCM(key), 0
    with box:
        left = box.seek(0, os.SEEK_END)
        box.seek(0)
        while left > 0:
            piece = box.read(NONCE + PIECE + TAG)
            left -= len(piece)
            yield cipher.decrypt(piece[:NONCE], piece[NONCE:], _place(n, left == 0))
            n += 1


def _place(n: int, last: bool) -> bytes:
    return f"{n}|{last}".encode()
