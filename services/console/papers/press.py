"""Sets a paper's words in type: PDF by typst, DOCX by docxtpl; what users wrote goes in as data, never as markup."""

from __future__ import annotations

import io
import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
import typst
from docxtpl import DocxTemplate

from services.console.papers import forms

__all__ = ["FONTS", "NoFont", "docx", "pdf"]

TEMPLATES = Path(__file__).parent / "templates"
FONTS = ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "Noto Serif CJK SC", "Source Han Serif SC", "Noto Sans CJK SC")
SHIPPED = "noto_cjk_sans_otc"  # Noto Sans CJK, as a package
_lock = threading.Lock()  # one compiler, one page at a time


class NoFont(Exception):
    """No font here can draw Chinese."""

    zh = "服务器没有中文字体，无法生成 PDF。请管理员安装 fonts-noto-cjk（或仿宋、小标宋字体）后重试；DOCX 不受影响。"
    en = "The server has no Chinese font, so no PDF can be made. Install fonts-noto-cjk (or FangSong) and try again; DOCX works without it."


@cache
def compiler() -> typst.Compiler:
    fonts = typst.Fonts(font_paths=shipped())
    if not {str(f).lower() for f in fonts.families()} & {f.lower() for f in FONTS}:
        raise NoFont
    return typst.Compiler(root=str(TEMPLATES), font_paths=fonts)


def shipped() -> list[str]:
    """The font that comes with the environment, for machines without one of their own."""
    found = find_spec(SHIPPED)
    return list(found.submodule_search_locations or ()) if found else []


def pdf(template: str, words: dict[str, Any]) -> bytes:
    with _lock:
        made = compiler().compile(str(TEMPLATES / f"{template}.typ"), format="pdf", sys_inputs={"data": orjson.dumps(words).decode()})
    assert isinstance(made, bytes)
    return made


def docx(template: str, words: dict[str, Any]) -> bytes:
    document = DocxTemplate(io.BytesIO(forms.template(template)))
    document.render(words, autoescape=True)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
