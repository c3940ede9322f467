"""Applications, decisions and loans, month by month, and the truth of each application.

Probability of default within twelve months of opening, given the latent state at the application::

    logit p_true = DEFAULT_BASE - DEFAULT_HEALTH * x + DEFAULT_LEVERAGE * leverage
                   + DEFAULT_YOUNG * young - DEFAULT_SECURED * secured + shock, where the settings ask for one

``p_observable`` is the mean of p_true over x given all activity before the month of the application: the best
that anybody can say from the city's records (see :mod:`data_contracts.city.health`). That earlier loans of the
subject were paid tells a little more, which it leaves out. Outcomes are drawn from p_true, once, and the
subject's health then falls towards the default, so that later records tell of it. Coefficients are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from data_contracts.city.clock import Settings
from data_contracts.city.health import Health, expected
from data_contracts.city.lenders import (
    ARCHETYPES,
    BULLET,
    NEARBY,
    Lenders,
    acceptance_probability,
    approval_probability,
)
from data_contracts.city.places import AREAS
from data_contracts.city.population import Population

DEFAULT_BASE, DEFAULT_HEALTH, DEFAULT_LEVERAGE = -2.95, 1.45, 0.45
DEFAULT_YOUNG, DEFAULT_SECURED = 0.60, 0.50
LATER_DEFAULT = 0.4
"""Of p_true: probability of default after the first twelve months, for loans that last longer."""

APPLICATION_RATES = (0.045, 0.035, 0.035, 0.022)
"""Chance by kind to apply in a month without an open loan."""

EARLY_SETTLEMENT = 0.10
MISSED_BEFORE_DEFAULT = 3
"""Months in arrears before a default is called; a bullet loan is called three to six months after maturity."""
FALL = 1.6
NEVER = 10_000
"""A month that does not come."""

_TERMS = np.array([(*one.terms, *(one.terms[-1:] * 2))[:3] for one in ARCHETYPES])


@dataclass
class Applications:
    """Every application, in order of time; columns of equal length.

    ``subject``, ``lender``, ``archetype`` are rows; ``month``, ``applied``, ``decided``, ``opened`` months and
    days since 1970; amounts in cents; ``spread`` in basis points over the LPR; ``default_after`` months from
    opening to default (NEVER: none), ``settled_after`` months from opening to settlement.
    """

    subject: np.ndarray
    lender: np.ndarray
    archetype: np.ndarray
    month: np.ndarray
    applied: np.ndarray
    decided: np.ndarray
    opened: np.ndarray
    asked: np.ndarray
    offered: np.ndarray
    term: np.ndarray
    spread: np.ndarray
    x: np.ndarray
    seen: np.ndarray
    leverage: np.ndarray
    young: np.ndarray
    secured: np.ndarray
    p_true: np.ndarray
    p_observable: np.ndarray
    p_approve: np.ndarray
    p_accept: np.ndarray
    approved: np.ndarray
    accepted: np.ndarray
    default_after: np.ndarray
    settled_after: np.ndarray

    def __len__(self) -> int:
        """Number of applications."""
        return len(self.subject)

    @property
    def loans(self) -> np.ndarray:
        """Rows that became a loan."""
        return np.flatnonzero(self.approved & self.accepted)


def lend(
    settings: Settings, population: Population, health: Health, lenders: Lenders
) -> Applications:
    """Play the months: who applies, who is lent to, and how each loan ends."""
    rng = settings.random("credit")
    total = len(population)
    busy = np.zeros(total, dtype=np.int64)  # first month without an open loan
    rates = np.array(APPLICATION_RATES)[population.kind]
    choose = _product_tables(population, lenders)
    found: list[dict[str, np.ndarray]] = []
    for month in range(settings.months):
        ready = (busy <= month) & (health.begins < month)
        rows = np.flatnonzero(ready & (rng.random(total) < rates))
        if not len(rows):
            continue
        part = _month(settings, population, health, lenders, rng, month, rows, choose)
        loan = part["approved"] & part["accepted"]
        falls = loan & (part["default_after"] < NEVER)
        health.fall(rows[falls], month, month + part["default_after"][falls], FALL)
        busy[rows] = month + 2  # nobody asks again at once
        busy[rows[loan]] = month + part["settled_after"][loan] + 1
        busy[rows[falls]] = NEVER
        found.append(part)
    columns = {
        name: np.concatenate([part[name] for part in found])
        if found
        else np.zeros(0, dtype=np.int64)
        for name in Applications.__dataclass_fields__
    }
    order = np.argsort(columns["applied"], kind="stable")
    return Applications(**{name: column[order] for name, column in columns.items()})


def _product_tables(
    population: Population, lenders: Lenders
) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each kind: archetypes it may ask for, with cumulative shares."""
    tables = []
    for kind in range(4):
        fits = np.array([kind in one.kinds for one in ARCHETYPES])
        weight = np.where(fits, [one.weight for one in ARCHETYPES], 0.0)
        tables.append((np.flatnonzero(fits), np.cumsum(weight[fits]) / weight.sum()))
    return tables


def _month(
    settings: Settings,
    population: Population,
    health: Health,
    lenders: Lenders,
    rng: np.random.Generator,
    month: int,
    rows: np.ndarray,
    choose: list[tuple[np.ndarray, np.ndarray]],
) -> dict[str, np.ndarray]:
    count = len(rows)
    kind = population.kind[rows]
    draw, archetype = rng.random(count), np.empty(count, dtype=np.int64)
    for one, (fits, cumulative) in enumerate(choose):
        mine = kind == one
        archetype[mine] = fits[np.searchsorted(cumulative, draw[mine])]
    lender = _lender(rng, lenders, archetype, population.area[rows])
    least, most, share = (
        np.array([getattr(one, name) for one in ARCHETYPES])[archetype]
        for name in ("least", "most", "share")
    )
    usual = np.clip(population.revenue_cents[rows] * share, least, most)
    leverage = rng.normal(0, 0.5, count)
    asked = np.clip(usual * np.exp(leverage), least, most)
    asked = np.maximum((asked / 1_000_000).round(), 1) * 1_000_000  # whole ten thousand yuan
    leverage = np.log(asked / usual)
    applied = settings.days(month, rng.integers(1, 13, count))
    young = applied - population.founded[rows] < 2 * 365
    x = health.latent[rows, month].astype(float)
    seen = health.activity[rows, max(month - 3, 0) : month].mean(axis=1).astype(float)
    secured = np.isin(np.array([one.guarantee for one in ARCHETYPES])[archetype], ["1", "2", "5"])
    rest = (
        DEFAULT_BASE
        + DEFAULT_LEVERAGE * leverage
        + DEFAULT_YOUNG * young
        - DEFAULT_SECURED * secured
    )
    if settings.shock_month is not None and month >= settings.shock_month:
        rest = rest + settings.shock
    p_true = 1 / (1 + np.exp(-(rest - DEFAULT_HEALTH * x)))
    mean, variance = health.mean[rows, month].astype(float), health.variance[rows, month]
    p_observable = expected(rest - DEFAULT_HEALTH * mean, DEFAULT_HEALTH, variance)
    p_approve = approval_probability(seen, leverage, young, lenders.caution[lender])
    approved = rng.random(count) < p_approve
    low, high = (np.array([one.spread[end] for one in ARCHETYPES])[archetype] for end in (0, 1))
    spread = np.round(
        (low + high) / 2
        + (high - low) / 2 * np.tanh(-0.5 * seen)
        + lenders.margin[lender]
        + rng.normal(0, 10, count)
    )
    share_offered = np.where(rng.random(count) < 0.7, 1.0, rng.uniform(0.5, 0.95, count))
    offered = np.maximum((asked * share_offered / 1_000_000).round(), 1) * 1_000_000
    p_accept = acceptance_probability(spread, offered / asked)
    accepted = rng.random(count) < p_accept
    term = _TERMS[archetype, rng.integers(0, 3, count)]
    bullet = np.array([one.repayment == BULLET for one in ARCHETYPES])[archetype]
    term = np.where(
        bullet, 6, term
    )  # so that a default, months after maturity, falls into the year
    fate = _fate(rng, p_true, term, bullet)
    decided = applied + rng.integers(1, 9, count)
    opened = decided + rng.integers(1, 7, count)  # the 26th at the latest: a day every month has
    return {
        "subject": rows, "lender": lender, "archetype": archetype,
        "month": np.full(count, month), "applied": applied, "decided": decided, "opened": opened,
        "asked": asked.astype(np.int64), "offered": offered.astype(np.int64), "term": term,
        "spread": spread, "x": x, "seen": seen, "leverage": leverage, "young": young,
        "secured": secured, "p_true": p_true, "p_observable": p_observable, "p_approve": p_approve,
        "p_accept": p_accept, "approved": approved, "accepted": accepted, **fate,
    }  # fmt: skip


def _lender(
    rng: np.random.Generator, lenders: Lenders, archetype: np.ndarray, area: np.ndarray
) -> np.ndarray:
    """Choose lenders that offer the product, by popularity and nearness (Gumbel-max)."""
    near = lenders.area[None, :] == np.arange(len(AREAS))[:, None]
    weight = np.log(lenders.popularity)[None, :] + np.log(NEARBY) * near
    with np.errstate(divide="ignore"):
        offered = np.log(lenders.offers.T.astype(float))
    utility = weight[area] + offered[archetype]
    return np.asarray(np.argmax(utility + rng.gumbel(size=utility.shape), axis=1))


def _fate(
    rng: np.random.Generator, p_true: np.ndarray, term: np.ndarray, bullet: np.ndarray
) -> dict[str, Any]:
    """Months from opening to default or settlement."""
    count = len(p_true)
    early = rng.random(count) < p_true
    later = ~early & (term > 12) & (rng.random(count) < LATER_DEFAULT * p_true)
    within = np.where(bullet, rng.integers(9, 13, count), rng.integers(4, 13, count))
    beyond = 13 + (rng.random(count) * np.maximum(term - 12, 1)).astype(np.int64)
    default_after = np.select([early, later], [within, beyond], NEVER)
    prepaid = ~bullet & (rng.random(count) < EARLY_SETTLEMENT)
    settled = np.where(prepaid, 2 + (rng.random(count) * (term - 2)).astype(np.int64), term)
    return {
        "default_after": default_after,
        "settled_after": np.where(default_after < NEVER, NEVER, settled),
    }
