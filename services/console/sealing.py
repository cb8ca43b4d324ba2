"""What the console keeps for somebody: sealed, and bound to its place, so that it opens nowhere else and under no other key."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.settings import settings
from shared.vault import fingerprint_key

__all__ = ["key_of", "seal", "unseal"]

NONCE = 12


def key_of(account: str, purpose: str) -> bytes:
    """Of what is kept for that purpose for one account."""
    return hmac.new(fingerprint_key(settings()), f"console {purpose}\0{account}".encode(), hashlib.sha256).digest()


def seal(key: bytes, plain: bytes, place: str) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def unseal(key: bytes, sealed: bytes, place: str) -> bytes | None:
    """None: sealed under another key, for another place, or too short for anything to be in it."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], place.encode())
    except (InvalidTag, ValueError):
        return None
