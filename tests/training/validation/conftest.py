"""A small portfolio whose truth is known, a model of it, and the evidence of a validation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data_contracts.documents import Text
from models.glassbox.fit import fit_glassbox
from models.schema import Field, Schema
from models.scorecard import fit_scorecard
from models.scorer import AdditiveModel
from training.validation.evidence import Evidence, Sample, Step, ValidationSettings


def portfolio(rows: int, seed: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Rows, outcomes and true probabilities: debt harms, income helps, the trade matters."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "debt": random.gamma(2.0, 1.0, rows).round(3),
            "income": random.normal(0.0, 1.0, rows).round(3),
            "trade": random.choice(["farm", "shop", "works"], rows),
            "noise": random.normal(0.0, 1.0, rows).round(3),
        }
    )
    frame.loc[random.random(rows) < 0.1, "income"] = np.nan
    z = (
        -2.2
        + 0.7 * frame["debt"]
        - 0.6 * frame["income"].fillna(-0.5)
        + 0.5 * (frame["trade"] == "shop")
    )
    truth = 1 / (1 + np.exp(-z.to_numpy()))
    return frame, (random.random(rows) < truth).astype(np.int8), truth


@pytest.fixture(scope="session")
def model() -> AdditiveModel:
    frame, bad, _ = portfolio(4000, 1)
    schema = Schema(
        (
            Field("debt", "number", "负债", "Debt", direction=1),
            Field("income", "number", "收入", "Income", direction=-1),
            Field("trade", "category", "行业", "Trade"),
            Field("noise", "number", "噪声", "Noise"),
        )
    )
    return fit_glassbox(frame, bad, schema)


@pytest.fixture(scope="session")
def scorecard(model: AdditiveModel) -> AdditiveModel:
    frame, bad, _ = portfolio(4000, 1)
    return fit_scorecard(frame, bad, model.schema)


@pytest.fixture(scope="session")
def sample() -> Sample:
    frame, bad, _ = portfolio(3000, 2)
    days = np.datetime64("2024-01-01") + np.arange(3000) % 360
    sex = np.where(np.random.default_rng(4).random(3000) < 0.4, "F", "M").astype(object)
    return Sample(
        frame,
        bad,
        days.astype("datetime64[D]"),
        {"行业 Trade": frame["trade"].to_numpy(dtype=object)},
        {"性别 Sex": sex},
    )


@pytest.fixture(scope="session")
def evidence(model: AdditiveModel, scorecard: AdditiveModel, sample: Sample) -> Evidence:
    frame, bad, _ = portfolio(4000, 1)
    return Evidence(
        model,
        "demo/1",
        sample,
        development=Sample(frame, bad),
        challengers={"scorecard": np.asarray(scorecard.probability(sample.frame))},
        waterfall=(Step(Text("全部", "All"), 5000), Step(Text("有结果", "With outcome"), 3000)),
        suppliers={"银行 bank": ("debt", "income"), "工商 registry": ("trade",)},
        simulated=True,
        settings=ValidationSettings(bootstrap=50, most_pictures=3, approve_at=500),
    )
