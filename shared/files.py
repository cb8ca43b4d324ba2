"""Files of documents: addressed by the SHA-256 of their bytes, known by their content, never by what their name claims."""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
from collections.abc import AsyncIterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import anyio.to_thread
import puremagic
from fastapi.responses import FileResponse

from shared.fact import Refused

__all__ = ["MAX_FILE_BYTES", "Files", "Stored", "clean_name", "fitting", "kind_of"]

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES, MAX_ENTRIES = 200 * 1024 * 1024, 2000
BUFFER_BYTES = 256 * 1024
SHA256 = re.compile(r"[0-9a-f]{64}\Z")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS = {"pdf": "application/pdf", "ofd": "application/ofd", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "docx": DOCX}
STARTS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR": "png"}


@dataclass(frozen=True)
class Stored:
    """A file that is in the store."""

    sha256: str
    size: int
    media_type: str
    filename: str


class Files:
    """A folder: `ab/cd/abcd….`; a file is there whole or not at all, and the same bytes are there once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def take(self, chunks: AsyncIterable[bytes], filename: str) -> Stored:
        """Stores what comes in, piece by piece. Refused: too large, empty, of no accepted kind, or another than its name says."""
        name = clean_name(filename)
        incoming = self.folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        draft = incoming / uuid4().hex
        try:
            digest, size = await self._write(draft, chunks)
            with draft.open("rb") as written:
                kind = await anyio.to_thread.run_sync(fitting, written, name, size)
            await anyio.to_thread.run_sync(self._keep, draft, digest)
        finally:
            draft.unlink(missing_ok=True)
        return Stored(digest, size, KINDS[kind], name)

    def path(self, sha256: str) -> Path:
        """Where the bytes are, whether or not they are there. ValueError for what is no hash."""
        if not SHA256.match(sha256):
            raise ValueError("not a SHA-256")
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def serve(self, sha256: str, media_type: str, filename: str) -> FileResponse:
        """As a download that no browser runs. FileNotFoundError when the bytes are not there."""
        path = self.path(sha256)
        if not path.exists():
            raise FileNotFoundError(sha256)
        safe = {
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "ETag": f'"{sha256}"',
            "Cache-Control": "private, no-store",
        }
        return FileResponse(
            path,
            media_type=media_type if media_type in KINDS.values() else "application/octet-stream",
            headers=safe,
            filename=clean_name(filename),
            content_disposition_type="attachment",
        )

    async def _write(self, draft: Path, chunks: AsyncIterable[bytes]) -> tuple[str, int]:
        digest, size, buffer = hashlib.sha256(), 0, bytearray()
        with draft.open("wb") as file:
            async for chunk in chunks:
                size += len(chunk)
                if size > MAX_FILE_BYTES:
                    raise too_large()
                digest.update(chunk)
                buffer += chunk
                if len(buffer) >= BUFFER_BYTES:
                    await anyio.to_thread.run_sync(file.write, bytes(buffer))
                    buffer.clear()
            await anyio.to_thread.run_sync(_finish, file, bytes(buffer))
        return digest.hexdigest(), size

    def _keep(self, draft: Path, digest: str) -> None:
        path = self.path(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.replace(path)
        for folder in (path.parent, path.parent.parent, self.folder):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _finish(file: BinaryIO, rest: bytes) -> None:
    file.write(rest)
    file.flush()
    os.fsync(file.fileno())


def clean_name(filename: str) -> str:
    """The last part of a name, without control characters, ≤ 120 characters."""
    last = re.split(r"[/\\]", filename)[-1]
    name = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .")
    stem, dot, extension = name.rpartition(".")
    return f"{stem[:110]}{dot}{extension[:9]}" if dot else name[:120]


def too_large() -> Refused:
    return Refused("file_too_large", "文件超过 20 MB，请压缩或分成几个文件。", "The file is over 20 MB; compress or split it.", "file")


def fitting(file: BinaryIO, filename: str, size: int) -> str:
    """`kind_of` a file, which its name must say too. Refused: empty, too large, of no accepted kind, or another than its name says."""
    if not size:
        raise Refused("file_empty", "文件是空的，请重新选择。", "The file is empty; choose it again.", "file")
    if size > MAX_FILE_BYTES:
        raise too_large()
    kind, name = kind_of(file), clean_name(filename)
    if KINDS.get(name.rpartition(".")[2].lower()) != KINDS[kind]:
        raise Refused(
            "file_type_forged",
            "文件内容是 {kind}，与文件名“{name}”不符，请改正扩展名或重新导出。",
            'The content is {kind}, which the name "{name}" does not say; correct the extension or export it again.',
            "file",
            kind=kind.upper(),
            name=name,
        )
    return kind


def kind_of(file: BinaryIO) -> str:
    """`pdf`, `jpg`, `png`, `docx` or `ofd`, by content. Refused: anything else, named as far as it can be told."""
    head = file.read(4096)
    kind = next((k for start, k in STARTS.items() if head.startswith(start)), None)
    if kind is None and head.startswith(b"PK\x03\x04"):
        kind = _kind_of_zip(file)
    if kind is None:
        guess = _guess(head)
        raise Refused(
            "file_type_unsupported",
            "不支持这种文件{found}。请上传 PDF、OFD、JPG、PNG 或 DOCX。",
            "This kind of file is not accepted{told}. Upload PDF, OFD, JPG, PNG or DOCX.",
            "file",
            found=f"（内容是 {guess.upper()}）" if guess else "",
            told=f" (it is {guess.upper()})" if guess else "",
        )
    return kind


def _kind_of_zip(file: BinaryIO) -> str | None:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            names = {e.filename for e in entries}
            unpacked = sum(e.file_size for e in entries)
    except (zipfile.BadZipFile, NotImplementedError, ValueError):  # a list of entries that is none, of a version unknown, or out of its place
        return None
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED_BYTES or any(e.flag_bits & 1 for e in entries):
        raise Refused(
            "file_archive_unsafe",
            "文件加密，或解压后过大，请另存为普通文档再上传。",
            "The file is encrypted, or too large once unpacked; save it as an ordinary document.",
            "file",
        )
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused(
            "file_has_macros", "文件含宏，请另存为不含宏的 DOCX。", "The file holds macros; save it as DOCX without macros.", "file"
        )
    if {"[Content_Types].xml", "word/document.xml"} <= names:
        return "docx"
    return "ofd" if "OFD.xml" in names else None


def _guess(head: bytes) -> str:
    try:
        return puremagic.from_string(head).lstrip(".")
    except (puremagic.PureError, ValueError):
        return ""
