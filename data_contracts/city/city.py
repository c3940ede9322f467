"""The city as a whole: what every builder of records draws from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.city.clock import Settings
from data_contracts.city.credit import NEVER, Applications, lend
from data_contracts.city.health import Health, live
from data_contracts.city.lenders import Lenders, found_lenders
from data_contracts.city.population import ENTERPRISE, KINDS, Population, populate, seal
from data_contracts.city.repayment import Loans, repay


@dataclass
class City:
    """Settings, subjects, their paths, lenders and credit; made once, read by every theme."""

    settings: Settings
    population: Population
    health: Health
    lenders: Lenders
    applications: Applications
    loans: Loans
    ends: np.ndarray = field(repr=False)

    @classmethod
    def found(cls, settings: Settings) -> City:
        """Make the city; equal settings make an equal one."""
        population = populate(settings)
        health = live(settings, population)
        lenders = found_lenders(settings)
        applications = lend(settings, population, health, lenders)
        loans = repay(settings, applications, health)
        ends = _closures(settings, population, health, loans)
        return cls(settings, population, health, lenders, applications, loans, ends)

    def random(self, *stream: object) -> np.random.Generator:
        """A random stream of its own for each name."""
        return self.settings.random(*stream)

    def rows_of(self, kinds: tuple[str, ...]) -> np.ndarray:
        """Rows of the subjects of these kinds, by the names that contracts use."""
        return self.population.rows(*(place for place, kind in enumerate(KINDS) if kind in kinds))

    def alive(self, month: int) -> np.ndarray:
        """Whether each subject exists in a month of the window."""
        return np.asarray((self.health.begins <= month) & (month < self.ends))

    def activity(self, rows: np.ndarray, months: Any) -> np.ndarray:
        """Activity of subjects in months; months outside the paths count as the nearest one."""
        last = self.health.activity.shape[1] - 1
        return np.asarray(self.health.activity[rows, np.clip(months, 0, last)], dtype=np.float64)

    @cached_property
    def is_person(self) -> np.ndarray:
        """Whether the rules for personal information hold for each subject."""
        return np.asarray(self.population.kind != ENTERPRISE)

    @cached_property
    def consent_no(self) -> pa.Array:
        """Number of the consent that each person gave; null for an enterprise."""
        serial = np.char.zfill(np.arange(len(self.population)).astype("U8"), 8).astype(object)
        numbers = pc.binary_join_element_wise("CN", pa.array(serial), "-")
        return pc.if_else(pa.array(self.is_person), numbers, None)

    def sealed(self, identifier: str | None) -> pa.Array:
        """Sealed mobile numbers of all persons, or else sealed resident ids."""
        return self._sealed_mobiles if identifier == "mobile" else self.population.persons.sealed

    @cached_property
    def _sealed_mobiles(self) -> pa.Array:
        return seal(self.settings, self.population.persons.mobile)

    @cached_property
    def bank(self) -> np.ndarray:
        """The lender where each subject keeps its account."""
        rng = self.random("bank")
        weights = self.lenders.popularity / self.lenders.popularity.sum()
        return np.asarray(rng.choice(len(self.lenders), len(self.population), p=weights))


CLOSED_AFTER_DEFAULT = 0.35
CLOSURE_BASE, CLOSURE_HEALTH = -7.0, 0.8
"""logit of the monthly chance of a firm without a loan to close (ours)."""


def _closures(
    settings: Settings, population: Population, health: Health, loans: Loans
) -> np.ndarray:
    """First month in which a subject is gone; NEVER for most. Borrowers do not close while they repay."""
    rng = settings.random("closures")
    total = len(population)
    ends = np.full(total, NEVER)
    clear = np.zeros(total, dtype=np.int64)  # months from here on are free of loans
    over = np.where(loans.settled_after < NEVER, loans.month + loans.settled_after, NEVER)
    np.maximum.at(clear, loans.subject, over)
    for month in range(1, settings.months):
        logit = CLOSURE_BASE - CLOSURE_HEALTH * health.activity[:, month]
        gone = rng.random(total) < 1 / (1 + np.exp(-logit))
        gone &= (clear < month) & (ends == NEVER) & (health.begins < month)
        ends[gone & (population.kind <= 1)] = month
    bad = np.flatnonzero(loans.default_after < NEVER)
    closing = bad[rng.random(len(bad)) < CLOSED_AFTER_DEFAULT]
    firm = population.kind[loans.subject[closing]] <= 1
    closing = closing[firm]
    ends[loans.subject[closing]] = (
        loans.month[closing] + loans.default_after[closing] + rng.integers(1, 10, len(closing))
    )
    return ends
