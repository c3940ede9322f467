"""What could be reached at best: the simulated city's true probabilities on the loans of the test year."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from models.metrics import evaluate
from training.dataset import Dataset
from training.errors import TrainingError
from training.settings import RollingOrigin

COLUMNS = ["subject_id", "opened_on", "p_true", "p_observable"]


def against_truth(dataset: Dataset, city: Path) -> dict[str, float]:
    """AUC of the true probabilities of default on the newest test year, with 95 % intervals.

    Parameters
    ----------
    dataset : Dataset
        Of the simulated city.
    city : Path
        Folder of the city's files; the truth in it is never taken into a lake.

    Returns
    -------
    dict
        ``bayes_auc`` is that of the probability given the latent state, which no record tells in full;
        ``observable_auc`` that given all that the clean records tell; both with ``_low`` and ``_high``;
        ``n`` loans were compared.

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
    loans = dataset.frame[["subject_id", "as_of"]].assign(bad=dataset.bad.to_numpy())
    split = dataset.settings.split
    if isinstance(split, RollingOrigin):
        loans = loans[loans["as_of"].dt.year == split.test_years[-1]]
    found = loans.merge(truth, on=["subject_id", "as_of"], validate="many_to_one")
    if found.empty or len(found) != len(loans):
        raise TrainingError(
            f"the truth in {city} is not that of these loans.",
            "load the city whose files these are",
        )
    answer: dict[str, float] = {"n": len(found)}
    for name, column in (("bayes", "p_true"), ("observable", "p_observable")):
        metrics = evaluate(found["bad"], found[column], seed=dataset.settings.seed)
        answer |= {
            f"{name}_auc": metrics.auc,
            f"{name}_auc_low": metrics.auc_low,
            f"{name}_auc_high": metrics.auc_high,
        }
    return answer
