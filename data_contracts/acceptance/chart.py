"""A chart of paired bars: the share of each value in the messages and in the business system."""

from __future__ import annotations

from html import escape

from data_contracts.acceptance.distributions import Distribution
from data_contracts.documents import Lang, Text
from data_contracts.rendering.text import clean, wrapped

MESSAGE, SYSTEM = Text("报文", "Messages"), Text("业务系统", "Business system")
DIFFERENCE = Text("差（百分点）", "difference (pp)")
OTHERS = Text("其余 {} 个取值", "{} other values")
NONE = Text("（空）", "(none)")

_MOST = 11
_WIDE, _LABELS, _ZERO, _FULL, _DIFFERENCE = 760, 176, 188, 400, 752
_HIGH, _GAP, _TOP = 12, 9, 30
_INK, _SOFT, _OURS, _THEIRS, _BAD, _RULE = (
    "#14213d", "#5b6577", "#0b6e8f", "#b9c3d0", "#b5452c", "#d7dce4",
)  # fmt: skip


def rows_of(one: Distribution, lang: Lang) -> list[tuple[str, float, float, bool]]:
    """Label, share in the messages, share in the system (percent) and whether the value is flagged.

    Of many values those that differ most are shown, the others together.
    """
    order = sorted(one.bins, key=lambda b: (-abs(b.points or 0.0), -b.theirs))
    kept = {b.value for b in (order if len(order) <= _MOST else order[: _MOST - 1])}
    rows = [
        (b.value or NONE.of(lang), b.our_share or 0.0, b.their_share or 0.0, b.value in one.flagged)
        for b in one.bins
        if b.value in kept
    ]
    rest = [b for b in one.bins if b.value not in kept]
    if rest:
        ours, theirs = (
            sum(getattr(b, n) or 0.0 for b in rest) for n in ("our_share", "their_share")
        )
        flagged = any(b.value in one.flagged for b in rest)
        rows.append((OTHERS.of(lang).format(len(rest)), ours, theirs, flagged))
    return rows


def paired_bars(one: Distribution, lang: Lang) -> bytes:
    """The chart of a distribution as SVG."""
    rows = rows_of(one, lang)
    largest = max([1.0, *(share for _, a, b, _ in rows for share in (a, b))])
    scale = (_FULL - 0.0) / largest
    parts = [_legend(lang)]
    top = float(_TOP)
    for label, ours, theirs, flagged in rows:
        middle = top + _HIGH
        text = escape(clean(wrapped(clean(label), 12.5, 1)[0]))
        parts.append(f'<text x="{_LABELS}" y="{middle + 4.5:.1f}" text-anchor="end">{text}</text>')
        for share, y, colour in ((ours, top, _OURS), (theirs, top + _HIGH, _THEIRS)):
            long = share * scale
            parts.append(
                f'<rect x="{_ZERO}" y="{y + 0.5:.1f}" width="{max(long, 1):.1f}" height="{_HIGH - 1}" '
                f'fill="{colour}"/><text x="{_ZERO + long + 6:.1f}" y="{y + _HIGH - 2:.1f}" '
                f'font-size="11">{share:.2f}%</text>'
            )
        parts.append(
            f'<text x="{_DIFFERENCE}" y="{middle + 4.5:.1f}" text-anchor="end" '
            f'fill="{_BAD if flagged else _SOFT}">{_signed(ours - theirs)}{" !" if flagged else ""}</text>'
        )
        top += 2 * _HIGH + _GAP
        parts.append(
            f'<line x1="0" x2="{_WIDE}" y1="{top - _GAP / 2:.1f}" y2="{top - _GAP / 2:.1f}" '
            f'stroke="{_RULE}" stroke-width="0.7"/>'
        )
    parts.append(
        f'<line x1="{_ZERO}" x2="{_ZERO}" y1="{_TOP - 4}" y2="{top - _GAP / 2:.1f}" '
        f'stroke="{_INK}" stroke-width="1"/>'
    )
    high = top - _GAP / 2 + 2
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {high:.0f}" width="{_WIDE}" '
        f'height="{high:.0f}" font-family="Noto Sans CJK SC, Source Han Sans SC, PingFang SC, '
        f'Microsoft YaHei, sans-serif" font-size="13" fill="{_INK}">{"".join(parts)}</svg>'
    )
    return svg.encode()


def alternative(one: Distribution, lang: Lang) -> str:
    """The chart in words."""
    told = "; ".join(
        f"{label}: {MESSAGE.of(lang)} {ours:.2f}%, {SYSTEM.of(lang)} {theirs:.2f}%"
        for label, ours, theirs, _ in rows_of(one, lang)
    )
    return f"{one.field.title.of(lang)} — {told}"


def _signed(points: float) -> str:
    return f"{points:+.2f}" if round(points, 2) else "0.00"


def _legend(lang: Lang) -> str:
    ours, theirs = MESSAGE.of(lang), SYSTEM.of(lang)
    return (
        f'<rect x="{_ZERO}" y="5" width="12" height="12" fill="{_OURS}"/>'
        f'<text x="{_ZERO + 18}" y="16" fill="{_SOFT}">{ours}</text>'
        f'<rect x="{_ZERO + 110}" y="5" width="12" height="12" fill="{_THEIRS}"/>'
        f'<text x="{_ZERO + 128}" y="16" fill="{_SOFT}">{theirs}</text>'
        f'<text x="{_DIFFERENCE}" y="16" text-anchor="end" fill="{_SOFT}">{DIFFERENCE.of(lang)}</text>'
    )
