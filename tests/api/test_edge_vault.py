"""Sealing: what is sealed opens only in its place and with its key; the key process keeps keys apart, wrapped, and destroys them for good."""

import base64
import json
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from shared.es import Unavailable
from shared.fact import Personal, Refused
from shared.keyd.app import key_process
from shared.keyd.store import KeyStore
from shared.settings import Settings
from shared.vault import RemoteKeys, Vault, fingerprint_key
from tests.api.caller import Names, config

HER, HIM = uuid4(), uuid4()
PLACE = "cadre|Cadre|1|1|cadre.CadreRegistered|phone"


@pytest.fixture
def keys() -> KeyStore:
    return KeyStore()


@pytest.fixture
def vault(keys: KeyStore) -> Vault:
    return Vault(keys, "cadre")


def sealed(vault: Vault, value: object = "13800001234", subject: UUID = HER, place: str = PLACE) -> Personal[object]:
    return vault.seal(Personal[object](subject=subject, value=value), place)


@given(st.one_of(st.text(), st.integers(-(2**53), 2**53), st.dictionaries(st.text(), st.text())))
def test_what_was_sealed_comes_out_again(value: object) -> None:
    vault = Vault(KeyStore(), "cadre")
    shut = sealed(vault, value)
    assert shut.value is None and vault.open(shut) == value


def test_the_same_value_never_looks_the_same(vault: Vault) -> None:
    assert sealed(vault).box != sealed(vault).box
    assert "13800001234" not in base64.b64decode(sealed(vault).box or "").decode("latin-1")


def test_a_box_moved_to_another_place_subject_or_service_does_not_open(vault: Vault, keys: KeyStore) -> None:
    shut, other = sealed(vault), sealed(vault, subject=HIM, place=PLACE + "2")
    moved = [
        shut.model_copy(update={"bound": other.bound}),
        shut.model_copy(update={"subject": HIM}),
        shut.model_copy(update={"box": other.box}),
        shut.model_copy(update={"bound": None}),
    ]
    for box in moved:
        with pytest.raises(Refused, match="sealed_damaged"):
            vault.open(box)
    with pytest.raises(Refused, match="erased"):
        Vault(keys, "hotline").open(shut)


def test_a_box_moved_whole_to_another_aggregate_does_not_open_there(vault: Vault) -> None:
    shut = sealed(vault, place=f"cadre|Cadre|{HER}|1|cadre.CadreRegistered|phone")
    assert vault.open(shut, HER) == "13800001234"
    with pytest.raises(Refused, match="sealed_damaged"):
        vault.open(shut, HIM)


@given(st.integers(0, 60), st.integers(1, 255))
def test_a_box_with_one_byte_changed_does_not_open(at: int, change: int) -> None:
    vault = Vault(KeyStore(), "cadre")
    shut = sealed(vault)
    raw = bytearray(base64.b64decode(shut.box or ""))
    raw[at % len(raw)] ^= change
    with pytest.raises(Refused, match="sealed_damaged"):
        vault.open(shut.model_copy(update={"box": base64.b64encode(raw).decode()}))


@pytest.mark.parametrize("box", ["", "!!", "AAAA", base64.b64encode(b"x" * 12).decode()])
def test_a_box_that_is_none_does_not_open(vault: Vault, box: str) -> None:
    shut = sealed(vault)
    with pytest.raises(Refused, match="sealed_damaged"):
        vault.open(shut.model_copy(update={"box": box}))


def test_after_its_key_is_destroyed_nothing_opens_or_is_sealed_again(vault: Vault, keys: KeyStore) -> None:
    hers, his = sealed(vault), sealed(vault, subject=HIM)
    keys.destroy("cadre", HER)
    vault.forget()
    with pytest.raises(Refused, match="erased"):
        vault.open(hers)
    with pytest.raises(Refused, match="erased"):
        sealed(vault)
    assert vault.open(his) == "13800001234"


def test_a_key_is_remembered_for_a_minute_at_most(vault: Vault, keys: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    shut = sealed(vault)
    keys.destroy("cadre", HER)
    assert vault.open(shut) == "13800001234"
    later = time.monotonic() + 61
    monkeypatch.setattr("shared.vault.time.monotonic", lambda: later)
    with pytest.raises(Refused, match="erased"):
        vault.open(shut)


def test_keys_of_a_batch_are_fetched_together(vault: Vault, keys: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    people, calls, fetch = [uuid4() for _ in range(700)], 0, keys.fetch

    def counted(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        return fetch(*args)

    monkeypatch.setattr(keys, "fetch", counted)
    vault.warm(people)
    for person in people:
        sealed(vault, subject=person)
    assert calls == 2


# -- the store of keys -------------------------------------------------------------------------------------------------
def test_keys_are_in_the_file_only_wrapped_and_after_destruction_not_at_all(home: Path) -> None:
    file = home / "keys.db"
    keys = KeyStore(file)
    key = keys.fetch("cadre", [HER], True)[HER]
    (wrapped,) = keys.connection.execute("SELECT wrapped FROM keys").fetchone()

    def anywhere(secret: bytes) -> bool:
        return any(secret in f.read_bytes() for f in home.iterdir())

    assert key and not anywhere(key) and anywhere(wrapped)
    keys.destroy("cadre", HER)
    assert not anywhere(wrapped)
    keys.close()
    assert KeyStore(file).fetch("cadre", [HER], True) == {HER: None}
    assert file.stat().st_mode & 0o077 == 0


def test_a_new_epoch_keeps_the_keys_and_makes_older_backups_worthless(home: Path) -> None:
    file = home / "keys.db"
    keys = KeyStore(file)
    before = keys.fetch("cadre", [HER, HIM], True)
    (old,) = keys.connection.execute("SELECT kek FROM epochs").fetchone()
    assert keys.rotate() == 2
    assert keys.fetch("cadre", [HER, HIM], False) == before
    assert not any(old in f.read_bytes() for f in home.iterdir())
    assert not keys.due()


def test_two_writers_make_one_key(home: Path) -> None:
    first, second = KeyStore(home / "keys.db"), KeyStore(home / "keys.db")
    assert first.fetch("cadre", [HER], True) == second.fetch("cadre", [HER], True)


# -- the key process ---------------------------------------------------------------------------------------------------
def test_the_key_process_gives_each_service_its_own_keys_only(home: Path) -> None:
    with TestClient(key_process(config(home), Names())) as client:

        def ask(token: str, **body: object) -> httpx.Response:
            found: httpx.Response = client.post(
                "/keys/request", json={"subjects": [str(HER)], **body}, headers={"Authorization": f"Bearer {token}"}
            )
            return found

        cadre = ask("service:cadre,keys", create=True).json()["keys"][str(HER)]
        assert len(base64.b64decode(cadre)) == 32
        assert ask("service:cadre,keys").json()["keys"] == {str(HER): cadre}
        assert ask("service:org,keys").json()["keys"] == {}
        assert [ask(t).status_code for t in ("county", "service:cadre,log:read", "bad")] == [403, 403, 401]
        assert ask("service:cadre,keys", subjects=[str(uuid4())] * 501).status_code == 422
        assert client.get("/ready").status_code == 200 and str(HER) not in client.get("/metrics").text


def test_without_the_key_process_nothing_is_sealed_and_nothing_opens() -> None:
    vault = Vault(RemoteKeys("http://127.0.0.1:9", httpx.BasicAuth("", "")), "cadre")
    with pytest.raises(Unavailable):
        sealed(vault)


def test_a_key_process_that_talks_nonsense_is_as_good_as_none() -> None:
    for answer in (httpx.Response(200, text="<html>"), httpx.Response(200, json={}), httpx.Response(503), httpx.Response(200, json=[])):
        keys = RemoteKeys("http://keys.test", httpx.BasicAuth("", ""))
        keys.client = httpx.Client(base_url="http://keys.test", transport=httpx.MockTransport(lambda _, a=answer: a))
        with pytest.raises(Unavailable):
            sealed(Vault(keys, "cadre"))


# -- the fingerprint's key ---------------------------------------------------------------------------------------------
def test_the_key_of_fingerprints_stays_the_same_and_production_must_name_it(home: Path) -> None:
    assert fingerprint_key(config(home)) == fingerprint_key(config(home)) != b""
    assert fingerprint_key(Settings(mode="prod", data=home, fingerprint_key="k")) == b"k"
    with pytest.raises(ValueError, match="FINGERPRINT"):
        fingerprint_key(Settings(mode="prod", data=home))


def test_a_production_service_without_a_client_has_no_vault(home: Path) -> None:
    with pytest.raises(ValueError, match="CLIENT_ID"):
        Vault.of(Settings(mode="prod", data=home), "cadre")
    assert json.loads(Settings(mode="prod", data=home, client_secret="s3cret").model_dump_json())["mode"] == "prod"
    assert "s3cret" not in repr(Settings(client_secret="s3cret"))
