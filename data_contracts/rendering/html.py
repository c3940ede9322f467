"""Documents as HTML: semantic, self-contained, without script."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files

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
    shown,
)
from data_contracts.rendering.text import breakable, clean, width, wrapped

STYLE = files("data_contracts.rendering").joinpath("document.css").read_text(encoding="utf-8")

CSP = (
    "default-src 'none'; img-src data:; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content security policy under which a page shows whole: its one stylesheet and pictures inside it."""

TONES: dict[str, Text] = {
    "info": Text("说明", "Note"),
    "good": Text("有利", "Favourable"),
    "warn": Text("提示", "Attention"),
    "bad": Text("风险", "Risk"),
}


def page(document: Document, lang: Lang) -> str:
    """The whole page of a document."""
    title = _plain(document.title, lang)
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{"zh-CN" if lang == "zh" else "en"}">',
        '<head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="generator" content="Xinqiao">',
        f"<title>{title}</title>",
        f"<style>{STYLE}</style></head>",
        "<body><div class=sheet>",
        _header(document, lang),
        "<main>",
        *(_block(block, lang, place) for place, block in enumerate(document.blocks)),
        "</main>",
        _footer(document, lang),
        "</div></body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _text(value: Value, lang: Lang) -> str:
    text = escape(breakable(clean(shown(value, lang))), quote=True)
    return text.replace("\u200b", "<wbr>").replace("\n", "<br>")


def _plain(value: Value, lang: Lang) -> str:
    """Text for an attribute or title, where no element may stand."""
    return escape(clean(shown(value, lang)), quote=True)


def _header(document: Document, lang: Lang) -> str:
    subtitle = (
        f"<p class=subtitle>{_text(document.subtitle, lang)}</p>" if document.subtitle else ""
    )
    brand = "信桥 <span>Xinqiao</span>"
    reference = f"<span class=reference>{_text(document.reference, lang)}</span>"
    meta = _key_values(KeyValues(document.meta), lang, "meta") if document.meta else ""
    return (
        f"<header><p class=brand><b>{brand}</b>{reference}</p>"
        f"<h1>{_text(document.title, lang)}</h1>{subtitle}{meta}</header>"
    )


def _footer(document: Document, lang: Lang) -> str:
    texts = [_text(value, lang) for value in (document.footer, document.created) if value]
    return f"<footer>{' · '.join(texts)}</footer>" if texts else ""


def _block(block: Block, lang: Lang, place: int) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level + 1}>{_text(text, lang)}</h{level + 1}>"
        case Paragraph(text, small):
            return f"<p{' class=small' if small else ''}>{_text(text, lang)}</p>"
        case Bullets(items, numbered):
            tag = "ol" if numbered else "ul"
            points = "".join(f"<li>{_text(point, lang)}</li>" for point in items)
            return f"<{tag}>{points}</{tag}>"
        case Table():
            return _table(block, lang)
        case KeyValues():
            return _key_values(block, lang, "pairs")
        case BarChart():
            return _chart(block, lang, place)
        case Image():
            return _image(block, lang)
        case Note(text, tone, title):
            head = _text(title if title is not None else TONES[tone], lang)
            return (
                f'<aside class="note {tone}" role="note"><p class=head>{head}</p>'
                f"<p>{_text(text, lang)}</p></aside>"
            )
        case PageBreak():
            return '<div class="break"></div>'


def _table(table: Table, lang: Lang) -> str:
    align = table.align or ("left",) * len(table.columns)
    caption = f"<caption>{_text(table.caption, lang)}</caption>" if table.caption else ""
    head = "".join(
        f'<th scope="col" class={side}>{_text(column, lang)}</th>'
        for column, side in zip(table.columns, align, strict=True)
    )
    rows = []
    for row in table.rows:
        cells = []
        for place, (cell, side) in enumerate(zip(row, align, strict=True)):
            tag, scope = ("th", ' scope="row"') if table.row_headers and place == 0 else ("td", "")
            cells.append(f"<{tag}{scope} class={side}>{_text(cell, lang)}</{tag}>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    # A scrolling region must be reachable by keyboard.
    label = _plain(table.caption if table.caption else Text("表格", "Table"), lang)
    return (
        f'<div class=scroll role="region" tabindex="0" aria-label="{label}"><table>{caption}'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _key_values(block: KeyValues, lang: Lang, kind: str) -> str:
    pairs = "".join(
        f"<div><dt>{_text(name, lang)}</dt><dd>{_text(value, lang)}</dd></div>"
        for name, value in block.items
    )
    return f'<dl class="{kind} c{block.columns}">{pairs}</dl>'


def _image(image: Image, lang: Lang) -> str:
    media = "image/svg+xml" if image.kind == "svg" else "image/png"
    data = base64.b64encode(image.data).decode()
    caption = f"<figcaption>{_text(image.caption, lang)}</figcaption>" if image.caption else ""
    percent = round(image.width * 20) * 5 or 5
    return (
        f'<figure><img class="w{percent}" src="data:{media};base64,{data}" '
        f'alt="{_plain(image.alternative, lang)}">{caption}</figure>'
    )


# ---- the bar chart ---------------------------------------------------------------------------

_WIDE, _LABELS, _LINE, _GAP, _SIZE = 760, 300, 19, 13, 14


def _chart(chart: BarChart, lang: Lang, place: int) -> str:
    texts = [
        [clean(line) for line in wrapped(clean(shown(bar.label, lang)), _LABELS / _SIZE - 0.5, 3)]
        for bar in chart.bars
    ]
    values = [clean(chart.label(bar, lang)) for bar in chart.bars]
    room = (
        max([width(value) for value in values], default=0) * _SIZE * 1.2 + 12
    )  # fallback fonts are wider
    zero, scale = _scale([bar.value for bar in chart.bars], _LABELS + 10, _WIDE - 4, room)
    top, parts = 4.0, []
    for bar, lines, value in zip(chart.bars, texts, values, strict=True):
        high = max(26.0, len(lines) * _LINE)
        middle = top + high / 2
        for row, line in enumerate(lines):
            y = middle + (row - (len(lines) - 1) / 2) * _LINE + 5
            parts.append(f'<text class=label x="{_LABELS}" y="{y:.1f}">{escape(line)}</text>')
        long = abs(bar.value) * scale
        left = zero - long if bar.value < 0 else zero
        side = "neg" if bar.value < 0 else "pos"
        parts.append(
            f'<rect class={side} x="{left:.1f}" y="{middle - 8:.1f}" '
            f'width="{max(long, 1):.1f}" height="16" rx="2"/>'
        )
        x = left - 6 if bar.value < 0 else left + long + 6
        parts.append(
            f'<text class="value {side}" x="{x:.1f}" y="{middle + 5:.1f}">{escape(value)}</text>'
        )
        top += high + _GAP
    axis = f'<line class=axis x1="{zero:.1f}" x2="{zero:.1f}" y1="0" y2="{top:.0f}"/>'
    title = _text(chart.title, lang) if chart.title else ""
    unit = f" <span>({_text(chart.unit, lang)})</span>" if chart.unit else ""
    legend = "".join(
        f"<span class={side}>{_text(text, lang)}</span>"
        for side, text in (("neg", chart.negative), ("pos", chart.positive))
        if text
    )
    return (
        f"<figure class=chart><figcaption><b>{title}</b>{unit}{legend}</figcaption>"
        f'<div class=scroll role="region" tabindex="0" aria-labelledby="chart{place}">'
        f'<svg viewBox="0 0 {_WIDE} {top:.0f}" role="img" aria-labelledby="chart{place}">'
        f'<title id="chart{place}">{escape(clean(chart.alternative(lang)), quote=True)}</title>'
        f"{axis}{''.join(parts)}</svg></div></figure>"
    )


def _scale(values: list[float], left: float, right: float, room: float) -> tuple[float, float]:
    """Where zero lies and how long a unit is, with room for the written values on both sides."""
    low, high = min([0.0, *values]), max([0.0, *values])
    free = right - left - room * ((low < 0) + (high > 0))
    scale = free / (high - low) if high > low else 0.0
    return left + (room if low < 0 else 0) - low * scale, scale
