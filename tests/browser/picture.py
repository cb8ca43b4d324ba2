"""A page's picture as a small PNG: at most 256 colours, the rare ones drawn in the nearest of those."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

__all__ = ["draw"]

REDUCE = """async png => {
  const bitmap = await createImageBitmap(await (await fetch('data:image/png;base64,' + png)).blob());
  const {width, height} = bitmap, ink = new OffscreenCanvas(width, height).getContext('2d');
  ink.drawImage(bitmap, 0, 0);
  const seen = new Uint32Array(ink.getImageData(0, 0, width, height).data.buffer).map(p => p & 0xffffff), counts = new Map();
  for (const p of seen) counts.set(p, (counts.get(p) || 0) + 1);
  const kept = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 256).map(c => c[0]), place = new Map(kept.map((p, i) => [p, i]));
  const parts = p => [p & 255, p >> 8 & 255, p >> 16 & 255];
  const nearest = p => {
    const mine = parts(p), far = kept.map(k => parts(k).reduce((sum, x, i) => sum + (x - mine[i]) ** 2, 0));
    return far.indexOf(Math.min(...far));
  };
  for (const p of counts.keys()) if (!place.has(p)) place.set(p, nearest(p));
  let pixels = '';
  for (let y = 0; y < height; y++) pixels += '\\0' + String.fromCharCode(...seen.subarray(y * width, (y + 1) * width).map(p => place.get(p)));
  return {width, height, palette: kept.flatMap(parts), pixels: btoa(pixels)};
}"""


def draw(page: Page, file: Path, reducer: Page) -> None:
    """What the page shows now. `reducer`: an empty page of any browser, to count colours in."""
    shot = base64.b64encode(page.screenshot(animations="disabled")).decode()
    found: dict[str, Any] = reducer.evaluate(REDUCE, shot)
    head = struct.pack(">IIBBBBB", found["width"], found["height"], 8, 3, 0, 0, 0)
    pixels = zlib.compress(base64.b64decode(found["pixels"]), 9)
    parts = (b"IHDR", head), (b"PLTE", bytes(found["palette"])), (b"IDAT", pixels), (b"IEND", b"")
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*p) for p in parts))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
