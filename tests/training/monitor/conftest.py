"""A model of a portfolio whose truth is known, and months drawn from it, changed or not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.glassbox.fit import fit_glassbox
from models.schema import Field, Schema
from training.monitor.settings import MonitorSettings
from training.monitor.watched import Month, Reference, Watched


def draw(
    rows: int, seed: int, *, richer: float = 0.0, riskier: float = 0.0
) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows and outcomes; `richer` moves an input, `riskier` the log odds of everybody."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "debt": random.gamma(2.0, 1.0, rows).round(3),
            "income": random.normal(richer, 1.0, rows).round(3),
        }
    )
    z = -2.0 + 0.8 * frame["debt"] - 0.6 * (frame["income"] - richer) + riskier
    return frame, (random.random(rows) < 1 / (1 + np.exp(-z.to_numpy()))).astype(np.float64)


def month(name: str, rows: int, seed: int, matured: bool = True, **change: float) -> Month:
    frame, bad = draw(rows, seed, **change)
    return Month(name, frame, bad if matured else np.full(rows, np.nan))


@pytest.fixture(scope="session")
def watched() -> Watched:
    frame, bad = draw(4000, 1)
    schema = Schema(
        (
            Field("debt", "number", "负债", "Debt", direction=1),
            Field("income", "number", "收入", "Income", direction=-1),
        )
    )
    model = fit_glassbox(frame, bad, schema)
    later, outcome = draw(3000, 2)
    return Watched(
        model,
        "demo/1",
        Reference.of(model, later, outcome),
        {"银行": ("debt",), "税务": ("income",)},
        MonitorSettings(approve_at=500),
    )
