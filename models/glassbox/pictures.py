"""A picture of every table: what an input does to the score, and how many rows stand behind it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from data_contracts.documents import font_file
from models.bins import Bins, CategoryBins, Codes, Floats, NumberBins
from models.scorer import AdditiveModel
from models.table import Table

INK, RISK, GOOD, GREY = "#1f3a5f", "#b3402e", "#2f7d5b", "#8a94a3"
MOST_LEVELS = 20
"""Levels of a category that are drawn: those that most rows have."""


def draw_tables(model: AdditiveModel, folder: Path) -> list[Path]:
    """Draw every table of a model, the most important first.

    Parameters
    ----------
    model
        Its tables are shown in score points: higher is better.
    folder
        Where the PNG files go; their names begin with the rank.

    Returns
    -------
    list of Path
        One file a table: a step curve with the share of rows for one number, bars for a category, a heat map
        for a pair. Missing values, special codes and other levels have bars of their own.
    """
    Path(folder).mkdir(parents=True, exist_ok=True)
    ranked = sorted(model.tables, key=lambda table: -table.deviation)
    files = []
    for rank, table in enumerate(ranked, start=1):
        name = re.sub(r"[^\w.-]+", "_", "-x-".join(table.features))[:80]
        path = Path(folder) / f"{rank:03d}-{name}.png"
        _draw(model, table, path)
        files.append(path)
    return files


def _draw(model: AdditiveModel, table: Table, path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    points = table.values * -model.scale.factor
    first = table.axes[0]
    if table.is_pair:
        _heat_map(figure, model, table, points)
    elif isinstance(first, NumberBins):
        _curve(figure, model, table, points, first)
    else:
        _bars(figure, model, table, points, first)
    figure.savefig(path, dpi=100, metadata={"Software": None})


def _font(size: float = 9.0) -> Any:
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(font_file()), size=size)


def _title(model: AdditiveModel, name: str) -> str:
    field = model.schema[name]
    unit = f" [{field.unit}]" if field.unit else ""
    return " ".join(dict.fromkeys(t for t in (field.title_zh, field.title_en) if t)) + unit or name


def _dress(axis: Any, title: str, x: str = "", y: str = "") -> None:
    axis.set_title(title, fontproperties=_font(11))
    axis.set_xlabel(x, fontproperties=_font())
    axis.set_ylabel(y, fontproperties=_font())
    for label in (*axis.get_xticklabels(), *axis.get_yticklabels()):
        label.set_fontproperties(_font(8))
    axis.spines[["top", "right"]].set_visible(False)


def _edges(bins: NumberBins) -> tuple[Floats, list[str]]:
    """Borders of the bins at even distances, and the thresholds written there."""
    edges: Floats = np.arange(bins.ordered + 1, dtype=np.float64) - 0.5
    return edges, [f"{cut:g}" for cut in bins.cuts]


def _curve(
    figure: Any, model: AdditiveModel, table: Table, points: Floats, bins: NumberBins
) -> None:
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    edges, texts = _edges(bins)
    k = bins.ordered
    top.stairs(points[:k], edges, baseline=None, color=INK, linewidth=2)
    bottom.stairs(table.mass[:k], edges, fill=True, color=GREY)
    known = [u for u in bins.unknown if table.mass[u] > 0 or points[u]]
    places = k + 0.5 + np.arange(len(known)) * 1.2
    colours = [RISK if points[u] < 0 else GOOD for u in known]
    top.bar(places, points[known], width=0.8, color=colours)
    bottom.bar(places, table.mass[known], width=0.8, color=GREY)
    top.axhline(0.0, color=GREY, linewidth=0.8, linestyle="--")
    shown = list(range(0, len(texts), max(1, len(texts) // 10)))
    ticks = [*(edges[i + 1] for i in shown), *places]
    names = ["缺失 missing" if u == bins.missing else bins.labels[u] for u in known]
    bottom.set_xticks(ticks, [*(texts[i] for i in shown), *names], rotation=35, ha="right")
    _dress(top, _title(model, table.features[0]), y="分值 points")
    _dress(bottom, "", y="占比 share")


def _bars(
    figure: Any, model: AdditiveModel, table: Table, points: Floats, bins: CategoryBins
) -> None:
    order = _frequent(table.mass[: bins.other])
    order = order[np.argsort(points[order], kind="stable")]
    shown = [*order.tolist(), bins.other, bins.missing]
    names = {bins.other: "其他 other", bins.missing: "缺失 missing"}
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=[3, 1])
    places = np.arange(len(shown))
    left.barh(places, points[shown], color=[RISK if points[i] < 0 else GOOD for i in shown])
    right.barh(places, table.mass[shown], color=GREY)
    left.set_yticks(places, [names.get(i, bins.labels[i][:24]) for i in shown])
    left.axvline(0.0, color=GREY, linewidth=0.8, linestyle="--")
    _dress(left, _title(model, table.features[0]), x="分值 points")
    _dress(right, "", x="占比 share")


def _heat_map(figure: Any, model: AdditiveModel, table: Table, points: Floats) -> None:
    both = [drawn(table, axis) for axis in (0, 1)]
    points = points[np.ix_(*both)]
    axis = figure.subplots()
    limit = max(float(np.abs(points).max()), 1e-9)
    image = axis.imshow(points, cmap="RdYlGn", vmin=-limit, vmax=limit, aspect="auto")
    first, second = table.features
    for bins, own, ticks in zip(table.axes, both, (axis.set_yticks, axis.set_xticks), strict=True):
        most = 12 if isinstance(bins, NumberBins) else len(own)
        shown = np.unique(np.linspace(0, len(own) - 1, min(len(own), most)).round().astype(int))
        turned = {"rotation": 35, "ha": "right"} if ticks == axis.set_xticks else {}
        ticks(shown, [_label(bins, own[i]) for i in shown], **turned)
    title = f"{_title(model, first)} × {_title(model, second)}"
    _dress(axis, title if len(title) < 60 else f"{first} × {second}", second, first)
    figure.colorbar(image, ax=axis).set_label("分值 points", fontproperties=_font())


def drawn(table: Table, axis: int) -> list[int]:
    """Bins of one feature of a pair that are drawn: all of a number, the levels of a category that most rows have."""
    bins = table.axes[axis]
    if isinstance(bins, NumberBins):
        return list(range(bins.size))
    levels = _frequent(table.mass.sum(axis=1 - axis)[: bins.other])
    return [*levels.tolist(), bins.other, bins.missing]


def _frequent(mass: Floats) -> Codes:
    """Levels that most rows have, the most frequent first."""
    return np.argsort(-mass, kind="stable")[:MOST_LEVELS]


def _label(bins: Bins, position: int) -> str:
    names = {bins.missing: "缺失 missing"}
    if isinstance(bins, CategoryBins):
        names[bins.other] = "其他 other"
    return names.get(position, bins.labels[position][:18])
