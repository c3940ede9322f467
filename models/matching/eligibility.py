"""Three-valued eligibility of products: eligible, conditional or not eligible, one pair or many.

A product is eligible when every rule is TRUE, not eligible when any is FALSE (all failing rules are told, not the
first), else conditional: what is unknown is told, with who can settle it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.matching.products import Product, ProductTable
from models.matching.requests import Request, Requests
from models.matching.rules import FALSE, RULES, TRUE, Market, Verdict

Status = Literal["eligible", "conditional", "not_eligible"]

ELIGIBLE, CONDITIONAL, NOT_ELIGIBLE = 1, -1, 0
STATUS: dict[int, Status] = {
    ELIGIBLE: "eligible",
    CONDITIONAL: "conditional",
    NOT_ELIGIBLE: "not_eligible",
}


@dataclass(frozen=True)
class Judgement:
    """Eligibility of one product for one borrower.

    Attributes
    ----------
    status : {"eligible", "conditional", "not_eligible"}
    verdicts : tuple of Verdict
        One per rule, in the order of `RULES`.
    """

    status: Status
    verdicts: tuple[Verdict, ...]

    @property
    def failing(self) -> tuple[Verdict, ...]:
        """Every rule that is FALSE."""
        return tuple(v for v in self.verdicts if v.state == "FALSE")

    @property
    def open(self) -> tuple[Verdict, ...]:
        """Every rule that is UNKNOWN: what to supply or to ask."""
        return tuple(v for v in self.verdicts if v.state == "UNKNOWN")


def market_of(table: ProductTable) -> Market:
    """What a lender without a preference would serve, from all products of a version."""
    sectors = table.source.vocabularies["sector"].values
    programmes = table.source.vocabularies["programme"].values
    return Market(
        {v: float(table.sector_share[i + 1]) for i, v in enumerate(sectors)},
        {v: float(table.programme_share[i + 1]) for i, v in enumerate(programmes)},
    )


def judge(request: Request, product: Product, market: Market) -> Judgement:
    """Judge one product for one borrower, with texts.

    Parameters
    ----------
    request : Request
    product : Product
    market : Market
        Of the product's version, see `market_of`.

    Returns
    -------
    Judgement
    """
    verdicts = tuple(rule.judge(request, product, market) for rule in RULES)
    states = {v.state for v in verdicts}
    status: Status = (
        "not_eligible"
        if "FALSE" in states
        else "conditional"
        if "UNKNOWN" in states
        else "eligible"
    )
    return Judgement(status, verdicts)


def judge_pairs(
    requests: Requests, table: ProductTable, query: np.ndarray, lender: np.ndarray
) -> np.ndarray:
    """Judge many pairs at once, equal to `judge` on each.

    Parameters
    ----------
    requests : Requests
    table : ProductTable
    query, lender : int arrays (n,)
        Row in `requests` and lender code of each pair.

    Returns
    -------
    int8 array (n,)
        `ELIGIBLE`, `CONDITIONAL` or `NOT_ELIGIBLE`.
    """
    passed, failed = np.ones(len(query), bool), np.zeros(len(query), bool)
    for rule in RULES:
        state = rule.judge_pairs(requests, table, query, lender)
        passed &= state == TRUE
        failed |= state == FALSE
    return np.where(failed, NOT_ELIGIBLE, np.where(passed, ELIGIBLE, CONDITIONAL)).astype(np.int8)
