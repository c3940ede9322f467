"""Documents refuse what cannot be shown, and say values as people read them."""

from __future__ import annotations

import re
from datetime import date, datetime
from html import unescape
from pathlib import Path

import pytest

from data_contracts import documents
from data_contracts.documents import (
    Bar,
    BarChart,
    Document,
    Heading,
    Image,
    KeyValues,
    Table,
    Text,
    font_file,
    render_html,
    render_pdf,
    shown,
)
from data_contracts.errors import ContractsError


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (None, "—", "—"),
        (Text("是的", "indeed"), "是的", "indeed"),
        (True, "是", "yes"),
        (1234567, "1,234,567", "1,234,567"),
        (1234.5, "1,234.5", "1,234.5"),
        (float("nan"), "—", "—"),
        (date(2008, 9, 30), "2008-09-30", "2008-09-30"),
        (datetime(2008, 9, 30, 12, 5, 6, 7), "2008-09-30 12:05:06", "2008-09-30 12:05:06"),
        ("as is", "as is", "as is"),
    ],
)
def test_values_are_written_for_people(value: documents.Value, zh: str, en: str) -> None:
    assert (shown(value, "zh"), shown(value, "en")) == (zh, en)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Heading("x", 4),
        lambda: Table((), ()),
        lambda: Table(("a", "b"), (("1",),)),
        lambda: Table(("a",), (), align=("left", "right")),
        lambda: Table(("a",), (), widths=(0.0,)),
        lambda: KeyValues((), columns=3),
        lambda: Bar("x", float("inf")),
        lambda: Image(b"GIF89a", "x"),
        lambda: Image(b"\x89PNG\r\n\x1a\n", None),
        lambda: Image(b"\x89PNG\r\n\x1a\n", "x", width=1.5),
    ],
)
def test_what_cannot_be_shown_is_refused(make: object) -> None:
    with pytest.raises(ContractsError):
        make()  # type: ignore[operator]


def test_a_chart_can_be_told_in_words() -> None:
    chart = BarChart(
        (Bar(Text("甲", "A"), -3.26), Bar("B", 2.0, "two")),
        Text("影响", "Effect"),
        Text("分", "points"),
    )
    assert chart.alternative("en") == "Effect (points): A -3.3; B two"
    assert chart.alternative("zh") == "影响 (分): 甲 -3.3; B two"


def test_a_document_shows_itself_in_a_notebook_in_frames_without_script() -> None:
    page = Document(Text("题<i>", "Title"), blocks=(Table(('"quoted"',), (("<b>",),)),))
    html = page._repr_html_()
    frames = re.findall(r'srcdoc="([^"]*)" title="[^"]*" sandbox=""', html)
    assert [unescape(frame) for frame in frames] == [
        render_html(page, "zh"),
        render_html(page, "en"),
    ]
    assert "<i>" not in html


def test_an_unknown_language_is_refused() -> None:
    document = Document(Text("题", "Title"))
    for render in (render_html, render_pdf):
        with pytest.raises(ContractsError, match="zh or en"):
            render(document, "fr")  # type: ignore[arg-type,operator]


def test_the_font_is_found_or_missed_with_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    assert font_file().is_file()
    assert isinstance(font_file(), Path)
    monkeypatch.setattr(documents, "FONT_NAME", "Absent.otf")
    with pytest.raises(ContractsError, match=r"Absent\.otf"):
        font_file()
    monkeypatch.setattr(documents, "FONT_PACKAGE", "no_such_package")
    with pytest.raises(ContractsError, match="no_such_package"):
        font_file()
