"""Tokens: good ones are known, bad ones are refused whatever is wrong with them, and the issuer's keys are asked for sparingly."""

import asyncio
import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

from deploy.issuer import ACCOUNTS, issuer
from deploy.servers import free_port
from shared import identity
from shared.identity import Identity, KeysUnavailable, Principal, Rejected, development_secret, service_token
from shared.settings import Settings


@contextmanager
def running(app: FastAPI, port: int) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(mode="dev", data=tmp_path_factory.mktemp("issuer"), issuer_port=free_port())


@pytest.fixture(scope="module")
def app(config: Settings) -> Iterator[FastAPI]:
    app = issuer(config)
    with running(app, config.issuer_port):
        yield app


@pytest.fixture
def known(app: FastAPI, config: Settings) -> Identity:
    return Identity.of(config)


def check(known: Identity, token: str) -> Principal:
    return asyncio.run(known.check(token))


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(key: Any, header: dict[str, Any], payload: bytes) -> str:
    """Any header over any payload, as somebody with the key would make it."""
    text = f"{b64(json.dumps(header).encode())}.{b64(payload)}"
    return f"{text}.{b64(JWSRegistry.algorithms[header['alg']].sign(text.encode(), key))}"


@pytest.fixture
def make(app: FastAPI, config: Settings) -> Callable[..., str]:
    """A token like a good one, but for what is said: `header` and `claims` (None: left out), `key`, `payload`."""

    def made(
        header: dict[str, Any] | None = None, claims: dict[str, Any] | None = None, key: Any = None, payload: bytes | None = None
    ) -> str:
        own, now = app.state.issuer.key, int(time.time())
        all_claims = {"iss": config.issuer, "sub": "county", "aud": "halfsky", "client_id": "console", "iat": now, "exp": now + 60} | (
            claims or {}
        )
        all_headers = {"alg": "ES256", "typ": "at+jwt", "kid": own.kid} | (header or {})
        body = payload or json.dumps({k: v for k, v in all_claims.items() if v is not None}).encode()
        return signed(key or own, {k: v for k, v in all_headers.items() if v is not None}, body)

    return made


def test_a_good_token_names_its_account(known: Identity, make: Callable[..., str], config: Settings) -> None:
    assert check(known, make()) == Principal(f"{config.issuer}|county", "console", frozenset(), service=False)
    assert check(known, make({"typ": "application/at+JWT"}, {"aud": ["other", "halfsky"]})).account.endswith("|county")


LATER, EARLIER = 10**10, 10**9
BAD_CLAIMS: dict[str, dict[str, Any]] = {
    "expired": {"exp": EARLIER},
    "without end": {"exp": None},
    "end as text": {"exp": str(LATER)},
    "end is no number": {"exp": float("nan")},
    "not yet valid": {"nbf": LATER},
    "issued in the future": {"iat": LATER},
    "without beginning": {"iat": None},
    "for somebody else": {"aud": "elsewhere"},
    "for several others": {"aud": ["a", "b"]},
    "for nobody": {"aud": None},
    "for an object": {"aud": {}},
    "of another issuer": {"iss": "https://evil.test"},
    "of no issuer": {"iss": None},
    "of nobody": {"sub": None},
    "of an empty subject": {"sub": ""},
    "of a number": {"sub": 7},
    "with a list of scopes": {"scope": ["log:read"]},
}
BAD_HEADERS: dict[str, dict[str, Any]] = {
    "an identity token": {"typ": "JWT"},
    "of no type": {"typ": None},
    "with a number for a type": {"typ": 1},
    "without key id": {"kid": None},
    "with an empty key id": {"kid": ""},
    "with an unknown key id": {"kid": "unknown"},
    "with a list for a key id": {"kid": ["x"]},
    "with a critical extension nobody knows": {"crit": ["exp"], "exp": 1},
    "with an unencoded payload": {"b64": False, "crit": ["b64"]},
    "with a foreign header": {"zip": "DEF"},
}


@pytest.mark.parametrize("claims", BAD_CLAIMS.values(), ids=BAD_CLAIMS)
def test_a_token_with_a_bad_claim_is_refused(known: Identity, make: Callable[..., str], claims: dict[str, Any]) -> None:
    with pytest.raises(Rejected):
        check(known, make(claims=claims))


@pytest.mark.parametrize("header", BAD_HEADERS.values(), ids=BAD_HEADERS)
def test_a_token_with_a_bad_header_is_refused(known: Identity, make: Callable[..., str], header: dict[str, Any]) -> None:
    with pytest.raises(Rejected):
        check(known, make(header))


def test_a_token_signed_by_anybody_else_is_refused(known: Identity, make: Callable[..., str], app: FastAPI) -> None:
    own = app.state.issuer.key
    stranger = ECKey.generate_key("P-256", {"kid": own.kid})
    confused = f"{b64(json.dumps({'alg': 'HS256', 'typ': 'at+jwt', 'kid': own.kid}).encode())}.{make().split('.')[1]}"
    confused += "." + b64(hmac.digest(own.as_pem(private=False), confused.encode(), "sha256"))
    rsa = RSAKey.generate_key(2048)
    bad = {
        "with a key of the same id": make(key=stranger),
        "with a key it brings itself": make({"jwk": stranger.as_dict(private=False)}, key=stranger),
        "with a key at an address it names": make({"jku": "https://evil.test/jwks"}, key=stranger),
        "with the public key as a secret": confused,
        "with RSA-PSS": make({"alg": "PS256"}, key=rsa),
        "with RSA under an EC key's id": make({"alg": "RS256"}, key=rsa),
    }
    for how, token in bad.items():
        with pytest.raises(Rejected):
            check(known, token)
            pytest.fail(f"accepted: {how}")


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "es256", "HS512", "", 7])
def test_a_token_without_a_real_signature_is_refused(known: Identity, make: Callable[..., str], app: FastAPI, algorithm: Any) -> None:
    head = {"alg": algorithm, "typ": "at+jwt", "kid": app.state.issuer.key.kid}
    payload = make().split(".")[1]
    for signature in ("", "eA"):
        with pytest.raises(Rejected):
            check(known, f"{b64(json.dumps(head).encode())}.{payload}.{signature}")


def test_what_is_no_token_at_all_is_refused(known: Identity, make: Callable[..., str]) -> None:
    good = make()
    head, payload, signature = good.split(".")
    other = b64(json.dumps({"sub": "provincial"}).encode())
    bad = [
        "",
        "x",
        "..",
        "a.b",
        good + ".x",
        f"{head}.{other}.{signature}",
        f"{head}.{payload}.{signature[:-4]}AAAA",
        f"{head}.{payload}.",
        "é.é.é",
        f"{b64(b'[]')}.{payload}.{signature}",
        f"{b64(b'{')}.{payload}.{signature}",
        good[:10] + "x" * 2_000_000,
        make(payload=b"[1]"),
        make(payload=b"{"),
    ]
    for token in bad:
        with pytest.raises(Rejected):
            check(known, token)


def test_a_service_has_its_scopes_and_is_told_from_a_person(known: Identity, make: Callable[..., str]) -> None:
    found = check(known, make(claims={"sub": "cadre", "client_id": "cadre", "scope": "log:read keys"}))
    assert found.service and found.client == "cadre" and found.scopes == {"log:read", "keys"}
    assert not check(known, make(claims={"client_id": None})).service


def test_random_key_ids_cause_one_question_to_the_issuer(
    known: Identity, make: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    ask = identity.Keys.fetch

    async def counted(keys: identity.Keys) -> None:
        nonlocal asked
        asked += 1
        await ask(keys)

    monkeypatch.setattr(identity.Keys, "fetch", counted)
    tokens = [make({"kid": f"k{n}"}) for n in range(200)]

    async def all_refused() -> None:
        for token in tokens:
            with pytest.raises(Rejected):
                await known.check(token)
        await known.check(make())

    asyncio.run(all_refused())
    assert asked == 1


def test_while_the_issuer_is_away_its_keys_serve_on_for_an_hour(known: Identity, make: Callable[..., str]) -> None:
    token = make()
    check(known, token)
    known.keys.issuer = "http://127.0.0.1:9"
    known.keys.fetched -= 1800
    known.keys.tried -= 1800
    assert check(known, token).account
    known.keys.fetched -= 3600
    with pytest.raises(KeysUnavailable):
        check(known, token)


def test_an_issuer_that_was_never_reached_lets_nobody_in(make: Callable[..., str]) -> None:
    with pytest.raises(KeysUnavailable):
        check(Identity("http://127.0.0.1:9", "halfsky"), make())


def test_in_production_the_development_issuer_is_refused(config: Settings, make: Callable[..., str]) -> None:
    with pytest.raises(KeysUnavailable):
        check(Identity(config.issuer, "halfsky", development=False), make())


@pytest.mark.parametrize(
    "settings", [{"mode": "prod"}, {"mode": "dev", "oidc_issuer": "https://id.example.test"}], ids=["production", "not loopback"]
)
def test_the_development_issuer_does_not_start(home: Path, settings: dict[str, Any]) -> None:
    async def started() -> None:
        app = issuer(Settings(data=home, **settings))
        async with app.router.lifespan_context(app):
            pytest.fail("it started")

    with pytest.raises(RuntimeError):
        asyncio.run(started())


def test_every_demo_account_gets_a_token_that_is_good(known: Identity, config: Settings) -> None:
    for account in ACCOUNTS:
        answer = httpx.post(f"{config.issuer}/demo/{account}").json()
        assert check(known, answer["access_token"]).account == f"{config.issuer}|{account}"
    assert httpx.post(f"{config.issuer}/demo/nobody").status_code == 404


def test_a_client_gets_the_scopes_it_is_known_for_and_no_others(known: Identity, config: Settings) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": "lecture",
        "client_secret": development_secret(config, "lecture"),
        "scope": "log:read admin",
    }
    assert check(known, httpx.post(f"{config.issuer}/token", data=form).json()["access_token"]).scopes == {"log:read"}
    for change in ({"client_secret": "x"}, {"client_secret": ""}, {"client_id": "nobody"}):
        assert httpx.post(f"{config.issuer}/token", data=form | change).status_code == 401


def test_a_person_signs_in_by_code_and_proof_once(known: Identity, config: Settings) -> None:
    verifier, back = "v" * 50, "http://127.0.0.1:8000/callback"
    query = {
        "client_id": "console",
        "redirect_uri": back,
        "code_challenge": b64(hashlib.sha256(verifier.encode()).digest()),
        "state": "s",
        "account": "county",
    }
    sent = httpx.get(f"{config.issuer}/authorize", params=query)
    code = httpx.URL(sent.headers["location"]).params["code"]
    form = {"grant_type": "authorization_code", "client_id": "console", "redirect_uri": back, "code": code, "code_verifier": verifier}
    assert check(known, httpx.post(f"{config.issuer}/token", data=form).json()["access_token"]).account.endswith("|county")
    assert httpx.post(f"{config.issuer}/token", data=form).status_code == 400  # a code is good once
    assert httpx.get(f"{config.issuer}/authorize", params=query | {"redirect_uri": "https://evil.test/"}).status_code == 400
    code = httpx.URL(httpx.get(f"{config.issuer}/authorize", params=query).headers["location"]).params["code"]
    assert httpx.post(f"{config.issuer}/token", data=form | {"code": code, "code_verifier": "w" * 50}).status_code == 400


def test_a_service_fetches_its_token_by_itself(app: FastAPI, config: Settings) -> None:
    auth = service_token(config, "cadre", "log:read")
    assert auth
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    with httpx.Client() as wire, httpx.Client(auth=auth, transport=Switch(config.issuer, wire, answer)) as client:
        client.get("http://cadre.test/notifications")
        client.get("http://cadre.test/notifications")
    tokens = {r.headers["authorization"].removeprefix("Bearer ") for r in sent}
    assert len(sent) == 2 and len(tokens) == 1
    assert check(Identity.of(config), tokens.pop()).scopes == {"log:read"}


class Switch(httpx.BaseTransport):
    """Lets requests to the issuer through and answers the others itself."""

    def __init__(self, issuer: str, wire: httpx.Client, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.issuer, self.wire, self.answer = httpx.URL(issuer), wire, answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.port == self.issuer.port:
            return self.wire.send(request)
        return self.answer(request)
