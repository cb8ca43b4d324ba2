"""Workbooks people send: checked for safety, read by column names, every cell understood or refused with its reason, given back marked."""
from shared.workbook.fault import Bad, Fault
from shared.workbook.marked import marked
from shared.workbook.reading import Column, Line, Sheet, read
from shared.workbook.safety import kind_of
from shared.workbook.template import template

__all__ = ["Bad", "Column", "Fault", "Line", "Sheet", "kind_of", "marked", "read", "template"]
