"""Pictures of a comparison: discrimination, calibration, what counts, and the tables of the glass box."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from models.challengers.boosted import TreeModel
from models.glassbox.pictures import draw_tables
from models.scorer import AdditiveModel
from training.plots import GREY, INK, RISK, calibration, figure, roc_and_ks, save
from training.table.compare import Comparison

if TYPE_CHECKING:
    from training.table.run import Plan

MOST_TABLES = 12
MOST_BARS = 15
SHAP_ROWS = 2000
"""TreeSHAP is slow; so many rows tell the mean (ours)."""


def draw_pictures(plan: Plan, comparison: Comparison, folder: Path) -> dict[str, Path]:
    """Draw all pictures that the models allow; gives name -> PNG."""
    bad = plan.bad[plan.split.judged]
    scores = {kind: fitted.judged for kind, fitted in comparison.fitted.items()}
    shown = "glassbox" if "glassbox" in scores else comparison.best
    out = {
        "roc": roc_and_ks(bad, scores, folder / "roc.png"),
        "ks": ks_curve(bad, scores[shown], shown, folder / "ks.png"),
        "calibration": calibration(bad, scores, folder / "calibration.png"),
        "auc": auc_bars(comparison, folder / "auc.png"),
    }
    model = comparison.fitted[shown].model
    if isinstance(model, AdditiveModel) and model.tables:
        tables = draw_tables(model, folder / "tables")
        out["shapes"] = side_by_side(tables[:MOST_TABLES], folder / "shapes.png", columns=3)
    if "lightgbm" in comparison.fitted:
        trees = comparison.fitted["lightgbm"].model
        if isinstance(trees, TreeModel):
            out["shap"] = shap_bars(trees, plan, folder / "shap.png")
    curves = [out[name] for name in ("roc", "ks", "calibration", "auc")]
    out["all"] = side_by_side(curves, folder / "all.png")
    return out


def ks_curve(bad: np.ndarray, probability: np.ndarray, kind: str, path: Path) -> Path:
    """Distribution functions of goods and bads over the rank of the score; KS is their largest distance."""
    drawn, axis = figure()
    order = np.argsort(-probability, kind="stable")
    share = np.arange(1, len(order) + 1) / len(order)
    bads = np.cumsum(bad[order]) / bad.sum()
    goods = np.cumsum(1 - bad[order]) / (1 - bad).sum()
    # Ties are one step: only the last of equal scores counts.
    last = np.flatnonzero(np.diff(probability[order], append=-1) != 0)
    at = last[int(np.argmax(bads[last] - goods[last]))]
    axis.plot(share[last], bads[last], color=RISK, label="坏 bad")
    axis.plot(share[last], goods[last], color=INK, label="好 good")
    axis.plot([share[at]] * 2, [goods[at], bads[at]], color=GREY, linestyle="--")
    axis.set_title(f"KS {bads[at] - goods[at]:.3f} ({kind}, 最高风险的 riskiest {share[at]:.0%})")
    axis.set_xlabel("按风险从高到低的占比 Share of rows, riskiest first")
    axis.set_ylabel("累计占比 Cumulative share")
    axis.legend(loc="lower right", frameon=False)
    return save(drawn, path)


def auc_bars(comparison: Comparison, path: Path) -> Path:
    """AUC of every model with its 95 % interval, best on top."""
    ranked = sorted(comparison.fitted.values(), key=lambda f: f.figures["auc"] or 0.0)
    middle, low, high = (
        np.array([f.figures[name] or 0.0 for f in ranked])
        for name in ("auc", "auc_low", "auc_high")
    )
    drawn, axis = figure()
    places = range(len(ranked))
    axis.errorbar(middle, places, xerr=[middle - low, high - middle], fmt="o", color=INK, capsize=3)
    for place, value in zip(places, middle, strict=True):
        axis.annotate(
            f"{value:.3f}", (value, place), (0, 6), textcoords="offset points", ha="center"
        )
    axis.set_yticks(places, [f.kind for f in ranked])
    axis.set_ylim(-0.6, len(ranked) - 0.3)
    axis.set_xlabel("AUC (95 %)")
    axis.set_title("区分度与区间 Discrimination with intervals")
    return save(drawn, path)


def side_by_side(paths: list[Path], path: Path, columns: int = 2) -> Path:
    """Pictures in a grid, for the page."""
    from matplotlib import image

    parts = [image.imread(part)[..., :3] for part in paths]
    high, wide = max(p.shape[0] for p in parts), max(p.shape[1] for p in parts)
    columns = min(columns, len(parts))
    lines = -(-len(parts) // columns)
    out = np.ones((high * lines, wide * columns, 3))
    for place, part in enumerate(parts):
        top, left = high * (place // columns), wide * (place % columns)
        out[top : top + part.shape[0], left : left + part.shape[1]] = part
    image.imsave(path, out)
    return path


def shap_bars(model: TreeModel, plan: Plan, path: Path) -> Path:
    """Mean absolute TreeSHAP value of the inputs that LightGBM leans on most, over judged rows."""
    rows = plan.split.judged
    if len(rows) > SHAP_ROWS:
        rows = np.random.default_rng(plan.request.seed).choice(rows, SHAP_ROWS, replace=False)
    _, shares = model.contributions(plan.inputs.frame.iloc[rows])
    mean = np.abs(shares).mean(axis=0)
    first = np.argsort(-mean)[:MOST_BARS][::-1]
    drawn, axis = figure(size=(6.0, 1.2 + 0.28 * len(first)))
    axis.barh([_short(model.schema.names[i], 26) for i in first], mean[first], color=INK)
    axis.set_xlabel("平均绝对 SHAP 值（对数几率） Mean absolute SHAP value (log odds)")
    axis.set_title(f"LightGBM, TreeSHAP, {len(rows):,} 行 rows")
    return save(drawn, path)


def _short(text: str, most: int) -> str:
    plain = text.replace("$", r"\$")  # matplotlib would read it as a formula
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"
