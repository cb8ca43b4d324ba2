"""Our styles and script are read by the oldest browsers named (Chromium 86, Firefox ESR 78): the syntax is parsed, what came later is refused."""

from __future__ import annotations

import re
from pathlib import Path

import esprima
import pytest
import tinycss2
from tinycss2.ast import AtRule, Declaration, Node, QualifiedRule

STATIC = Path(__file__).parents[2] / "services" / "console" / "static"
STYLES, SCRIPTS = sorted(STATIC.glob("*.css")), [f for f in sorted(STATIC.glob("*.js")) if "htmx" not in f.name]
AT_RULES = {"media", "page", "font-face", "supports", "keyframes", "charset"}
# inset is Chromium 87's, aspect-ratio 88's, accent-color 93's, scrollbar-gutter 94's, translate 104's, text-wrap 114's
LATER_PROPERTIES = {
    "inset", "inset-inline", "inset-block", "aspect-ratio", "accent-color", "scrollbar-gutter", "translate", "rotate", "scale", "text-wrap",
    "container", "container-type", "content-visibility", "view-transition-name",
}  # fmt: skip
LATER_SELECTORS = (":has(", ":is(", ":where(", ":modal", ":user-invalid", "&")
LATER_VALUES = re.compile(r"color-mix\(|oklch\(|light-dark\(|\d(?:dvh|svh|lvh|cqw|cqi)\b")
LATER_CALLS = re.compile(
    r"\.(?:at|replaceAll|hasOwn|toSorted|toReversed|findLast|groupBy|replaceChildren|showPicker)\("
    r"|structuredClone|\bWeakRef\b|randomUUID|AbortSignal\.timeout"
)


def later_style(text: str) -> list[str]:
    """What a Chromium 86 would not understand."""
    return [f for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True) for f in _rule(rule)]


def _rule(rule: Node) -> list[str]:
    if isinstance(rule, QualifiedRule):
        selector = tinycss2.serialize(rule.prelude)
        return [f"selector {selector}" for late in LATER_SELECTORS if late in selector] + _declarations(rule.content)
    if isinstance(rule, AtRule):
        found = [] if rule.lower_at_keyword in AT_RULES else [f"@{rule.at_keyword}"]
        if re.search(r"[<>]", tinycss2.serialize(rule.prelude)):
            found.append("range syntax in @media")
        if rule.content is None or rule.lower_at_keyword in ("page", "font-face"):
            return found
        inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
        return found + [f for r in inner for f in _rule(r)]
    return [f"cannot be parsed: {rule.serialize()[:60]}"]


def _declarations(content: list[Node]) -> list[str]:
    found = []
    for d in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if not isinstance(d, Declaration):
            found.append(f"no declaration: {d.serialize()[:60]}")
        elif d.lower_name in LATER_PROPERTIES or LATER_VALUES.search(tinycss2.serialize(d.value)):
            found.append(f"{d.name}: {tinycss2.serialize(d.value)}")
    return found


def later_script(text: str) -> list[str]:
    try:
        esprima.parseScript(text)
    except esprima.Error as e:
        return [f"cannot be parsed as ES2017: {e}"]
    return LATER_CALLS.findall(text)


@pytest.mark.parametrize("file", STYLES, ids=lambda f: f.name)
def test_our_styles_hold_nothing_newer_than_the_oldest_browsers(file: Path):
    assert later_style(file.read_text()) == []


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda f: f.name)
def test_our_script_holds_nothing_newer_than_the_oldest_browsers(file: Path):
    assert later_script(file.read_text()) == []


@pytest.mark.parametrize("style", [
    "a:has(b) { color: red }", "@layer x { a { color: red } }", "a { inset: 0 }", "@media (width > 3px) { a { color: red } }",
    "a { & b { color: red } }", "a { color: color-mix(in srgb, red, blue) }",
])  # fmt: skip
def test_the_check_of_styles_finds_what_is_newer(style: str):
    assert later_style(style)


@pytest.mark.parametrize("script", ["a?.b", "a ?? b", "[1].at(-1)", "structuredClone(a)", "class A { #b = 1 }"])
def test_the_check_of_scripts_finds_what_is_newer(script: str):
    assert later_script(script)


def test_there_is_a_style_and_a_script_to_check():
    assert STYLES and SCRIPTS
