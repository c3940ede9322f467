"""The SQL of the rules agrees with a reading of them in plain Python, on random records."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.city.published import published_faults
from data_contracts.finance.credit_month import CreditMonth
from data_contracts.rules import cross_checks, record_checks
from tests.data_contracts.rules.oracle import discontinuous
from tests.data_contracts.rules.support import as_table, hits

SEEDS = st.integers(min_value=0, max_value=2**32 - 1)


def random_record(chance: random.Random) -> dict[str, Any]:
    """A record of any items, few of which agree with each other; any may be missing."""
    letters = chance.choice(["/*N1", "*N1234567", "N1234567#CGDZ", "/*N1234567#CGDZABMQ"])
    bill = date(2023, 6, 1) + timedelta(chance.randrange(70))
    opened = bill - timedelta(chance.randrange(400))
    record: dict[str, Any] = {
        "bill_on": chance.choice([bill, bill, date(2023, 6, 30), date(2098, 1, 31)]),
        "business": chance.choice("1112"),
        "account_type": chance.choice([None, "D1", "C1"]),
        "format_generation": chance.choice([1, 2]),
        "frequency": chance.choice(["03", "03", "03", "04", "07", "08", "99"]),
        "months_total": chance.choice(["1", "012", "0", "O", "U", "X"]),
        "months_left": chance.choice(["1", "000", "O", "U", "X"]),
        "opened_on": chance.choice([opened, opened, date(1989, 12, 31), date(1990, 1, 1)]),
        "due_on": bill + timedelta(chance.randrange(-60, 60)),
        "last_payment_on": chance.choice([opened, bill - timedelta(chance.randrange(-5, 40))]),
        "overdue_periods": chance.choice([0, 0, 1, 2, 7, 8]),
        "overdue_cents": chance.choice([0, 0, 1, 500]),
        "max_overdue_periods": chance.randrange(9),
        "overdue_count": chance.randrange(15),
        "balance_cents": chance.choice([-5, 0, 0, 9, 500]),
        "scheduled_cents": chance.choice([0, 100, 500]),
        "paid_cents": chance.choice([0, 100, 500]),
        "overdue_31_60_cents": chance.choice([0, 1]),
        "overdue_61_90_cents": chance.choice([0, 400]),
        "overdue_91_180_cents": 0,
        "overdue_over_180_cents": 0,
        "five_class": chance.choice("123459"),
        "account_status": chance.choice("12345"),
        "status_24": chance.choice(
            ["/" * 24, "".join(chance.choices(letters, k=24)), "".join(chance.choices("N1", k=24))]
        ),
    }
    record |= {name: None for name in record if chance.random() < 0.03}
    return {**dict.fromkeys(CreditMonth.model_fields), **record, "account_no": "1"}


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS)
def test_record_rules_agree_with_the_plain_reading(seed: int) -> None:
    chance = random.Random(seed)
    records = [random_record(chance) for _ in range(400)]
    with duckdb.connect() as connection:
        connection.register("records", as_table(CreditMonth, records))
        found = hits(connection, "records", record_checks(CreditMonth))
    for line, record in enumerate(records, 1):
        assert found[line] == published_faults("credit_month", record)


def random_history(chance: random.Random, count: int) -> list[dict[str, Any]]:
    """Records of few accounts: mostly cut from one long life, some of them spoilt or twice a month."""
    lives = {n: "".join(chance.choices("N*12", k=120)) for n in range(6)}
    records = []
    for _ in range(count):
        account, month = chance.randrange(6), chance.randrange(50)
        status = lives[account][month : month + 24]
        if chance.random() < 0.3:
            place = chance.randrange(24)
            status = status[:place] + chance.choice("N#") + status[place + 1 :]
        records.append(
            {
                "institution_code": f"C109994400001{account % 2}",
                "business": "12"[account % 2],
                "account_no": str(account // 2),
                "bill_on": date(2020 + month // 12, month % 12 + 1, chance.choice([10, 20])),
                "status_24": status,
            }
        )
    unique = {tuple(r[k] for k in list(r)[:4]): r for r in records}
    return list(unique.values())


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_continuity_agrees_with_the_oracle(seed: int) -> None:
    chance = random.Random(seed)
    known, new = random_history(chance, 60), random_history(chance, 40)
    check = next(check for check in cross_checks(CreditMonth) if check.rule_id == "XM-01")
    with duckdb.connect() as connection:
        connection.register("incoming", as_table(CreditMonth, new))
        connection.register("known", as_table(CreditMonth, known).drop_columns(["_line"]))
        rows = connection.execute(check.sql("incoming", "known")).fetchall()
    assert len(rows) == len(set(rows))
    assert {line for (line,) in rows} == discontinuous(new, known)
