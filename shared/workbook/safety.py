"""Is it a workbook that may be opened: known by its content, of bearable size also unpacked, not locked with a password."""
from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from typing import Literal, NoReturn

import puremagic

from shared.apart.text import text_of
from shared.fact import Refused

__all__ = ["MAX_BYTES", "Kind", "damaged", "kind_of", "locked", "too_much", "unsupported"]

Kind = Literal["xlsx", "xls", "csv"]
MAX_BYTES = 20 * 1024 * 1024
# what zipfile raises for a damaged archive: its own, each decompressor's (bzip2 has OSError), one for what it cannot unpack, and for wrong lengths
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, NotImplementedError, EOFError, ValueError)
MAX_UNPACKED, MAX_ENTRIES, MAX_RATIO, SMALL = 300 * 1024 * 1024, 2000, 150, 8 * 1024 * 1024
LETTER = ("mime-version:", "content-type: multipart", "content-type: text/html")  # how a web page kept in one file begins
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kind_of(data: bytes) -> Kind:
    """`xlsx`, `xls` or `csv`, by content. Refused: anything else, with what to do about it."""
    if not data.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        _no("file_empty", "文件是空的，请重新选择。", "The file is empty; choose it again.")
    if len(data) > MAX_BYTES:
        _no("file_too_large", "文件超过 20 MB，请删除图片或按乡镇分成几个文件。", "The file is over 20 MB; remove pictures or split it.")
    if data.startswith(OLE):
        return _ole(data)
    if data.startswith(b"PK\x03\x04"):
        return _zip(data)
    text = text_of(data)
    if _page((text or data[:4096].decode("latin-1"))[:4096].lstrip("\ufeffï»¿ \r\n\t").lower()):
        _no("file_is_a_page", "这是网页或 XML 格式，只是扩展名像表格。请用 Excel 或 WPS 打开，另存为“Excel 工作簿 (*.xlsx)”再上传。",
            "This is a web page or XML under a workbook's name; open it and save it as .xlsx.")
    return "csv" if text is not None else _unknown(data)


def _page(start: str) -> bool:
    if start.startswith("<"):
        return start[1:2].isalpha() or start[1:2] in "!?"
    return any(line.startswith(LETTER) for line in start.splitlines()[:20])


def _ole(data: bytes) -> Kind:
    if _named(data, "EncryptedPackage") or _encrypted_xls(data):
        locked()
    if _named(data, "Workbook") or _named(data, "Book"):
        return "xls"
    return _unknown(data)


def _encrypted_xls(data: bytes) -> bool:
    """Is one of the first records after the workbook's beginning (BOF) FILEPASS?"""
    at = data.find(b"\x09\x08\x10\x00\x00\x06")
    for _ in range(4):
        if at < 0 or at + 4 > len(data):
            return False
        kind, size = struct.unpack_from("<HH", data, at)
        if kind == 0x2F:
            return True
        at += 4 + size
    return False


def locked() -> NoReturn:
    _no("file_locked", "文件设了打开密码，无法读取。请打开后在“文件 → 信息 → 保护工作簿 → 用密码进行加密”"
        "（WPS：文件 → 文档加密 → 密码加密）里把密码删空，保存后再上传。",
        "The workbook has a password; open it, clear the password under File → Info → Protect Workbook, save and upload again.")


def too_much() -> NoReturn:
    _no("file_bomb", "文件解压后大得不正常，已停止读取。请把数据复制到一个新建的工作簿再上传。",
        "The file unpacks to an abnormal size and was not opened; copy the data into a new workbook.")


def damaged() -> NoReturn:
    _no("file_damaged", "文件损坏，读不出内容。请用 Excel 或 WPS 打开，另存为“Excel 工作簿 (*.xlsx)”再上传。",
        "The file is damaged; open it in a spreadsheet program and save it as .xlsx.")


def _named(data: bytes, stream: str) -> bool:
    return (stream + "\0").encode("utf-16-le") in data


def _zip(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if any(e.flag_bits & 1 for e in entries):
                locked()
            bomb = len(entries) > MAX_ENTRIES or sum(e.file_size for e in entries) > MAX_UNPACKED
            if bomb or any(e.file_size > SMALL and e.file_size > MAX_RATIO * max(1, e.compress_size) for e in entries):
                too_much()
            names = {e.filename.replace("\\", "/").lstrip("/").lower() for e in entries}
            for e in entries:  # what an entry says of its size must be true: reading it whole checks that
                with archive.open(e) as part:
                    while part.read(1 << 20):
                        pass
    except UNREADABLE:
        damaged()
    if any(n.startswith("xl/") and n.endswith(".xml") for n in names):
        return "xlsx"
    return _unknown(data)


def _unknown(data: bytes) -> NoReturn:
    try:
        found = (puremagic.from_string(data[:4096]).lstrip(".") or "?").upper()
    except (puremagic.PureError, ValueError):
        found = "?"
    unsupported(found)


def unsupported(found: str) -> NoReturn:
    raise Refused("file_not_a_workbook", "这不是表格文件（内容为：{found}）。请上传 .xlsx、.xls 或 .csv；其他格式请用 Excel 或 WPS 另存为 .xlsx。",
                  "This is no workbook (its content: {found}). Upload .xlsx, .xls or .csv, or save it as .xlsx first.", "file", found=found)


def _no(code: str, zh: str, en: str) -> NoReturn:
    raise Refused(code, zh, en, "file")
