"""The level of the newest months: by hand, and as a part of the configuration that a fit obeys."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.scale import probabilities
from tests.training.conftest import Trained
from training.dataset import Dataset
from training.errors import TrainingError
from training.evaluate import all_splits, fit_on
from training.evidence import log_loss_gain
from training.recalibrate import level_shift
from training.settings import Newest, Recalibration

pytestmark = pytest.mark.xdist_group("training-run")


def test_the_shift_by_hand() -> None:
    # All at even odds, one of four bad: log(1/4 / 3/4) = -log 3.
    assert level_shift(np.zeros(4), np.array([1, 0, 0, 0])) == pytest.approx(-np.log(3))


@settings(deadline=None)
@given(
    st.lists(st.floats(-6, 6), min_size=3, max_size=40),
    st.integers(1, 2),
)
def test_the_mean_prediction_becomes_the_observed_rate(odds: list[float], bads: int) -> None:
    log_odds = np.array(odds)
    bad = np.arange(len(odds)) < bads
    shifted = probabilities(log_odds + level_shift(log_odds, bad))
    assert shifted.mean() == pytest.approx(bad.mean())
    assert (np.diff(shifted[np.argsort(log_odds)]) >= 0).all()


def changed(trained: Trained, **changes: object) -> Dataset:
    from dataclasses import replace

    settings = trained.settings.model_copy(
        update={"split": Newest(test_months=9), "candidate": "scorecard", **changes}
    )
    return replace(trained.result.dataset, settings=settings)


def test_the_newest_months_test_and_those_before_them_train(trained: Trained) -> None:
    (split,) = all_splits(changed(trained, split=Newest(test_months=9, training_months=36)))
    months = trained.result.dataset.frame["as_of"].to_numpy().astype("datetime64[M]")
    assert months[split.test].min() == months.max() - 8
    assert months[split.train].max() < months[split.test].min()
    assert months[split.train].min() > months.max() - 9 - 36
    with pytest.raises(TrainingError, match="bad outcomes; at least 10 are needed"):
        all_splits(changed(trained, split=Newest(test_months=1000)))


def test_a_fit_takes_the_level_of_the_newest_training_months_and_says_so(trained: Trained) -> None:
    dataset = changed(trained, recalibration=Recalibration(months=24, least_bads=5))
    (split,) = all_splits(dataset)
    fitted, _ = fit_on(dataset, split.train, "scorecard", lender_history=True, name="recalibrated")
    months = dataset.frame["as_of"].to_numpy().astype("datetime64[M]")[split.train]
    newest = split.train[months > months.max() - 24]
    bad = dataset.bad.to_numpy()[newest]
    assert fitted.model.probability(dataset.frame.iloc[newest]).mean() == pytest.approx(bad.mean())
    told = fitted.model.notes["recalibration"]
    assert (told["rows"], told["bads"], told["slope"]) == (len(bad), int(bad.sum()), 1.0)
    plain, _ = fit_on(
        changed(trained), split.train, "scorecard", lender_history=True, name="recalibrated"
    )
    shift = fitted.model.log_odds(dataset.frame) - plain.model.log_odds(dataset.frame)
    assert np.allclose(shift, told["shift"])
    with pytest.raises(TrainingError, match="recalibration needs at least"):
        fit_on(
            changed(trained, recalibration=Recalibration(months=1, least_bads=10_000)),
            split.train,
            "scorecard",
            lender_history=True,
            name="recalibrated",
        )


def test_the_gain_in_log_loss_by_hand_and_its_p() -> None:
    gain, _ = log_loss_gain(np.array([1.0, 0.0]), np.array([0.5, 0.5]), np.array([0.25, 0.25]))
    assert gain == pytest.approx((np.log(4) + np.log(4 / 3)) / 2 - np.log(2))
    random = np.random.default_rng(7)
    bad = (random.random(4000) < 0.2).astype(float)
    right, mild = np.full(4000, 0.2), np.full(4000, 0.05)
    assert log_loss_gain(bad, right, mild)[1] < 1e-6
    assert log_loss_gain(bad, mild, right)[1] > 1 - 1e-6
    assert log_loss_gain(bad, right, right) == (0.0, 1.0)
