"""Repayment histories: periods overdue and the 24-month status of each account in each month.

A legal history by construction: arrears grow by one period a month and are cured at once, nothing is overdue
in the month of settlement, and the status string of a month is the string of the month before, moved by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_contracts.city.clock import Settings
from data_contracts.city.credit import MISSED_BEFORE_DEFAULT, NEVER, Applications
from data_contracts.city.health import Health
from data_contracts.city.lenders import ARCHETYPES, BULLET

ARREARS_BASE, ARREARS_HEALTH = -4.3, 0.9
"""logit of the chance that a paying account misses a month: BASE - HEALTH * activity (ours)."""
SECOND_MONTH = 0.25
"""Chance that a missed month stays unpaid for a second one."""

PAST = 24


@dataclass(frozen=True)
class Histories:
    """Rows are accounts; column k of the matrices is the k-th month after the opening month.

    ``overdue`` are periods overdue now, ``ever`` months in arrears so far, ``most`` the most periods overdue
    so far. ``letters`` are 24 months before the opening and then one status letter a month. ``first`` and
    ``last`` are the window's months of the first and the last record.
    """

    overdue: np.ndarray
    ever: np.ndarray
    most: np.ndarray
    letters: np.ndarray
    first: np.ndarray
    last: np.ndarray

    def status(self, rows: np.ndarray, after: np.ndarray) -> np.ndarray:
        """Letters of the 24 months up to and with the `after`-th month of each account."""
        places = after[:, None] + np.arange(1, PAST + 1)[None, :]
        return np.asarray(self.letters[rows[:, None], places])


@dataclass(frozen=True)
class Loans:
    """Loans with their schedule, one row each; amounts in cents. ``row`` is that of the application."""

    row: np.ndarray
    subject: np.ndarray
    opened: np.ndarray
    month: np.ndarray
    term: np.ndarray
    amount: np.ndarray
    principal: np.ndarray
    interest: np.ndarray
    frequency: np.ndarray
    settled_after: np.ndarray
    default_after: np.ndarray
    histories: Histories

    def __len__(self) -> int:
        """Number of loans."""
        return len(self.row)


LPR = 360
"""One-year loan prime rate of the city in basis points (ours; the real one moves)."""


def repay(settings: Settings, applications: Applications, health: Health) -> Loans:
    """Make the schedule and the history of every loan."""
    rows = applications.loans
    found = applications
    frequency = np.array([one.repayment for one in ARCHETYPES])[found.archetype[rows]]
    term, amount = found.term[rows], found.offered[rows]
    rate = (LPR + found.spread[rows]) / 10_000
    principal = np.where(frequency == "03", amount // term // 100 * 100, amount)
    amount = np.where(frequency == "03", principal * term, amount)
    yearly = np.maximum(amount * rate, 12_00)
    interest = np.where(frequency == BULLET, yearly * term / 12, yearly / 12)
    interest = np.maximum(interest // 100, 1).astype(np.int64) * 100  # whole yuan, as messages are
    month = settings.months_of(found.opened[rows])
    histories = _histories(
        settings, health, found.subject[rows], month, term, frequency,
        found.settled_after[rows], found.default_after[rows],
    )  # fmt: skip
    return Loans(
        row=rows,
        subject=found.subject[rows],
        opened=found.opened[rows],
        month=month,
        term=term,
        amount=amount,
        principal=principal,
        interest=interest,
        frequency=frequency,
        settled_after=found.settled_after[rows],
        default_after=found.default_after[rows],
        histories=histories,
    )


def _histories(
    settings: Settings,
    health: Health,
    subject: np.ndarray,
    month: np.ndarray,
    term: np.ndarray,
    frequency: np.ndarray,
    settled: np.ndarray,
    default: np.ndarray,
) -> Histories:
    rng = settings.random("repayment")
    count, width = len(subject), settings.months
    bullet = frequency == BULLET
    bad = default < NEVER
    # The first missed instalment of a loan that will default.
    missed = np.where(bullet, term, default - MISSED_BEFORE_DEFAULT)
    missed = np.where(bad, missed, NEVER)
    overdue = np.zeros((count, width), dtype=np.int16)
    ever, most = np.zeros_like(overdue), np.zeros_like(overdue)
    letters = np.full((count, PAST + width), ord("/"), dtype=np.uint8)
    state, seen, worst = (np.zeros(count, dtype=np.int64) for _ in range(3))
    for after in range(width):
        now = np.minimum(month + after, health.activity.shape[1] - 1)
        logit = ARREARS_BASE - ARREARS_HEALTH * health.activity[subject, now]
        fresh = rng.random(count) < 1 / (1 + np.exp(-logit))
        stays = rng.random(count) < SECOND_MONTH
        # Whoever must stand clean next month (settlement, last instalment, first miss) pays now.
        free = (
            (after >= 1) & ~bullet & (after < np.minimum(settled, term) - 1) & (after < missed - 1)
        )
        mild = np.where(free & ((state == 0) & fresh | (state == 1) & stays), state + 1, 0)
        unpaid = np.minimum(after, term) - missed + 1
        state = np.where(after >= missed, np.where(bullet, 1, unpaid), mild)
        counted = np.where(bullet, after == missed, (state > 0) & (after <= term))
        seen = seen + counted
        worst = np.maximum(worst, state)
        overdue[:, after], ever[:, after], most[:, after] = state, seen, worst
        clean = np.where(bullet, ord("*"), ord("N"))
        letter = np.where(state > 0, ord("0") + np.minimum(state, 7), clean)
        letter = np.where(after == settled, ord("C"), letter)
        letters[:, PAST + after] = ord("*") if after == 0 else letter
    last = np.minimum(month + np.where(bad, NEVER, settled), settings.months - 1)
    return Histories(overdue, ever, most, letters, month, last)


def month_of_loans(
    settings: Settings, loans: Loans, month: int
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Rows of the loans that report in a month, and the items of segment A that follow from the schedule.

    Returns
    -------
    tuple
        Rows of `loans`, and columns by name of item; days are days since 1970, amounts are cents.
    """  # fmt: skip
    history = loans.histories
    rows = np.flatnonzero((history.first <= month) & (history.last >= month))
    after = month - loans.month[rows]
    term, frequency = loans.term[rows], loans.frequency[rows]
    bullet = frequency == BULLET
    overdue = history.overdue[rows, after].astype(np.int64)
    before = history.overdue[rows, np.maximum(after - 1, 0)].astype(np.int64)
    settled = after == loans.settled_after[rows]
    called = after >= loans.default_after[rows]
    principal, interest = loans.principal[rows], loans.interest[rows]
    due_now = after >= term
    opening = after == 0
    # What one period owes: equal principal and interest; interest alone; or everything at the end.
    whole = np.where(frequency == "03", principal + interest, interest)
    last_part = np.where(frequency == "03", 0, loans.amount[rows])
    scheduled = np.where(bullet & ~due_now, 0, whole + np.where(due_now, last_part, 0))
    scheduled = np.where(opening, 0, scheduled)
    paid_periods = np.minimum(after, term) - overdue
    left = np.where(frequency == "03", principal * (term - paid_periods), loans.amount[rows])
    balance = np.where(settled, 0, left)
    arrears = np.where(overdue > 0, overdue * whole + np.where(due_now & ~settled, last_part, 0), 0)
    # After the month of maturity all that is unpaid is due.
    scheduled = np.where(after > term, arrears, scheduled)
    caught_up = np.where(overdue == 0, (before + 1) * whole, 0)
    closing = np.where(frequency == "03", left + whole, loans.amount[rows] + interest)
    repaid = np.where(settled, closing, np.where(bullet, 0, caught_up))
    repaid = np.where(opening | ((overdue > 0) & (overdue >= before)), 0, repaid)
    day = loans.opened[rows].astype("M8[D]") - loans.opened[rows].astype("M8[D]").astype("M8[M]")
    day = day.astype(int) + 1
    end_of_month = opening | (after > term) | ((frequency != "03") & ~settled)
    bill = settings.days(month, np.where(end_of_month, 99, day))
    paid_day = settings.days(month, day)
    bands = _bands(
        np.where(frequency == "03", principal, 0), overdue, after - term, balance, last_part
    )
    return rows, {
        "after": after,
        "bill_on": bill,
        "due_on": settings.days(loans.month[rows] + term, day),
        "paid_on": paid_day,
        "scheduled_cents": scheduled,
        "paid_cents": repaid,
        "balance_cents": balance,
        "overdue_periods": overdue,
        "overdue_cents": arrears,
        "overdue_count": history.ever[rows, after].astype(np.int64),
        "max_overdue_periods": history.most[rows, after].astype(np.int64),
        "left": np.maximum(term - after, 0),
        "settled": settled,
        "called": called,
        "opening": opening,
        **bands,
    }


def _bands(
    principal: np.ndarray,
    overdue: np.ndarray,
    past: np.ndarray,
    balance: np.ndarray,
    last_part: np.ndarray,
) -> dict[str, np.ndarray]:
    """Overdue principal by age: the newest missed instalment is 1-30 days old, the one before 31-60, ..."""
    # Months since maturity make every instalment older; a final part has the age of the maturity.
    older = np.maximum(past, 0)

    def between(low: int, high: int) -> np.ndarray:
        count = np.clip(overdue + older, low, high) - np.clip(older, low, high)
        final = np.where((overdue > 0) & (older >= low) & (older < high), last_part, 0)
        return np.asarray(np.minimum(count * principal + final, balance))

    return {
        "overdue_31_60_cents": between(1, 2),
        "overdue_61_90_cents": between(2, 3),
        "overdue_91_180_cents": between(3, 6),
        "overdue_over_180_cents": between(6, 10_000),
    }
