"""Pictures of a validation report, as PNG bytes in the colours and the font of every other plot."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_contracts.documents import Image, Text
from training import plots
from training.plots import COLOURS, GOOD, GREY, INK, RISK

Floats = NDArray[np.float64]


def canvas(size: tuple[float, float] = (6.6, 3.6), columns: int = 1, rows: int = 1) -> Any:
    """An empty figure and its axes."""
    return plots.figure(rows, columns, size)


def image(figure: Any, alternative: Text, caption: Text | None = None, width: float = 1.0) -> Image:
    """Close a figure and give it as a picture of a document."""
    from matplotlib import pyplot as plt

    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=120, metadata={"Software": None})
    plt.close(figure)
    return Image(out.getvalue(), alternative, caption, width)


def roc(bad: NDArray[Any], scores: Mapping[str, Floats], aucs: Mapping[str, float]) -> Image:
    """ROC curves of the model and its challengers; distribution of goods and bads beside them."""
    from sklearn.metrics import roc_curve

    figure, (left, right) = canvas((8.6, 3.9), 2)
    for (kind, probability), colour in zip(scores.items(), COLOURS, strict=False):
        false, true, _ = roc_curve(bad, probability)
        left.plot(false, true, color=colour, linewidth=1.4, label=f"{kind} {aucs[kind]:.3f}")
    left.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle="--")
    left.set_xlabel("好客户被误判 False positive rate")
    left.set_ylabel("坏客户被识别 True positive rate")
    left.legend(loc="lower right", frameon=False, fontsize=8)
    first = next(iter(scores.values()))
    order = np.argsort(first, kind="stable")
    goods, bads = (np.cumsum(part[order]) / part.sum() for part in (1 - bad, bad))
    share = np.arange(1, len(bad) + 1) / len(bad)
    left.set_title("ROC (AUC)")
    right.plot(share, goods, color=GOOD, label="好 goods")
    right.plot(share, bads, color=RISK, label="坏 bads")
    at = int(np.argmax(goods - bads))
    right.plot([share[at]] * 2, [bads[at], goods[at]], color=INK, linewidth=1.2)
    right.set_title(f"KS {goods[at] - bads[at]:.3f}")
    right.set_xlabel("由优到劣的客户占比 Share of customers, best first")
    right.legend(frameon=False, fontsize=8)
    told = ", ".join(f"{kind} {value:.3f}" for kind, value in aucs.items())
    return image(figure, Text(f"ROC 曲线，AUC：{told}", f"ROC curves, AUC: {told}"))


def intervals(
    rows: Sequence[tuple[str, float, float, float]],
    title: str,
    line: float | None = None,
    shown: str = "{:.3f}",
) -> Image:
    """Points with their intervals, one row each, the first on top."""
    figure, axis = canvas((6.6, 0.9 + 0.3 * len(rows)))
    y = np.arange(len(rows))[::-1]
    value, low, high = (np.asarray([row[i] for row in rows]) for i in (1, 2, 3))
    axis.errorbar(
        value,
        y,
        xerr=[np.maximum(value - low, 0), np.maximum(high - value, 0)],
        fmt="o",
        color=INK,
        capsize=2,
        markersize=4,
    )
    axis.set_yticks(y, [row[0] for row in rows])
    axis.set_ylim(-0.7, len(rows) - 0.3)
    if line is not None:
        axis.axvline(line, color=GREY, linewidth=0.8, linestyle="--")
    axis.set_title(title, fontsize=10)
    told = "; ".join(
        f"{row[0]} {shown.format(row[1])} [{shown.format(row[2])}, {shown.format(row[3])}]"
        for row in rows
    )
    return image(figure, Text(f"{title}：{told}", f"{title}: {told}"))


def predicted_and_observed(
    predicted: Floats,
    observed: Floats,
    low: Floats,
    high: Floats,
    labels: Sequence[str],
    title: str,
) -> Image:
    """Observed rates with intervals over predicted ones, on logarithmic axes; on the line is calibrated."""
    figure, axis = canvas((5.2, 4.0))
    kept = observed > 0
    x, y = predicted[kept], observed[kept]
    axis.errorbar(
        x,
        y,
        yerr=[np.maximum(y - np.maximum(low[kept], 1e-6), 0), np.maximum(high[kept] - y, 0)],
        fmt="o",
        color=INK,
        capsize=2,
        markersize=4,
    )
    for px, py, label in zip(x, y, np.asarray(labels, dtype=object)[kept], strict=True):
        axis.annotate(str(label), (px, py), xytext=(5, -10), textcoords="offset points", fontsize=7)
    ends = [min(predicted.min(), y.min(initial=1.0)), max(predicted.max(), y.max(initial=0.0))]
    axis.plot(ends, ends, color=GREY, linewidth=0.8, linestyle="--")
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel("预测违约率 Predicted")
    axis.set_ylabel("实际违约率 Observed")
    axis.set_title(title, fontsize=10)
    told = "; ".join(
        f"{label}: {p:.2%} / {o:.2%}"
        for label, p, o in zip(labels, predicted, observed, strict=True)
    )
    return image(
        figure,
        Text(f"{title}（预测/实际）：{told}", f"{title} (predicted / observed): {told}"),
        None,
        0.7,
    )


def bars(labels: Sequence[str], values: Floats, title: str, shown: str = "{:,.0f}") -> Image:
    """Horizontal bars with their values, first on top."""
    figure, axis = canvas((6.6, 0.9 + 0.32 * len(labels)))
    y = np.arange(len(labels))[::-1]
    axis.barh(y, values, color=INK, height=0.62)
    for at, value in zip(y, values, strict=True):
        axis.annotate(
            shown.format(value), (value, at), xytext=(4, -3), textcoords="offset points", fontsize=8
        )
    axis.set_yticks(y, labels)
    axis.set_xlim(min(0.0, float(np.min(values))), max(float(np.max(values)) * 1.14, 1e-9))
    axis.set_title(title, fontsize=10)
    told = "; ".join(
        f"{label} {shown.format(value)}" for label, value in zip(labels, values, strict=True)
    )
    return image(figure, Text(f"{title}：{told}", f"{title}: {told}"))


def lines(
    x: Sequence[str],
    series: Mapping[str, Floats],
    title: str,
    limits: Mapping[str, Floats] | None = None,
    shown: str = "{:.3f}",
) -> Image:
    """Values over time, one line a series; limits are dashed."""
    figure, axis = canvas((6.8, 3.0))
    at = np.arange(len(x))
    for (name, values), colour in zip(series.items(), COLOURS, strict=False):
        axis.plot(at, values, color=colour, marker="o", markersize=3, linewidth=1.3, label=name)
    for (name, values), style in zip((limits or {}).items(), ("--", ":"), strict=False):
        axis.plot(at, values, color=RISK, linewidth=0.9, linestyle=style, label=name)
    step = max(1, len(x) // 12)
    axis.set_xticks(at[::step], list(x)[::step], rotation=30, fontsize=8)
    axis.set_title(title, fontsize=10)
    axis.legend(frameon=False, fontsize=8)
    told = "; ".join(
        f"{name}: "
        + ", ".join(f"{label} {shown.format(v)}" for label, v in zip(x, values, strict=True))
        for name, values in series.items()
    )
    return image(figure, Text(f"{title}：{told}", f"{title}: {told}"))
