"""How well features tell an outcome, where outcomes are few: every subject is ranked by models that never saw it.

A subject is compared with those of the other outcome in the same test part alone, because scores of different
models have no common scale. Its share of comparisons won is averaged over the repeats, and the mean of these
shares is the AUC. Two chances make its interval, and the larger counts: whom the sample holds (DeLong, DeLong and
Clarke-Pearson 1988, on the shares), and what a model happened to learn from (Nadeau and Bengio 2003, on the parts:
parts learned from overlap, so that repeats make the figure steadier and the interval hardly narrower). Limits
are set on the scale of log odds, so that they stay within 0 and 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.inference import placements
from training.errors import TrainingError
from training.evaluate import Split, stable_seed
from training.fit import fit

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Kind = Literal["logistic", "glassbox", "lightgbm"]
KINDS: tuple[Kind, ...] = ("logistic", "glassbox", "lightgbm")
FOLDS = 5
SEED = 20260101
SURE = 1.96
"""Standard errors to either side of a 95 % interval."""


@dataclass(frozen=True)
class Figure:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Won:
    """What one kind of model won in the comparisons of one group.

    Attributes
    ----------
    shares : array, shape (n,)
        Mean share of comparisons won by each subject; NaN where it was in none.
    parts : array
        AUC of each test part that holds both outcomes.
    ratio : float
        Size of a test part to that of the part learned from.
    """

    shares: Floats
    parts: Floats
    ratio: float

    def less(self, other: Won) -> Won:
        """What was won beyond another kind of model on the same splits."""
        return Won(self.shares - other.shares, self.parts - other.parts, self.ratio)


def repeated_splits(bad: NDArray[Any], repeats: int) -> list[Split]:
    """Stratified folds, dealt anew for each repeat.

    Raises
    ------
    TrainingError
        With fewer subjects of one outcome than folds.
    """
    from sklearn.model_selection import RepeatedStratifiedKFold

    rarer = int(min(bad.sum(), len(bad) - bad.sum()))
    if rarer < FOLDS:
        raise TrainingError(
            f"The rarer outcome has {rarer} subjects; {FOLDS} folds need at least {FOLDS}.",
            "give the whole table of outcomes",
        )
    folds = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=repeats, random_state=SEED)
    return [Split("stratified", *rows) for rows in folds.split(np.zeros(len(bad)), bad)]


def telling(frame: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """Names of the features that differ between subjects, without those that repeat an earlier one.

    A null counts as a value of its own: that nothing is on file may tell something.
    """
    kept: list[str] = []
    for name in names:
        column = frame[name]
        if column.nunique(dropna=False) > 1 and not any(column.equals(frame[k]) for k in kept):
            kept.append(name)
    return kept


def shares_won(
    kind: Kind,
    frame: pd.DataFrame,
    bad: NDArray[Any],
    specs: list[dict[str, Any]],
    splits: Sequence[Split],
    *,
    groups: dict[str, Flags],
    always: Flags,
    most: int,
    progress: Callable[[str, int, int], None] | None = None,
) -> dict[str, Won]:
    """Fit one kind on every split and compare the subjects of its test part.

    Parameters
    ----------
    kind : {"logistic", "glassbox", "lightgbm"}
    frame : DataFrame, shape (n, >= len(specs))
    bad : array of 0/1, shape (n,)
    specs : list of dict
        The inputs' metadata as the feature view declares them.
    splits : sequence of Split
    groups : dict of flags
        Among whom subjects are compared, by name.
    always : flags
        Rows that are learned from whenever they are in a training part.
    most : int
        How many of the other rows are learned from at most, a random choice.
    progress : callable(step, done, total), optional

    Returns
    -------
    dict of Won
        For each group.
    """
    won = {name: np.zeros(len(bad)) for name in groups}
    times = {name: np.zeros(len(bad)) for name in groups}
    parts: dict[str, list[float]] = {name: [] for name in groups}
    for done, split in enumerate(splits):
        if progress:
            progress(f"{kind}", done, len(splits))
        seed = stable_seed(SEED, kind, str(done))
        rows = _thinned(split.train, always, most, seed)
        scores = _scores(kind, frame, bad, specs, rows, split.test, seed)
        for name, members in groups.items():
            here = members[split.test]
            tested = split.test[here]
            if len(np.unique(bad[tested])) == 2:
                shares = placements(bad[tested], scores[here])
                parts[name].append(float(shares[bad[tested] == 1].mean()))
                won[name][tested] += shares
                times[name][tested] += 1
    if progress:
        progress(f"{kind}", len(splits), len(splits))
    ratio = float(np.mean([len(split.test) / len(split.train) for split in splits]))
    with np.errstate(invalid="ignore"):
        return {name: Won(won[name] / times[name], np.array(parts[name]), ratio) for name in groups}


def auc_figure(bad: NDArray[Any], won: Won) -> Figure:
    """AUC with its interval.

    Raises
    ------
    TrainingError
        With fewer than two compared subjects of one outcome.
    """
    value, error = _mean_and_error(bad, won)
    if not 0 < value < 1:
        return Figure(value, value, value)
    odds = np.log(value / (1 - value)) + SURE * error / (value * (1 - value)) * np.array([-1, 1])
    low, high = 1 / (1 + np.exp(-odds))
    return Figure(value, float(low), float(high))


def lead_figure(bad: NDArray[Any], won: Won, other: Won) -> Figure:
    """By how much the AUC of one kind of model exceeds that of another on the same splits, with its interval."""
    value, error = _mean_and_error(bad, won.less(other))
    return Figure(value, value - SURE * error, value + SURE * error)


def _mean_and_error(bad: NDArray[Any], won: Won) -> tuple[float, float]:
    """Mean over the bad subjects, and its standard error."""
    compared = ~np.isnan(won.shares)
    outcomes = [won.shares[(bad == outcome) & compared] for outcome in (1, 0)]
    if min(len(shares) for shares in outcomes) < 2:
        raise TrainingError(
            "Fewer than two subjects of one outcome were compared.", "give more subjects"
        )
    of_subjects = sum(shares.var(ddof=1) / len(shares) for shares in outcomes)
    parts = len(won.parts)
    of_parts = won.parts.var(ddof=1) * (1 / parts + won.ratio) if parts > 1 else 0.0
    return float(outcomes[0].mean()), float(np.sqrt(max(of_subjects, of_parts)))


def _thinned(rows: NDArray[Any], always: Flags, most: int, seed: int) -> NDArray[Any]:
    others = rows[~always[rows]]
    if len(others) <= most:
        return rows
    chosen = np.random.default_rng(seed).choice(others, most, replace=False)
    return np.sort(np.concatenate([rows[always[rows]], chosen]))


def _scores(
    kind: Kind,
    frame: pd.DataFrame,
    bad: NDArray[Any],
    specs: list[dict[str, Any]],
    train: NDArray[Any],
    test: NDArray[Any],
    seed: int,
) -> Floats:
    if kind != "logistic":
        fitted = fit(
            kind, frame.iloc[train], pd.Series(bad[train]), specs, validation_share=0.2, seed=seed
        )
        return np.asarray(fitted.model.probability(frame.iloc[test]))
    model = _logistic(specs, len(train))
    model.fit(_plain(frame.iloc[train], specs), bad[train])
    return np.asarray(model.predict_proba(_plain(frame.iloc[test], specs))[:, 1])


def _plain(frame: pd.DataFrame, specs: list[dict[str, Any]]) -> pd.DataFrame:
    """Inputs with categories as text, a missing one being a level of its own."""
    names = [str(spec["name"]) for spec in specs]
    texts = {str(s["name"]): "" for s in specs if s["kind"] == "category"}
    return frame[names].fillna(texts)


def _logistic(specs: list[dict[str, Any]], rows: int) -> Any:
    """A plain logistic regression: ranks as normal scores, since amounts have long tails; missing values flagged."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, QuantileTransformer

    numbers = [str(spec["name"]) for spec in specs if spec["kind"] == "number"]
    texts = [str(spec["name"]) for spec in specs if spec["kind"] == "category"]
    ranks = QuantileTransformer(
        n_quantiles=min(rows, 200), output_distribution="normal", subsample=None
    )
    blanks = SimpleImputer(strategy="constant", fill_value=0.0, add_indicator=True)
    inputs = ColumnTransformer(
        [
            ("numbers", make_pipeline(ranks, blanks), numbers),
            ("texts", OneHotEncoder(handle_unknown="ignore", min_frequency=20), texts),
        ]
    )
    return make_pipeline(inputs, LogisticRegression(max_iter=1000))
