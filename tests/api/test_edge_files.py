"""Files of documents: taken by what they contain, kept once, under their hash, whole or not at all, and served so that nothing runs."""

import asyncio
import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.fact import Refused
from shared.files import MAX_FILE_BYTES, Files, Stored, clean_name


def zipped(*names: str, content: bytes = b"<x/>") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return buffer.getvalue()


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


GOOD = {
    "批复.pdf": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF", "scan.PNG": png(),
    "photo.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "photo.jpeg": b"\xff\xd8\xff\xdb",
    "letter.docx": zipped("[Content_Types].xml", "word/document.xml"), "公文.ofd": zipped("OFD.xml", "Doc_0/Document.xml"),
}  # fmt: skip


@pytest.fixture
def files(home: Path) -> Files:
    return Files(home / "files")


async def pieces(content: bytes, size: int = 65536) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def take(files: Files, content: bytes, name: str, size: int = 65536) -> Stored:
    return asyncio.run(files.take(pieces(content, size), name))


def kept(files: Files) -> list[Path]:
    return [f for f in files.folder.rglob("*") if f.is_file()]


@pytest.mark.parametrize("name", GOOD)
def test_each_accepted_kind_is_kept_under_its_hash(files: Files, name: str) -> None:
    stored = take(files, GOOD[name], name, size=7)
    assert stored.sha256 == hashlib.sha256(GOOD[name]).hexdigest() and stored.size == len(GOOD[name]) and stored.filename == name
    assert files.path(stored.sha256).read_bytes() == GOOD[name]


def test_the_same_bytes_are_kept_once(files: Files) -> None:
    assert take(files, GOOD["批复.pdf"], "a.pdf").sha256 == take(files, GOOD["批复.pdf"], "b.pdf").sha256
    assert len(kept(files)) == 1


BAD = {
    "a picture called PDF": (png(), "a.pdf", "file_type_forged"), "a PDF without a name for it": (GOOD["批复.pdf"], "a", "file_type_forged"),
    "a program": (b"MZ\x90\x00" + b"\0" * 100, "a.pdf", "file_type_unsupported"), "a page": (b"<html><script>", "a.pdf", "file_type_unsupported"),
    "any archive": (zipped("a.txt"), "a.docx", "file_type_unsupported"), "a broken archive": (b"PK\x03\x04 no", "a.docx", "file_type_unsupported"),
    "a workbook called DOCX": (zipped("[Content_Types].xml", "xl/workbook.xml"), "a.docx", "file_type_unsupported"),
    "a letter with macros": (zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "a.docx", "file_has_macros"),
    "a bomb": (zipped("[Content_Types].xml", "word/document.xml", content=b"0" * (120 << 20)), "a.docx", "file_archive_unsafe"),
    "very many entries": (zipped("[Content_Types].xml", "word/document.xml", *map(str, range(2001))), "a.docx", "file_archive_unsafe"),
    "nothing": (b"", "a.pdf", "file_empty"), "too much": (b"%PDF-" + b"x" * MAX_FILE_BYTES, "a.pdf", "file_too_large"),
    "a start that comes later": (b"GIF89a%PDF-1.7", "a.pdf", "file_type_unsupported"),
    "a PNG signature alone": (b"\x89PNG\r\n\x1a\n", "a.png", "file_type_unsupported"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "name", "code"), BAD.values(), ids=BAD)
def test_anything_else_is_refused_and_leaves_nothing(files: Files, content: bytes, name: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        take(files, content, name)
    assert refused.value.code == code and refused.value.zh and refused.value.en and refused.value.field == "file"
    assert kept(files) == []


def test_a_broken_upload_leaves_nothing(files: Files) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"%PDF-1.7"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        asyncio.run(files.take(broken(), "a.pdf"))
    assert kept(files) == []


@given(st.text())
def test_a_name_is_a_name_and_no_path(name: str) -> None:
    clean = clean_name(name)
    assert len(clean) <= 120 and not set(clean) & set('/\\<>:"|?*') and clean.isprintable() and not clean.startswith(".")


@pytest.mark.parametrize(("name", "clean"), [("../../etc/passwd.pdf", "passwd.pdf"), ("C:\\x\\批复.pdf", "批复.pdf"), ("a\r\nb.pdf", "ab.pdf")])
def test_the_folders_in_a_name_are_dropped(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_a_file_is_served_as_a_download_that_no_browser_runs(files: Files) -> None:
    stored = take(files, GOOD["批复.pdf"], "批复.pdf")
    answer = files.serve(stored.sha256, stored.media_type, stored.filename)
    assert answer.headers["content-disposition"].startswith("attachment;") and answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"] and answer.media_type == "application/pdf"
    assert files.serve(stored.sha256, "text/html", "x").media_type == "application/octet-stream"


@pytest.mark.parametrize("sha256", ["", "../../etc/passwd", "A" * 64, "a" * 63])
def test_what_is_no_hash_leads_nowhere(files: Files, sha256: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        files.path(sha256)


def test_bytes_that_are_not_there_are_missed(files: Files) -> None:
    with pytest.raises(FileNotFoundError):
        files.serve("a" * 64, "application/pdf", "a.pdf")
