"""Held against a known truth: what can be reached, what a theme tells, and what was seen too early."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from features.catalogue import view
from features.view import FeatureView
from training.config_files import settings_for
from training.dataset import Dataset
from training.errors import TrainingError
from training.truth import against_truth, beyond_truth, what_themes_tell

ROWS = 3000
NAMES = ("void_rate", "sales_12", "size_class", "enforcements_24", "patents_valid")


def made(folder: Path, *, leak: bool = False) -> Dataset:
    """Loans of five years whose outcomes are drawn from a truth that is written to the folder."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=ROWS)
    p = 1 / (1 + np.exp(-(x - 1.5)))
    bad = rng.random(ROWS) < p
    day = pd.to_datetime("2019-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 1826, ROWS)), "D")
    frame = pd.DataFrame(
        {
            "subject_id": [f"USCC-{n}" for n in range(ROWS)],
            "as_of": day,
            "void_rate": x + rng.normal(size=ROWS),
            "sales_12": rng.normal(size=ROWS),
            "size_class": np.where(x + rng.normal(size=ROWS) > 0, "micro", "small"),
            # as if enforcement after the default were known on the day of the loan
            "enforcements_24": rng.poisson(0.3, ROWS) + (leak & bad),
            "patents_valid": np.nan,
        }
    )
    truth = frame[["subject_id"]].assign(opened_on=day, p_true=p, p_observable=p, loan=True)
    (folder / "truth").mkdir()
    truth.to_parquet(folder / "truth" / "simulated_applications.parquet")
    whole = view("firm")
    some = FeatureView("some", "enterprise", tuple(whole[name] for name in NAMES))
    return Dataset(settings_for("city-firms"), some, frame, pd.Series(bad).astype("int8"), "0" * 64)


def test_the_true_probabilities_are_the_limit(tmp_path: Path) -> None:
    found = against_truth(made(tmp_path), tmp_path)
    assert found["n"] > 1000
    assert found["bayes_auc_low"] < found["bayes_auc"] < found["bayes_auc_high"]
    # of a normal x with this intercept, by a million draws
    assert found["bayes_auc"] == pytest.approx(0.74, abs=0.04)
    assert found["observable_auc"] == found["bayes_auc"]


def test_what_was_known_in_time_tells_no_more_than_the_truth(tmp_path: Path) -> None:
    found = beyond_truth(made(tmp_path), tmp_path)
    assert found["features"] == 3
    assert found["chance"] > 0.01


def test_what_was_seen_too_early_is_named(tmp_path: Path) -> None:
    found = beyond_truth(made(tmp_path, leak=True), tmp_path)
    assert (found["feature"], found["chance"] < 1e-6) == ("enforcements_24", True)
    assert found["lean"] > 5


def test_each_theme_tells_what_it_tells_on_later_loans(tmp_path: Path) -> None:
    rows = {row["theme"]: row for row in what_themes_tell(made(tmp_path), tmp_path)}
    assert rows["invoice"]["strongest"] == "void_rate"
    assert rows["invoice"]["tells"]
    assert rows["invoice"]["low"] < 0.7 < rows["invoice"]["high"]
    # a code is ordered by what was seen before
    assert rows["registration_history"]["tells"]
    assert not rows["judicial"]["tells"]
    assert rows["intellectual_property"] == {
        "theme": "intellectual_property", "features": 1, "with_values": 0, "strongest": None,
        "correlation": None, "low": None, "high": None, "tells": False,
    }  # fmt: skip


def test_the_truth_of_other_loans_is_refused(tmp_path: Path) -> None:
    dataset = made(tmp_path)
    dataset.frame["subject_id"] += "X"
    with pytest.raises(TrainingError, match="not that of these loans"):
        against_truth(dataset, tmp_path)
    with pytest.raises(TrainingError, match="holds no truth"):
        against_truth(dataset, tmp_path / "none")
