"""Weights of evidence and information value: the arithmetic of bins, and which bins carry evidence of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.bins import Bins, Codes, Floats
from models.errors import ModelsError


@dataclass(frozen=True)
class Binned:
    """One feature's bins with their weights of evidence.

    Attributes
    ----------
    axis
        Bins, missing and other levels included.
    codes
        Bin of each training row.
    groups
        For each bin the number of its group; bins of a group share one weight of evidence.
    goods, bads
        Weighted counts of each bin.
    woe
        Of each bin: log of the goods' share over the bads' share; positive is safer than average.
    iv
        Information value.
    """

    name: str
    axis: Bins
    codes: Codes
    groups: Codes
    goods: Floats
    bads: Floats
    woe: Floats
    iv: float

    def to_json(self) -> dict[str, list[float]]:
        """Give counts, evidence and groups of the bins for the notes of a model."""
        return {
            "goods": self.goods.tolist(),
            "bads": self.bads.tolist(),
            "woe": self.woe.tolist(),
            "groups": self.groups.tolist(),
        }


def weights_of_evidence(goods: Floats, bads: Floats, pseudo_bads: float = 0.0) -> Floats:
    """WOE of bins from their counts: ``ln((goods / all goods) / (bads / all bads))``.

    Each bin is first given `pseudo_bads` bads and goods at the overall odds. An empty bin has WOE 0.

    >>> weights_of_evidence(np.array([90.0, 10.0]), np.array([5.0, 5.0])).round(4).tolist()
    [0.5878, -1.6094]
    """
    odds = goods.sum() / bads.sum()
    g, b = goods + pseudo_bads * odds, bads + pseudo_bads
    seen = (goods + bads) > 0
    if (seen & ((g == 0) | (b == 0))).any():
        raise ModelsError("A bin of one class has no finite weight of evidence; give pseudo bads.")
    woe: Floats = np.log(np.where(seen, g / odds, 1.0)) - np.log(np.where(seen, b, 1.0))
    return woe


def information_values(goods: Floats, bads: Floats, woe: Floats) -> Floats:
    """Information value of each bin: ``(share of goods - share of bads) * WOE``; their sum is the feature's.

    >>> woe = weights_of_evidence(np.array([90.0, 10.0]), np.array([5.0, 5.0]))
    >>> information_values(np.array([90.0, 10.0]), np.array([5.0, 5.0]), woe).round(4).tolist()
    [0.2351, 0.6438]
    """
    values: Floats = (goods / goods.sum() - bads / bads.sum()) * woe
    return values


def counts(codes: Codes, y: Floats, w: Floats, size: int) -> tuple[Floats, Floats]:
    """Weighted goods and bads of each bin."""
    bads = np.bincount(codes, weights=w * y, minlength=size).astype(np.float64)
    goods = np.bincount(codes, weights=w * (1 - y), minlength=size).astype(np.float64)
    return goods, bads


def too_small(goods: Floats, bads: Floats, least_expected: float) -> np.ndarray:
    """Tell the bins that hold rows, but so few that fewer bads or goods than `least_expected` are due in them.

    >>> too_small(np.array([880.0, 20.0, 0.0]), np.array([90.0, 10.0, 0.0]), 3.5).tolist()
    [False, True, False]
    """
    rows = goods + bads
    rate = bads.sum() / rows.sum()
    return np.asarray((rows > 0) & (rows * min(rate, 1 - rate) < least_expected))


def evidence_of(
    name: str,
    axis: Bins,
    codes: Codes,
    groups: Codes,
    y: Floats,
    w: Floats,
    pseudo_bads: float,
) -> Binned:
    """Give the bins of a feature their evidence, group by group; group -1 has none (WOE 0)."""
    goods, bads = counts(codes, y, w, axis.size)
    number = np.unique(groups, return_inverse=True)[1]
    g, b = (np.bincount(number, weights=part).astype(np.float64) for part in (goods, bads))
    woe = weights_of_evidence(g, b, pseudo_bads)
    woe[number[groups < 0]] = 0.0
    iv = float(information_values(g, b, woe).sum())
    return Binned(name, axis, codes, groups, goods, bads, woe[number], iv)
