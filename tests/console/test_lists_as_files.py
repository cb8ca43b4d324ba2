"""What a list shows is what its file has: the same titles, the same words."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from services.console.labels import LABELS
from services.console.listing import LISTINGS, Listing
from services.projection.api.columns import ALL

import_module("services.console.main")  # registers every list
ONLY_HERE = ("children", "fill")  # how many lie below, and the way to fill a vacancy: nothing for a file
FILES = {id: listing for id, listing in LISTINGS.items() if listing.export and listing.path in ALL and id != "sample"}


def worded(words: Any) -> dict[str, str]:
    return {code: word if isinstance(word, str) else word[0] for code, word in words.items()}


@pytest.mark.parametrize("listing", FILES.values(), ids=FILES.keys())
def test_a_column_is_called_on_the_page_what_it_is_called_in_the_file(listing: Listing) -> None:
    table = ALL[listing.path]
    titles = {c.key: c.zh for c in (*table.columns, *table.more)}
    differ = {c.name: (c.title, titles[c.name]) for c in listing.columns if c.name in titles and titles[c.name] != c.title}
    assert not differ and not [c.name for c in listing.columns if c.name not in titles and c.name not in ONLY_HERE]


@pytest.mark.parametrize("listing", FILES.values(), ids=FILES.keys())
def test_a_code_has_one_word_on_the_page_and_in_the_file(listing: Listing) -> None:
    table = ALL[listing.path]
    words = {c.key: worded(c.words) for c in (*table.columns, *table.more)}
    for column in listing.columns:
        if column.kind in LABELS and words.get(column.name):
            shown = {code: said[0] for code, said in LABELS[column.kind].items()}
            differ = {code: (shown[code], word) for code, word in words[column.name].items() if code in shown and shown[code] != word}
            assert not differ, (column.name, differ)
            assert set(words[column.name]) <= set(shown), (column.name, set(words[column.name]) - set(shown))
