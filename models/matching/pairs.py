"""Figures of a pair of borrower and lender that the ranker reads, each with its group, direction and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.matching.book import LONG, SEASON, YEAR, LendingBook
from models.matching.requests import Requests

Group = Literal[
    "area", "region", "programme", "amount", "industry", "newness", "size", "franchise", "activity"
]


@dataclass(frozen=True)
class PairFeature:
    """One input of the ranker.

    Attributes
    ----------
    name : str
    group : str
        Whose contributions are added up in an explanation.
    direction : {1, 0, -1}
        1: a larger value never lowers the lender's rank (the ranker is bound to it); -1: never raises it.
    """

    name: str
    group: Group
    direction: int


# Shares in a circle: which half-lives are read. More of them did not help on validation data.
_SHARES: tuple[tuple[str, Group, tuple[int, ...]], ...] = (
    ("postal", "area", (YEAR, LONG)),
    ("area", "area", (SEASON, YEAR, LONG)),
    ("postal_programme", "programme", (LONG,)),
    ("area_programme", "programme", (SEASON, YEAR, LONG)),
    ("region_programme", "programme", (SEASON, YEAR, LONG)),
    ("area_amount", "amount", (LONG,)),
    ("region_amount", "amount", (SEASON, YEAR, LONG)),
    ("region_programme_amount", "amount", (SEASON, YEAR, LONG)),
    ("region_programme_fine_amount", "amount", (SEASON, YEAR, LONG)),
    ("region_sector", "industry", (YEAR, LONG)),
    ("area_new", "newness", (YEAR, LONG)),
    ("region_new", "newness", (YEAR, LONG)),
    ("region", "region", (SEASON, YEAR, LONG)),
    ("all", "activity", (SEASON, YEAR, LONG)),
)
# The lender's own mix against the market's: above 1 where it prefers loans like this.
_LIFTS: tuple[tuple[str, Group], ...] = (
    ("programme", "programme"),
    ("sector", "industry"),
    ("industry", "industry"),
    ("amount", "amount"),
    ("programme_amount", "amount"),
    ("programme_fine_amount", "amount"),
    ("new", "newness"),
    ("franchise", "franchise"),
)
_SPAN = ("season", "year", "long")

PAIR_FEATURES: tuple[PairFeature, ...] = (
    *(
        PairFeature(f"share_{name}_{_SPAN[h]}", group, 1)
        for name, group, spans in _SHARES
        for h in spans
    ),
    *(PairFeature(f"lift_{name}", group, 1) for name, group in _LIFTS),
    PairFeature("amount_gap", "amount", -1),
    PairFeature("amount_position", "amount", 0),
    PairFeature("amount_mean", "amount", 0),
    PairFeature("amount_spread", "amount", 0),
    PairFeature("staff_gap", "size", 0),
    PairFeature("growth", "activity", 0),
)
"""Order of the ranker's inputs."""

_LIFT_PRIOR = 3.0  # loans at the market's mix that a lender is given beforehand (ours)
_AMOUNT_PRIOR = (
    2.0,
    11.5,
    1.5,
)  # loans, their mean log amount and its variance (about 100,000; ours)
_STAFF_PRIOR = (2.0, 1.8)  # firms and their mean log(1 + employees) (about 5 people; ours)


def pair_features(
    book: LendingBook, requests: Requests, query: np.ndarray, lender: np.ndarray
) -> np.ndarray:
    """Inputs of the ranker for many pairs.

    Parameters
    ----------
    book : LendingBook
    requests : Requests
    query, lender : int arrays (n,)
        Row in `requests` and lender code of each pair.

    Returns
    -------
    float32 array (n, len(PAIR_FEATURES))
        NaN where the request does not tell what a figure needs.
    """
    out = np.empty((len(query), len(PAIR_FEATURES)), dtype=np.float32)
    column = 0

    def put(values: np.ndarray) -> None:
        nonlocal column
        out[:, column] = values
        column += 1

    everything = book.counts("all", requests, query, lender)
    for name, _, spans in _SHARES:
        found = everything if name == "all" else book.counts(name, requests, query, lender)
        totals = book.totals(name, requests)[query]
        for span in spans:
            # One loan of nobody keeps a single old loan from looking like a monopoly.
            put(found[:, span] / (totals[:, span] + 1.0))
    own, market = everything[:, YEAR], book.totals("all", requests)[:, YEAR]
    for name, _ in _LIFTS:
        usual = (book.totals(name, requests)[:, YEAR] / (market + 1e-9) + 1e-6)[query]
        found = book.counts(name, requests, query, lender)[:, YEAR]
        put((found + _LIFT_PRIOR * usual) / (own + _LIFT_PRIOR) / usual)

    n, mean, variance = _AMOUNT_PRIOR
    first, second = book.amounts(requests.day[query], lender)
    centre = (first + n * mean) / (own + n)
    square = (second + n * (mean**2 + variance)) / (own + n)
    spread = np.sqrt(np.maximum(square - centre**2, 0.05))
    asked = np.where(requests.amount > 0, np.log(np.maximum(requests.amount, 100) / 100.0), np.nan)[
        query
    ]
    put(np.abs(asked - centre))
    put((asked - centre) / spread)
    put(centre)
    put(spread)

    n, mean = _STAFF_PRIOR
    number, total = book.staff(requests.day[query], lender)
    employees = np.where(
        requests.employees >= 0, np.log1p(np.maximum(requests.employees, 0)), np.nan
    )
    put(employees[query] - (total + n * mean) / (number + n))
    put(np.log((everything[:, SEASON] + 0.5) / (own * (60.0 / 365.0) + 0.5)))
    assert column == len(PAIR_FEATURES)
    return out
