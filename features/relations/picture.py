"""One subject's group as a picture (SVG, PNG or PDF), with labels in Chinese."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import numpy as np

from data_contracts.documents import font_file
from data_contracts.intake.lake import Lake
from features.errors import FeaturesError
from features.relations.groups import KINDS, Kind, Network
from features.relations.history import History
from features.relations.links import Link, LinkKind, label, links, names, ways
from features.relations.risk import defaulted
from features.relations.show import MOST, day_number

_COLOURS: dict[LinkKind, tuple[str, str]] = {
    "control": ("#1f4e79", "控制"),
    "common": ("#7f7f7f", "共同关键人员"),
    "guarantee": ("#c55a11", "担保"),
}
_PAPER = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.5}


def draw_group(
    lake: Lake,
    history: History,
    network: Network,
    subject: str,
    day: date,
    out: Path,
    kind: Kind = "risk",
) -> Path:
    """Draw the group of a subject: the subject in the middle, others in rings by their distance.

    Raises
    ------
    FeaturesError
        When no record names the subject, or the file cannot be written.
    """
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    if out.suffix.lower() not in (".svg", ".png", ".pdf"):
        raise FeaturesError("this is no kind of picture.", expected=".svg, .png or .pdf")
    code = history.code(subject)
    group = network.labels[kind]
    found = links(history, network, np.flatnonzero(group == group[code]), kind)
    reached = ways(code, found)
    places = _rings(code, {member: reached[member] for member in list(reached)[:MOST]})
    named = names(lake, day, [str(history.ids[c].as_py()) for c in places])
    bad = defaulted(history, day_number(day))
    font = FontProperties(fname=font_file(), size=9)
    small = FontProperties(fname=font_file(), size=7)
    extent = max(max(abs(x), abs(y)) for x, y in places.values())
    side = min(max(4 + 1.9 * extent, 7), 16)
    figure = Figure(figsize=(side, side), layout="constrained")
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set_aspect("equal")
    for link in found:
        if link.left in places and link.right in places:
            colour, _ = _COLOURS[link.kind]
            start, end = places[link.left], places[link.right]
            axes.annotate(
                "", end, start,
                arrowprops={"arrowstyle": "-|>", "color": colour, "shrinkA": 9, "shrinkB": 9},
            )  # fmt: skip
            middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
            axes.text(
                *middle, link.zh, color=colour, ha="center", fontproperties=small, bbox=_PAPER
            )
    for member, (x, y) in places.items():
        face = "#c00000" if bad[member] else "#ffd966" if member == code else "#dae3f3"
        marker = "o" if member >= history.firms else "s"
        axes.plot(x, y, marker, markersize=14, markerfacecolor=face, markeredgecolor="#404040")
        text = label(history, member, named).replace("自然人 person ", "自然人")
        lines = "\n".join(text[at : at + 10] for at in range(0, len(text), 10))
        axes.annotate(
            lines, (x, y), xytext=(0, -10), textcoords="offset points", ha="center", va="top",
            fontproperties=small, bbox=_PAPER,
        )  # fmt: skip
    for colour, title in _COLOURS.values():
        axes.plot([], [], color=colour, label=title)
    for marker, face, title in (("s", "#dae3f3", "企业"), ("o", "#dae3f3", "自然人"),
                                ("s", "#ffd966", "查询主体"), ("s", "#c00000", "近期违约")):  # fmt: skip
        axes.plot([], [], marker, markerfacecolor=face, markeredgecolor="#404040", label=title)
    axes.legend(prop=font, loc="upper left")
    hidden = len(reached) - len(places)
    more = f"（另有 {hidden} 个成员未画出）" if hidden else ""
    axes.set_title(f"{KINDS[kind][0]}　{day}{more}", fontproperties=font)
    axes.margins(0.12)
    try:
        figure.savefig(
            out,
            dpi=130,
            bbox_inches="tight",
            metadata={"Date": None} if out.suffix == ".svg" else None,
        )
    except OSError as error:
        raise FeaturesError(f"cannot write {out}: {error.strerror}.") from error
    return out


def _rings(
    centre: int, reached: dict[int, tuple[int, Link] | None]
) -> dict[int, tuple[float, float]]:
    """Places around the centre: each subject beside those that were reached over the same one."""
    children: dict[int, list[int]] = {}
    for member, way in reached.items():
        if way is not None:
            children.setdefault(way[0], []).append(member)
    leaves: dict[int, int] = {}
    for member in reversed(list(reached)):  # those reached later are never above earlier ones
        leaves[member] = sum(leaves[c] for c in children.get(member, ())) or 1
    places = {centre: (0.0, 0.0)}
    span = {centre: (0.0, 2 * math.pi)}
    ring = {centre: 0}
    for member in reached:
        low, high = span[member]
        angle = low
        for child in children.get(member, ()):
            width = (high - low) * leaves[child] / leaves[member]
            span[child], ring[child] = (angle, angle + width), ring[member] + 1
            turn = angle + width / 2
            places[child] = ring[child] * math.cos(turn), ring[child] * math.sin(turn)
            angle += width
    return places
