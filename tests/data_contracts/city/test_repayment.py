"""Arrears that are cured: whose activity they follow."""

from __future__ import annotations

import numpy as np

from data_contracts.city.city import City
from data_contracts.city.clock import Settings
from data_contracts.city.credit import NEVER
from data_contracts.city.lenders import BULLET


def test_a_borrowers_arrears_follow_its_own_activity_in_a_city_with_more_loans_than_subjects() -> (
    None
):
    city = City.found(Settings(1000, 1, 120))
    loans = city.loans
    assert len(loans) > 1000
    rows = np.flatnonzero((loans.default_after >= NEVER) & (loans.frequency != BULLET))
    months = loans.month[rows, None] + np.arange(12)
    activity = city.health.activity[loans.subject[rows, None], months].mean(axis=1)
    missed = loans.histories.ever[rows, 11] > 0
    order = np.argsort(activity)
    weak, strong = (
        missed[part].mean() for part in (order[: len(order) // 3], order[-len(order) // 3 :])
    )
    # The odds of a missed month rise by exp(.9) for each unit of activity that is missing.
    assert weak > 3 * strong
