"""Legal histories as a table: the walk's months put under the items of ``credit_month``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.finance.credit_month import CreditMonth

if TYPE_CHECKING:
    from data_contracts.rules.history import Accounts

WINDOW = 24
INSTITUTIONS = ("C1099944000011", "C1099944000022", "C1099911000033", "D1099931000044")

Column = np.ndarray[Any, np.dtype[Any]]


def _texts(codes: Column, table: dict[int, str | None]) -> pa.Array:
    """Small codes as text, by a dictionary that is decoded at once."""
    keys = sorted(table)
    indices = pa.array(np.searchsorted(keys, codes).astype(np.int32))
    return pa.DictionaryArray.from_arrays(
        indices, pa.array([table[key] for key in keys], pa.string())
    ).cast(pa.string())


def _letters(window: Column) -> pa.Array:
    """An (n, 24) array of letters as texts, without a loop."""
    count = len(window)
    offsets = np.arange(count + 1, dtype=np.int32) * WINDOW
    data = np.ascontiguousarray(window)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))


def _dates(days: Column, valid: Column | None = None) -> pa.Array:
    mask = None if valid is None else ~valid
    return pa.array(days.astype(np.int32), pa.int32(), mask=mask).cast(pa.date32())


def as_table(fixed: Accounts, chunks: list[dict[str, Column]]) -> pa.Table:
    """Put the months together under the items of the contract."""
    schema = CreditMonth.arrow_schema()
    if not chunks:
        return schema.empty_table()
    row = np.concatenate([chunk["row"] for chunk in chunks])
    of = {name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0]}
    loan, frequency = fixed.loan[row], fixed.frequency[row]
    monthly = frequency == 3
    overdue, unpaid, age = of["overdue"], of["unpaid"], of["age"]
    numbers = [f"{'1' if fixed.loan[i] else '2'}{i:010d}" for i in range(len(fixed.loan))]
    subjects = [f"PID-{i * 2654435761 % 2**64:032x}" for i in range(len(fixed.loan))]
    fill = {3: None, 7: "O", 8: "U", 99: "X"}
    months = [f"{n:03d}" for n in range(1000)]

    def number_text(value: Column, only: Column) -> pa.Array:
        plain = pa.array(months).take(pa.array(np.clip(value, 0, 999)))
        letters = _texts(frequency, fill)
        text = pc.if_else(pa.array(monthly), plain, letters)
        return pc.if_else(pa.array(only), text, pa.scalar(None, pa.string()))

    def older(periods: int) -> Column:
        """Unpaid parts that are overdue for more than this number of months."""
        parts = np.where(loan, np.clip(overdue - periods, 0, unpaid), 0)
        cents: Column = parts * fixed.principal[row]
        return cents

    def whole(values: Column, valid: Column | None = None) -> pa.Array:
        mask = None if valid is None else ~valid
        return pa.array(values.astype(np.int64), mask=mask)

    status = np.where(overdue > 0, 2, 1)
    status = np.where(~loan & (overdue > 0), np.where(overdue > 3, 2, 1), status)
    status = np.where(loan & (overdue > 12), 4, np.where(~loan & (overdue > 12), 5, status))
    status = np.where(of["ending"], np.where(loan, 3, 4), status)
    classes = np.select(
        [
            overdue == 0,
            overdue <= 3,
            (overdue <= 9) & loan | (overdue == 4),
            (overdue <= 12) & loan | (overdue <= 6),
        ],
        [1, 2, 3, 4],
        5,
    )
    place = row % len(INSTITUTIONS)
    columns: dict[str, pa.Array] = {
        "institution_code": _texts(place, dict(enumerate(INSTITUTIONS))),
        "business": _texts(loan.astype(int), {0: "2", 1: "1"}),
        "account_no": pa.array(numbers).take(pa.array(row)),
        "subject_id": pa.array(subjects).take(pa.array(row)),
        "account_type": _texts(loan.astype(int), {0: "R2", 1: "D1"}),
        "business_detail": _texts(
            np.where(loan, row % 4, 4), {0: "11", 1: "21", 2: "41", 3: "91", 4: "81"}
        ),
        "area_code": _texts(place * 0, {0: "442000"}),
        "opened_on": _dates(of["open_day"]),
        "due_on": _dates(of["due_day"], loan),
        "bill_on": _dates(of["bill"]),
        "last_payment_on": _dates(of["paid_day"]),
        "currency": _texts(place * 0, {0: "CNY"}),
        "limit_cents": whole(fixed.principal[row] * fixed.parts[row]),
        "largest_debt_cents": whole(of["largest"]),
        "guarantee_kind": _texts(np.where(loan, row % 3, 3), {0: "2", 1: "3", 2: "4", 3: "4"}),
        "frequency": _texts(frequency, {3: "03", 7: "07", 8: "08", 99: "99"}),
        "months_total": number_text(fixed.parts[row], loan),
        "months_left": number_text(fixed.parts[row] - age, loan),
        "scheduled_cents": whole(of["scheduled"]),
        "paid_cents": whole(of["paid"]),
        "balance_cents": whole(of["balance"]),
        "overdue_periods": whole(np.minimum(overdue, 99)),
        "overdue_cents": whole(of["arrears"]),
        "overdue_31_60_cents": whole(older(1) - older(2), loan),
        "overdue_61_90_cents": whole(older(2) - older(3), loan),
        "overdue_91_180_cents": whole(older(3) - older(6), loan),
        "overdue_over_180_cents": whole(older(6), loan),
        "overdue_count": whole(of["ever"]),
        "max_overdue_periods": whole(np.minimum(of["most"], 99)),
        "five_class": _texts(classes, {n: str(n) for n in range(1, 6)}),
        "account_status": _texts(status, {n: str(n) for n in range(1, 6)}),
        "status_24": _letters(of["status"]),
        "owner_flag": _texts((age == 0).astype(int), {0: "1", 1: "2"}),
        "negative_notice_on": _dates(of["bill"] - 5, overdue > 0),
        "consent_no": pa.array([f"CONSENT-{n}" for n in numbers]).take(pa.array(row)),
        "format_generation": whole(np.ones(len(row))),
    }
    arrays = [
        columns.get(field.name, pa.nulls(len(row), field.type)).cast(field.type) for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)
