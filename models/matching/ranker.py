"""The learned order: LightGBM LambdaRank over the candidates of a request, bound to sensible directions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np

from models.errors import ModelsError
from models.matching.book import per_query
from models.matching.pairs import PAIR_FEATURES


@dataclass(frozen=True)
class RankerSettings:
    """Numbers of our own for the fit.

    Attributes
    ----------
    trees : int
        At most; fewer if NDCG@10 on the validation requests stops rising.
    patience : int
        Trees without a rise before stopping.
    learning_rate : float
    leaves, leaf_rows : int
        Per tree, and the fewest pairs in a leaf.
    truncation : int
        LambdaRank looks at pairs with one lender among so many first places.
    threads : int
    """

    trees: int = 200
    patience: int = 10
    learning_rate: float = 0.15
    leaves: int = 31
    leaf_rows: int = 50
    truncation: int = 20
    threads: int = 2


@dataclass(frozen=True)
class RankingRows:
    """Pairs to learn from: inputs, whether the borrower took the lender, and the request of each, sorted by it."""

    inputs: np.ndarray
    taken: np.ndarray
    query: np.ndarray

    def decided(self) -> RankingRows:
        """Only requests whose taken lender is among the candidates: the others teach no order."""
        starts, lengths = per_query(self.query)
        has = (
            np.add.reduceat(self.taken.astype(int), starts) > 0
            if len(starts)
            else np.zeros(0, bool)
        )
        rows = np.repeat(has, lengths)
        return RankingRows(self.inputs[rows], self.taken[rows], self.query[rows])


class Ranker:
    """A fitted order.

    Parameters
    ----------
    text : str
        LightGBM's text of the trees.
    """

    def __init__(self, text: str) -> None:
        try:
            self._booster = lgb.Booster(model_str=text)
        except lgb.basic.LightGBMError as error:
            raise ModelsError(
                "The ranker's trees can not be read; fit the ranking again."
            ) from error
        names = [f.name for f in PAIR_FEATURES]
        if self._booster.feature_name() != names:
            raise ModelsError(
                "The ranker was fitted with other inputs than this program computes; fit the ranking again."
            )
        self.text = text

    def score(self, inputs: np.ndarray, threads: int = 1) -> np.ndarray:
        """Scores (n,), higher = better; only differences within a request mean something."""
        if not len(inputs):
            return np.zeros(0)
        return np.asarray(self._booster.predict(inputs, num_threads=threads))

    def contributions(self, inputs: np.ndarray) -> np.ndarray:
        """What each input adds to each score, then the base; (n, inputs + 1), rows add up to the scores."""
        if not len(inputs):
            return np.zeros((0, len(PAIR_FEATURES) + 1))
        return np.asarray(self._booster.predict(inputs, pred_contrib=True, num_threads=1))

    @property
    def trees(self) -> int:
        """Number of trees."""
        return int(self._booster.num_trees())


def fit_ranker(
    rows: RankingRows,
    valid: RankingRows,
    settings: RankerSettings,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Ranker:
    """Fit on training requests, stop on validation requests.

    Parameters
    ----------
    rows, valid : RankingRows
    settings : RankerSettings
    seed : int
    progress : callable(tree, trees), optional

    Returns
    -------
    Ranker

    Raises
    ------
    ModelsError
        Fewer than ten requests to learn from or to stop on.
    """
    rows, valid = rows.decided(), valid.decided()
    groups = [per_query(part.query)[1] for part in (rows, valid)]
    if min(map(len, groups)) < 10:
        raise ModelsError(
            "The ranker needs at least ten training and ten validation requests whose lender is a candidate; "
            f"there are {len(groups[0])} and {len(groups[1])}."
        )
    parameters: dict[str, Any] = {
        "objective": "lambdarank",
        "metric": "ndcg",
        "eval_at": [10],
        "lambdarank_truncation_level": settings.truncation,
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.leaves,
        "min_data_in_leaf": settings.leaf_rows,
        "max_bin": 127,
        "feature_fraction": 0.5,
        "monotone_constraints": [f.direction for f in PAIR_FEATURES],
        "num_threads": settings.threads,
        "seed": seed,
        "deterministic": True,
        "force_col_wise": True,
        "verbose": -1,
    }
    names = [f.name for f in PAIR_FEATURES]
    train = lgb.Dataset(
        rows.inputs, rows.taken, group=groups[0], feature_name=names, params=parameters
    )
    stop = lgb.Dataset(valid.inputs, valid.taken, group=groups[1], reference=train)

    def report(env: Any) -> None:
        if progress:
            progress(env.iteration + 1, settings.trees)

    booster = lgb.train(
        parameters,
        train,
        settings.trees,
        valid_sets=[stop],
        callbacks=[lgb.early_stopping(settings.patience, verbose=False), report],
    )
    return Ranker(booster.model_to_string(num_iteration=booster.best_iteration))
