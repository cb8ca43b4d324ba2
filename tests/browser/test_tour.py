"""The tour shows the pictures that `make tour` draws, all of them, and each is small."""

from __future__ import annotations

import re

from tests.browser.tour import MOST, PICTURES


def test_the_tour_shows_every_picture_drawn_and_no_other():
    told = (PICTURES.parent / "tour.md").read_text()
    named = re.findall(r"\]\(tour/([\w-]+\.png)\)", told)
    assert named == sorted(f.name for f in PICTURES.iterdir())
    assert all(0 < (PICTURES / name).stat().st_size <= MOST for name in named)
