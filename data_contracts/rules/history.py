"""Legal payment histories: made-up accounts that break no rule (message_rules, property test).

Loans are repaid monthly in equal parts, once, or irregularly; cards are billed monthly. Every month is a walk:
pay everything, pay one part, pay two, or pay nothing. All amounts and dates follow from the walk, so the
records agree with each other as a real ledger's would. They are simulated, always.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from data_contracts.rules.history_table import WINDOW, Column, as_table

LAST_MONTH = date(2024, 12, 1)


@dataclass(frozen=True)
class Accounts:
    """What does not change over the life of an account."""

    loan: Column
    frequency: Column  # 3 monthly, 7 once, 8 irregular, 99 other
    opened: Column  # month index, 0 is the first reported month
    opened_day: Column
    bill_day: Column
    parts: Column  # N: months from opening to due date
    principal: Column  # of one part, cents
    interest: Column  # of one part, cents
    risk: Column  # probability of paying nothing in a month


def _accounts(count: int, months: int, rng: np.random.Generator) -> Accounts:
    loan = rng.random(count) < 0.6
    frequency = np.where(loan, rng.choice([3, 7, 8, 99], count, p=[0.88, 0.06, 0.04, 0.02]), 3)
    bill_day = rng.integers(5, 29, count)
    return Accounts(
        loan=loan,
        frequency=frequency,
        opened=rng.integers(-WINDOW, max(months // 4, 1), count),
        opened_day=np.minimum(rng.integers(1, 29, count), bill_day),
        bill_day=bill_day,
        parts=rng.choice([12, 24, 36, 60], count),
        principal=rng.integers(200, 20_000, count) * 100,
        interest=rng.integers(5, 200, count) * 100,
        risk=rng.choice([0.005, 0.03, 0.15, 0.45], count, p=[0.6, 0.25, 0.1, 0.05]),
    )


def legal_histories(
    accounts: int, months: int, seed: int, *, last_month: date = LAST_MONTH
) -> pa.Table:
    """Simulate credit account months that break no record and no cross-record rule.

    Parameters
    ----------
    accounts
        Number of accounts; an account is reported from its opening to its settlement.
    months
        Reported months, up to ``last_month``.
    seed
        The same seed gives the same table.
    last_month
        Any day of the last reported month.

    Returns
    -------
    pyarrow.Table
        Columns and types of ``credit_month``, sorted by month and account.

    Examples
    --------
    >>> from data_contracts.finance.credit_month import CreditMonth
    >>> table = legal_histories(10, 6, seed=1)
    >>> table.column_names == list(CreditMonth.model_fields)
    True
    """
    rng = np.random.default_rng(seed)
    fixed = _accounts(accounts, months, rng)
    first = last_month.year * 12 + last_month.month - months  # month number of month index 0
    width = WINDOW + months
    letters = np.full((accounts, WINDOW - 1 + width), ord("/"), np.uint8)
    state = _State.start(accounts)
    chunks: list[dict[str, Column]] = []
    for month in range(-WINDOW, months):
        alive = (month >= fixed.opened) & ~state.settled
        found = _month(fixed, state, month, first, rng)
        position = month + WINDOW + WINDOW - 1
        letters[alive, position] = found["letter"][alive]
        rows = np.flatnonzero(alive & ~(found["closed_before"])) if month >= 0 else None
        if rows is not None and len(rows):
            window = letters[rows, position - WINDOW + 1 : position + 1]
            chunk = {name: values[rows] for name, values in found.items()}
            chunks.append({**chunk, "row": rows, "status": window.copy()})
    return as_table(fixed, chunks)


@dataclass
class _State:
    """What the walk carries from month to month."""

    overdue: Column  # P
    unpaid: Column  # parts that fell due and were not paid
    arrears: Column  # A, cents
    ever: Column  # D
    most: Column  # M
    settled: Column
    paid_day: Column  # days since 1970 of the last payment
    largest: Column
    debt: Column  # of a card, cents

    @staticmethod
    def start(count: int) -> _State:
        def zeros() -> Column:
            return np.zeros(count, np.int64)

        return _State(
            zeros(), zeros(), zeros(), zeros(), zeros(), np.zeros(count, bool), zeros(), zeros(), zeros()
        )  # fmt: skip


def _days(month: Column, day: Column) -> Column:
    """Days since 1970 of a day of a month number (year * 12 + month - 1); day 0 is the month's last."""
    since = month - 1970 * 12
    start = since.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (since + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.where(day > 0, start + day - 1, after - 1)


def _month(
    fixed: Accounts, state: _State, month: int, first: int, rng: np.random.Generator
) -> dict[str, Column]:
    """One month of all accounts: advance the state and return the items that change."""
    count = len(fixed.loan)
    age = month - fixed.opened
    opening, monthly = age == 0, fixed.frequency == 3
    past = fixed.loan & (age > fixed.parts)
    closed_before = state.settled.copy()
    open_day = _days(fixed.opened + first, fixed.opened_day)
    month_end = (~monthly & ~opening) | past
    bill = _days(np.full(count, month + first), np.where(month_end, 0, fixed.bill_day))
    active = (age >= 0) & ~state.settled
    regular = active & ~opening
    state.paid_day = np.where(opening, open_day, state.paid_day)

    draw, share, prepay = rng.random(count), rng.random(count), rng.random(count)
    part = fixed.principal + fixed.interest
    walk = regular & monthly
    idle = walk & ~fixed.loan & (state.overdue == 0) & (share < 0.2)
    walk &= ~idle
    limit = np.where(fixed.loan, fixed.parts - 1, 200)
    nothing = walk & (draw < fixed.risk + 0.35 * (state.overdue > 0)) & (state.ever < limit)
    some = walk & ~nothing & ~past & (state.overdue > 0) & (draw > 0.8) & (state.ever < limit)
    fewer = some & (draw > 0.9) & (state.overdue > 1)
    everything = walk & ~nothing & ~some

    scheduled = np.where(walk & ~past, part, 0) + np.where(past & walk, state.unpaid * part, 0)
    first_miss = nothing & (state.overdue == 0)
    partial = np.where(first_miss & ~past, (part * share * 0.9).astype(np.int64), 0)
    slice_ = np.where(fewer, state.arrears // np.maximum(state.overdue, 1), 0)
    paid = np.where(everything, scheduled + np.where(past, 0, state.arrears), 0)
    paid = np.where(some, scheduled + slice_, paid) + np.where(nothing, partial, 0)

    state.arrears = np.where(everything, 0, state.arrears)
    state.arrears = np.where(fewer, state.arrears - slice_, state.arrears)
    state.arrears = np.where(nothing & ~past, state.arrears + part - partial, state.arrears)
    state.overdue = np.where(everything, 0, state.overdue) + nothing - fewer
    state.unpaid = np.where(everything, 0, state.unpaid) + (nothing & ~past) - fewer
    state.arrears = np.where(past & (state.overdue > 0), state.unpaid * part, state.arrears)
    state.ever = state.ever + (active & (state.overdue > 0))
    state.most = np.maximum(state.most, state.overdue)

    fallen = np.clip(age, 0, fixed.parts)
    left = np.where(monthly, fixed.parts - fallen + state.unpaid, fixed.parts)
    at_end = fixed.loan & (age >= fixed.parts) & (state.overdue == 0)
    early = regular & (state.overdue == 0) & (state.arrears == 0) & (prepay < 0.004)
    ending = regular & (at_end | early)
    remaining = np.where(fixed.loan, left * fixed.principal, 0)
    extra = ending & (fixed.loan & (remaining > 0))
    scheduled = np.where(extra, scheduled + remaining, scheduled)
    paid = np.where(extra, np.where(monthly, paid + remaining, scheduled), paid)
    scheduled = np.where(ending & idle, 0, scheduled)

    spent = np.where(walk | idle, (fixed.principal * share).astype(np.int64), 0)
    card = np.where(idle & (share < 0.02), -500, np.where(idle, 0, state.arrears + spent))
    balance = np.where(fixed.loan, remaining, np.where(opening, 0, card))
    balance = np.where(ending, 0, balance)
    state.settled |= ending
    state.paid_day = np.where(paid > 0, bill - (share * 20).astype(np.int64), state.paid_day)
    state.largest = np.maximum(state.largest, balance)

    digit = np.minimum(state.overdue, 7)
    letter = np.where(digit > 0, ord("0") + digit, ord("N"))
    quiet = opening | idle | (regular & ~monthly)
    letter = np.where(quiet & (digit == 0), ord("*"), letter)
    letter = np.where(ending, ord("C"), letter)
    return {
        "letter": letter.astype(np.uint8),
        "closed_before": closed_before,
        "bill": bill,
        "open_day": open_day,
        "due_day": _days(fixed.opened + fixed.parts + first, np.full(count, 28)),
        "age": age,
        "scheduled": scheduled,
        "paid": paid,
        "paid_day": state.paid_day.copy(),
        "balance": balance,
        "largest": state.largest.copy(),
        "overdue": state.overdue.copy(),
        "unpaid": state.unpaid.copy(),
        "arrears": state.arrears.copy(),
        "ever": state.ever.copy(),
        "most": state.most.copy(),
        "ending": ending,
        "first_share": share,
    }
