"""What no training row had must not score like the best of those that some had."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
import pytest

from models.glassbox.fit import GlassBoxSettings, fit_glassbox
from models.schema import Field, Schema
from models.scorer import AdditiveModel

SETTINGS = GlassBoxSettings(most_rounds=60, learning_rate=0.1)


def _rows() -> tuple[pd.DataFrame, np.ndarray]:
    random = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "arrears": random.integers(0, 5, 3000).astype(float),
            "sector": random.choice(["farm", "shop"], 3000),
        }
    )
    log_odds = frame["arrears"] - 2.0 + (frame["sector"] == "farm")
    return frame, (random.random(3000) < 1 / (1 + np.exp(-log_odds))).astype(int)


def _fit(missing: Literal["learned", "worst"]) -> AdditiveModel:
    frame, bad = _rows()
    arrears = Field("arrears", "number", direction=1, missing=missing)
    return fit_glassbox(
        frame, bad, Schema((arrears, Field("sector", "category"))), settings=SETTINGS
    )


def test_a_missing_number_that_no_row_had_scores_between_the_best_and_the_worst() -> None:
    model = _fit("learned")
    best, unknown, worst = (
        model.explain({"arrears": value, "sector": "farm"}).margin for value in (0.0, None, 4.0)
    )
    assert worst + 20 < unknown < best - 20


@pytest.mark.parametrize("level", ["mine", None])
def test_a_level_that_no_row_had_scores_between_those_that_rows_had(level: str | None) -> None:
    model = _fit("learned")
    farm, unknown, shop = (
        model.explain({"arrears": 2.0, "sector": value}).margin for value in ("farm", level, "shop")
    )
    assert farm + 5 < unknown < shop - 5 or shop + 5 < unknown < farm - 5


def test_where_declared_a_missing_number_that_no_row_had_is_the_worst() -> None:
    model = _fit("worst")
    margins = [
        model.explain({"arrears": v, "sector": "shop"}).margin for v in (0.0, 2.0, 4.0, None)
    ]
    assert margins[3] <= min(margins[:3]) + 1e-9
