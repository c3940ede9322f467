"""The figures of an acceptance, as they are handed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from data_contracts.acceptance.batches import BatchFigures
from data_contracts.acceptance.distributions import Distribution
from data_contracts.acceptance.hits import RuleHits, Waived
from data_contracts.acceptance.scope import Months
from data_contracts.rules.completeness import FillRate


@dataclass(frozen=True)
class MonthFigures:
    """One judged month.

    ``quarantined`` leaves out the rows of BI-04; ``late`` counts account records first received after
    ``due_by``; ``missing`` the accounts that stood unsettled the month before and are not there (GL-01).
    """

    month: date
    accounts: int
    new_accounts: int
    borrowers: int
    guarantors: int
    quarantined: int
    hits: int
    waived: int
    late: int
    received_on: date | None
    due_by: date
    missing: int

    @property
    def present(self) -> bool:
        """Whether the month was reported at all."""
        return self.accounts > 0

    @property
    def loaded(self) -> float | None:
        """Share of the records that are in the lake; None for a month without any."""
        records = self.accounts + self.borrowers + self.guarantors
        total = records + self.quarantined
        return records / total if total else None


@dataclass(frozen=True)
class Fill:
    """BI-01 for one item: month by month, and over all judged months."""

    segment: str
    item: str
    months: tuple[FillRate, ...]
    collected: float | None = None

    @property
    def total(self) -> FillRate:
        """The item over all judged months."""
        filled, accounts = (sum(getattr(m, n) for m in self.months) for n in ("filled", "accounts"))
        return FillRate(self.segment, self.item, filled, accounts)


@dataclass(frozen=True)
class Rederived:
    """GL-06: accounts whose computed items were derived again from their payment history.

    ``differing`` counts accounts by item.
    """

    accounts: int
    eligible: int
    sampled: int
    differing: Mapping[str, int]


@dataclass(frozen=True)
class Case:
    """An account behind a figure; for the institution's own eyes, never for a report."""

    rule_id: str
    contract: str
    month: date | None
    key: str


@dataclass(frozen=True)
class Measured:
    """All figures of an acceptance.

    ``distributions`` is None without the institution's own table, ``unknown_batches`` counts rows thrown
    out of batches that several institutions share. ``cases`` lists the accounts behind the figures.
    """

    institution: str
    name: str | None
    months: Months
    row: int
    by_month: tuple[MonthFigures, ...]
    batches: tuple[BatchFigures, ...]
    unknown_batches: int
    fills: tuple[Fill, ...]
    guarantors: int
    faulty_guarantors: int
    unguaranteed: int
    unreported: int
    distributions: tuple[Distribution, ...] | None
    odd_dates: int
    large_limits: Mapping[str, int]
    hits: tuple[RuleHits, ...]
    waivers: tuple[Waived, ...]
    rederived: Rederived
    collected: bool
    cases: tuple[Case, ...]

    @property
    def accounts(self) -> int:
        """Account records of all judged months."""
        return sum(month.accounts for month in self.by_month)

    @property
    def on_time(self) -> bool:
        """Whether every reported month came in time."""
        return all(month.late == 0 for month in self.by_month)

    @property
    def loaded(self) -> float:
        """Smallest share of records that loaded in a reported month."""
        found = [m.loaded for m in self.by_month if m.present and m.loaded is not None]
        return min(found, default=0.0)
