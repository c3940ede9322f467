"""Pictures of a trained model for MLflow: ROC with KS, calibration, AUC by split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data_contracts.documents import font_file
from training.waterfall import Step

INK, RISK, GOOD, GREY = "#1f3a5f", "#b3402e", "#2f7d5b", "#8a94a3"
COLOURS = (INK, GOOD, RISK, "#c28e0e", "#6b4c9a", "#3b8ea5", "#8c564b", GREY)
"""One for each kind of model, in the order of the configuration."""


def figure(rows: int = 1, columns: int = 1, size: tuple[float, float] = (6.0, 4.2)) -> Any:
    """A figure and its axes in the house's font and colours."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import font_manager
    from matplotlib import pyplot as plt

    font = str(font_file())
    font_manager.fontManager.addfont(font)
    plt.rcParams.update(
        {
            "font.family": font_manager.FontProperties(fname=font).get_name(),
            "axes.unicode_minus": False,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": GREY,
            "svg.hashsalt": "xinqiao",
        }
    )
    return plt.subplots(rows, columns, figsize=size, constrained_layout=True)


def save(drawn: Any, path: Path) -> Path:
    """Write a figure as PNG and forget it."""
    from matplotlib import pyplot as plt

    path.parent.mkdir(parents=True, exist_ok=True)
    drawn.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(drawn)
    return path


def roc_and_ks(bad: np.ndarray, scores: Mapping[str, np.ndarray], path: Path) -> Path:
    """ROC curves of several models on one sample, with AUC and KS in the legend.

    Parameters
    ----------
    bad : ndarray of 0/1, shape (n,)
    scores : mapping of model kind to probability of default, each of shape (n,)
    path : Path
        PNG to write.
    """
    from sklearn.metrics import roc_curve

    drawn, axis = figure()
    for (kind, probability), colour in zip(scores.items(), COLOURS, strict=False):
        false, true, _ = roc_curve(bad, probability)
        auc = float(np.trapezoid(true, false))
        ks = float(np.max(true - false))
        axis.plot(false, true, color=colour, label=f"{kind}  AUC {auc:.3f}  KS {ks:.3f}")
    axis.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle="--")
    axis.set_xlabel("好客户被误判的比例 False positive rate")
    axis.set_ylabel("坏客户被识别的比例 True positive rate")
    axis.set_title(f"区分度 Discrimination (n = {len(bad):,}, 坏 bad = {int(bad.sum()):,})")
    axis.legend(loc="lower right", frameon=False)
    return save(drawn, path)


def calibration(
    bad: np.ndarray, scores: Mapping[str, np.ndarray], path: Path, bins: int = 10
) -> Path:
    """Observed against predicted default rate by bins of equal size, on logarithmic axes."""
    from matplotlib import ticker

    drawn, axis = figure()
    lowest, highest = 1.0, 0.0
    for (kind, probability), colour in zip(scores.items(), COLOURS, strict=False):
        order = np.argsort(probability, kind="stable")
        points = [
            (float(probability[part].mean()), float(bad[part].mean()))
            for part in np.array_split(order, bins)
            if len(part) and bad[part].any()
        ]
        if points:
            predicted, observed = zip(*points, strict=True)
            axis.plot(predicted, observed, marker="o", color=colour, label=kind)
            lowest = min(lowest, *predicted, *observed)
            highest = max(highest, *predicted, *observed)
    if highest > 0:
        axis.plot([lowest, highest], [lowest, highest], color=GREY, linewidth=0.8, linestyle="--")
        axis.set_xscale("log")
        axis.set_yscale("log")
        for line in (axis.xaxis, axis.yaxis):
            line.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
            line.set_major_formatter(ticker.PercentFormatter(1, decimals=None))
            line.set_minor_formatter(ticker.NullFormatter())
        axis.legend(frameon=False)
    axis.set_xlabel("预测违约率 Predicted")
    axis.set_ylabel("实际违约率 Observed")
    axis.set_title("校准 Calibration")
    return save(drawn, path)


def auc_by_split(rows: Sequence[Mapping[str, Any]], path: Path) -> Path:
    """AUC with its interval for every split, one line per model kind (inputs with lender history)."""
    frame = pd.DataFrame(rows)
    drawn, axis = figure(size=(7.5, 4.2))
    splits = list(dict.fromkeys(frame["split"]))
    kinds = list(dict.fromkeys(frame["kind"]))
    for offset, (kind, colour) in enumerate(zip(kinds, COLOURS, strict=False)):
        part = frame[frame["kind"] == kind]
        shift = (offset - (len(kinds) - 1) / 2) * 0.54 / len(kinds)
        x = np.array([splits.index(s) for s in part["split"]]) + shift
        axis.errorbar(
            x,
            part["auc"],
            yerr=[part["auc"] - part["auc_low"], part["auc_high"] - part["auc"]],
            fmt="o",
            color=colour,
            label=kind,
            capsize=2,
        )
    axis.set_xticks(range(len(splits)), splits, rotation=30)
    axis.axhline(0.5, color=GREY, linewidth=0.8, linestyle="--")
    axis.set_ylabel("AUC (95 %)")
    axis.set_title("各检验窗口的区分度 AUC by split")
    axis.legend(frameon=False, ncols=3)
    return save(drawn, path)


def waterfall(steps: Sequence[Step], path: Path) -> Path:
    """Decisions that each step leaves, from all on file (top) to those that are learned from."""
    drawn, axis = figure(size=(8.0, 0.9 + 0.55 * len(steps)))
    names = [f"{one.title_zh}\n{one.title_en}" for one in steps]
    left = [one.rows for one in steps]
    axis.barh(names, left, color=INK)
    axis.barh(names, [one.left_out for one in steps], left=left, color=RISK, alpha=0.35)
    for place, one in enumerate(steps):
        text = f" {one.rows:,}" + (f"  (−{one.left_out:,})" if one.left_out else "")
        axis.text(one.rows + one.left_out, place, text, va="center", fontsize=8)
    axis.invert_yaxis()
    axis.margins(x=0.25)
    axis.tick_params(axis="y", labelsize=7)
    axis.set_title("样本瀑布图 Waterfall of decisions")
    return save(drawn, path)
