"""Columns that may know the outcome before it happened, and rows that stand on both sides of the split."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from models.bins import Floats
from models.metrics import auc
from training.table.remark import Remark
from training.table.split import Split

ALONE = 0.95
"""A single column above this AUC is suspicious (ours)."""
DUPLICATES = 0.01
_BINS = 64
_LEAST = 10


def copies_of_label(frame: pd.DataFrame, label: str, bad: Floats) -> list[Remark]:
    """Columns that are the label under another name: one value for the bads, another for the goods."""
    told = []
    for name in frame.columns:
        codes = pd.factorize(frame[name], use_na_sentinel=False)[0]
        if codes.max(initial=0) != 1 or not (
            np.array_equal(codes, codes[0] ^ (bad != bad[0]).astype(codes.dtype))
        ):
            continue
        told.append(
            Remark(
                "copy_of_label",
                "suspicious",
                f"列 {name} 与标签 {label} 完全一致，已略去。",
                f"Column {name} is the label {label} under another name; it is left out.",
                name,
                1.0,
            )
        )
    return told


def suspicions(frame: pd.DataFrame, label: str, bad: Floats, split: Split) -> list[Remark]:
    """Name what looks like a leak; training rows alone are looked at, but for rows on both sides.

    Parameters
    ----------
    frame
        The inputs.
    bad
        Labels, 0 or 1.
    """
    told = []
    rows = split.final if split.kind == "folds" else split.parts[0][0]
    y = bad[rows]
    enough = min(y.sum(), (1 - y).sum()) >= _LEAST
    for name in frame.columns:
        if _alike(name, label):
            told.append(
                Remark(
                    "named_like_label",
                    "suspicious",
                    f"列 {name} 与标签 {label} 名称相近，可能含有结果。",
                    f"Column {name} is named like the label {label} and may hold the outcome.",
                    name,
                )
            )
        if not enough:
            continue
        column = frame[name].iloc[rows]
        alone = single_auc(column, y)
        if alone > ALONE:
            absent = column.isna().to_numpy().astype(np.float64)
            through = max(auc(y, absent), auc(y, 1 - absent)) > ALONE
            told.append(_strong(name, alone, through))
    shared = duplicates(frame, bad, split)
    if shared > DUPLICATES:
        told.append(
            Remark(
                "duplicate_rows",
                "suspicious",
                f"{shared:.1%} 的检验行与某一训练行完全相同（输入与标签），指标可能偏高。",
                f"{shared:.1%} of the test rows equal a training row in every input and the label; the "
                "figures may be too good.",
                "",
                shared,
            )
        )
    return told


def single_auc(column: pd.Series, bad: Floats) -> float:
    """AUC of one column alone, .5 or more.

    The larger of two: the order of the numbers, either way; and the bad rate of bins or levels, learned on one
    half of the rows and judged on the other. Missing is a bin of its own, so that a leak through missing
    values, a category or a bend is seen as well as a plain one.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _learned_auc(column.cat.codes.to_numpy().astype(np.intp) + 1, bad)
    values = column.to_numpy()
    known = ~np.isnan(values)
    bins = int(np.clip(len(values) // 20, 2, _BINS))
    inner = np.linspace(0, 1, bins + 1)[1:-1]
    cuts: Floats = np.unique(np.quantile(values[known], inner)) if known.any() else values[known]
    # Both sides of a frequent value are told apart.
    place = np.searchsorted(cuts, values, "left") + np.searchsorted(cuts, values, "right")
    learned = _learned_auc(np.where(known, place + 1, 0), bad)
    if known.mean() < 0.5 or not 0 < bad[known].sum() < known.sum():
        return learned
    order = rankdata(values[known])
    plain = auc(bad[known], order / len(order))
    return max(learned, plain, 1 - plain)


def _learned_auc(codes: np.ndarray, bad: Floats) -> float:
    """AUC of the bad rates of groups, each half of the rows rated by the other half."""
    half = np.zeros(len(bad), dtype=np.intp)
    for value in (0.0, 1.0):
        rows = np.flatnonzero(bad == value)
        half[np.random.default_rng(0).permutation(rows)] = np.arange(len(rows)) % 2
    score = np.empty(len(bad))
    size, mean = int(codes.max(initial=0)) + 1, float(bad.mean())
    for side in (0, 1):
        here, there = half == side, half != side
        n = np.bincount(codes[there], minlength=size)
        bads = np.bincount(codes[there], weights=bad[there], minlength=size)
        score[here] = ((bads + mean) / (n + 1))[codes[here]]
    return float(np.mean([auc(bad[half == side], score[half == side]) for side in (0, 1)]))


def duplicates(frame: pd.DataFrame, bad: Floats, split: Split) -> float:
    """Share of the judged rows that equal a row learned from, where rows have enough inputs to differ."""
    if len(frame.columns) < 3:
        return 0.0
    digest = pd.util.hash_pandas_object(frame, index=False).to_numpy() + bad.astype(np.uint64)
    found = [np.isin(digest[judged], digest[learned]) for learned, judged in split.parts]
    return float(np.concatenate(found).mean())


def _strong(name: str, alone: float, through_missing: bool) -> Remark:
    zh = "（通过缺失与否）" if through_missing else ""
    en = " (through being missing or not)" if through_missing else ""
    return Remark(
        "missing_tells" if through_missing else "alone",
        "suspicious",
        f"仅凭列 {name}{zh}，AUC 即达 {alone:.3f}：很可能泄漏了结果，请核实或用 --drop {name} 略去。",
        f"Column {name} alone{en} reaches an AUC of {alone:.3f}: it probably leaks the outcome. Check it, or "
        f"leave it out with --drop {name}.",
        name,
        round(alone, 4),
    )


def _alike(name: str, label: str) -> bool:
    a, b = (re.sub(r"[^0-9a-z\u3400-\u9fff]", "", text.casefold()) for text in (name, label))
    return a == b or (min(len(a), len(b)) >= 4 and (a in b or b in a))
