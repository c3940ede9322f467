"""Credit cards of persons: accounts, months, outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data_contracts.city.city import City
from data_contracts.city.clock import FOLLOW_UP
from data_contracts.city.digits import texts
from data_contracts.city.generic import Piece
from data_contracts.city.population import FARMER, INDIVIDUAL
from data_contracts.city.repayment import PAST
from data_contracts.city.themes.shape import Builder, at, last_day, serials, whole

HOLDERS = 0.6
"""Share of the individuals with a card; farmers: half of it (ours)."""
MISS_BASE, MISS_HEALTH, STAY_BASE = -3.6, 1.0, -0.4
"""logit of the chance to miss a month, and to miss the next one after it (ours)."""
DEFAULT_PERIODS = 4
MINIMUM_PAYMENT = 0.1


@dataclass(frozen=True)
class Cards:
    """Cards, one row each; ``overdue`` has a column for each month of the past, the window and the follow-up."""

    subject: np.ndarray
    opened: np.ndarray
    limit: np.ndarray
    use: np.ndarray
    overdue: np.ndarray


def issue(city: City) -> Cards:
    """Draw the cards and who misses which month."""
    people, rng = city.population, city.random("cards")
    share = np.select(
        [people.kind == INDIVIDUAL, people.kind == FARMER], [HOLDERS, HOLDERS / 2], 0.0
    )
    subject = np.flatnonzero(rng.random(len(people)) < share)
    if not len(subject):
        subject = people.rows(INDIVIDUAL)[:1]
    count, settings = len(subject), city.settings
    opened = settings.days(-rng.integers(3, 60, count), 15)
    limit = whole(np.exp(rng.normal(14.6, 0.7, count)))
    width = PAST + settings.months + FOLLOW_UP
    overdue = np.zeros((count, width), dtype=np.int16)
    state = np.zeros(count, dtype=np.int64)
    first = settings.months_of(opened)
    for column in range(width):
        month = column - PAST
        activity = city.activity(subject, np.full(count, month))
        fresh = 1 / (1 + np.exp(-(MISS_BASE - MISS_HEALTH * activity)))
        stays = 1 / (1 + np.exp(-(STAY_BASE - 0.8 * activity)))
        missed = rng.random(count) < np.where(state > 0, stays, fresh)
        # A card in arrears for years is written off; 60 keeps the column within two digits.
        state = np.where(missed & (month > first), np.minimum(state + 1, 60), 0)
        overdue[:, column] = state
    return Cards(subject, opened, limit, rng.beta(2, 3, count), overdue)


def card_no(rows: np.ndarray) -> pa.Array:
    """Numbers of card accounts, by the rows of their subjects."""
    return serials("XYK", rows)


def _of_month(city: City, cards: Cards, month: int) -> Piece:
    """What one month says of every card."""
    column = PAST + month
    rng = city.random("theme", "cards", month)
    overdue = cards.overdue[:, column].astype(np.int64)
    before = cards.overdue[:, column - 1].astype(np.int64)
    count = len(overdue)
    first = city.settings.months_of(cards.opened)
    history = cards.overdue[:, column - PAST + 1 : column + 1]
    months = np.arange(month - PAST + 1, month + 1)[None, :]
    letters = np.where(history > 0, ord("0") + np.minimum(history, 7), ord("N"))
    letters = np.where(months == first[:, None], ord("*"), letters)
    letters = np.where(months < first[:, None], ord("/"), letters).astype(np.uint8)
    use = np.clip(cards.use * np.exp(rng.normal(0, 0.25, count)), 0.01, 1.0)
    balance = whole(cards.limit * use) + 100
    scheduled = whole(balance * MINIMUM_PAYMENT) + 100
    owed = np.minimum(np.minimum(overdue, 10) * scheduled, balance)
    owed = np.where(overdue > 0, np.maximum(owed, 100), 0)
    paid = np.where(overdue > 0, 0, scheduled + whole(balance * 0.3 * rng.random(count)))
    window = cards.overdue[:, : column + 1]
    bill = city.settings.days(np.full(count, month), 20)
    return {
        "bill_on": bill,
        "_known": bill + 12,
        "letters": letters,
        "overdue": overdue,
        "before": before,
        "balance": balance,
        "scheduled": scheduled,
        "owed": owed,
        "paid": paid,
        "ever": (window > 0).sum(axis=1).astype(np.int64),
        "most": window.max(axis=1).astype(np.int64),
        "last_paid": city.settings.days(month - overdue, 18),
    }


def card_months(city: City) -> Iterator[Piece]:
    """Segment A of every card, month by month."""
    cards = issue(city)
    lender = city.bank[cards.subject]
    codes = pa.array(city.lenders.code).take(pa.array(lender))
    for month in range(city.settings.months):
        made = _of_month(city, cards, month)
        overdue, balance, owed = made["overdue"], made["balance"], made["owed"]
        count = len(overdue)
        zero = np.zeros(count, dtype=np.int64)
        # Principal of the missed months but the newest, all of it 31 days old or more.
        older = np.where(overdue > 1, whole(owed * 0.5), 0)
        yield {
            "_i": cards.subject,
            "_known": made["_known"],
            "_lender": lender,
            "institution_code": codes,
            "business": at("2", zero),
            "account_no": card_no(cards.subject),
            "contract_no": serials("XYKHT", cards.subject),
            "account_type": at("R2", zero),
            "business_detail": at("81", zero),
            "opened_on": cards.opened,
            "due_on": pa.nulls(count, pa.date32()),
            "bill_on": made["bill_on"],
            "last_payment_on": np.maximum(made["last_paid"], cards.opened),
            "limit_cents": cards.limit,
            "shared_limit_cents": zero,
            "largest_debt_cents": cards.limit,
            "guarantee_kind": at("4", zero),
            "frequency": at("03", zero),
            "months_total": pa.nulls(count, pa.string()),
            "months_left": pa.nulls(count, pa.string()),
            "agreed_periods": pa.nulls(count, pa.string()),
            "agreed_cents": made["scheduled"],
            "scheduled_cents": made["scheduled"],
            "paid_cents": made["paid"],
            "balance_cents": balance,
            "overdue_periods": overdue,
            "overdue_cents": owed,
            "overdue_31_60_cents": np.where(overdue == 2, older, 0),
            "overdue_61_90_cents": np.where(overdue == 3, older, 0),
            "overdue_91_180_cents": np.where((overdue > 3) & (overdue <= 6), older, 0),
            "overdue_over_180_cents": np.where(overdue > 6, older, 0),
            "overdue_count": made["ever"],
            "max_overdue_periods": made["most"],
            "five_class": at("1 2 3 4 5", np.select([overdue >= 7, overdue >= 5, overdue >= 4, overdue >= 1],
                                                    [4, 3, 2, 1], 0)),
            "account_status": at("1 3 5", np.select([overdue >= 7, overdue >= 3], [2, 1], 0)),
            "status_24": texts(made["letters"]),
            "owner_flag": at("1", zero),
            "format_generation": np.ones(count, dtype=np.int64),
        }  # fmt: skip


def card_outcomes(city: City) -> Iterator[Piece]:
    """Whether a card fell four periods behind within the follow-up."""
    cards = issue(city)
    later = cards.overdue[:, PAST + city.settings.months :]
    bad = (later >= DEFAULT_PERIODS).any(axis=1)
    when = city.settings.months + np.argmax(later >= DEFAULT_PERIODS, axis=1)
    day = np.where(bad, city.settings.days(when, 20), last_day(city))
    lender = city.bank[cards.subject]
    yield {
        "_i": cards.subject,
        "_known": day,
        "_lender": lender,
        "institution": pa.array(city.lenders.name).take(pa.array(lender)),
        "account_no": card_no(cards.subject),
        "status": at("PERFORMING DEFAULTED", np.asarray(bad)),
        "outcome_on": day,
        "loss_cents": (np.zeros(len(day), dtype=np.int64), ~bad),
    }


def _accounts(city: City) -> Iterator[Piece]:
    cards = issue(city)
    seen = np.full(len(cards.subject), int(city.settings.days(0)))
    yield {
        "_i": cards.subject,
        "_known": seen,
        "account_no": card_no(cards.subject),
        "credit_limit_cents": np.maximum(cards.limit, 100),
        "observed_on": seen,
    }


def _repayments(city: City) -> Iterator[Piece]:
    cards = issue(city)
    for month in range(city.settings.months):
        made = _of_month(city, cards, month)
        yield {
            "_i": cards.subject,
            "_known": made["_known"],
            "account_no": card_no(cards.subject),
            "bill_on": made["bill_on"],
            "status_24": texts(made["letters"]),
            "billed_cents": made["balance"],
            "paid_cents": made["paid"],
        }


BUILDERS: dict[str, Builder] = {"card_account": _accounts, "card_repayment": _repayments}
