"""Special codes from the schema to the score: a bin of their own, no direction, bound like missing values."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.bins import NumberBins
from models.errors import ModelsError
from models.glassbox.certificate import certify
from models.glassbox.fit import fit_glassbox
from models.schema import Field, Schema
from models.scorecard import fit_scorecard
from models.scorer import AdditiveModel
from tests.models.rows import SMALL, make_rows, special_model, table

CODES = (-9.0, -8.0)


@pytest.mark.parametrize(
    ("x", "y", "log_odds"),
    [
        (0.5, 0.0, -2.5),  # -0.5 + 0.0 + 0.0
        (-9.0, 1.0, -1.7),  # own bin 0.4, y above 0 is -0.1, pair 0.0
        (-8.0, None, -1.4),  # no bin in any table: missing 0.2; missing y 0.3 and 0.1
        (None, -9.0, -2.1),  # 0.2; the table of y counts -9 as missing 0.3; the pair knows it -0.6
        (2.0, 7.0, -1.5),  # 0.1; 7 is declared, so it is no quantity: 0.3 and 0.1
        (-8.5, 7.5, -2.6),  # quantities beside the codes: -0.5 and -0.1
    ],
)
def test_hand_worked(x: float | None, y: float | None, log_odds: float) -> None:
    model = special_model()
    assert model.explain({"x": x, "y": y}).log_odds == pytest.approx(log_odds, abs=1e-12)
    frame = pd.DataFrame({"x": [x], "y": [y]}, dtype=object)
    assert model.margin(frame)[0] == model.explain({"x": x, "y": y}).margin


def test_a_whole_number_and_a_numpy_number_are_the_code_too() -> None:
    model = special_model()
    expected = model.explain({"x": -9.0, "y": 7.0}).margin
    for x, y in ((-9, 7), (np.float32(-9), np.int64(7))):
        assert model.explain({"x": x, "y": y}).margin == expected


def test_worst_binds_special_codes_too() -> None:
    model = special_model()
    assert certify(model).holds
    assert certify(model).missing_not_best == ("x",)  # a y of -9 is better than none
    single = model.tables[0]
    better = single.with_values(np.array([-0.5, 0.1, 0.2, 0.05]))
    broken = certify(replace(model, tables=(better, *model.tables[1:])))
    assert broken.faults == (
        "a missing x or a special code of it can be better than the worst observed value",
    )


def test_directions_do_not_bind_special_codes() -> None:
    model = AdditiveModel(
        Schema((Field("x", "number", direction=1, special=(99,)),)),
        (table(("x",), (NumberBins((1.0,), (99.0,)),), [0.0, 0.5, 0.1, -3.0]),),
        intercept=0.0,
    )
    assert certify(model).monotone == {"x": 0.5}
    assert certify(model).holds


def test_a_table_with_a_code_that_is_not_declared_is_refused() -> None:
    with pytest.raises(ModelsError, match="'x': a table has special codes not declared"):
        AdditiveModel(
            Schema((Field("x", "number"),)),
            (table(("x",), (NumberBins((), (-9.0,)),), [0.0, 0.5, 0.1]),),
            intercept=0.0,
        )


def test_they_survive_save_and_load(tmp_path: Path) -> None:
    model = special_model()
    model.save(tmp_path)
    again = AdditiveModel.load(tmp_path)
    assert again.schema == model.schema
    assert [t.axes for t in again.tables] == [t.axes for t in model.tables]


@pytest.mark.parametrize("fit", ["glassbox", "scorecard"])
def test_thresholds_and_medians_are_not_taken_from_codes(fit: str) -> None:
    frame, bad = make_rows(1500, seed=3)
    random = np.random.default_rng(0)
    for code, share in zip(CODES, (0.4, 0.1), strict=True):
        frame.loc[random.random(len(frame)) < share, "income"] = code
    schema = Schema(
        (
            Field("arrears", "number", direction=1),
            Field("income", "number", direction=-1, missing="worst", special=CODES),
        )
    )
    model = (
        fit_glassbox(frame, bad, schema, settings=SMALL)
        if fit == "glassbox"
        else fit_scorecard(frame, bad, schema)
    )
    axis = model.bins["income"]
    assert isinstance(axis, NumberBins)
    assert axis.special == CODES
    assert axis.cuts[0] > 0
    assert model.typical["income"] > 1000  # type: ignore[operator]
    certificate = certify(model)
    assert certificate.holds
    assert "income" in certificate.missing_not_best
    # A special code is far from the safest value that its order would make of it.
    low, code = model.probability(pd.DataFrame({"arrears": [1.0] * 2, "income": [30_000.0, -9.0]}))
    assert code > low
