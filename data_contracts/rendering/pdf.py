"""Documents as PDF: the blocks go to typst as JSON, so that no value is ever read as markup."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from data_contracts.documents import (
    BarChart,
    Block,
    Bullets,
    Document,
    Heading,
    Image,
    KeyValues,
    Lang,
    Note,
    PageBreak,
    Paragraph,
    Table,
    Text,
    Value,
    font_file,
    shown,
)
from data_contracts.errors import ContractsError
from data_contracts.rendering.html import TONES
from data_contracts.rendering.text import breakable, clean, width

PAGE_OF: dict[Lang, tuple[str, str, str]] = {
    "zh": ("第 ", " / ", " 页"),
    "en": ("Page ", " of ", ""),
}


def compile_pdf(document: Document, lang: Lang) -> bytes:
    """Write the blocks as JSON beside the template and compile.

    Raises
    ------
    ContractsError
        When a picture cannot be decoded.
    """
    created = document.created
    with tempfile.TemporaryDirectory(prefix="xinqiao-pdf-") as name:
        folder = Path(name)
        data = {
            "title": _text(document.title, lang),
            "subtitle": _maybe(document.subtitle, lang),
            "author": "信桥 Xinqiao",
            "lang": lang,
            "region": "CN" if lang == "zh" else "GB",
            "created": [created.year, created.month, created.day] if created else None,
            "reference": _text(document.reference, lang),
            "footer": _maybe(document.footer, lang) or "",
            "page": PAGE_OF[lang],
            "meta": [[_text(key, lang), _text(value, lang)] for key, value in document.meta],
            "blocks": [_block(b, lang, folder, place) for place, b in enumerate(document.blocks)],
        }
        (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        template = files("data_contracts.rendering").joinpath("document.typ").read_bytes()
        (folder / "document.typ").write_bytes(template)
        try:
            pdf = typst.compile(
                folder / "document.typ",
                root=folder,
                font_paths=_fonts(),
                ignore_system_fonts=True,
                format="pdf",
                timestamp=_stamp(created),
            )
        except typst.TypstError as error:
            raise ContractsError(
                f"the document cannot be set: {error.message}.", hint="a picture may be damaged"
            ) from error
    return bytes(pdf)


def _stamp(created: date | datetime | None) -> datetime:
    if created is None:
        return datetime(2000, 1, 1, tzinfo=UTC)
    return datetime(created.year, created.month, created.day, tzinfo=UTC)


@cache
def _fonts() -> Any:
    """The one Chinese font; its folder holds others of 20 MB each, which would be read for nothing."""
    with tempfile.TemporaryDirectory(prefix="xinqiao-font-") as folder:
        (Path(folder) / font_file().name).symlink_to(font_file())
        return typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=True, font_paths=[folder]
        )


def _text(value: Value, lang: Lang) -> str:
    return breakable(clean(shown(value, lang)))


def _maybe(value: Value, lang: Lang) -> str | None:
    return None if value is None else _text(value, lang)


def _block(block: Block, lang: Lang, folder: Path, place: int) -> dict[str, Any]:
    match block:
        case Heading(text, level):
            return {"kind": "heading", "text": _text(text, lang), "level": level}
        case Paragraph(text, small):
            return {"kind": "paragraph", "text": _text(text, lang), "small": small}
        case Bullets(items, numbered):
            texts = [_text(point, lang) for point in items]
            return {"kind": "bullets", "items": texts, "numbered": numbered}
        case Table():
            return _table(block, lang)
        case KeyValues(items, columns):
            pairs = [[_text(key, lang), _text(value, lang)] for key, value in items]
            return {"kind": "keyvalues", "items": pairs, "columns": columns}
        case BarChart():
            return _chart(block, lang)
        case Image():
            file = f"picture{place}.{block.kind}"
            (folder / file).write_bytes(block.data)
            return {
                "kind": "image",
                "file": file,
                "width": block.width,
                "alternative": clean(shown(block.alternative, lang)),
                "caption": _maybe(block.caption, lang),
            }
        case Note(text, tone, title):
            head: Value | Text = title if title is not None else TONES[tone]
            return {
                "kind": "note",
                "tone": tone,
                "title": _text(head, lang),
                "text": _text(text, lang),
            }
        case PageBreak():
            return {"kind": "break"}


def _table(table: Table, lang: Lang) -> dict[str, Any]:
    rows = [[_text(cell, lang) for cell in row] for row in table.rows]
    titles = [_text(column, lang) for column in table.columns]
    align = table.align or ("left",) * len(titles)
    columns = []
    for place, title in enumerate(titles):
        longest = max(
            width(line) for text in (title, *(r[place] for r in rows)) for line in text.split("\n")
        )
        if table.widths:
            share: float | None = table.widths[place]
        elif align[place] == "left" or longest > 14:
            # Between a short word and a paragraph: long columns get more room, short ones stay readable.
            share = min(max(longest, 5.0), 40.0) ** 0.7
        else:
            share = None
        columns.append({"title": title, "align": align[place], "width": share})
    return {
        "kind": "table",
        "caption": _maybe(table.caption, lang),
        "columns": columns,
        "rows": rows,
    }


def _chart(chart: BarChart, lang: Lang) -> dict[str, Any]:
    return {
        "kind": "chart",
        "title": _maybe(chart.title, lang),
        "unit": _maybe(chart.unit, lang),
        "positive": _maybe(chart.positive, lang),
        "negative": _maybe(chart.negative, lang),
        "alternative": clean(chart.alternative(lang)),
        "bars": [
            {
                "label": _text(bar.label, lang),
                "value": float(bar.value),
                "text": clean(chart.label(bar, lang)).replace("\n", " "),
            }
            for bar in chart.bars
        ],
    }
