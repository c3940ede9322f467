"""What could be reached at best: the simulated city's true probabilities on the loans of the test years."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from models.metrics import mean_of_metrics
from training.dataset import Dataset
from training.errors import TrainingError
from training.evaluate import out_of_time_splits

COLUMNS = ["subject_id", "opened_on", "p_true", "p_observable"]
SURE = 1.96
"""Standard errors to either side of a 95 % interval."""
FEWEST = 30
"""Loans with a value that an agreement is told from (ours)."""


def true_probabilities(dataset: Dataset, city: Path) -> pd.DataFrame:
    """True probabilities of the loans of a data set, row by row.

    Parameters
    ----------
    dataset : Dataset
        Of the simulated city.
    city : Path
        Folder of the city's files; the truth in it is never taken into a lake.

    Returns
    -------
    DataFrame
        ``p_true`` given the latent state, which no record tells in full, and ``p_observable`` given all
        that the clean records tell.

    Raises
    ------
    TrainingError
        When the folder does not hold the truth of these loans.
    """
    try:
        truth = pd.read_parquet(
            city / "truth" / "simulated_applications.parquet", columns=[*COLUMNS, "loan"]
        )
    except (OSError, ValueError, KeyError) as error:
        raise TrainingError(
            f"{city} holds no truth of a simulated city.", "build it: xinqiao city build"
        ) from error
    truth = truth[truth["loan"]].assign(as_of=lambda t: pd.to_datetime(t["opened_on"]))
    loans = dataset.frame[["subject_id", "as_of"]]
    found = loans.merge(truth, on=["subject_id", "as_of"], how="left", validate="many_to_one")
    if found.empty or found["p_true"].isna().any():
        raise TrainingError(
            f"the truth in {city} is not that of these loans.",
            "load the city whose files these are",
        )
    return found[["p_true", "p_observable"]]


def against_truth(dataset: Dataset, city: Path) -> dict[str, Any]:
    """AUC of the true probabilities of default: mean of the test years, with 95 % intervals.

    The rows and the resampling are those of the models' own mean over the years, so that the figures stand
    beside each other. Parameters and errors as in :func:`true_probabilities`.

    Returns
    -------
    dict
        ``bayes_auc`` given the latent state, the most that any model can reach; ``observable_auc`` given all
        that the records tell; both with ``_low`` and ``_high``; ``n`` loans of which ``bads`` went bad.
    """
    truth = true_probabilities(dataset, city)
    years = [split.test for split in out_of_time_splits(dataset)]
    bad = dataset.bad.to_numpy()
    answer: dict[str, Any] = {
        "n": sum(len(rows) for rows in years),
        "bads": int(sum(bad[rows].sum() for rows in years)),
    }
    for name, column in (("bayes", "p_true"), ("observable", "p_observable")):
        probability = truth[column].to_numpy()
        metrics = mean_of_metrics(
            [(bad[rows], probability[rows]) for rows in years],
            seed=dataset.settings.seed,
            resamples=dataset.settings.bootstrap,
        )
        answer |= {
            f"{name}_auc": metrics.auc,
            f"{name}_auc_low": metrics.auc_low,
            f"{name}_auc_high": metrics.auc_high,
        }
    return answer


def beyond_truth(dataset: Dataset, city: Path) -> dict[str, Any]:
    """Whether a feature foretells outcomes better than the true probability does: then it was seen too early.

    Outcomes are drawn from the true probability alone, so that nothing that was known on the day of a loan can
    tell more of them than it does. For each number of the view: how many standard errors of chance the ranks of
    its values lean to the loans that went bad, beyond the true probability. Parameters and errors as in
    :func:`true_probabilities`.

    Returns
    -------
    dict
        ``features`` looked at; ``feature`` with the largest lean; its ``lean`` in standard errors; ``chance``, the
        probability that among so many features one leans as far by chance (Bonferroni).
    """
    truth = true_probabilities(dataset, city)["p_true"].to_numpy()
    bad = dataset.bad.to_numpy()
    leans: dict[str, float] = {}
    for feature in dataset.view.features:
        values = dataset.frame[feature.name]
        known = values.notna().to_numpy()
        if feature.kind != "number" or known.sum() < FEWEST or values.nunique() < 2:
            continue
        probability = truth[known]
        weight = probability * (1 - probability)
        ranks = values[known].rank().to_numpy()
        ranks = ranks - np.average(ranks, weights=weight)
        drawn = ((bad[known] - probability) * ranks).sum()
        leans[feature.name] = float(drawn / np.sqrt((weight * ranks * ranks).sum()))
    name = max(leans, key=lambda one: abs(leans[one]))
    alone = math.erfc(abs(leans[name]) / math.sqrt(2))
    return {
        "features": len(leans),
        "feature": name,
        "lean": leans[name],
        "chance": min(1.0, alone * len(leans)),
    }


def what_themes_tell(dataset: Dataset, city: Path) -> list[dict[str, Any]]:
    """What each theme of the view tells of the true probability of default, one row a theme.

    The feature whose ranks agree most surely with the truth is chosen on the loans before the test years, and its
    agreement is measured on those of the test years. Codes are ordered by their mean truth before. Parameters and
    errors as in :func:`true_probabilities`.

    Returns
    -------
    list of dict
        theme, features, with_values (how many ever have one), strongest (name, or None), rank correlation with
        the truth with its 95 % interval (``correlation``, ``low``, ``high``; None without values), and ``tells``:
        whether the interval leaves out zero on the side that was seen before.
    """
    truth = true_probabilities(dataset, city)["p_true"]
    test = np.zeros(len(truth), dtype=bool)
    for split in out_of_time_splits(dataset):
        test[split.test] = True
    before = ~test & (dataset.frame["as_of"] < dataset.frame["as_of"][test].min()).to_numpy()
    rows = []
    for theme in dict.fromkeys(feature.theme for feature in dataset.view.features):
        names = [f.name for f in dataset.view.features if f.theme == theme]
        seen: dict[str, tuple[float, pd.Series]] = {}
        for name in names:
            values = dataset.frame[name]
            if not pd.api.types.is_numeric_dtype(values):
                values = values.map(truth[before].groupby(values[before]).mean())
            found = _agreement(values[before], truth[before])
            if found is not None:
                # in standard errors: an agreement on a handful of loans is no strong one
                seen[name] = np.arctanh(found[0]) / found[1], values
        row: dict[str, Any] = {
            "theme": theme,
            "features": len(names),
            "with_values": int(dataset.frame[names].notna().any().sum()),
        }
        rows.append(row | _strongest(seen, truth, test))
    return rows


def _agreement(values: pd.Series, truth: pd.Series) -> tuple[float, float] | None:
    """Rank correlation and the standard error of its Fisher transform; None where nothing varies."""
    known = values.dropna()
    if len(known) < FEWEST or known.nunique() < 2:
        return None
    agreement = known.corr(truth[known.index], method="spearman")
    return float(np.clip(agreement, -0.999, 0.999)), 1 / float(np.sqrt(len(known) - 3))


def _strongest(
    seen: dict[str, tuple[float, pd.Series]], truth: pd.Series, test: np.ndarray
) -> dict[str, Any]:
    """The feature with the surest agreement before, and its agreement on the test years."""
    row: dict[str, Any] = dict.fromkeys(("strongest", "correlation", "low", "high"))
    if not seen:
        return row | {"tells": False}
    name = max(seen, key=lambda one: abs(seen[one][0]))
    before, values = seen[name]
    found = _agreement(values[test], truth[test])
    if found is None:
        return row | {"strongest": name, "tells": False}
    agreement, error = found
    low, high = np.tanh(np.arctanh(agreement) + SURE * error * np.array([-1, 1]))
    return {
        "strongest": name,
        "correlation": agreement,
        "low": float(low),
        "high": float(high),
        "tells": bool(low > 0 if before > 0 else high < 0),
    }
