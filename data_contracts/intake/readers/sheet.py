"""The XML of a workbook, looked through before its cells are loaded.

The library that loads the cells gives the last value of a formula as if it were data, an error value as an
empty cell, and takes memory for the whole rectangle of used cells. What it would hide is found here.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any
from xml.parsers import expat

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import guards
from data_contracts.intake.readers.archive import Archive, bomb, damaged
from data_contracts.intake.readers.sheet_places import SheetPlace

MAX_RECTANGLE = 20_000_000
"""Cells of the rectangle that the used cells span (limit ours; 32 bytes each in memory)."""
_MAX_ROW, _MAX_COLUMN = 1_048_576, guards.MAX_COLUMNS
_MAX_TEXT = 512_000_000
_TYPES = ("b", "d", "e", "inlineStr", "n", "s", "str")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


class _Look:
    """Handlers that look at each cell of a sheet as it goes by."""

    def __init__(self, path: Path, place: SheetPlace, limit: int) -> None:
        self.path, self.place, self.limit = path, place, limit
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.end
        self.row = self.column = self.began = 0
        self.rows: list[int] = []
        self.columns: set[int] = set()
        self.texts = 0
        self.kind, self.children = "n", 0
        self.inside = self.in_row = self.in_cell = False
        self._tags: dict[str, str] = {}
        self._letters: dict[str, int] = {}

    def tag(self, name: str) -> str:
        known = self._tags.get(name)
        if known is None:
            known = self._tags.setdefault(name, name.rpartition(" ")[2])
        return known

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        tag = self.tag(name)
        if tag == "sheetData":
            self.inside = True
        elif not self.inside:
            return
        elif tag == "c":
            self.cell(attributes)
        elif tag == "row":
            self.line(attributes)
        elif tag == "f":
            raise ContractsError(
                f"sheet {self.place.name!r}, cell {self.where()} holds a formula.",
                expected="values",
                hint="export values, not formulas (copy, paste as values)",
                file=self.path,
                line=self.row,
            )
        elif tag in ("v", "is"):
            self.children += 1
            # Of two values, or of a value in the other place, the loading library drops one.
            if not self.in_cell or self.children > 1 or (tag == "v") == (self.kind == "inlineStr"):
                raise damaged(self.path)

    def end(self, name: str) -> None:
        tag = self.tag(name)
        if tag == "c" and self.in_cell:
            self.in_cell = False
            if self.parser.CurrentByteIndex - self.began > self.limit:
                raise guards.cell_too_long(self.path, self.limit, self.row)
        elif tag == "row":
            self.in_row = False
        elif tag == "sheetData":
            self.inside = False

    def line(self, attributes: dict[str, str]) -> None:
        text = attributes.get("r")
        if text is not None and not (text.isdecimal() and len(text) < 8):
            raise damaged(self.path)
        number = self.row + 1 if text is None else int(text)
        if self.in_row or not self.row < number <= _MAX_ROW:
            raise damaged(self.path)
        self.row, self.column, self.in_row = number, 0, True

    def cell(self, attributes: dict[str, str]) -> None:
        column, row = self.column + 1, self.row
        if "r" in attributes:
            match = _REFERENCE.fullmatch(attributes["r"])
            if match is None:
                raise damaged(self.path)
            column, row = self.number(match[1]), int(match[2])
        kind = attributes.get("t", "n")
        if (
            not self.in_row or self.in_cell
            or row != self.row
            or not self.column < column <= _MAX_COLUMN
            or kind not in _TYPES
        ):  # fmt: skip
            raise damaged(self.path)
        self.column, self.kind, self.children, self.in_cell = column, kind, 0, True
        self.began = self.parser.CurrentByteIndex
        if kind == "e":
            raise ContractsError(
                f"sheet {self.place.name!r}, cell {self.where()} holds an error value (such as #N/A).",
                expected="values",
                hint="correct or empty the cell",
                file=self.path,
                line=self.row,
            )
        self.texts += kind == "s"
        self.columns.add(column)
        if not self.rows or self.rows[-1] != row:
            self.rows.append(row)

    def number(self, letters: str) -> int:
        known = self._letters.get(letters)
        if known is None:
            known = 0
            for letter in letters:
                known = known * 26 + ord(letter) - 64
            self._letters[letters] = known
        return known

    def where(self) -> str:
        letters, left = "", self.column
        while left:
            left, rest = divmod(left - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{letters}{self.row}"


def look_through(archive: Archive, path: Path, place: SheetPlace, limit: int) -> None:
    """Refuse a sheet with formulas, error values, cells out of order, or more than memory can take.

    Raises
    ------
    ContractsError
        With sheet and cell, where one cell is the cause.
    """
    look = _Look(path, place, limit)
    archive.parse(place.part, look.parser)
    if look.rows:
        height = look.rows[-1] - look.rows[0] + 1
        width = max(look.columns) - min(look.columns) + 1
        if height * width > MAX_RECTANGLE:
            raise bomb(path, f"at most {MAX_RECTANGLE:,} cells between the first and the last")
    texts = posixpath.join(posixpath.dirname(posixpath.dirname(place.part)), "sharedStrings.xml")
    if texts in archive:
        longest = _longest_text(archive, path, texts, limit)
        # A text is stored once and repeated in each cell that refers to it.
        if longest * look.texts > _MAX_TEXT and _repeated(archive, place, texts) > _MAX_TEXT:
            raise bomb(path, f"at most {_MAX_TEXT:,} bytes of text")


def _longest_text(archive: Archive, path: Path, part: str, limit: int) -> int:
    parser = expat.ParserCreate(namespace_separator=" ")
    began = longest = 0

    def begin(name: str, _: dict[str, str]) -> None:
        nonlocal began
        if name.endswith(" si"):
            began = parser.CurrentByteIndex

    def end(name: str) -> None:
        nonlocal longest
        if name.endswith(" si"):
            longest = max(longest, parser.CurrentByteIndex - began)
            if longest > limit:
                raise guards.cell_too_long(path, limit, None)

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    archive.parse(part, parser)
    return longest


def _repeated(archive: Archive, place: SheetPlace, part: str) -> int:
    """Bytes of text that the cells of a sheet refer to, each reference counted."""
    sizes: list[int] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    began = 0

    def begin(name: str, _: dict[str, str]) -> None:
        nonlocal began
        if name.endswith(" si"):
            began = parser.CurrentByteIndex

    def end(name: str) -> None:
        if name.endswith(" si"):
            sizes.append(parser.CurrentByteIndex - began)

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    archive.parse(part, parser)
    total, kind, text = 0, "n", ""
    cells: Any = expat.ParserCreate(namespace_separator=" ")

    def cell(name: str, attributes: dict[str, str]) -> None:
        nonlocal kind, text
        if name.endswith(" c"):
            kind, text = attributes.get("t", "n"), ""

    def value(data: str) -> None:
        nonlocal text
        if kind == "s" and len(text) < 12:
            text += data

    def close(name: str) -> None:
        nonlocal total
        if name.endswith(" c") and kind == "s" and text.strip().isdecimal():
            index = int(text)
            total += sizes[index] if index < len(sizes) else 0

    cells.StartElementHandler, cells.CharacterDataHandler, cells.EndElementHandler = (
        cell,
        value,
        close,
    )
    archive.parse(place.part, cells)
    return total
