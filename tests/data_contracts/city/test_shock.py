"""A shock changes the world from its month on, and nothing before; its truth is known too."""

from __future__ import annotations

import numpy as np
import pytest

from data_contracts.city.city import City
from data_contracts.city.clock import Settings
from data_contracts.city.credit import NEVER
from data_contracts.city.truth import HORIZON
from data_contracts.errors import ContractsError

CALM = Settings(6000, 3, 24)


def test_before_the_shock_the_city_is_the_same_and_after_it_riskier() -> None:
    calm, shaken = City.found(CALM), City.found(Settings(6000, 3, 24, shock_month=12, shock=1.2))
    before = calm.applications.month < 12
    assert (shaken.applications.month < 12).sum() == before.sum()
    for name in ("subject", "p_true", "default_after", "applied"):
        mine, theirs = (getattr(city.applications, name) for city in (shaken, calm))
        assert np.array_equal(mine[: before.sum()], theirs[before])
    loans = shaken.applications.loans
    after = shaken.applications.month[loans] >= 12
    bad = (shaken.applications.default_after[loans] <= HORIZON) & (
        shaken.applications.default_after[loans] < NEVER
    )
    assert bad[after].mean() > 1.7 * bad[~after].mean()
    p = shaken.applications.p_true[loans]
    spread = np.sqrt((p[after] * (1 - p[after])).sum()) / after.sum()
    assert abs(bad[after].mean() - p[after].mean()) < 4 * spread


@pytest.mark.parametrize(("month", "shock"), [(24, 1.0), (-1, 1.0), (3, 9.0)])
def test_an_impossible_shock_is_refused(month: int, shock: float) -> None:
    with pytest.raises(ContractsError, match="shock"):
        Settings(600, 1, 24, shock_month=month, shock=shock)
