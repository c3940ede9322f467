"""Splits by hand; and one real fit and evaluation of every kind on a made-up portfolio."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from features.catalogue import view
from training.config_files import settings_for
from training.dataset import Dataset
from training.errors import TrainingError
from training.evaluate import all_splits, evaluate_all, means, out_of_time_splits, stable_seed
from training.fit import fit
from training.settings import (
    RollingOrigin,
    TrainingSettings,
)


def dataset(
    settings: TrainingSettings, years: range, per_year: int = 400, share: float = 0.1
) -> Dataset:
    """A frame of the real view whose first number tells the risk; the other inputs are noise."""
    random = np.random.default_rng(7)
    declared = view(settings.view)
    n = len(years) * per_year
    days = np.concatenate(
        [np.datetime64(date(y, 1, 1)) + random.integers(0, 365, per_year) for y in years]
    )
    frame = pd.DataFrame(
        {"subject_id": [f"S-{i}" for i in range(n)], "as_of": pd.to_datetime(days)}
    )
    for feature in declared.features:
        if feature.kind == "number":
            frame[feature.name] = random.normal(size=n)
        else:
            frame[feature.name] = random.choice(["a", "b"], n)
    first = next(f for f in declared.features if f.kind == "number" and not f.lender_history)
    risk = frame[first.name] * (first.direction or 1)
    bad = (risk + random.normal(size=n) > np.quantile(risk, 1 - share) + 0.6).astype("int8")
    order = np.argsort(frame["as_of"].to_numpy(), kind="stable")
    return Dataset(
        settings,
        declared,
        frame.iloc[order].reset_index(drop=True),
        bad.iloc[order].reset_index(drop=True),
        "0" * 64,
    )


def test_out_of_time_windows_hold_the_right_days() -> None:
    data = dataset(settings_for("sba"), range(1990, 2008))
    splits = out_of_time_splits(data)
    assert [s.name for s in splits] == [f"oot-{y}" for y in range(2000, 2008)]
    for split, year in zip(splits, range(2000, 2008), strict=True):
        train, test = (data.frame["as_of"].iloc[rows] for rows in (split.train, split.test))
        assert set(train.dt.year) == set(range(year - 8, year - 2))
        assert set(test.dt.year) == {year}
        # every training label had ended before the test year began
        assert (train + pd.DateOffset(months=24)).max() < pd.Timestamp(year, 1, 1)


def test_the_random_split_mixes_the_same_rows() -> None:
    data = dataset(settings_for("sba"), range(1990, 2008))
    *years, random = all_splits(data)
    used = set(np.concatenate([np.concatenate([s.train, s.test]) for s in years]).tolist())
    assert random.name == "random"
    assert set(random.train.tolist()) | set(random.test.tolist()) == used
    assert not set(random.train.tolist()) & set(random.test.tolist())


def test_years_without_enough_outcomes_are_left_out_and_none_is_an_error() -> None:
    data = dataset(settings_for("sba"), range(1996, 2008))
    names = [s.name for s in out_of_time_splits(data)]
    assert "oot-2000" in names  # trained on 1996 and 1997 alone
    with pytest.raises(TrainingError, match="10 bad outcomes"):
        out_of_time_splits(dataset(settings_for("sba"), range(1980, 1984)))


def test_a_stratified_split_keeps_the_rate() -> None:
    data = dataset(settings_for("cards"), range(2005, 2006), per_year=2000)
    (split,) = all_splits(data)
    assert split.name == "stratified"
    rates = [data.bad.iloc[rows].mean() for rows in (split.train, split.test)]
    assert rates[0] == pytest.approx(rates[1], abs=0.002)
    assert len(split.test) == 500


def test_too_few_bads_are_named() -> None:
    data = dataset(settings_for("cards"), range(2005, 2006), per_year=300)
    few = pd.Series(np.zeros(len(data.bad), dtype="int8"))
    few.iloc[:3] = 1
    with pytest.raises(TrainingError, match="3 bad"):
        fit("glassbox", data.frame, few, data.view.spec(), validation_share=0.2, seed=1)


def test_seeds_depend_on_the_name_alone() -> None:
    assert stable_seed(1, "sba", "oot-2000") == stable_seed(1, "sba", "oot-2000")
    assert stable_seed(1, "sba", "oot-2000") != stable_seed(1, "sba", "oot-2001")


def test_every_kind_finds_the_signal_out_of_time_and_the_mean_is_the_mean() -> None:
    settings = settings_for("sba").model_copy(
        update={"split": RollingOrigin(test_years=(2003, 2004)), "bootstrap": 50}
    )
    data = dataset(settings, range(1995, 2005), per_year=300, share=0.2)
    evaluations = list(evaluate_all(data))
    assert {(e.split.name, e.kind, e.lender_history) for e in evaluations} == {
        (split, kind, history)
        for split in ("oot-2003", "oot-2004", "random")
        for kind in settings.models
        for history in (True, False)
        if history or split != "random"
    }
    for evaluation in evaluations:
        assert evaluation.metrics.auc > 0.65, (evaluation.kind, evaluation.split.name)
        history = {f.name for f in data.view.features if f.lender_history}
        assert evaluation.lender_history == bool(history & set(evaluation.fitted.inputs))
    for mean in means(data, evaluations):
        years = [
            e.metrics.auc
            for e in evaluations
            if (e.kind, e.lender_history) == (mean.kind, mean.lender_history)
            and e.split.name.startswith("oot-")
        ]
        assert mean.metrics.auc == pytest.approx(np.mean(years))
        assert mean.metrics.auc_low < mean.metrics.auc < mean.metrics.auc_high
