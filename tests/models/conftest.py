"""Models that are fitted once for all tests of the room."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.glassbox.fit import fit_glassbox
from models.scorer import AdditiveModel
from tests.models.rows import SCHEMA, SMALL, make_rows


@pytest.fixture(scope="session")
def rows() -> tuple[pd.DataFrame, np.ndarray]:
    return make_rows(3000)


@pytest.fixture(scope="session")
def fitted(rows: tuple[pd.DataFrame, np.ndarray]) -> AdditiveModel:
    return fit_glassbox(rows[0], rows[1], SCHEMA, settings=SMALL, seed=3)
