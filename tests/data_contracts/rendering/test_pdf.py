"""PDF: the same blocks, the same bytes, and no value is ever markup."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from data_contracts.documents import (
    Bar,
    BarChart,
    Bullets,
    Document,
    Heading,
    Image,
    KeyValues,
    Note,
    Paragraph,
    Table,
    Text,
    render_pdf,
)
from data_contracts.errors import ContractsError


def text_of(pdf: bytes) -> str:
    """Text of all pages without blanks, as a reader would copy it."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"[\s\u200b]", "", "".join(page.extract_text() for page in pages))


def test_everything_is_in_both_languages(report: Document) -> None:
    zh, en = text_of(render_pdf(report)), text_of(render_pdf(report, "en"))
    for text in ("企业信用报告", "一、基本状况", "偏高", "贷款机构核销率", "-38.4", "+9.9", "匹配产品", "59,000",
                 "仅供审批", "第1/4页"):  # fmt: skip
        assert text in zh
    for text in ("Enterprisecreditreport", "1.Basicstatus", "Lender'scharge-offs", "Page4of4"):
        assert text in en


def test_the_same_document_gives_the_same_bytes(report: Document) -> None:
    assert render_pdf(report) == render_pdf(report)


def test_properties_of_the_file(report: Document) -> None:
    reader = PdfReader(io.BytesIO(render_pdf(report, "en")))
    assert reader.metadata is not None
    assert reader.metadata.title == "Enterprise credit report"
    assert str(reader.metadata.creation_date).startswith("2008-09-30")
    root = reader.trailer["/Root"]
    assert root["/Lang"].startswith("en")
    assert root["/MarkInfo"]["/Marked"]
    width, height = (round(float(n)) for n in reader.pages[0].mediabox.upper_right)
    assert (width, height) == (595, 842)
    fonts = {str(f["/BaseFont"]) for page in reader.pages for f in _fonts(page)}
    assert fonts
    assert all("NotoSansCJK" in font for font in fonts)


def _fonts(page: object) -> list[dict[str, object]]:
    return [f.get_object() for f in page["/Resources"]["/Font"].values()]  # type: ignore[index]


def test_a_long_table_repeats_its_heading(report: Document) -> None:
    pages = PdfReader(io.BytesIO(render_pdf(report, "en"))).pages
    holding = [page.extract_text() for page in pages if "BANK 5" in page.extract_text()]
    assert len(holding) == 2
    assert all("Product" in text for text in holding)


def test_a_damaged_picture_is_named() -> None:
    document = Document(Text("题", "T"), blocks=(Image(b"\x89PNG\r\n\x1a\nrubbish", "x"),))
    with pytest.raises(ContractsError, match="picture"):
        render_pdf(document)


def test_a_document_may_be_nearly_empty() -> None:
    assert text_of(render_pdf(Document(Text("题", "T")))).count("题") == 1


PIECES = st.sampled_from(
    ["#", "$", "\\", "[", "]", "@", "*", "_", "<", ">", '"', "'", "`", "~", "/*", "//", "--", "...", "{", "}",
     "=", "+", "-", "1.", "#let x = 1", "#read(\"/etc/passwd\")", "$ x^2 $", "\n", "\t", " ", "字", "，",
     "http://a.b/c", "\\u{1F}", "&", "fi", "%"]
) | st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=6)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(pieces=st.lists(PIECES, min_size=1, max_size=12))
def test_no_value_is_markup(pieces: list[str]) -> None:
    """What goes in comes out, sign by sign, in every kind of block."""
    value = "x" + "".join(pieces) + "x"
    document = Document(
        Text(value, value), value, reference=value, footer=value, meta=((value, value),),
        blocks=(
            Heading(value), Paragraph(value), Note(value, "bad", value), KeyValues(((value, value),)),
            Bullets((value,)), BarChart((Bar(value, 1.0, "v"),), value, value, value, value),
            Table(("a",), ((value,),)),
        ),
    )  # fmt: skip
    expected = re.sub(r"[\s\u200b]", "", value)
    found = text_of(render_pdf(document))
    assert found.count(expected) >= 14


@settings(max_examples=80, deadline=None)
@given(value=st.text(max_size=30))
def test_any_text_can_be_set(value: str) -> None:
    """Unassigned signs, surrogates, controls and right-to-left text do not stop a report."""
    document = Document(Text(value, value), blocks=(Paragraph(value), Table((value,), ((value,),))))
    assert render_pdf(document).startswith(b"%PDF-")
