"""Hand-made loans for the matching tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.matching.backtest import Backtest
from models.matching.book import LendingBook
from models.matching.loans import Loans, loans_from_frame
from models.matching.ranker import Ranker, RankerSettings, fit_ranker
from models.matching.ranking import Ranking

USUAL: dict[str, Any] = {
    "institution": "ALPHA BANK",
    "opened_on": date(2006, 1, 10),
    "region": "US-CA",
    "postal_code": "94016",
    "industry_code": "722410",
    "programme": "standard",
    "amount_cents": 5_000_000,
    "new_business": False,
    "franchise": False,
    "employees": 4,
    "institution_region": "US-CA",
    "until_on": None,
}


def loan_frame(*differences: dict[str, Any]) -> pd.DataFrame:
    """One loan per argument: the usual one with differences; known on its day unless told otherwise."""
    rows = [{**USUAL, **different} for different in differences]
    for row in rows:
        row.setdefault("known_on", row["opened_on"])
    return pd.DataFrame(rows)


@pytest.fixture(scope="session")
def make_frame() -> Callable[..., pd.DataFrame]:
    return loan_frame


@pytest.fixture(scope="session")
def make_loans() -> Callable[..., Loans]:
    return lambda *differences: loans_from_frame(loan_frame(*differences))


def town_frame(seed: int = 7, loans: int = 4000) -> pd.DataFrame:
    """Two years of lending in two regions, by lenders with tastes: small or large loans, one or both regions."""
    random = np.random.default_rng(seed)
    lenders = [f"{name} BANK" for name in ("ALPHA", "BETA", "GAMMA", "DELTA", "EPSILON", "ZETA")]
    regions = np.array(["US-CA", "US-NV"])[(random.random(loans) < 0.3).astype(int)]
    small = random.random(loans) < 0.5
    # ALPHA and BETA make small loans, GAMMA and DELTA large ones; EPSILON and ZETA live in Nevada.
    taste = np.where(small, random.integers(0, 2, loans), random.integers(2, 4, loans))
    away = (regions == "US-NV") & (random.random(loans) < 0.7)
    chosen = np.where(away, random.integers(4, 6, loans), taste)
    frame = pd.DataFrame(
        {
            **USUAL,
            "institution": np.array(lenders)[chosen],
            "opened_on": [
                date(2004, 1, 1) + timedelta(days=int(d)) for d in random.integers(0, 1096, loans)
            ],
            "region": regions,
            "postal_code": np.where(
                regions == "US-CA",
                np.array(["94016", "94110", "90001"])[random.integers(0, 3, loans)],
                "89501",
            ),
            "industry_code": np.array(["722410", "441110", None], dtype=object)[
                random.integers(0, 3, loans)
            ],
            "programme": np.array(["standard", "revolving", "unknown"])[
                random.integers(0, 3, loans)
            ],
            "amount_cents": np.where(small, 2_000_000, 40_000_000)
            + random.integers(0, 100_000, loans) * 10,
            "employees": random.integers(0, 30, loans),
        }
    )
    frame["known_on"] = frame["opened_on"]
    return frame


@pytest.fixture(scope="session")
def make_town() -> Callable[..., pd.DataFrame]:
    return town_frame


@pytest.fixture(scope="session")
def town() -> Loans:
    return loans_from_frame(town_frame())


@pytest.fixture(scope="session")
def town_ranker(town: Loans) -> Ranker:
    backtest = Backtest(town, LendingBook(town))
    year = town.event.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    learn = backtest.learning_rows(np.flatnonzero(year == 2005)[:800])
    stop = backtest.learning_rows(np.flatnonzero(year == 2006)[:300])
    return fit_ranker(learn, stop, RankerSettings(trees=20, threads=1), seed=1)


@pytest.fixture(scope="session")
def town_ranking(town: Loans, town_ranker: Ranker) -> Ranking:
    return Ranking(town, town_ranker, int(town.seen.max()), facts={"seed": 1})
