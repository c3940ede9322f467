"""Small rows and hand-made models that the tests of the models room share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.bins import CategoryBins, NumberBins
from models.glassbox.fit import GlassBoxSettings
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from models.table import Table

SMALL = GlassBoxSettings(
    max_bins=10,
    most_rounds=120,
    patience=30,
    min_data_in_leaf=20,
    learning_rate=0.1,
    folds=4,
    repeats=1,
)
"""Settings that fit in about a second."""

SCHEMA = Schema(
    (
        Field(
            "arrears",
            "number",
            title_zh="逾期月数",
            title_en="Months in arrears",
            unit="months",
            direction=1,
            too_high_zh="已逾期 {value} 个月",
            too_high_en="In arrears for {value} months",
            null_zh="没有账户",
            null_en="no account",
        ),
        Field("income", "number", title_zh="收入", title_en="Income", unit="CNY", direction=-1),
        Field("use", "number", title_zh="使用率", title_en="Utilisation", unit="fraction"),
        Field("sector", "category", title_zh="行业", title_en="Sector"),
    )
)


def make_rows(n: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows with missing values, ties on whole numbers, a pair effect (use x sector) and their labels."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "arrears": random.poisson(1.0, n).astype(float),
            "income": random.lognormal(8.0, 0.6, n).round(0),
            "use": random.beta(1.5, 2.0, n).round(3),
            "sector": random.choice(["farm", "shop", "works", "mine"], n, p=[0.4, 0.3, 0.25, 0.05]),
        }
    )
    frame.loc[random.random(n) < 0.1, "arrears"] = np.nan
    frame.loc[random.random(n) < 0.05, "use"] = np.nan
    frame.loc[random.random(n) < 0.08, "sector"] = None
    use = frame["use"].fillna(0.9)
    log_odds = (
        -1.6
        + 0.7 * frame["arrears"].fillna(0.0)
        - 0.9 * (np.log(frame["income"]) - 8.0)
        + np.where(frame["sector"] == "shop", 2.5, -1.0) * (use - 0.4)
    )
    bad = (random.random(n) < 1.0 / (1.0 + np.exp(-log_odds))).astype(int)
    return frame, bad


def awkward_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Add rows with infinities, unseen categories, everything missing and values far outside."""
    return pd.concat(
        [
            frame,
            pd.DataFrame(
                {
                    "arrears": [np.inf, -np.inf, np.nan, -5.0, 1e300],
                    "income": [-np.inf, np.inf, np.nan, 0.0, -0.0],
                    "use": [np.nan, 2.0, np.nan, -1.0, 0.5],
                    "sector": ["never seen", None, None, "", "shop"],
                }
            ),
        ],
        ignore_index=True,
    )


def row_values(frame: pd.DataFrame, i: int) -> dict[str, float | str | None]:
    """One row as a caller of the service gives it: plain numbers and text, None when missing."""
    return {
        name: None if pd.isna(value) else value if isinstance(value, str) else float(value)
        for name, value in frame.iloc[i].items()
    }


def table(
    features: tuple[str, ...], axes: tuple[NumberBins | CategoryBins, ...], values: object
) -> Table:
    """A table with the same mass in each cell."""
    cells = np.asarray(values, dtype=np.float64)
    return Table(features, axes, cells, np.full(cells.shape, 1.0 / cells.size))


def special_model() -> AdditiveModel:
    """Two numbers with special codes: the table of y knows none of its two, that of x one of two."""
    return AdditiveModel(
        Schema(
            (
                Field("x", "number", direction=1, missing="worst", special=(-9, -8)),
                Field("y", "number", special=(-9, 7)),
            )
        ),
        (
            table(("x",), (NumberBins((1.0,), (-9.0,)),), [-0.5, 0.1, 0.2, 0.4]),
            table(("y",), (NumberBins((0.0,)),), [0.0, -0.1, 0.3]),
            table(("x", "y"), (NumberBins(()), NumberBins((), (-9.0,))), [[0.0, 0.1, -0.6]] * 2),
        ),
        intercept=-2.0,
    )


def hand_model(
    pair: object = ((0.1, -0.1, 0.0), (0.3, 0.0, 0.05), (0.0, 0.0, 0.2)),
) -> AdditiveModel:
    """Two inputs, small enough to add up by hand; the pair is coarser than the single tables."""
    return AdditiveModel(
        Schema((Field("x", "number", direction=1), Field("c", "category"))),
        (
            table(("x",), (NumberBins((1.0, 2.0)),), [-0.5, 0.1, 0.7, 0.3]),
            table(("c",), (CategoryBins(("a", "b")),), [0.2, -0.2, 0.4, 0.0]),
            table(("x", "c"), (NumberBins((2.0,)), CategoryBins(("a",))), pair),
        ),
        intercept=-2.0,
    )
