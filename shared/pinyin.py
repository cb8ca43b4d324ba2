"""How Chinese names are found by their sound: every reading of a name, and whether a few letters may mean it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from pypinyin.constants import PINYIN_DICT

from shared.strokes import COMPOUND
from shared.words import called

__all__ = ["SURNAMES", "Alphabet", "Finder", "asked", "filed", "found", "is_sound", "readings", "sought"]

# how a character is read in a surname; the other readings stay, for those who type them
SURNAMES = dict(
    re.findall(
        r"(\w+):(\w+)",
        "单:shan 曾:zeng 仇:qiu 查:zha 翟:zhai 解:xie 区:ou 朴:piao 任:ren 华:hua 盖:ge 乐:yue 员:yun 种:chong 黑:he 缪:miao 宓:mi 卜:bu 召:shao "
        "折:she 秘:bi 冯:feng 句:gou 沈:shen 石:shi 叶:ye 俞:yu 长:zhang 重:chong 覃:qin 尹:yin 万:wan 尉迟:yu_chi 万俟:mo_qi 长孙:zhang_sun "
        "澹台:tan_tai 单于:chan_yu 呼延:hu_yan 令狐:ling_hu",
    )
)
READINGS = 12  # of one name
LETTERS = re.compile(r"[a-z]+\Z")
SYLLABLE = 6  # letters at most


def asked(text: str) -> str:
    """What somebody typed, without blanks, width and case; ü is v, as keyboards have it."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("ü", "v")
    return "".join(c for c in plain if not c.isspace() and c not in "'’·\u200b")


def sought(name: str) -> str:
    """A person's name as it is looked for, in a question as on record: dots of minorities' names count for nothing."""
    return asked(called(name))


def is_sound(q: str) -> bool:
    """Letters only: a question about the sound. Anything else is about the characters themselves."""
    return LETTERS.match(q) is not None


@lru_cache(30_000)
def sounds(character: str) -> tuple[str, ...]:
    """All readings without tones, the likeliest first; a letter or digit is read as itself, a sign not at all."""
    known = PINYIN_DICT.get(ord(character))
    if known is None:
        return (character.lower(),) if character.isalnum() else ("",)
    return tuple(dict.fromkeys(map(_toneless, known.split(","))))


def _toneless(sound: str) -> str:
    apart = unicodedata.normalize("NFD", sound).replace("u\u0308", "v")
    return "".join(c for c in apart if not unicodedata.combining(c))


def readings(name: str, person: bool = False) -> list[tuple[str, str]]:
    """(pinyin, initials) of a name, the likeliest first: all readings of its first character, and any one other character read otherwise."""
    rows = _sounds(name, person)
    said = dict.fromkeys(("".join(r), "".join(s[:1] for s in r)) for r in _variants(rows))
    return list(said)[:READINGS]


def _sounds(name: str, person: bool) -> list[list[str]]:
    rows = [list(sounds(c)) for c in name]
    if person and len(name) > 1:
        surname = name[:2] if name[:2] in SURNAMES else name[0]
        for row, sound in zip(rows, SURNAMES.get(surname, "").split("_"), strict=False):
            row[:] = [sound or row[0], *(s for s in row if s != (sound or row[0]))]
    return rows


def filed(name: str) -> str:
    """Sorted by it names stand by the sound of the surname, each surname together, then by that of the given name: `chen 陈 gui rong`."""
    likely = [row[0] for row in _sounds(name, person=True)]
    n = 2 if name[:2] in COMPOUND and len(name) > 2 else 1
    return " ".join([*likely[:n], name[:n], *likely[n:]])


def _variants(rows: list[list[str]]) -> Iterator[list[str]]:
    likely = [r[0] for r in rows]
    firsts = rows[0] if rows else [""]
    yield from ([first, *likely[1:]] for first in firsts)
    for i, row in enumerate(rows[1:], 1):
        for other in row[1:]:
            yield from ([first, *likely[1:i], other, *likely[i + 1 :]] for first in firsts)


class Alphabet:
    """The characters some texts are made of, by how they sound."""

    def __init__(self, characters: Iterable[str]) -> None:
        self.by_sound: dict[str, set[str]] = {}
        for c in characters:
            for sound in filter(None, sounds(c)):
                self.by_sound.setdefault(sound, set()).add(c)
        self.by_beginning: dict[str, set[str]] = {}
        for sound, some in self.by_sound.items():
            for n in range(1, len(sound) + 1):
                self.by_beginning.setdefault(sound[:n], set()).update(some)

    def cut(self, q: str) -> Iterator[list[str]]:
        """Whole syllables and at the end the beginning of one."""
        good: set[int] = set()  # places from which the rest can be cut: without them a long question would try every way in vain
        for at in reversed(range(len(q))):
            if q[at:] in self.by_beginning or good & set(self._next(q, at)):
                good.add(at)
        stack: list[tuple[int, list[str]]] = [(0, [])]
        ways = 0
        while stack and ways < READINGS:
            at, said = stack.pop()
            if q[at:] in self.by_beginning:
                ways += 1
                yield [*said, q[at:]]
            stack += [(to, [*said, q[at:to]]) for to in self._next(q, at) if to in good]

    def _next(self, q: str, at: int) -> list[int]:
        return [at + n for n in range(1, min(SYLLABLE, len(q) - at - 1) + 1) if q[at : at + n] in self.by_sound]


class Finder:
    """What was typed as a pattern over texts of an alphabet: initials, or syllables of which the last may be unfinished."""

    def __init__(self, q: str, alphabet: Alphabet) -> None:
        self.q, self.alphabet = asked(q), alphabet
        self.pattern = re.compile(self._sound() if is_sound(self.q) else re.escape(self.q), re.IGNORECASE)

    def rank(self, text: str) -> int | None:
        """0: the whole text, 1: its beginning, 2: inside, None: not there."""
        if self.pattern.match(text):
            return 0 if self.pattern.fullmatch(text) else 1
        return 2 if self.pattern.search(text) else None

    def _sound(self) -> str:
        beginning = self.alphabet.by_beginning
        ways = ["".join(_class(beginning.get(letter, ())) for letter in self.q), re.escape(self.q)]
        for syllables in self.alphabet.cut(self.q):
            ways.append("".join(_class(self.alphabet.by_sound[s]) for s in syllables[:-1]) + _class(beginning[syllables[-1]]))
        return "|".join(dict.fromkeys(ways))


def _class(characters: Iterable[str]) -> str:
    found = "".join(sorted(map(re.escape, characters)))
    return f"[{found}]" if found else "(?!)"


def found(q: str, text: str) -> int | None:
    """Whether `q` (characters, pinyin or initials) may mean `text`: 0 whole, 1 its beginning, 2 inside; None: it may not."""
    return Finder(q, Alphabet(set(text))).rank(text) if asked(q) else None
