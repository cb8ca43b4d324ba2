"""Sets a paper's words in type: PDF by typst, DOCX by docxtpl; what users wrote goes in as data, never as markup."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
import typst
from docxtpl import DocxTemplate

from services.console.papers import forms
from services.console.papers.glyphs import undrawn

__all__ = ["FONTS", "NoFont", "NoGlyph", "docx", "pdf"]

TEMPLATES = Path(__file__).parent / "templates"
FONTS = ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "Noto Serif CJK SC", "Source Han Serif SC", "Noto Sans CJK SC")
SHIPPED = "noto_cjk_sans_otc"  # Noto Sans CJK, as a package
_lock = threading.Lock()  # one compiler, one page at a time


class NoFont(Exception):
    """No font here can draw Chinese."""

    zh = "服务器没有中文字体，无法生成 PDF。请管理员安装 fonts-noto-cjk（或仿宋、小标宋字体）后重试；DOCX 不受影响。"
    en = "The server has no Chinese font, so no PDF can be made. Install fonts-noto-cjk (or FangSong) and try again; DOCX works without it."
    code, status = "font_missing", 503


class NoGlyph(NoFont):
    """No font here has some character of what is to be printed; a box in its place would make the paper void."""

    code, status = "glyph_missing", 409

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__(f"{len(texts)} texts")
        named = "、".join(f"“{text[:20]}”" for text in texts[:5])
        self.zh = (f"服务器的字体里没有这些文字中的某个字，印成 PDF 会是空框：{named}。请下载 DOCX，在装有该字的电脑上打印；"
                   "或请管理员安装含扩展汉字的字体后重试。")
        self.en = f"The server's fonts lack a character of {named}, which a PDF would show as a box. Take the DOCX and print it where there is one, \
or have a font with rare characters installed."


@cache
def installed() -> typst.Fonts:
    return typst.Fonts(font_paths=shipped())


@cache
def compiler() -> typst.Compiler:
    fonts = installed()
    if not {str(f).lower() for f in fonts.families()} & {f.lower() for f in FONTS}:
        raise NoFont
    return typst.Compiler(root=str(TEMPLATES), font_paths=fonts)


def shipped() -> list[str]:
    """The font that comes with the environment, for machines without one of their own."""
    found = find_spec(SHIPPED)
    return list(found.submodule_search_locations or ()) if found else []


def pdf(template: str, words: dict[str, Any]) -> bytes:
    with _lock:
        drawing = compiler()
        if texts := undrawn(words, installed().fonts()):
            raise NoGlyph(texts)
        made = drawing.compile(str(TEMPLATES / f"{template}.typ"), format="pdf", sys_inputs={"data": orjson.dumps(words).decode()})
    assert isinstance(made, bytes)
    return made


def docx(template: str, words: dict[str, Any]) -> bytes:
    document = DocxTemplate(io.BytesIO(forms.template(template)))
    document.render(words, autoescape=True)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
