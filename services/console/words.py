"""The catalogues: Chinese is the language of the templates, English stands in `locale/en/*.po`; read as they are, without a compiling step."""

from __future__ import annotations

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

__all__ = ["LANGUAGES", "N_", "catalogue", "translations"]

FOLDER = Path(__file__).parent / "locale"
LANGUAGES = {"zh-CN": "中文", "en": "EN"}


def N_(text: str) -> str:
    """Marks a text of a module for the catalogue; the template translates it."""
    return text


def catalogue(language: str) -> Catalog:
    """All `.po` files of a language as one: each area of pages keeps its own."""
    whole = Catalog(locale=language.replace("-", "_"), charset="utf-8")
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=whole.locale, charset="utf-8"):
                if message.id and message.string:
                    whole.add(message.id, message.string, context=message.context)
    return whole


@cache
def translations(language: str) -> gettext.NullTranslations:
    if language == "zh-CN":
        return gettext.NullTranslations()
    out = BytesIO()
    write_mo(out, catalogue(language))
    out.seek(0)
    return gettext.GNUTranslations(out)
