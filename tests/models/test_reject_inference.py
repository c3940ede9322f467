"""Reject inference: arithmetic by hand, then what it must and must not do where the truth is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.bins import NumberBins
from models.errors import ModelsError
from models.metrics import auc
from models.reject_inference import METHODS, RejectSettings, infer_rejects
from models.schema import Field, Schema
from models.scorecard import fit_scorecard
from models.scorer import AdditiveModel
from models.table import Table

SCHEMA_ = Schema((Field("x", "number", direction=1), Field("z", "number")))


def by_hand(frame: pd.DataFrame, bad: np.ndarray, schema: Schema, **_: Any) -> AdditiveModel:
    """Half of those with x above 0 go bad, a fifth of the others."""
    values = np.array([np.log(0.25), 0.0, 0.0])
    table = Table(("x",), (NumberBins((0.0,)),), values, np.full(3, 1 / 3))
    return AdditiveModel(Schema((Field("x", "number"), Field("z", "number"))), (table,), 0.0)


def applicants(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Lenders see x and z alone; x counts for the risk twice as much as z."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"x": random.normal(size=n), "z": random.normal(size=n)})
    p = 1 / (1 + np.exp(-(-1.5 + 1.0 * frame["x"] + 0.5 * frame["z"])))
    accepted = random.random(n) < 1 / (1 + np.exp(1.5 * frame["x"]))
    return frame, (random.random(n) < p).astype(int), np.asarray(accepted)


def test_fuzzy_by_hand() -> None:
    accepted = pd.DataFrame({"x": [1.0, -1.0], "z": 0.0})
    rejected = pd.DataFrame({"x": [2.0, -2.0], "z": 0.0})
    found = infer_rejects(accepted, [1, 0], rejected, SCHEMA_, method="fuzzy", fit=by_hand)
    assert found.frame["x"].tolist() == [1.0, -1.0, 2.0, -2.0, 2.0, -2.0]
    assert found.bad.tolist() == [1, 0, 1, 1, 0, 0]
    assert found.weight.tolist() == pytest.approx([1, 1, 0.5, 0.2, 0.5, 0.8])
    assert found.notes["inferred_rate"] == pytest.approx(0.35)
    # Twice the odds: 1 to 1 becomes 2 to 1, 1 to 4 becomes 1 to 2.
    twice = infer_rejects(
        accepted,
        [1, 0],
        rejected,
        SCHEMA_,
        method="fuzzy",
        settings=RejectSettings(odds_ratio=2.0),
        fit=by_hand,
    )
    assert twice.weight[2:4].tolist() == pytest.approx([2 / 3, 1 / 3])


def test_parcelling_by_hand() -> None:
    """Two bands of 100 accepted rows, 60 and 10 bads: the rejected are drawn at these rates."""
    accepted = pd.DataFrame({"x": np.repeat([1.0, -1.0], 100), "z": 0.0})
    bad = np.concatenate([np.arange(100) < 60, np.arange(100) < 10]).astype(int)
    rejected = pd.DataFrame({"x": np.repeat([2.0, -2.0], [9000, 1000]), "z": 0.0})
    settings = RejectSettings(bands=2, least_bads=0.0)
    found = infer_rejects(
        accepted, bad, rejected, SCHEMA_, method="parcelling", settings=settings, fit=by_hand
    )
    assert found.notes["band_rates"] == pytest.approx([0.6, 0.1])  # lowest scores first
    assert found.notes["rejected_by_band"] == [9000, 1000]
    drawn = found.bad[200:]
    # Three standard errors of 9000 and 1000 draws.
    assert drawn[:9000].mean() == pytest.approx(0.6, abs=0.016)
    assert drawn[9000:].mean() == pytest.approx(0.1, abs=0.029)
    assert (found.weight == 1).all()


def test_two_stage_weights_make_the_accepted_stand_for_all() -> None:
    frame, bad, accepted = applicants(6000, 0)
    found = infer_rejects(
        frame[accepted],
        bad[accepted],
        frame[~accepted],
        SCHEMA_,
        method="two_stage",
        fit=fit_scorecard,
    )
    assert found.weight.mean() == pytest.approx(1.0)
    assert 0.7 < found.notes["refusal_auc"] < 0.95
    assert found.notes["effective_rows"] < accepted.sum()
    plain = found.frame["x"].mean() - frame["x"].mean()
    weighted = np.average(found.frame["x"], weights=found.weight) - frame["x"].mean()
    assert abs(weighted) < 0.35 * abs(plain)
    capped = infer_rejects(
        frame[accepted],
        bad[accepted],
        frame[~accepted],
        SCHEMA_,
        method="two_stage",
        settings=RejectSettings(most_weight=2.0),
        fit=fit_scorecard,
    )
    assert capped.notes["largest_weight"] < found.notes["largest_weight"]


@pytest.mark.parametrize("method", METHODS)
def test_no_method_harms_where_the_inputs_tell_all(method: str) -> None:
    frame, bad, accepted = applicants(6000, 1)
    rows = frame[accepted], bad[accepted]
    alone = fit_scorecard(*rows, SCHEMA_)
    found = infer_rejects(*rows, frame[~accepted], SCHEMA_, method=method, fit=fit_scorecard)
    model = fit_scorecard(found.frame, found.bad, SCHEMA_, weight=found.weight)
    test, outcome, _ = applicants(20_000, 2)
    assert auc(outcome, model.probability(test)) > auc(outcome, alone.probability(test)) - 0.01
    assert model.probability(test).mean() == pytest.approx(outcome.mean(), abs=0.05)
    again = infer_rejects(*rows, frame[~accepted], SCHEMA_, method=method, fit=fit_scorecard)
    assert (again.bad == found.bad).all()
    assert (again.weight == found.weight).all()


def test_bad_calls_are_refused() -> None:
    frame, bad, _ = applicants(50, 3)
    for method, rejected, labels, hint in (
        ("magic", frame, bad, "Unknown method 'magic'"),
        ("fuzzy", frame.iloc[:0], bad, "no rejected rows"),
        ("fuzzy", frame, bad[:-1], "one entry for each"),
    ):
        with pytest.raises(ModelsError, match=hint):
            infer_rejects(frame, labels, rejected, SCHEMA_, method=method, fit=by_hand)
