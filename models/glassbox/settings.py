"""Settings of the glass box. All numbers are ours and meant to work unattended."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

MANY_ROWS = 30_000
"""Rows from which trees may take larger steps."""
RICH = 5_000
"""Bads (or goods, whichever are fewer) from which many rows bear larger trees and more folds."""


def rich(rows: int, rarer: float) -> bool:
    """Tell whether rows and bads are many."""
    return rows >= MANY_ROWS and rarer >= RICH


class GlassBoxSettings(BaseModel):
    """Settings of the glass box.

    Attributes
    ----------
    max_inputs
        Of more inputs at most so many are used: those that tell most of the label on their own, and more than
        chance would.
    max_bins, pair_bins
        Most bins of a number for its own table, and in its pairs.
    max_levels, pair_levels
        Most levels of a category that are learnt one by one, in its own table and in its pairs; the others share
        a bin. In pairs, 60 bads carry a level, and two categories of many levels have a fifth of that in their pair;
        `pair_bins` of them at least.
    most_cells
        Most cells of all tables together. Levels of categories take at most half of them; pairs that would not
        fit into what is left are passed over.
    pairs
        How many of the best-ranked pairs to grow at most in each fold. They are kept when they lower the
        left-out log loss by `pair_gain`, relative to what the single features gained, and by `pair_sure`
        standard errors: with few rows, pairs that tell nothing cost more than good ones bring.
    folds, repeats
        Parts of the rows, each left out once; and how often the rows are dealt out anew. Where they are
        not given, few rows are dealt out often and into more parts, many rows once into five, or eight
        where bads are many too.
    linear
        Whether a regularised logistic regression may be mixed in, see `models.glassbox.linear`.
    lambda_l2
        Of LightGBM with 15,000 rows or more; fewer rows have less of it.
    min_data_in_leaf, pair_leaves
        Least rows in a leaf; leaves of the trees of pairs. Where they are not given, by rows and bads.
    pair_rate
        Learning rate of the trees of pairs.
    least_rounds
        Rounds that are kept whatever the left-out loss says, see `models.glassbox.boost.grow`.
    prune, faint
        Tables are dropped, faintest first, while that costs less left-out AUC than this, all
        together, and every direction stays proved. A table that moves the log odds of the left-out
        rows by more than `faint` of what the whole score moves them (standard deviations) stays:
        chance would decide with few rows, or where all tables together tell little.
    smooth
        Neighbouring bins are merged while that moves log odds by less than this (root mean square
        over the rows), in each table.
    whole_points
        Round every table to whole score points.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_inputs: int = Field(200, ge=1)
    max_bins: int = Field(64, ge=2, le=250)
    pair_bins: int = Field(16, ge=2, le=64)
    max_levels: int = Field(4000, ge=1)
    pair_levels: int = Field(300, ge=1)
    most_cells: int = Field(60_000, ge=1)
    pairs: int = Field(40, ge=0)
    pair_gain: float = Field(0.003, ge=0)
    pair_sure: float = Field(1.5, ge=0)
    folds: int | None = Field(None, ge=2)
    repeats: int | None = Field(None, ge=1)
    learning_rate: float = Field(0.05, gt=0, le=1)
    num_leaves: int = Field(5, ge=2)
    pair_leaves: int | None = Field(None, ge=2)
    pair_rate: float = Field(0.05, gt=0, le=1)
    lambda_l2: float = Field(10.0, ge=0)
    min_data_in_leaf: int | None = Field(None, ge=1)
    feature_fraction: float = Field(0.5, gt=0, le=1)
    bagging_fraction: float = Field(0.7, gt=0, le=1)
    most_rounds: int = Field(1500, ge=1)
    least_rounds: int = Field(40, ge=0)
    patience: int = Field(50, ge=1)
    linear: bool = True
    ridge: float = Field(60.0, gt=0)
    pair_ridge: float = Field(10.0, ge=0)
    prune: float = Field(0.0003, ge=0)
    faint: float = Field(0.02, ge=0)
    smooth: float = Field(0.004, ge=0)
    whole_points: bool = False

    def deals(self, rows: int, rarer: float) -> tuple[int, int]:
        """How many folds, and how often the rows are dealt out into them.

        Of very few rows another seed would tell other reasons, were they dealt out less often.
        """
        more = rich(rows, rarer) and rows < 200_000
        folds = self.folds or (10 if rows < 4_000 else 8 if more else 5)
        most = 6 if rows < 2_000 else 3
        return folds, self.repeats or max(1, min(most, 30_000 // max(rows, 1)))

    def most_pairs(self, rows: int) -> int:
        """How many pairs are grown: few rows can not carry many."""
        return min(self.pairs, 5 + rows // 300)

    def levels(self, categories: int) -> int:
        """Most levels of each of so many categories."""
        return max(1, min(self.max_levels, self.most_cells // (2 * max(categories, 1))))

    def levels_in_pairs(self, rarer: float) -> int:
        """Most levels of a category in its pairs; `rarer` counts the bads or the goods, whichever are fewer."""
        return int(max(self.pair_bins, min(self.pair_levels, rarer // 60)))

    def rate(self, base: float, rows: int) -> float:
        """Learning rate: many rows need less patience, and time grows with rows and rounds."""
        return base * (1.0 if rows < MANY_ROWS else 1.6)

    def leaves(self, rows: int, rarer: float) -> int:
        """Leaves of the trees of pairs: many rows and bads can carry more."""
        return self.pair_leaves or (16 if rich(rows, rarer) else 6)

    def parameters(self, rows: int, rarer: float, seed: int) -> dict[str, Any]:
        """LightGBM's parameters that single features and pairs share."""
        most = self.min_data_in_leaf or (20 if rich(rows, rarer) else 50)
        least = max(1, min(most, max(rows // 100, 5), rows // 20))
        return {
            "lambda_l2": self.lambda_l2 * min(1.0, max(rows / 15_000, 0.1)),
            "min_data_in_leaf": least,
            "feature_fraction": self.feature_fraction,
            "bagging_fraction": self.bagging_fraction,
            "bagging_freq": 1,
            # Levels are split off one at a time: sets of levels, put in order by the labels of the same rows, fit
            # chance as well.
            "max_cat_to_onehot": self.max_levels + 2,
            "seed": seed % (2**31 - 1),
        }
