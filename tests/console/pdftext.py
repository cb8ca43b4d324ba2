"""The text of a PDF that typst made, page by page: enough of the format to read back what was printed."""

from __future__ import annotations

import re
import zlib

__all__ = ["pages"]

OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", re.S)
INSIDE = rb"(?:[^()\\]|\\.)*"
STRING = re.compile(rb"/(f\d+) [\d.]+ Tf|\((" + INSIDE + rb"(?:\(" + INSIDE + rb"\)" + INSIDE + rb")*)\)|<([0-9A-Fa-f]+)>", re.S)
ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages(pdf: bytes) -> list[str]:
    objects = {int(m[1]): m[2] for m in OBJECT.finditer(pdf)}
    order = re.search(rb"/Type/Pages/Count \d+/Kids\[([^\]]*)\]", pdf)
    assert order
    return [page(objects, objects[int(n)]) for n in re.findall(rb"(\d+) 0 R", order[1])]


def page(objects: dict[int, bytes], said: bytes) -> str:
    resources = part(objects, said, rb"Resources")
    fonts = dict(re.findall(rb"/(f\d+) (\d+) 0 R", resources))
    maps = {name: characters(stream(part(objects, objects[int(n)], rb"ToUnicode"))) for name, n in fonts.items()}
    font, text = b"", ""
    for name, string, code in STRING.findall(stream(part(objects, said, rb"Contents"))):
        font = name or font
        raw = bytes.fromhex(code.decode()) if code else re.sub(rb"\\([0-7]{1,3}|.)", plain, string, flags=re.S)
        text += "".join(maps[font].get(raw[i : i + 2], "") for i in range(0, len(raw), 2))
    return text.replace("\u200b", "")


def part(objects: dict[int, bytes], said: bytes, name: bytes) -> bytes:
    """What an entry refers to."""
    found = re.search(rb"/" + name + rb" (\d+) 0 R", said)
    assert found
    return objects[int(found[1])]


def stream(of: bytes) -> bytes:
    head, _, rest = of.partition(b"stream\n")
    body = rest.rpartition(b"\nendstream")[0]
    return zlib.decompress(body) if b"FlateDecode" in head else body


def plain(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([int(code, 8)]) if code.isdigit() else ESCAPED.get(code, code)


def characters(cmap: bytes) -> dict[bytes, str]:
    found = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.S):
        for code, text in re.findall(rb"<(\w+)> <(\w+)>", block):
            found[bytes.fromhex(code.decode())] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.S):
        for first, last, text in re.findall(rb"<(\w+)> <(\w+)> <(\w+)>", block):
            start, code = int(text, 16), int(first, 16)
            found |= {(code + n).to_bytes(2, "big"): chr(start + n) for n in range(int(last, 16) - code + 1)}
    return found
