"""One decision tree, pruned on left-out training rows; its nodes are stored as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field

from models.bins import CategoryBins, Floats, categories, numbers
from models.challengers.folder import read_folder, write_folder
from models.challengers.rows import checked, left_out, log_loss
from models.glassbox.coding import category_bins
from models.schema import Schema


class TreeSettings(BaseModel):
    """Settings of the tree; all numbers are ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    leaves: tuple[int, ...] = Field((4, 8, 16, 32, 64, 128), description="sizes to choose from")
    least_share: float = Field(0.003, gt=0, lt=0.5, description="of the rows in a leaf")
    least_rows: int = Field(10, ge=1)
    most_levels: int = Field(200, ge=2)
    pseudo_rows: float = Field(10.0, ge=0, description="rows at the overall rate added to a leaf")
    folds: int = Field(3, ge=2)


@dataclass(frozen=True, eq=False)
class DecisionTree:
    """Nodes of a binary tree over the inputs of a schema.

    Attributes
    ----------
    levels
        Levels of each category in the order of their bad rate; a split takes those below a place.
    feature, threshold, left, right, missing_left
        Of each node: the input, "at most this goes left", the children, where missing values go. Leaves
        have the feature -1.
    rate
        Probability of going bad in each node, drawn to the overall rate in thin leaves.
    """

    schema: Schema
    levels: dict[str, tuple[str, ...]]
    feature: np.ndarray
    threshold: Floats
    left: np.ndarray
    right: np.ndarray
    missing_left: np.ndarray
    rate: Floats
    kind: str = "tree"

    def probability(self, frame: pd.DataFrame) -> Floats:
        """Probability of going bad; shape (n,)."""
        out: Floats = self.rate[self.leaf(frame)]
        return out

    def leaf(self, frame: pd.DataFrame) -> np.ndarray:
        """Node that each row ends in; shape (n,)."""
        x = _matrix(frame, self.schema, self.levels)
        node = np.zeros(len(x), dtype=np.intp)
        walking = np.flatnonzero(self.feature[node] >= 0)
        while len(walking):
            here = node[walking]
            value = x[walking, self.feature[here]]
            left = np.where(
                np.isnan(value), self.missing_left[here], value <= self.threshold[here]
            ).astype(bool)
            node[walking] = np.where(left, self.left[here], self.right[here])
            walking = walking[self.feature[node[walking]] >= 0]
        return node

    def save(self, folder: Path) -> None:
        """Write model.json and manifest.json."""
        write_folder(
            folder,
            self.kind,
            {
                "schema": self.schema.to_spec(),
                "levels": {name: list(levels) for name, levels in self.levels.items()},
                "feature": self.feature.tolist(),
                "threshold": self.threshold.tolist(),
                "left": self.left.tolist(),
                "right": self.right.tolist(),
                "missing_left": self.missing_left.tolist(),
                "rate": self.rate.tolist(),
            },
        )

    @classmethod
    def load(cls, folder: Path) -> DecisionTree:
        """Read a folder; refuse it when it was altered."""
        content, _ = read_folder(folder, "tree")
        return cls(
            Schema.from_spec(content["schema"]),
            {name: tuple(levels) for name, levels in content["levels"].items()},
            np.asarray(content["feature"], dtype=np.intp),
            np.asarray(content["threshold"], dtype=np.float64),
            np.asarray(content["left"], dtype=np.intp),
            np.asarray(content["right"], dtype=np.intp),
            np.asarray(content["missing_left"], dtype=bool),
            np.asarray(content["rate"], dtype=np.float64),
        )


def fit_tree(
    frame: pd.DataFrame,
    bad: ArrayLike,
    schema: Schema,
    *,
    weight: ArrayLike | None = None,
    settings: TreeSettings | None = None,
    seed: int = 0,
) -> DecisionTree:
    """Grow a tree best split first; how many leaves is decided by log loss on left-out training rows.

    Raises
    ------
    ModelsError
        When a column is missing or of the wrong type, or a label is not 0 or 1 or of one class.
    """
    settings = settings or TreeSettings()
    y, w = checked(frame, bad, schema, weight)
    losses = np.zeros(len(settings.leaves))
    for held in left_out(y, settings.folds, seed):
        kept = np.setdiff1d(np.arange(len(y)), held)
        part, rest = frame.iloc[kept], frame.iloc[held]
        levels = _levels(part, y[kept], schema, settings)
        x = _matrix(part, schema, levels)
        for place, leaves in enumerate(settings.leaves):
            model = _grow(x, y[kept], w[kept], schema, levels, leaves, settings, seed)
            losses[place] += log_loss(y[held], model.probability(rest), w[held]) * w[held].sum()
    levels = _levels(frame, y, schema, settings)
    leaves = settings.leaves[int(losses.argmin())]
    x = _matrix(frame, schema, levels)
    return _grow(x, y, w, schema, levels, leaves, settings, seed)


def _grow(
    x: np.ndarray,
    y: Floats,
    w: Floats,
    schema: Schema,
    levels: dict[str, tuple[str, ...]],
    leaves: int,
    settings: TreeSettings,
    seed: int,
) -> DecisionTree:
    from sklearn.tree import DecisionTreeClassifier

    least = max(settings.least_rows, int(len(y) * settings.least_share))
    tree: Any = (
        DecisionTreeClassifier(
            criterion="log_loss",
            max_leaf_nodes=leaves,
            min_samples_leaf=min(least, max(1, len(y) // 4)),
            random_state=seed % (2**32 - 1),
        )
        .fit(x, y, sample_weight=w / w.mean())
        .tree_
    )
    share = tree.value[:, 0, 1] / tree.value[:, 0, :].sum(axis=1)
    mass = tree.weighted_n_node_samples
    rate = (share * mass + share[0] * settings.pseudo_rows) / (mass + settings.pseudo_rows)
    return DecisionTree(
        schema,
        levels,
        np.where(tree.children_left < 0, -1, tree.feature).astype(np.intp),
        np.where(tree.children_left < 0, 0.0, tree.threshold).astype(np.float64),
        tree.children_left.astype(np.intp),
        tree.children_right.astype(np.intp),
        tree.missing_go_to_left.astype(bool),
        rate.astype(np.float64),
    )


def _levels(
    frame: pd.DataFrame, y: Floats, schema: Schema, settings: TreeSettings
) -> dict[str, tuple[str, ...]]:
    """Levels in the order of their bad rate: the best split into two sets is then one place in the order
    (Breiman and others 1984). Rates of thin levels are drawn to the mean.
    """
    out = {}
    for field in schema:
        if field.kind == "category":
            column = categories(field.name, frame[field.name])
            axis = category_bins(column, settings.most_levels)
            codes = axis.encode(column)
            mean = float(y.mean())
            n = np.bincount(codes, minlength=axis.size)
            bads = np.bincount(codes, weights=y, minlength=axis.size)
            rates = (bads + settings.pseudo_rows * mean) / (n + max(settings.pseudo_rows, 1e-9))
            order = sorted(range(len(axis.levels)), key=lambda i: (rates[i], axis.levels[i]))
            out[field.name] = tuple(axis.levels[i] for i in order)
    return out


def _matrix(frame: pd.DataFrame, schema: Schema, levels: dict[str, tuple[str, ...]]) -> np.ndarray:
    """Rows as 32-bit floats, which scikit-learn's trees are grown on; other levels count as missing."""
    out = np.empty((len(frame), len(schema)), dtype=np.float32)
    most = float(np.finfo(np.float32).max)
    for place, field in enumerate(schema):
        if field.kind == "number":
            out[:, place] = np.clip(numbers(field.name, frame[field.name]), -most, most)
            continue
        axis = CategoryBins(levels[field.name])
        lookup = np.asarray([*range(len(axis.levels)), np.nan, np.nan], dtype=np.float32)
        out[:, place] = lookup[axis.encode(categories(field.name, frame[field.name]))]
    return out
