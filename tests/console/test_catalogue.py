"""Every text of the console has its English, and no template does what the content security policy forbids."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from services.console.labels import LABELS
from services.console.words import catalogue
from services.projection.api.accounts import ENGLISH

CONSOLE = Path(__file__).parents[2] / "services" / "console"
TEMPLATES = sorted((CONSOLE / "templates").rglob("*.html"))
METHODS = [("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true", "silent": "false"}}


def texts():
    return {
        text: f"{file}:{line}"
        for file, line, text, _, _ in extract_from_dir(CONSOLE, METHODS, OPTIONS, keywords={"_": None, "N_": None})
        if isinstance(text, str)
    }


def test_every_text_has_its_english():
    english = catalogue("en")
    assert {where: text for text, where in texts().items() if text not in english} == {}


def test_there_is_no_english_for_what_nobody_says():
    assert {m.id for m in catalogue("en") if m.id} - texts().keys() == set()


def test_programs_have_english_names_where_people_are_listed():
    assert {zh: catalogue("en")[zh].string for zh in ENGLISH} == ENGLISH


def test_the_english_keeps_the_places_for_values():
    places = re.compile(r"%\(\w+\)s|\{\w*\}")
    wrong = [m.id for m in catalogue("en") if m.id and sorted(places.findall(str(m.id))) != sorted(places.findall(str(m.string)))]
    assert not wrong


def test_every_code_has_a_word_in_both_languages():
    assert all(zh and en for words in LABELS.values() for zh, en in words.values())


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda p: p.name)
def test_a_template_holds_no_inline_script_or_style_and_needs_no_eval(template):
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:|hx-on|hx-vals=.js:|hx-trigger=\"[^\"]*\[", text)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda p: p.name)
def test_a_form_that_changes_something_carries_the_token(template):
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", template.read_text(encoding="utf-8"), re.S):
        assert 'name="csrf"' in form or "hidden(form)" in form or 'action="/language"' in form, form[:120]
