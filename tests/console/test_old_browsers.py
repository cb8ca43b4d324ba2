"""Our styles and scripts are read by the oldest browsers named (Chromium 86, Firefox ESR 78).

The syntax is parsed, and what is used is looked up in lists of what both have: whatever is not in them came later, or nobody has looked it up
yet in compatibility tables (MDN) and written it down here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import esprima
import pytest
import tinycss2
from tinycss2.ast import AtRule, Declaration, Node, QualifiedRule

STATIC = Path(__file__).parents[2] / "services" / "console" / "static"
STYLES, SCRIPTS = sorted(STATIC.glob("*.css")), [f for f in sorted(STATIC.glob("*.js")) if "htmx" not in f.name]
HTMX = next(STATIC.glob("htmx-*.js"))


def listed(words: str) -> set[str]:
    return set(words.split())


AT_RULES = {"media", "page", "font-face", "supports", "keyframes", "charset"}
FEATURES = {"screen", "print", "and", "not", "only", "all", "max-width", "min-width", "max-height", "min-height", "prefers-reduced-motion"}
# in both, by the compatibility tables; `gap` in flex boxes came with Chromium 84 and Firefox 63
PROPERTIES = listed("""
align-content align-items align-self animation background background-color background-image background-position background-repeat background-size
border border-bottom border-bottom-color border-bottom-left-radius border-bottom-right-radius border-bottom-width border-collapse border-color
border-left border-left-color border-left-width border-radius border-right border-right-color border-spacing border-style border-top
border-top-color border-top-left-radius border-top-right-radius border-top-width border-width bottom box-shadow box-sizing break-after
break-before break-inside caption-side clear clip clip-path color column-count column-gap content counter-increment counter-reset cursor
direction display empty-cells fill fill-opacity flex flex-basis flex-direction flex-flow flex-grow flex-shrink flex-wrap float font font-family
font-feature-settings font-size font-style font-variant-numeric font-weight gap grid-area grid-column grid-row grid-template-areas
grid-template-columns grid-template-rows height hyphens justify-content justify-items justify-self left letter-spacing line-height list-style
list-style-position list-style-type margin margin-bottom margin-left margin-right margin-top max-height max-width min-height min-width object-fit
opacity order orphans outline outline-color outline-offset outline-style outline-width overflow overflow-wrap overflow-x overflow-y padding
padding-bottom padding-left padding-right padding-top page-break-after page-break-before page-break-inside pointer-events position resize right
row-gap scroll-behavior scroll-margin-top size src stroke stroke-dasharray stroke-linecap stroke-width tab-size table-layout text-align
text-anchor text-decoration text-indent text-overflow text-shadow text-transform top transform transform-origin transition unicode-range
user-select vertical-align visibility white-space widows width word-break word-spacing z-index -webkit-text-size-adjust
""")
FUNCTIONS = {"attr", "calc", "counter", "counters", "hsl", "hsla", "linear-gradient", "local", "max", "min", "clamp", "minmax", "radial-gradient",
             "rect", "repeat", "rgb", "rgba", "rotate", "scale", "translate", "translateX", "translateY", "url", "var", "format", "cubic-bezier"}
UNITS = {"px", "em", "rem", "%", "mm", "cm", "pt", "vh", "vw", "vmin", "vmax", "ch", "s", "ms", "deg", "fr", "ex"}
PSEUDO = {"active", "after", "any-link", "backdrop", "before", "checked", "default", "disabled", "empty", "enabled", "first-child", "first-line",
          "first-of-type", "focus", "focus-within", "hover", "invalid", "last-child", "last-of-type", "link", "not", "nth-child", "nth-last-child",
          "nth-of-type", "only-child", "only-of-type", "optional", "placeholder", "read-only", "required", "root", "selection", "target", "valid",
          "visited", "first-letter", "first", "lang", "-webkit-details-marker"}
# values of properties that are older than they: overflow: clip is Chromium 90's, text-align: match-parent and the like nobody needs
LATER_WORDS = {("overflow", "clip"), ("overflow-x", "clip"), ("overflow-y", "clip"), ("display", "inline flex"), ("display", "inline grid"),
               ("white-space", "break-spaces-only"), ("text-align", "match-parent"), ("width", "stretch"), ("height", "stretch")}
# what scripts may name: globals, and the properties and methods of all that they touch
GLOBALS = listed("""
document window location navigator setTimeout setInterval clearTimeout clearInterval Array Object String Number Boolean Math JSON Date RegExp Map
Set Promise Error CustomEvent Event FormData URLSearchParams URL fetch history htmx undefined encodeURIComponent decodeURIComponent isNaN
parseInt parseFloat requestAnimationFrame IntersectionObserver MutationObserver e arguments
""")
MEMBERS = listed("""
activeElement add addEventListener altKey append appendChild apply assign bind blur body bind button call change checked children classList click
close closest cloneNode code concat contains content createElement ctrlKey cookie data dataset defaultPrevented delete detail disabled
dispatchEvent documentElement elements elt every exec filter find findIndex firstChild firstElementChild focus forEach form from get getAttribute
getElementById getTime has hasAttribute hash headers hidden href id includes indexOf innerHTML insertBefore isComposing isIntersecting item join
key keys lastChild length map matches max message metaKey min name nextElementSibling now observe onLine open outerHTML parameters parentElement
parentNode pathname pop preventDefault print prototype push querySelector querySelectorAll reload remove removeAttribute removeChild
removeEventListener replace returnValue scrollIntoView search select selected selectionEnd selectionStart set setAttribute setSelectionRange
shift shiftKey shouldSwap showModal slice some sort splice split status stopImmediatePropagation stopPropagation style submit substring
successful target test textContent then toLowerCase toString toUpperCase toggle toISOString trim type unshift value values xhr hasOwnProperty
files reduce replaceState size state
""") | {  # and our data-…
    "sent", "csrf", "here", "none", "picked", "fills", "unfold", "less", "shortcuts", "tagName", "nodeType", "reset", "requestSubmit",
}
LATER_CALLS = re.compile(
    r"\.(?:at|replaceAll|hasOwn|toSorted|toReversed|findLast|groupBy|replaceChildren|showPicker|checkVisibility|showPopover|any|withResolvers)\("
    r"|structuredClone|\bWeakRef\b|randomUUID|AbortSignal\.(?:timeout|any)|\|\|=|&&=|\?\?="
)


def later_style(text: str) -> list[str]:
    """What a Chromium 86 or a Firefox 78 would not understand."""
    return [f for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True) for f in _rule(rule)]


def _rule(rule: Node) -> list[str]:
    if isinstance(rule, QualifiedRule):
        return [*_selector(rule.prelude), *_declarations(rule.content)]
    if isinstance(rule, AtRule):
        found = [] if rule.lower_at_keyword in AT_RULES else [f"@{rule.at_keyword}"]
        said = tinycss2.serialize(rule.prelude)
        if rule.lower_at_keyword == "media":
            found += [f"@media {w}" for w in re.findall(r"[a-z-]{2,}", re.sub(r":[^)]*", "", said)) if w not in FEATURES]
            found += ["range syntax in @media"] * bool(re.search(r"[<>=]", said))
        if rule.content is None:
            return found
        if rule.lower_at_keyword in ("page", "font-face"):
            return found + _declarations(rule.content)
        if rule.lower_at_keyword not in AT_RULES:
            return found
        inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
        return found + [f for r in inner for f in _rule(r)]
    return [f"cannot be parsed: {rule.serialize()[:60]}"]


def _selector(prelude: list[Node]) -> list[str]:
    said = tinycss2.serialize(prelude)
    found = [f"selector {said}: :{p}" for p in re.findall(r":([a-zA-Z-]+)", re.sub(r"\[[^\]]*\]", "", said)) if p not in PSEUDO]
    for inside in re.findall(r":not\(([^)]*)\)", said):
        found += [f"selector {said}: more than one simple selector in :not()"] * bool(re.search(r"[,\s>+~]", inside.strip()))
    found += [f"selector {said}: of in :nth-child()"] * bool(re.search(r":nth-(?:last-)?child\([^)]*\bof\b", said))
    return found + [f"selector {said}: nesting"] * ("&" in said)


def _declarations(content: list[Node]) -> list[str]:
    found = []
    for d in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if not isinstance(d, Declaration):
            found.append(f"no declaration: {d.serialize()[:60]}")
            continue
        said = tinycss2.serialize(d.value).strip()
        if not d.lower_name.startswith("--") and d.lower_name not in PROPERTIES:
            found.append(f"{d.name}: a property nobody looked up")
        if (d.lower_name, said.lower()) in LATER_WORDS:
            found.append(f"{d.name}: {said}")
        found += [f"{d.name}: {what}" for what in _values(d.value)]
    return found


def _values(tokens: list[Node]) -> Iterator[str]:
    for t in tokens:
        if t.type == "function":
            if t.lower_name not in {f.lower() for f in FUNCTIONS}:
                yield f"{t.name}()"
            if t.lower_name in ("rgb", "rgba", "hsl", "hsla") and "," not in tinycss2.serialize(t.arguments):
                yield f"{t.name}() without commas"
            yield from _values(t.arguments)
        elif t.type == "dimension" and t.lower_unit not in UNITS:
            yield t.unit


def later_script(text: str) -> list[str]:
    """What they would not understand, or do not have."""
    try:
        tree = esprima.parseScript(text)
    except esprima.Error as e:
        return [f"cannot be parsed as ES2017: {e}"]
    ours, free, members = set[str](), set[str](), set[str]()
    imports = ["import()"] * any(node.type == "Import" for node in nodes(tree))
    for node in nodes(tree):
        match node.type:
            case "VariableDeclarator" | "FunctionDeclaration" | "FunctionExpression" | "ClassDeclaration" if node.id:
                ours.add(node.id.name)
            case "MemberExpression" if not node.computed:
                members.add(node.property.name)
        ours |= {p.name for p in getattr(node, "params", None) or [] if p.type == "Identifier"}
    for node in nodes(tree):
        for name, child in vars(node).items():
            if getattr(child, "type", "") == "Identifier" and not _names(node, name):
                free.add(child.name)
            free |= {c.name for c in child if getattr(c, "type", "") == "Identifier"} if isinstance(child, list) else set()
    later = imports + [f"global {n}" for n in sorted(free - ours - GLOBALS)] + [f"member {n}" for n in sorted(members - MEMBERS - ours)]
    return later + [f"expression {m}" for m in re.findall(r"/\(\?<[=!a-z]|\(\?<[=!]|\\p\{", text)]


def _names(node: Any, child: str) -> bool:
    """Whether the identifier there only names something: a member, a key, a label."""
    return (node.type == "MemberExpression" and child == "property" and not node.computed) or (node.type == "Property" and child == "key")


def nodes(node: Any) -> Iterator[Any]:
    if isinstance(node, list):
        for n in node:
            yield from nodes(n)
    elif hasattr(node, "type") and hasattr(node, "__dict__"):
        yield node
        for child in vars(node).values():
            yield from nodes(child)


@pytest.mark.parametrize("file", STYLES, ids=lambda f: f.name)
def test_our_styles_hold_nothing_newer_than_the_oldest_browsers(file: Path):
    assert later_style(file.read_text()) == []


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda f: f.name)
def test_our_script_holds_nothing_newer_than_the_oldest_browsers(file: Path):
    assert later_script(file.read_text()) == []


def test_the_vendored_library_holds_nothing_newer_than_the_oldest_browsers():
    """The parser knows ES2017: `?.` and `??`, which both browsers have, are read as what they stand for."""
    text = HTMX.read_text()
    esprima.parseScript(re.sub(r"\?\.(?=[A-Za-z_$])", ".", re.sub(r"\?\.(?=[\[(])", "", text)).replace("??", "||"))
    assert LATER_CALLS.findall(text) == []


@pytest.mark.parametrize("style", [
    "a:has(b) { color: red }", "@layer x { a { color: red } }", "a { inset: 0 }", "@media (width > 3px) { a { color: red } }",
    "a { & b { color: red } }", "a { color: color-mix(in srgb, red, blue) }", "a:not(b, c) { color: red }", "a:not(b c) { color: red }",
    "a:is(b) { color: red }", "a:where(b) { color: red }", "a { color: lab(50% 40 59) }", "a { color: oklch(50% 0.1 20) }", "a { overflow: clip }",
    "a { width: 10dvh }", "a { width: 5cqw }", "a { aspect-ratio: 1 }", "a { accent-color: red }", "a { text-wrap: balance }", "a { translate: 1px }",
    "@container (min-width: 3px) { a { color: red } }", "a { font-size: 1lh }", "a { margin-inline: 1px }", "a { color: rgb(1 2 3) }",
    "a:focus-visible { color: red }", "@media (hover: hover) { a { color: red } }", "a { backdrop-filter: blur(3px) }",
    "@property --x { syntax: '*' }",
    "a:popover-open { color: red }", "a { anchor-name: --a }", "li:nth-child(2 of b) { color: red }",
])  # fmt: skip
def test_the_check_of_styles_finds_what_is_newer(style: str):
    assert later_style(style)


@pytest.mark.parametrize("script", [
    "a?.b", "a ?? b", "[1].at(-1)", "structuredClone(a)", "class A { #b = 1 }", "Promise.any([])", "[1].flat()", "[1].flatMap(x)",
    "document.body.checkVisibility()", "document.body.showPopover()", "document.body.popover = 'auto'", "Object.hasOwn(a, 'b')",
    "'a'.replaceAll('b', 'c')",
    "[1].findLast(f)", "[1].toSorted()", "Object.groupBy(a, f)", "Object.fromEntries(a)", "'a'.matchAll(b)", "new WeakRef(document)",
    "document.body.replaceChildren()", "crypto.randomUUID()", "AbortSignal.timeout(5)", "a ||= 1", "1_000", "import('x')", "async function* f() {}",
    "for await (const a of b) {}", "var { ...a } = document", "document.startViewTransition(f)", "navigator.userAgentData", "globalThis.x",
    "/(?<=a)b/", "BigInt(5)", "10n", "queueMicrotask(f)", "document.body.inert = true", "reportError(1)", "try {} catch {}",
    "new ResizeObserver(open)",
])  # fmt: skip
def test_the_check_of_scripts_finds_what_is_newer(script: str):
    assert later_script(script)


def test_there_is_a_style_and_a_script_to_check():
    assert STYLES and SCRIPTS
