"""Workbooks: every cell as text, and what a workbook may not hide."""

from __future__ import annotations

import datetime
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import open_source

Read = Callable[..., list[dict[str, Any]]]
Write = Callable[..., Path]
Sheet = Callable[..., Path]

RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
ONE = '<Relationship Id="r1" Type="{}/{}" Target="{}"/>'


def parts_of(data: str, shared: str = "", after: str = "") -> dict[str, str]:
    """The parts of a small workbook around the rows of its only sheet."""
    return {
        "_rels/.rels": RELATIONS.format(ONE.format(RELATION, "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets>'
        '<sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": RELATIONS.format(
            ONE.format(RELATION, "worksheet", "worksheets/sheet1.xml")
        ),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData>{after}</worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
    }


def packed(parts: dict[str, str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def texts(*cells: str) -> str:
    return "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)


HEADER = f"<row>{texts('a', 'b')}</row>"


@pytest.fixture
def book(write: Write) -> Sheet:
    """Write rows, each a list of cells, into the first sheet of a workbook."""

    def put(*rows: list[Any], name: str = "表", more: Callable[..., None] | None = None) -> Path:
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        assert sheet is not None
        sheet.title = name
        for row in rows:
            sheet.append(row)
        if more is not None:
            more(workbook, sheet)
        out = io.BytesIO()
        workbook.save(out)
        return write(out.getvalue(), "f.xlsx")

    return put


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (-12.50, "-12.5"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (-0.0, "0"),
        (123456789012345, "123456789012345"),
        (110101199003071000, "1.10101199003071E+17"),
        (1e20, "1E+20"),
        (True, "true"),
        (False, "false"),
        ("001", "001"),
        (" x ", " x "),
        ("  ", None),
        ("-1", "-1"),
        ("甲\n乙", "甲\n乙"),
        (datetime.date(2024, 2, 29), "2024-02-29"),
        (datetime.datetime(2024, 2, 29, 8, 30), "2024-02-29T08:30:00"),
        (datetime.datetime(2024, 2, 29), "2024-02-29"),
        (datetime.time(8, 30, 5), "08:30:05"),
        (datetime.timedelta(hours=30, minutes=1), "30:01:00"),
        (None, None),
    ],
)
def test_cells_have_one_form(read: Read, book: Sheet, value: object, text: str | None) -> None:
    assert read(book(["a", "b"], [value, "x"]), ["a"]) == [{"_line": 2, "a": text}]


def test_lines_are_row_numbers_and_empty_rows_are_no_records(read: Read, book: Sheet) -> None:
    path = book([], ["a", "b"], [1, 2], [], [None, "x"], [], ["total"])
    assert open_source(path).names == ("a", "b")
    rows = [{"_line": 3, "a": "1", "b": "2"}, {"_line": 5, "a": None, "b": "x"}]
    assert read(path)[:2] == rows
    assert read(path, skip_footer=1) == rows
    assert read(path, ["b"], header_row=2, skip_footer=2) == [{"_line": 3, "b": "2"}]
    with pytest.raises(ContractsError, match="line 1: the file has no line with column names"):
        read(path, header_row=1)


def test_a_table_that_begins_further_right_keeps_its_columns(read: Read, book: Sheet) -> None:
    path = book([None, None, "a", None, "b"], [None, None, 1, 2, 3])
    assert open_source(path).names == ("unnamed_1", "unnamed_2", "a", "unnamed_4", "b")
    assert read(path, ["b", "unnamed_1", "a"]) == [
        {"_line": 2, "b": "3", "unnamed_1": None, "a": "1"}
    ]


def test_merged_titles_above_the_header_are_passed_over(read: Read, book: Sheet) -> None:
    def merge(_: Any, sheet: Any) -> None:
        sheet.merge_cells("A1:C1")

    path = book(["欠税公告"], ["单位：元"], ["名称", "税种", "金额"], ["甲", "x", 1.5], more=merge)
    assert read(path, ["名称", "金额"], header_row=3) == [{"_line": 4, "名称": "甲", "金额": "1.5"}]
    with pytest.raises(ContractsError, match=r"line 1, column 金额: .*header_row"):
        read(path, ["金额"])


def test_merged_cells_among_the_records_are_refused_where_read(read: Read, book: Sheet) -> None:
    def merge(_: Any, sheet: Any) -> None:
        sheet.merge_cells("A3:A4")

    path = book(["a", "b"], ["x", 1], ["y", 2], [None, 3], more=merge)
    assert len(read(path, ["b"])) == 3
    with pytest.raises(ContractsError, match="line 3: cells are merged among the records"):
        read(path, ["a"])


def test_sheets_are_chosen_by_name_or_when_there_is_no_choice(read: Read, book: Sheet) -> None:
    def more(workbook: Any, _: Any) -> None:
        workbook.create_sheet("empty")
        hidden = workbook.create_sheet("隐藏")
        hidden.append(["a"])
        hidden.append([7])
        hidden.sheet_state = "hidden"

    path = book(["a"], [1], more=more)
    assert read(path) == [{"_line": 2, "a": "1"}]
    assert read(path, sheet="隐藏") == [{"_line": 2, "a": "7"}]
    with pytest.raises(ContractsError, match=r"no sheet 'x'. Expected: one of 表, empty, 隐藏"):
        read(path, sheet="x")
    with pytest.raises(ContractsError, match="no cells"):
        read(path, sheet="empty")

    def second(workbook: Any, _: Any) -> None:
        workbook.create_sheet("二").append(["a"])

    with pytest.raises(ContractsError, match=r"2 sheets with cells. Expected: .* of 表, 二"):
        read(book(["a"], [1], more=second))
    with pytest.raises(ContractsError, match="no visible sheet with cells"):
        read(book())


def test_formulas_are_refused_with_sheet_and_cell(read: Read, book: Sheet) -> None:
    path = book(["a", "b", "c"], [1, 2, 3], [1, 2, "=cmd|' /C calc'!A0"], [1, "=1+1", 2])
    with pytest.raises(ContractsError, match="sheet '表', cell C3 holds a formula") as caught:
        read(path, ["a"])
    assert "calc" not in str(caught.value)
    assert caught.value.line == 3

    def as_text(_: Any, sheet: Any) -> None:
        sheet["B2"].data_type = "s"

    path = book(["a", "b"], [1, "=1+1"], more=as_text)
    assert read(path, ["a"])[0]["a"] == "1"
    with pytest.raises(ContractsError, match="line 2, column b: a cell holds a formula"):
        read(path, ["b"])


def test_error_values_are_refused(read: Read, write: Write) -> None:
    row = '<row r="2"><c r="A2"><v>1</v></c><c r="AB2" t="e"><v>#N/A</v></c></row>'
    with pytest.raises(ContractsError, match="cell AB2 holds an error value"):
        read(write(packed(parts_of(HEADER + row)), "f.xlsx"))


def test_a_cell_beyond_the_last_name_is_refused(read: Read, book: Sheet) -> None:
    with pytest.raises(ContractsError, match="line 3: a cell stands to the right"):
        read(book(["a", "b"], [1, 2], [1, 2, "secret"]), ["a"])


def test_a_workbook_without_records(read: Read, book: Sheet) -> None:
    with pytest.raises(ContractsError, match="no rows"):
        read(book(["a", "b"]), ["a"])
    with pytest.raises(ContractsError, match="column b: 1 column"):
        read(book(["a"], [1]), ["a", "b"])
    with pytest.raises(ContractsError, match="column a: a column name occurs twice"):
        read(book(["a", "a"], [1, 2]), ["a"])


def test_long_cells_are_refused_with_their_row(read: Read, write: Write) -> None:
    content = HEADER + f"<row>{texts('1', '2')}</row><row>{texts('x' * 5000)}</row>"
    with pytest.raises(ContractsError, match="line 3: a cell takes more than 1,000 bytes"):
        read(write(packed(parts_of(content)), "f.xlsx"), max_cell_bytes=1000)
    shared = f"<si><t>a</t></si><si><r><t>{'x' * 600}</t></r><r><t>{'x' * 600}</t></r></si>"
    content = '<row><c t="s"><v>0</v></c></row><row><c t="s"><v>1</v></c></row>'
    path = write(packed(parts_of(content, shared)), "f.xlsx")
    assert read(path)[0]["a"] == "x" * 1200
    with pytest.raises(ContractsError, match="a cell takes more than 1,000 bytes"):
        read(path, max_cell_bytes=1000)


@pytest.mark.parametrize(
    "data",
    [
        '<row r="2"><c r="A3"><v>1</v></c></row>',  # row and cell differ
        '<row r="3"/><row r="2"/>',  # backwards
        '<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>2</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>',  # the library keeps one
        '<row r="2"><c r="A2"><v>1</v><v>2</v></c></row>',
        '<row r="2"><c r="A2" t="inlineStr"><v>2</v></c></row>',
        '<row r="2"><c r="A2" t="str"><v><![CDATA[x]]>y</v></c></row>',
        '<row r="2"><c r="ZZZ2"><v>1</v></c></row>',
        '<row r="4294967298"><c r="A4294967298"><v>1</v></c></row>',
        '<row r="2"><c r="A2" t="zz"><v>1</v></c></row>',
        '<row r="2"><c r="A2" t="s"><v>7</v></c></row>',
        '<row r="2"><c r="A2" t="n"><v>x</v></c></row>',
        '<row r="2"><c r="A2" t="b"><v>x</v></c></row>',
        '<c r="A2"><v>1</v></c>',
        '<row r="2"><c r="A2"><v>1</v></row>',
        '<row r="2"><c r="A2" t="str"><v>&x;</v></c></row>',
    ],
)
def test_sheets_that_two_readers_could_read_differently_are_refused(
    read: Read, write: Write, data: str
) -> None:
    with pytest.raises(ContractsError, match="no whole XLSX"):
        read(write(packed(parts_of(HEADER + data)), "f.xlsx"))


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (
            '<row><c t="inlineStr"><is><t>a_x0000_</t></is></c></row>',
            "line 2, column a: the text holds a NUL",
        ),
        ("<row><c><v>NaN</v></c></row>", "line 2, column a: a cell holds neither"),
        ("<row><c><v>1e999</v></c></row>", "line 2, column a: a cell holds neither"),
    ],
)
def test_values_that_are_no_text(read: Read, write: Write, data: str, match: str) -> None:
    with pytest.raises(ContractsError, match=match):
        read(write(packed(parts_of(HEADER + data)), "f.xlsx"))


# ---- archives --------------------------------------------------------------------------------


def refused(read: Read, path: Path, match: str, **options: Any) -> None:
    with pytest.raises(ContractsError, match=match):
        read(path, **options)


def test_a_zip_bomb_is_refused(read: Read, write: Write) -> None:
    parts = parts_of(HEADER + f"<row>{texts('1', '2')}</row>")
    small = write(packed(parts), "f.xlsx")
    assert len(read(small)) == 1
    refused(read, small, "beyond bounds.* 500 bytes", max_unpacked_bytes=500)
    parts["xl/media/image1.png"] = "\0" * 30_000_000
    refused(read, write(packed(parts), "f.xlsx"), "beyond bounds.*200 times")
    parts["xl/media/image1.png"] = ""
    parts |= {f"xl/media/{n}.png": "" for n in range(2000)}
    refused(read, write(packed(parts), "f.xlsx"), "beyond bounds.*2,000 parts")


def test_a_directory_that_lies_about_sizes_is_refused(read: Read, write: Write) -> None:
    parts = parts_of(HEADER + f"<row>{texts('1', '2')}</row>")
    whole = packed(parts)
    at = whole.rindex(b"PK\x01\x02")
    size = struct.unpack_from("<L", whole, at + 24)[0]
    for claim in (size - 1, size + 1, 0):
        lie = whole[: at + 24] + struct.pack("<L", claim) + whole[at + 28 :]
        refused(read, write(lie, "f.xlsx"), "no whole XLSX")
    refused(read, write(whole + b"\0", "f.xlsx"), "no whole XLSX")
    refused(read, write(b"PK\x03\x04" + whole, "f.xlsx"), "no whole XLSX")
    refused(read, write(whole + whole, "f.xlsx"), "no whole XLSX")


def test_cells_far_apart_are_refused(read: Read, write: Write) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path = write(packed(parts_of(HEADER + far)), "f.xlsx")
    refused(read, path, "beyond bounds.*between the first and the last")


def test_text_repeated_beyond_bounds_is_refused(
    read: Read, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text is stored once, however many cells refer to it."""
    rows = '<row><c t="s"><v>0</v></c></row>' + '<row><c t="s"><v>1</v></c></row>' * 50
    shared = f"<si><t>a</t></si><si><t>{'x' * 1000}</t></si>"
    path = write(packed(parts_of(rows, shared)), "f.xlsx")
    monkeypatch.setattr("data_contracts.intake.readers.sheet._MAX_TEXT", 60_000)
    assert len(read(path)) == 50
    monkeypatch.setattr("data_contracts.intake.readers.sheet._MAX_TEXT", 50_000)
    refused(read, path, "beyond bounds.*bytes of text")
    few = rows.replace("<v>1</v>", "<v>0</v>")  # the long text is there, and nobody refers to it
    assert len(read(write(packed(parts_of(few, shared)), "f.xlsx"))) == 50


def test_an_entity_bomb_is_refused(read: Read, write: Write) -> None:
    parts = parts_of(HEADER)
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"):
        path = write(packed({**parts, name: bomb + parts[name]}), "f.xlsx")
        refused(read, path, "no whole XLSX")


def test_macros_encryption_and_old_workbooks_are_refused(
    read: Read, write: Write, book: Sheet
) -> None:
    parts = parts_of(HEADER + f"<row>{texts('1', '2')}</row>")
    refused(read, write(packed({**parts, "xl/vbaProject.bin": ""}), "f.xlsx"), "has macros")
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    refused(read, write(ole, "f.xlsx"), "old workbook")
    locked = ole + "EncryptedPackage".encode("utf-16-le")
    refused(read, write(locked, "f.xlsx"), "encrypted.*password")
    whole = packed(parts)
    at = whole.rindex(b"PK\x01\x02")
    flagged = whole[: at + 8] + b"\x01" + whole[at + 9 :]
    refused(read, write(flagged, "f.xlsx"), "encrypted.*password")
    refused(read, write(packed(parts, zipfile.ZIP_BZIP2), "f.xlsx"), "no whole XLSX")


def test_what_is_no_workbook(read: Read, write: Write, book: Sheet) -> None:
    whole = book(["a", "b"], [1, 2]).read_bytes()
    for content in (b"a,b\n1,2\n", b"PK\x03\x04", whole[:-30], whole[: len(whole) // 2]):
        refused(read, write(content, "f.xlsx"), "no whole XLSX")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    refused(read, write(out.getvalue(), "f.xlsx"), "no whole XLSX")
