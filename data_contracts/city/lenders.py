"""Twenty invented lenders, their products, and the true probabilities of approval and acceptance.

The products are fictional composites of what the market offers. Nothing here is an offer of a real bank.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_contracts.city.clock import Settings
from data_contracts.city.places import AREAS
from data_contracts.city.population import ENTERPRISE, FARMER, INDIVIDUAL, SOLE_TRADER

INSTALMENTS, INTEREST, BULLET = "03", "08", "07"
"""Equal principal each month; interest each month and principal at the end; everything at the end."""


@dataclass(frozen=True)
class Archetype:
    """A kind of product. Amounts in cents; ``spread`` in basis points over the one-year LPR."""

    code: str
    title_zh: str
    title_en: str
    kinds: tuple[int, ...]
    weight: float
    least: int
    most: int
    share: float
    terms: tuple[int, ...]
    spread: tuple[int, int]
    repayment: str
    guarantee: str
    programme: str


_FIRM = (ENTERPRISE, SOLE_TRADER)
_WAN = 10_000 * 100
ARCHETYPES: tuple[Archetype, ...] = (
    Archetype("P01", "税易贷", "Tax loan", _FIRM, 4.0, _WAN, 300 * _WAN, 0.10, (12,), (30, 200),
              INTEREST, "4", "lowdoc"),
    Archetype("P02", "科技贷", "Technology loan", (ENTERPRISE,), 1.0, 20 * _WAN, 1000 * _WAN, 0.20,
              (12, 24, 36), (0, 130), INTEREST, "4", "standard"),
    Archetype("P03", "惠农贷", "Farm loan", (FARMER,), 4.0, _WAN // 2, 30 * _WAN, 0.40, (6, 12),
              (50, 300), BULLET, "7", "standard"),
    Archetype("P04", "创业担保贷款", "Guaranteed start-up loan", (SOLE_TRADER, INDIVIDUAL), 1.5, _WAN,
              30 * _WAN, 0.30, (24, 36), (-150, 0), INSTALMENTS, "5", "standard"),
    Archetype("P05", "订单贷", "Order loan", _FIRM, 1.5, 10 * _WAN, 1000 * _WAN, 0.12, (6,), (20, 180),
              BULLET, "1", "standard"),
    Archetype("P06", "抵押快贷", "Mortgage loan", _FIRM, 2.5, 10 * _WAN, 1000 * _WAN, 0.35, (12, 24, 36),
              (-20, 120), INSTALMENTS, "2", "standard"),
    Archetype("P07", "出口退税贷", "Export refund loan", (ENTERPRISE,), 0.6, 10 * _WAN, 1000 * _WAN, 0.10,
              (6,), (10, 150), BULLET, "1", "standard"),
    Archetype("P08", "绿色信贷", "Green loan", (ENTERPRISE,), 0.5, 50 * _WAN, 5000 * _WAN, 0.30, (24, 36),
              (-30, 80), INSTALMENTS, "2", "standard"),
    Archetype("P09", "知识产权质押贷", "Intellectual property loan", (ENTERPRISE,), 0.4, 20 * _WAN,
              1000 * _WAN, 0.15, (12, 24), (0, 150), INTEREST, "1", "standard"),
    Archetype("P10", "政采贷", "Procurement loan", (ENTERPRISE,), 0.6, 10 * _WAN, 1500 * _WAN, 0.12, (6,),
              (0, 150), BULLET, "4", "standard"),
    Archetype("P11", "首贷户", "First loan", _FIRM, 2.0, 5 * _WAN, 200 * _WAN, 0.10, (12, 24), (20, 150),
              INSTALMENTS, "4", "lowdoc"),
    Archetype("P12", "循环续贷", "Renewable line", (*_FIRM, INDIVIDUAL), 2.0, 2 * _WAN, 500 * _WAN, 0.15,
              (12, 24), (0, 250), INTEREST, "4", "revolving"),
)  # fmt: skip


@dataclass(frozen=True)
class Lenders:
    """The lenders, one row each; products are (lender, archetype) pairs that are offered.

    ``caution`` shifts approval down, ``margin`` is what a lender asks beyond the middle of the product's
    spread (basis points), ``popularity`` is its weight among applicants of other areas.
    """

    code: tuple[str, ...]
    name: tuple[str, ...]
    area: np.ndarray
    caution: np.ndarray
    margin: np.ndarray
    popularity: np.ndarray
    offers: np.ndarray

    def __len__(self) -> int:
        """Number of lenders."""
        return len(self.code)

    @property
    def regions(self) -> np.ndarray:
        """Region of each lender, such as CN-44."""
        return np.array([f"CN-{AREAS[area][0][:2]}" for area in self.area])


LENDERS = 20
NEARBY = 3.0
"""How much likelier a lender of the applicant's own area is."""


def found_lenders(settings: Settings) -> Lenders:
    """Make the lenders: fourteen-digit codes of the right structure that nobody has."""
    rng = settings.random("lenders")
    area = np.arange(LENDERS) % len(AREAS)
    kinds = ("城市银行", "农村银行", "村镇银行", "小额贷款公司")
    letters = ("C1", "C5", "C6", "Z0")
    kind = np.array([0, 0, 0, 1, 1, 0, 2, 0, 1, 2, 0, 0, 1, 0, 2, 3, 0, 1, 3, 0])
    code = tuple(
        f"{letters[kind[row]]}99{row + 1:02d}{AREAS[area[row]][0][:2]}00001{row % 10}"
        for row in range(LENDERS)
    )
    name = tuple(f"信桥第{row + 1}模拟{kinds[kind[row]]}" for row in range(LENDERS))
    offers = rng.random((LENDERS, len(ARCHETYPES))) < 0.55
    offers[:4] = True  # the largest four offer everything, so that nobody finds nothing
    return Lenders(
        code=code,
        name=name,
        area=area,
        caution=rng.normal(0, 0.35, LENDERS),
        margin=rng.normal(0, 30, LENDERS) + np.where(kind == 3, 300, 0),
        popularity=np.exp(rng.normal(0, 0.7, LENDERS)) * np.where(np.arange(LENDERS) < 4, 2.5, 1),
        offers=offers,
    )


def approval_probability(
    seen: np.ndarray, leverage: np.ndarray, young: np.ndarray, caution: np.ndarray
) -> np.ndarray:
    """True probability that a lender approves.

    Parameters
    ----------
    seen
        Mean activity of the applicant in the three months before the application.
    leverage
        Log of the amount asked for over the usual amount for this product and turnover.
    young
        Whether the applicant is younger than two years.
    caution
        Of the lender.

    Examples
    --------
    >>> zero = np.zeros(1)
    >>> approval_probability(zero, zero, zero, zero).round(4).tolist()
    [0.6682]
    """
    logit = 0.7 + 0.9 * seen - 0.5 * leverage - 0.5 * young - caution
    return np.asarray(1 / (1 + np.exp(-logit)))


def acceptance_probability(spread: np.ndarray, offered: np.ndarray) -> np.ndarray:
    """True probability that an applicant takes the loan.

    Parameters
    ----------
    spread
        Price offered, basis points over the LPR.
    offered
        Share of the amount asked for that is offered.

    Examples
    --------
    >>> acceptance_probability(np.array([100.0]), np.array([1.0])).round(4).tolist()
    [0.8581]
    """
    logit = 2.3 - 0.005 * spread - 2.0 * (1 - offered)
    return np.asarray(1 / (1 + np.exp(-logit)))
