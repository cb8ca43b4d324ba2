"""The published contracts are those of the code, and what they promised before still holds."""

import json

import pytest

from deploy.contracts import CONTRACTS, documents, facts
from shared.fact import Fact

facts()


def test_the_committed_contracts_are_up_to_date():
    stale = [str(path) for path, content in documents().items() if not path.exists() or path.read_text(encoding="utf-8") != content]
    assert not stale, "run `make contracts` and commit what it writes"


@pytest.mark.parametrize("file", sorted(CONTRACTS.glob("facts/*.sample.json")), ids=lambda file: file.name)
def test_every_committed_sample_still_decodes(file):
    name, version = file.name.removesuffix(".sample.json").rsplit(".v", 1)
    fact = Fact.restore(name, json.loads(file.read_text(encoding="utf-8")), int(version))
    assert type(fact) is Fact.registry[name]


def test_every_fact_version_has_a_sample():
    have = {file.name for file in CONTRACTS.glob("facts/*.sample.json")}
    assert not {f"{f.NAME}.v{v}.sample.json" for f in facts() for v in range(1, f.VERSION + 1)} - have
