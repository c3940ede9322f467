"""One renderer for the whole house: a document of blocks becomes HTML or PDF, in Chinese or English.

A block says what is shown, not how. Values are data: nothing in them is ever read as markup.

Examples
--------
>>> page = Document(Text("验收报告", "Acceptance report"), blocks=(Paragraph("<b>100 %</b>"),))
>>> "&lt;b&gt;100 %&lt;/b&gt;" in render_html(page, "en")
True
"""

from __future__ import annotations

import importlib.util
import math
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from data_contracts.errors import ContractsError

Lang = Literal["zh", "en"]
Tone = Literal["info", "good", "warn", "bad"]
Align = Literal["left", "right", "center"]

FONT_PACKAGE, FONT_NAME = "mplfonts", "NotoSansCJKsc-Regular.otf"


@dataclass(frozen=True)
class Text:
    """A text in both languages."""

    zh: str
    en: str

    def of(self, lang: Lang) -> str:
        """The text in one language."""
        return self.zh if lang == "zh" else self.en


Value = Text | str | int | float | date | None
"""What a cell may hold: a text in both languages, or a value that reads the same in both."""


def shown(value: Value, lang: Lang) -> str:
    """Write a value as a person reads it.

    Examples
    --------
    >>> shown(1234567, "en"), shown(0.5, "en"), shown(None, "zh"), shown(date(2008, 9, 30), "zh")
    ('1,234,567', '0.5', '—', '2008-09-30')
    """
    if value is None:
        return "—"
    if isinstance(value, Text):
        return value.of(lang)
    if isinstance(value, bool):
        return Text("是" if value else "否", "yes" if value else "no").of(lang)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.10g}" if math.isfinite(value) else "—"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return value


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 to 3 below the document's title."""

    text: Value
    level: int = 1

    def __post_init__(self) -> None:
        """Refuse a level that the styles do not know."""
        if self.level not in (1, 2, 3):
            raise ContractsError(f"a heading has no level {self.level}.", expected="1, 2 or 3")


@dataclass(frozen=True)
class Paragraph:
    """Running text; a line feed begins a new line. ``small`` is for explanations below a figure."""

    text: Value
    small: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list of points, numbered or not."""

    items: tuple[Value, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Table:
    """A table with a heading for each column.

    Parameters
    ----------
    columns
        Titles of the columns.
    rows
        Cells, as many as there are columns.
    caption
        Title of the table.
    align
        Alignment of each column; left if omitted.
    widths
        Relative widths of the columns; found from the cells if omitted.
    row_headers
        Whether the first cell of a row is its heading.
    """

    columns: tuple[Value, ...]
    rows: tuple[tuple[Value, ...], ...]
    caption: Value = None
    align: tuple[Align, ...] = ()
    widths: tuple[float, ...] = ()
    row_headers: bool = False

    def __post_init__(self) -> None:
        """Refuse a table whose rows and columns do not fit."""
        count = len(self.columns)
        wrong = [row for row in self.rows if len(row) != count]
        if not count or wrong:
            raise ContractsError(
                "a table does not fit its columns.", expected=f"{count} cells in each row"
            )
        for name, given in (("align", self.align), ("widths", self.widths)):
            if given and len(given) != count:
                raise ContractsError(f"a table has {count} columns, {name} {len(given)}.")
        if any(not (math.isfinite(width) and width > 0) for width in self.widths):
            raise ContractsError("a width is not positive.", expected="a number above zero")


@dataclass(frozen=True)
class KeyValues:
    """Names and their values, side by side in one or two columns."""

    items: tuple[tuple[Value, Value], ...]
    columns: int = 2

    def __post_init__(self) -> None:
        """Refuse another number of columns."""
        if self.columns not in (1, 2):
            raise ContractsError("key values stand in one or two columns.")


@dataclass(frozen=True)
class Bar:
    """One bar: what it stands for, its signed value, and how the value is written."""

    label: Value
    value: float
    text: Value = None

    def __post_init__(self) -> None:
        """Refuse a value that has no length."""
        if not math.isfinite(self.value):
            raise ContractsError("a bar needs a finite value.")


@dataclass(frozen=True)
class BarChart:
    """Horizontal bars left and right of zero.

    Parameters
    ----------
    bars
        From top to bottom.
    title
        Says what the chart shows; it is also its text alternative, with all values.
    unit
        Unit of the values.
    positive, negative
        What a bar to the right or to the left means; the legend.
    """

    bars: tuple[Bar, ...]
    title: Value = None
    unit: Value = None
    positive: Value = None
    negative: Value = None

    def label(self, bar: Bar, lang: Lang) -> str:
        """How a bar's value is written."""
        return shown(bar.text, lang) if bar.text is not None else f"{bar.value:+,.1f}"

    def alternative(self, lang: Lang) -> str:
        """The chart in words."""
        values = "; ".join(f"{shown(bar.label, lang)} {self.label(bar, lang)}" for bar in self.bars)
        title = shown(self.title, lang) if self.title is not None else ""
        unit = f" ({shown(self.unit, lang)})" if self.unit is not None else ""
        return f"{title}{unit}: {values}" if title or unit else values


@dataclass(frozen=True)
class Image:
    """A picture: PNG or SVG bytes, with words for those who do not see it.

    ``width`` is the part of the text's width that it takes.
    """

    data: bytes
    alternative: Value
    caption: Value = None
    width: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what is neither PNG nor SVG, has no alternative, or no width."""
        if self.kind == "png" and not self.data.startswith(b"\x89PNG\r\n\x1a\n"):
            raise ContractsError("a picture is neither PNG nor SVG.")
        if self.alternative is None or not 0 < self.width <= 1:
            raise ContractsError("a picture needs a text alternative and a width between 0 and 1.")

    @property
    def kind(self) -> Literal["png", "svg"]:
        """Format of the bytes."""
        png = self.data.startswith(b"\x89PNG")
        return "svg" if not png and b"<svg" in self.data[:2000] else "png"


@dataclass(frozen=True)
class Note:
    """A coloured box: information, something good, a warning, something bad."""

    text: Value
    tone: Tone = "info"
    title: Value = None


@dataclass(frozen=True)
class PageBreak:
    """Begin a new page (in print)."""


Block = Heading | Paragraph | Bullets | Table | KeyValues | BarChart | Image | Note | PageBreak


@dataclass(frozen=True)
class Document:
    """A report: title block, then blocks.

    Parameters
    ----------
    title, subtitle
        Titles.
    blocks
        What is shown, in order.
    meta
        Names and values of the title block, such as number, day and version.
    created
        Creation date of the PDF. With the same document and date the bytes are the same.
    reference
        Number of the report, repeated on each page.
    footer
        Line at the foot of each page, such as who may read it.
    """

    title: Text
    subtitle: Value = None
    blocks: tuple[Block, ...] = ()
    meta: tuple[tuple[Value, Value], ...] = ()
    created: date | datetime | None = None
    reference: str = ""
    footer: Value = None

    def _repr_html_(self) -> str:
        """Show itself in a notebook: the Chinese page, the English one to unfold; each in a frame of its own styles."""
        from html import escape

        def frame(lang: Lang) -> str:
            return (
                f'<iframe srcdoc="{escape(render_html(self, lang))}" title="{escape(self.title.of(lang))}" '
                'sandbox="" style="width:100%;height:34em;border:1px solid #ccd3dc"></iframe>'
            )

        return f"{frame('zh')}<details><summary>English</summary>{frame('en')}</details>"


def font_file() -> Path:
    """Path of the Chinese font that all documents and plots use (Noto Sans CJK SC, OFL).

    The package that carries it is found, not imported.

    Raises
    ------
    ContractsError
        When the package or the font is not installed.
    """
    spec = importlib.util.find_spec(FONT_PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "fonts" / FONT_NAME
        if path.is_file():
            return path
    raise ContractsError(
        "the Chinese font is not installed.",
        expected=f"{FONT_NAME} of the package {FONT_PACKAGE}",
        hint="install the project's dependencies again (make demo does)",
    )


def render_html(document: Document, lang: Lang = "zh") -> str:
    """Render as one self-contained HTML page: no script, no outside resource, accessible.

    Returns
    -------
    str
        The page, encoded as UTF-8 when written. ``data_contracts.rendering.html.CSP`` is the content
        security policy that fits it.
    """
    from data_contracts.rendering.html import page

    return page(document, _checked(lang))


def render_pdf(document: Document, lang: Lang = "zh") -> bytes:
    """Render as a tagged A4 PDF; the same document gives the same bytes.

    Raises
    ------
    ContractsError
        When the font is missing or a picture is damaged.
    """
    from data_contracts.rendering.pdf import compile_pdf

    return compile_pdf(document, _checked(lang))


def _checked(lang: Lang) -> Lang:
    if lang not in ("zh", "en"):
        raise ContractsError(f"there is no language {lang!r}.", expected="zh or en")
    return lang
