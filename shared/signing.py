"""Who wrote a block of the wire: the owner of a log signs what it publishes, and consumers believe nothing else, whoever holds NATS's passwords.

Ed25519 over source, `Es-Prev`, `Es-Last` and the hash of the body. Keys are files of the owning service; it publishes their public halves over HTTP.
"""
from __future__ import annotations

import asyncio
import base64
import binascii
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from shared.settings import Settings

__all__ = ["SIGNATURE", "PublishedKeys", "SigningKeys", "is_signed", "signed_bytes"]

SIGNATURE = "Es-Signature"  # header of a block: ed25519:<key id>:<base64url>
AGAIN_SECONDS = 5.0  # an unknown key id makes a consumer ask for the keys again, no sooner than this
Keys = Mapping[str, Ed25519PublicKey]


def signed_bytes(source: str, prev: str, last: str, body: bytes) -> bytes:
    """What the signature of a block is made over. `source`: <region>/<service>."""
    return f"halfsky block 1\n{source}\n{prev}\n{last}\n{sha256(body).hexdigest()}".encode()


class SigningKeys:
    """A service's own keys, one `<number>.pem` each: the newest signs, all are published. Deleting an old file ends the belief in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._files():
            self.rotate()
        self._private = [_read(file) for file in self._files()]
        self.public: Keys = {_id(key.public_key()): key.public_key() for key in self._private}

    @classmethod
    def of(cls, s: Settings, service: str) -> Self:
        return cls(s.data / service / "signing")

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("*.pem"), key=lambda file: int(file.stem))

    def rotate(self) -> None:
        """A new key beside the old ones; it signs from the next start on. Of two processes that make the same one, one does."""
        number = max((int(file.stem) for file in self._files()), default=0) + 1
        made = self.folder / f"new-{os.getpid()}"
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        with suppress(FileExistsError):
            os.link(made, self.folder / f"{number}.pem")
        made.unlink()

    def sign(self, source: str, prev: str, last: str, body: bytes) -> str:
        key = self._private[-1]
        made = key.sign(signed_bytes(source, prev, last, body))
        return f"ed25519:{_id(key.public_key())}:{base64.urlsafe_b64encode(made).decode()}"

    def published(self) -> dict[str, str]:
        """Key id -> the public key in base64url."""
        return {id: base64.urlsafe_b64encode(key.public_bytes_raw()).decode() for id, key in self.public.items()}


class PublishedKeys:
    """The keys of a source as it publishes them. `fetch` asks it; the last answer holds while it is away."""

    def __init__(self, source: str, fetch: Callable[[], Awaitable[Mapping[str, str]]]) -> None:
        self.source, self._fetch = source, fetch
        self._keys: Keys = {}
        self._asked = float("-inf")
        self._lock = asyncio.Lock()

    async def signed(self, prev: str, last: str, body: bytes, signature: str | None) -> bool:
        """Whether the source signed it. An error where its keys are not known yet and cannot be asked for."""
        id = (signature or "").split(":")[1:2]
        async with self._lock:
            if id and id[0] not in self._keys and (not self._keys or time.monotonic() - self._asked > AGAIN_SECONDS):
                self._asked = time.monotonic()
                self._keys = {id: Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key)) for id, key in (await self._fetch()).items()}
        return is_signed(self._keys, self.source, prev, last, body, signature)


def is_signed(keys: Keys, source: str, prev: str, last: str, body: bytes, signature: str | None) -> bool:
    """Whether one of the keys made the signature for this block."""
    algorithm, _, rest = (signature or "").partition(":")
    id, _, made = rest.partition(":")
    if algorithm != "ed25519" or id not in keys:
        return False
    try:
        keys[id].verify(base64.urlsafe_b64decode(made), signed_bytes(source, prev, last, body))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _read(file: Path) -> Ed25519PrivateKey:
    key = load_pem_private_key(file.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{file.name} is no Ed25519 key")
    return key


def _id(key: Ed25519PublicKey) -> str:
    return sha256(key.public_bytes_raw()).hexdigest()[:16]
