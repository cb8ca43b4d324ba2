"""The parts of an .xlsx and what leads from one to another, as its relationships say; no part may bring a document type of its own."""
from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable
from typing import Any, NamedTuple
from xml.parsers import expat

from shared.apart.bounds import No

__all__ = ["Archive", "Part", "elements", "parser"]


def parser() -> Any:
    """Of XML in namespaces: an element's name is its namespace, a blank, and its own. No for a document type: that is where entities come from."""
    made = expat.ParserCreate(namespace_separator=" ")
    made.buffer_text = True

    def declared(*_: Any) -> None:
        raise No("damaged")

    made.StartDoctypeDeclHandler = declared
    return made


def elements(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    """All elements in their order, with their attributes, without namespaces."""
    found: list[tuple[str, dict[str, str]]] = []
    made = parser()
    made.StartElementHandler = lambda name, attrs: found.append((own(name), {own(k): v for k, v in attrs.items()}))
    made.Parse(xml, True)
    return found


def own(name: str) -> str:
    return name.rpartition(" ")[2]


class Part(NamedTuple):
    """A worksheet: its name, where it lies in the archive, whether it is hidden."""

    name: str
    path: str
    hidden: bool


class Archive:
    """An .xlsx. Its entries may be written with backslashes, and the workbook may have any name: the relationships lead to it."""

    def __init__(self, data: bytes) -> None:
        self.zip = zipfile.ZipFile(io.BytesIO(data))
        self.entries = {e.filename.replace("\\", "/").lstrip("/").lower(): e for e in self.zip.infolist() if not e.is_dir()}
        self.book = next((target for kind, target in self.leads("").values() if kind == "officeDocument"), "xl/workbook.xml")
        self.known = self.leads(self.book)
        said = elements(self.read(self.book))
        if not said or said[0][0] != "workbook":
            raise No("no_workbook")
        self.since_1904 = any(name == "workbookPr" and attrs.get("date1904") in ("1", "true") for name, attrs in said)
        self.parts = [Part(attrs.get("name", ""), path, "idden" in attrs.get("state", ""))
                      for name, attrs in said if name == "sheet" and (path := self._worksheet(attrs.get("id", "")))]

    def read(self, path: str) -> bytes:
        """No where there is no such part."""
        if path.lower() not in self.entries:
            raise No("damaged")
        return self.zip.read(self.entries[path.lower()])

    def beside(self, kind: str) -> bytes | None:
        """The part of this kind that the workbook leads to: its texts, its styles."""
        return next((self.read(target) for k, target in self.known.values() if k == kind and target.lower() in self.entries), None)

    def leads(self, path: str) -> dict[str, tuple[str, str]]:
        """Relationships of a part, "" for the whole: id -> kind and path."""
        folder, _, name = path.rpartition("/")
        at = f"{folder}/_rels/{name}.rels".lstrip("/").lower()
        if at not in self.entries:
            return {}
        return {a.get("Id", ""): (a.get("Type", "").rpartition("/")[2], posixpath.normpath(posixpath.join("/", folder, t.replace("\\", "/")))[1:])
                for name, a in elements(self.zip.read(self.entries[at])) if name == "Relationship" and (t := a.get("Target", ""))}

    def _worksheet(self, id: str) -> str:
        kind, path = self.known.get(id, ("", ""))
        return path if kind == "worksheet" and path.lower() in self.entries else ""

    def again(self, change: Callable[[str, bytes], bytes]) -> bytes:
        """The same with plain names, each part changed: change(path in small letters, content)."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
            for path, entry in self.entries.items():
                made.writestr(entry.filename.replace("\\", "/").lstrip("/"), change(path, self.zip.read(entry)))
        return out.getvalue()
