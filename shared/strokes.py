"""The order of names by the strokes of the surname (姓氏笔画), as lists of candidates and executives have it.

First by the number of strokes of the surname, then stroke by stroke as it is written (横竖撇点折), then each further character in the same way; of
one surname a given name of one character comes first: the place of its second is taken as empty, as the lists of the 政协 and of Party congresses
do it (按姓氏笔画; https://m.wenku365.com/p-6137850.html, https://blog.sina.com.cn/s/blog_5f30e1eb0100t3d9.html). Lists of the people's congresses
(按姓名笔画) leave no such place; the house follows corrections §8, which says 按姓氏笔画.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

__all__ = ["COMPOUND", "strokes"]

COMPOUND = frozenset(
    re.findall(
        "..",
        "欧阳司马上官诸葛东方皇甫尉迟公孙令狐司徒司空夏侯端木长孙慕容宇文万俟澹台单于呼延轩辕南宫独孤东郭西门申屠闻人太史赫连公冶淳于仲孙钟离鲜于闾丘拓跋百里第五",
    )
)
UNKNOWN = 0xD000  # after every character of the table


@cache
def _table() -> dict[str, str]:
    """Character -> one character that sorts as its strokes do."""
    lines = (Path(__file__).parent / "strokes.txt").read_text(encoding="utf-8").splitlines()
    written = sorted((len(order), order, c) for order, _, some in (line.partition(" ") for line in lines if line[0] != "#") for c in some)
    return {c: chr(2 + n) for n, (_, _, c) in enumerate(written)}


@lru_cache(50_000)
def strokes(name: str | None) -> tuple[str, str]:
    """A key to sort by; a character that the table lacks comes last, no name after all."""
    if not name:
        return chr(UNKNOWN + 1), ""
    n = 2 if name[:2] in COMPOUND and len(name) > 2 else 1
    table = _table()
    surname, given = ("".join(table.get(c, chr(UNKNOWN)) for c in part) for part in (name[:n], name[n:]))
    return f"{surname}\0{chr(len(given) > 1)}{given}", name
