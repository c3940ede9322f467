"""Real lenders as products: what each was seen to serve before a date.

Nothing here is an offer. A product says which amounts, regions, industries and programmes the lender's own past loans
cover, counted over a window of years that ends the day before the version's date.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa

from models.matching.loans import UNKNOWN, Loans, date_of

WINDOW_DAYS = 5 * 365
"""How far back a lender's loans still tell what it serves (ours)."""

LABEL_ZH = "根据该机构在 {date} 之前实际发放的贷款归纳，不是该机构的报价或承诺"
LABEL_EN = "derived from what the lender served before {date}, not an offer of the lender"


def product_id_of(institution: str) -> str:
    """Id of a lender's product: the same in every version, and neutral as an order.

    >>> product_id_of("FIFTH THIRD BANK")
    'LP-357af402ec'
    """
    return "LP-" + hashlib.sha256(institution.encode()).hexdigest()[:10]


@dataclass(frozen=True)
class Product:
    """What one lender served before `version_date`.

    Attributes
    ----------
    product_id, institution : str
    version_date : date
        Only loans that were known before or on it, with an event before it, are counted.
    loans : int
        Number of loans in the window.
    amount_low_cents, amount_high_cents : int
        Smallest and largest loan. Not quantiles: trimming 1 % at each end would call 2 % of what the lender did
        impossible.
    typical_low_cents, typical_high_cents : int
        10 % and 90 % quantiles (nearest loan), for reading only; no rule uses them.
    regions, industries, programmes : mapping of str to int
        Loans by borrower's region, NAICS sector (first two digits) and programme. What is not recorded is not counted.
    lender_region : str or None
        Where most of its loans were booked.
    """

    product_id: str
    institution: str
    version_date: date
    loans: int
    amount_low_cents: int
    amount_high_cents: int
    typical_low_cents: int
    typical_high_cents: int
    regions: Mapping[str, int]
    industries: Mapping[str, int]
    programmes: Mapping[str, int]
    lender_region: str | None

    @property
    def label_zh(self) -> str:
        """That this is no offer, in Chinese."""
        return LABEL_ZH.format(date=self.version_date)

    @property
    def label_en(self) -> str:
        """That this is no offer, in English."""
        return LABEL_EN.format(date=self.version_date)


@dataclass(frozen=True)
class ProductTable:
    """All products of one version as arrays over lender codes (rows without loans are no products).

    Attributes
    ----------
    day : int
        Version date as a day number.
    loans, amount_low, amount_high, typical_low, typical_high, lender_region : arrays (lenders,)
    regions, sectors, programmes : int32 arrays (lenders, codes)
        Loans by code; the columns of unknown and never-met values are zero.
    """

    day: int
    source: Loans
    loans: np.ndarray
    amount_low: np.ndarray
    amount_high: np.ndarray
    typical_low: np.ndarray
    typical_high: np.ndarray
    lender_region: np.ndarray
    regions: np.ndarray
    sectors: np.ndarray
    programmes: np.ndarray

    @cached_property
    def codes(self) -> np.ndarray:
        """Lender codes that are products."""
        return np.flatnonzero(self.loans > 0)

    @cached_property
    def by_region(self) -> list[np.ndarray]:
        """Lender codes that served each region code; for an unknown region all products."""
        served = [np.flatnonzero(self.regions[:, r] > 0) for r in range(self.regions.shape[1])]
        served[UNKNOWN] = self.codes
        return served

    @cached_property
    def sector_share(self) -> np.ndarray:
        """Share of each sector among all loans with a known one."""
        return _shares(self.sectors)

    @cached_property
    def programme_share(self) -> np.ndarray:
        """Share of each programme among all loans with a known one."""
        return _shares(self.programmes)

    def product(self, code: int) -> Product:
        """The product of a lender code."""
        institution = self.source.lenders[code - 1]
        regions = self.source.vocabularies["lender_region"].values
        return Product(
            product_id=product_id_of(institution),
            institution=institution,
            version_date=date_of(self.day),
            loans=int(self.loans[code]),
            amount_low_cents=int(self.amount_low[code]),
            amount_high_cents=int(self.amount_high[code]),
            typical_low_cents=int(self.typical_low[code]),
            typical_high_cents=int(self.typical_high[code]),
            regions=self._counts("region", self.regions[code]),
            industries=self._counts("sector", self.sectors[code]),
            programmes=self._counts("programme", self.programmes[code]),
            lender_region=regions[self.lender_region[code] - 1]
            if self.lender_region[code]
            else None,
        )

    def _counts(self, name: str, counts: np.ndarray) -> dict[str, int]:
        values = self.source.vocabularies[name].values
        return {values[c - 1]: int(counts[c]) for c in np.flatnonzero(counts)}

    def to_arrow(self) -> pa.Table:
        """One row per product, sorted by product id, for people and other programs to read."""
        products = sorted((self.product(c) for c in self.codes), key=lambda p: p.product_id)
        counted = pa.map_(pa.string(), pa.int64())
        plain = {
            name: [getattr(p, name) for p in products]
            for name in Product.__dataclass_fields__
            if name not in ("regions", "industries", "programmes")
        }
        maps = {
            name: pa.array([sorted(getattr(p, name).items()) for p in products], counted)
            for name in ("regions", "industries", "programmes")
        }
        return pa.table({**{n: pa.array(v) for n, v in plain.items()}, **maps})


def _shares(counts: np.ndarray) -> np.ndarray:
    total = counts.sum(axis=0)
    return np.asarray(total / max(int(total.sum()), 1))


def _crossed(lender: np.ndarray, code: np.ndarray, lenders: int, codes: int) -> np.ndarray:
    counts = np.bincount(lender * codes + code, minlength=lenders * codes)
    counts = counts.reshape(lenders, codes).astype(np.int32)
    counts[:, UNKNOWN] = 0
    return counts


def derive_products(loans: Loans, day: int, window_days: int = WINDOW_DAYS) -> ProductTable:
    """Products as known on a day.

    Parameters
    ----------
    loans : Loans
    day : int
        Version date. Counted are loans with `day - window_days <= event < day` that were known by then.
    window_days : int

    Returns
    -------
    ProductTable
    """
    rows = loans.visible(day, day - window_days)
    size = {name: vocabulary.size for name, vocabulary in loans.vocabularies.items()}
    lenders = size["lender"]
    lender = loans.lender[rows].astype(np.int64)
    amount = loans.amount[rows]
    count = np.bincount(lender, minlength=lenders)
    order = np.lexsort((amount, lender))
    amount = amount[order]
    first = np.cumsum(count) - count  # where each lender's sorted amounts begin

    def quantile(share: float) -> np.ndarray:
        position = first + np.floor(share * np.maximum(count - 1, 0) + 0.5).astype(int)
        filled = np.append(amount, 0)  # lenders without loans may point one past the end
        return np.where(count > 0, filled[np.minimum(position, len(amount))], 0)

    booked = _crossed(lender, loans.lender_region[rows], lenders, size["lender_region"])
    return ProductTable(
        day=day,
        source=loans,
        loans=count,
        amount_low=quantile(0.0),
        amount_high=quantile(1.0),
        typical_low=quantile(0.1),
        typical_high=quantile(0.9),
        lender_region=np.where(booked.any(axis=1), booked.argmax(axis=1), UNKNOWN),
        regions=_crossed(lender, loans.region[rows], lenders, size["region"]),
        sectors=_crossed(lender, loans.sector[rows], lenders, size["sector"]),
        programmes=_crossed(lender, loans.programme[rows], lenders, size["programme"]),
    )
