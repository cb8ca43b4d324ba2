"""The pieces of DOCX templates: pages, lines, tables with repeated heads, joined cells, loops, the official footer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.document import Document as Doc
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as Align
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

__all__ = ["HEI", "SEAL", "SONG", "TITLE", "each", "fill", "footer", "framed", "joined", "loop", "page", "say", "starts", "table"]

SEAL = "\n\n（盖章）\n年　　月　　日"
SONG, TITLE, HEI = "仿宋_GB2312", "方正小标宋简体", "黑体"


def page(size: float, margins: tuple[float, float, float, float], flipped: bool = False, numbered: bool = True) -> Doc:
    """A4; margins top, right, bottom, left in mm."""
    made = Document()
    normal = made.styles["Normal"]
    normal.font.size, normal.font.name = Pt(size), SONG
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), SONG)
    normal.paragraph_format.space_after = Pt(0)
    part = made.sections[0]
    part.page_width, part.page_height = (Mm(297), Mm(210)) if flipped else (Mm(210), Mm(297))
    part.orientation = WD_ORIENT.LANDSCAPE if flipped else WD_ORIENT.PORTRAIT
    part.top_margin, part.right_margin, part.bottom_margin, part.left_margin = (Mm(m) for m in margins)
    if numbered:
        number(part.footer.paragraphs[0])
    return made


def number(line: Paragraph) -> None:
    """— 1 —, by a field of Word's."""
    line.alignment = Align.CENTER
    line.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    line._p.append(field)
    line.add_run(" —")


def framed(doc: Doc, colour: str) -> None:
    """A double line around the page."""
    borders = OxmlElement("w:pgBorders")
    borders.set(qn("w:offsetFrom"), "page")
    for side in ("top", "left", "bottom", "right"):
        edge = OxmlElement(f"w:{side}")
        for name, value in (("val", "double"), ("sz", "12"), ("space", "24"), ("color", colour)):
            edge.set(qn(f"w:{name}"), value)
        borders.append(edge)
    margins = doc.sections[0]._sectPr.find(qn("w:pgMar"))
    margins.addnext(borders)


def say(line: Paragraph, text: str, font: str = SONG, size: float | None = None, align: Any = None, **more: Any) -> Paragraph:
    run = line.add_run(text)
    run.font.name = font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if size:
        run.font.size = Pt(size)
    if colour := more.get("colour"):
        run.font.color.rgb = RGBColor.from_string(colour)
    line.alignment = align
    if "indent" in more:
        line.paragraph_format.first_line_indent = Pt(more["indent"])
    return line


def table(doc: Doc, widths: Sequence[float], rows: Sequence[Sequence[str]], head: bool = True, size: float | None = None, tall: float = 8) -> Table:
    """`widths` in mm. With `head` the first row comes again on every page."""
    made: Table = doc.add_table(len(rows), len(widths), "Table Grid")
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    narrow(made)
    for line, texts in zip(made.rows, rows, strict=True):
        whole(line._tr)
        for cell, width, text in zip(line.cells, widths, texts, strict=True):
            cell.width = Mm(width)
            fill(cell, text, HEI if head and line is made.rows[0] else SONG, size)
    if head:
        repeated(made)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
    for line in made.rows:
        line.height, line.height_rule = Mm(tall), WD_ROW_HEIGHT_RULE.AT_LEAST
    return made


def narrow(made: Table) -> None:
    """1 mm beside the text of a cell."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), "57")
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    look = made._tbl.tblPr.find(qn("w:tblLook"))
    look.addprevious(margins)


def repeated(made: Table) -> None:
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def whole(row: Any) -> None:
    """Not broken across pages."""
    row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def fill(cell: _Cell, text: str, font: str = SONG, size: float | None = None, align: Any = Align.CENTER) -> None:
    say(cell.paragraphs[0], text, font, size, align)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def loop(over: str, item: str, cells: Sequence[str]) -> list[list[str]]:
    """Three rows of a template: begin, one row an item, end."""
    empty = [""] * (len(cells) - 1)
    return [[f"{{%tr for {item} in {over} %}}", *empty], list(cells), ["{%tr endfor %}", *empty]]


def each(over: str, item: str, keys: str) -> list[list[str]]:
    return loop(over, item, ["{{ loop.index }}", *(f"{{{{ {item}.{k} }}}}" if k else "" for k in keys.split(","))])


def starts(doc: Doc, text: str, size: float, **more: Any) -> None:
    """The title of one of several, each on a page of its own."""
    say(doc.add_paragraph(), "{%p if loop.first %}")
    say(doc.add_paragraph(), text, TITLE, size, Align.CENTER, **more)
    say(doc.add_paragraph(), "{%p else %}")
    say(doc.add_paragraph(), text, TITLE, size, Align.CENTER, **more).paragraph_format.page_break_before = True
    say(doc.add_paragraph(), "{%p endif %}")


def footer(doc: Doc) -> None:
    gaps = (("填报单位（盖章）：", 8), ("负责人：", 5), ("填表人：", 5), ("联系电话：", 6), ("日期：　　年　月　日", 0))
    say(doc.add_paragraph(), "".join(words + "　" * gap for words, gap in gaps), size=10.5)


def joined(made: Table, joins: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Joined cells keep the text of the first only, not its empty followers' lines."""
    for first, last in joins:
        cell = made.cell(*first).merge(made.cell(*last))
        for line in cell.paragraphs[1:]:
            line._p.getparent().remove(line._p)
