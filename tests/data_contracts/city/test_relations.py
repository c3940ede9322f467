"""Relations are coherent: nobody guarantees for himself, shares add up, circles close."""

from __future__ import annotations

import duckdb
import numpy as np

from data_contracts.city.population import ENTERPRISE
from data_contracts.city.themes.relations import relate
from data_contracts.city.write import file_of


def test_nobody_guarantees_for_himself(clean):
    own, rows = (
        duckdb.connect()
        .execute(
            "SELECT count(*) FILTER (subject_id = guaranteed_id), count(*) "
            f"FROM read_parquet('{file_of(clean, 'guarantee')}')"
        )
        .fetchone()
    )
    assert own == 0
    assert rows > 0


def test_shares_of_an_enterprise_add_up_to_one_at_most(clean):
    (most,) = (
        duckdb.connect()
        .execute(
            "SELECT max(total) FROM (SELECT sum(share) AS total FROM "
            f"read_parquet('{file_of(clean, 'shareholder')}') GROUP BY subject_id)"
        )
        .fetchone()
    )
    assert 0.5 < most <= 1.0 + 1e-9


def test_circles_close(town):
    found = relate(town)
    circles = np.unique(found.circle[found.circle >= 0])
    assert len(circles) > 3
    for circle in circles:
        inside = found.circle == circle
        after = dict(zip(found.guarantor[inside], found.debtor[inside], strict=True))
        start = here = next(iter(after))
        for _ in range(len(after)):
            here = after[here]
        assert here == start
        assert 3 <= len(set(after)) == len(after) <= 8


def test_owners_form_no_ring_and_persons_link_firms(town):
    found = relate(town)
    children = np.flatnonzero(found.parent >= 0)
    assert len(children) > 100
    assert (found.parent[found.parent[children]] == -1).all()
    assert (town.population.kind[children] == ENTERPRISE).all()
    firms = np.unique(found.leader, return_counts=True)[1]
    assert (firms > 1).sum() > 50


def test_key_persons_are_the_persons_of_the_register(town):
    found = relate(town)
    assert found.leader.max() < len(town.population.persons)
    assert set(town.population.rows(ENTERPRISE)) == set(found.led)
