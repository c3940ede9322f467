"""The glass box among scikit-learn's estimators."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import check_estimator

from models.glassbox.certificate import certify
from models.glassbox.estimator import EXPECTED_FAILED_CHECKS, GlassBoxClassifier
from models.glassbox.settings import GlassBoxSettings
from tests.models.rows import SMALL, make_rows

QUICK = GlassBoxSettings(most_rounds=20, least_rounds=10, folds=2, repeats=1, pairs=2)


@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_finds_no_fault() -> None:
    results = check_estimator(
        GlassBoxClassifier(settings=QUICK),
        expected_failed_checks=EXPECTED_FAILED_CHECKS,
        on_fail=None,
        on_skip=None,
    )
    failed = {r["check_name"]: r["exception"] for r in results if r["status"] == "failed"}
    assert not failed
    assert sum(r["status"] == "passed" for r in results) > 40


def test_a_frame_keeps_its_types_and_names() -> None:
    frame, bad = make_rows(900)
    labels = np.where(bad == 1, "bad", "a good one")
    model = GlassBoxClassifier(directions={"arrears": 1, "income": -1}, settings=SMALL)
    model.fit(frame, labels)
    assert model.feature_names_in_.tolist() == frame.columns.tolist()
    assert model.classes_.tolist() == ["a good one", "bad"]
    p = model.predict_proba(frame)
    np.testing.assert_allclose(p.sum(axis=1), 1.0)
    np.testing.assert_array_equal(p[:, 1], model.model_.probability(frame))
    assert set(model.predict(frame)) == {"a good one", "bad"}
    certificate = certify(model.model_)
    assert certificate.holds
    assert set(certificate.monotone) == {"arrears", "income"}
    assert model.model_.schema["sector"].kind == "category"


def test_it_can_be_cloned_set_and_put_into_a_pipeline() -> None:
    frame, bad = make_rows(300)
    model = clone(GlassBoxClassifier(settings=QUICK)).set_params(random_state=4)
    assert model.get_params()["random_state"] == 4
    rows = frame.select_dtypes("number")
    p = make_pipeline(FunctionTransformer(), model).fit(rows, bad).predict_proba(rows)
    assert p.shape == (300, 2)


def test_one_class_is_refused_and_weight_zero_is_no_row() -> None:
    frame, bad = make_rows(300)
    with pytest.raises(ValueError, match="one class"):
        GlassBoxClassifier(settings=QUICK).fit(frame, bad, sample_weight=1.0 - bad)
    weight = (np.arange(300) % 2).astype(float)
    model = GlassBoxClassifier(settings=QUICK).fit(frame, bad, sample_weight=weight)
    assert model.model_.notes["rows"] == 150


def test_special_codes_are_no_quantities() -> None:
    x = np.r_[np.arange(100.0), np.full(50, -7.0)]
    frame = pd.DataFrame({"x": x, "z": np.arange(150) % 7})
    bad = np.r_[np.arange(100) > 50, np.zeros(50)]
    model = GlassBoxClassifier(special={"x": (-7.0,)}, settings=QUICK).fit(frame, bad)
    assert model.model_.bins["x"].special == (-7.0,)  # type: ignore[union-attr]
