"""Personal values, sealed: AES-256-GCM with a key per person, bound to the place it stands in; keys come from the key process."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol, TypeVar
from uuid import UUID

import httpx
import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel

from shared.es import Unavailable
from shared.fact import Personal, Refused, derive
from shared.identity import service_token
from shared.keyd.store import KeyStore
from shared.settings import Settings

__all__ = ["Keys", "RemoteKeys", "Vault", "fingerprint_key"]

T = TypeVar("T")
SUITE = "AES-256-GCM"  # part of the additional data, so that a later suite cannot be confused with this one
CACHE_SECONDS = 60.0
NONCE_BYTES = 12
MARKS = UUID(int=0)  # from which the ids of the index keys derive: they are nobody's


class Keys(Protocol):
    """Where keys come from: `KeyStore` itself, or the key process over HTTP."""

    def fetch(self, service: str, subjects: Iterable[UUID], create: bool) -> Mapping[UUID, bytes | None]: ...


class RemoteKeys:
    """The key process. es.Unavailable when it cannot be reached: nothing is stored in plain text meanwhile."""

    def __init__(self, url: str, auth: httpx.Auth) -> None:
        self.client = httpx.Client(base_url=url, auth=auth, timeout=5)

    def fetch(self, service: str, subjects: Iterable[UUID], create: bool) -> Mapping[UUID, bytes | None]:
        wanted = {"subjects": [str(s) for s in subjects], "create": create}
        try:
            found = self.client.post("/keys/request", json=wanted).raise_for_status().json()["keys"]
            return {UUID(s): base64.b64decode(k) if k else None for s, k in found.items()}
        except (httpx.HTTPError, KeyError, TypeError, ValueError) as e:
            raise Unavailable("the key process does not answer") from e


class Vault:
    """Seals and opens `Personal` values of one service. Keys are remembered for at most 60 s."""

    def __init__(self, keys: Keys, service: str) -> None:
        self.keys, self.service = keys, service
        self._cache: dict[UUID, tuple[float, bytes | None]] = {}
        self._lock = threading.Lock()

    @classmethod
    def of(cls, s: Settings, service: str) -> Vault:
        """By client credentials from the key process; without any, in dev mode only, from a key file of the service's own."""
        auth = service_token(s, service, "keys")
        if auth:
            return cls(RemoteKeys(s.url("keys"), auth), service)
        if s.mode == "prod":
            raise ValueError("HALFSKY_CLIENT_ID is not set")
        return cls(KeyStore(s.data / f"{service}-keys.db"), service)

    def seal(self, value: Personal[T], bound: str) -> Personal[T]:
        """The value without itself: only its box. `bound` says where it will stand; it opens nowhere else."""
        plain = value.value.model_dump(mode="json") if isinstance(value.value, BaseModel) else value.value
        nonce = secrets.token_bytes(NONCE_BYTES)
        shut = AESGCM(self._key(value.subject, create=True)).encrypt(nonce, orjson.dumps(plain), _additional(value.subject, bound))
        return type(value)(subject=value.subject, box=base64.b64encode(nonce + shut).decode(), bound=bound)

    def open(self, value: Personal[T], of: UUID | None = None) -> T:
        """What is in the box, as JSON gives it. Refused: the key was destroyed, or the box is not in its place: that of a fact of
        aggregate `of`, if that is said."""
        if value.box is None:
            assert value.value is not None, "a Personal has a value or a box"
            return value.value
        key = self._key(value.subject, create=False)
        try:
            if of is not None and (value.bound or "").split("|")[2:3] != [str(of)]:
                raise ValueError("from another aggregate")
            box = base64.b64decode(value.box, validate=True)
            plain: T = orjson.loads(
                AESGCM(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], _additional(value.subject, value.bound or ""))
            )
        except (InvalidTag, binascii.Error, ValueError):
            raise Refused(
                "sealed_damaged",
                "密封内容已损坏或不在原处，请联系系统管理员核查。",
                "The sealed content is damaged or not where it belongs; have a system administrator look into it.",
            ) from None
        return plain

    def mark(self, purpose: str, value: str) -> str:
        """Stands for a value in an index: equal for equal values, and worth nothing without the key of that purpose."""
        return hmac.new(self._key(derive(MARKS, self.service, purpose), create=True), value.encode(), "sha256").hexdigest()

    def warm(self, subjects: Iterable[UUID]) -> None:
        """Fetch, or make, the keys of many subjects in few calls: before a batch."""
        now = time.monotonic()
        missing = [s for s in dict.fromkeys(subjects) if self._cache.get(s, (0.0, None))[0] <= now]
        for start in range(0, len(missing), 500):
            self._remember(self.keys.fetch(self.service, missing[start : start + 500], True))

    def forget(self) -> None:
        """Drop all remembered keys."""
        with self._lock:
            self._cache.clear()

    def _key(self, subject: UUID, create: bool) -> bytes:
        until, key = self._cache.get(subject, (0.0, None))
        if until <= time.monotonic():
            found = self.keys.fetch(self.service, [subject], create)
            self._remember(found)
            key = found.get(subject)
        if key is None:
            raise Refused(
                "erased",
                "该信息已依法销毁，无法查看或再次填写。",
                "This information was erased as the law demands; it cannot be read or entered again.",
            )
        return key

    def _remember(self, found: Mapping[UUID, bytes | None]) -> None:
        now = time.monotonic()
        with self._lock:
            if len(self._cache) > 10_000:
                self._cache = {s: kept for s, kept in self._cache.items() if kept[0] > now}
            self._cache.update({s: (now + CACHE_SECONDS, key) for s, key in found.items()})


def _additional(subject: UUID, bound: str) -> bytes:
    return f"{SUITE}|{subject}|{bound}".encode()


def fingerprint_key(s: Settings) -> bytes:
    """Keys the fingerprints of commands: configured in production (the same for all replicas), kept beside the data in dev mode."""
    if s.fingerprint_key:
        return s.fingerprint_key.encode()
    if s.mode == "prod":
        raise ValueError("HALFSKY_FINGERPRINT_KEY is not set")
    file: Path = s.data / "fingerprint.key"
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        new = file.with_suffix(f".{secrets.token_hex(4)}")
        new.touch(mode=0o600)
        new.write_bytes(secrets.token_bytes(32))
        try:
            file.hardlink_to(new)  # only one of several starting services wins
        except FileExistsError:
            return file.read_bytes()
        finally:
            new.unlink()
    return file.read_bytes()
