"""Consent, written consent and notice, by hand-made records."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import duckdb
import pyarrow as pa
import pytest

from data_contracts.catalogue import CONTRACTS
from data_contracts.contract import About, Contract, item
from data_contracts.lawful import hits_sql, lawful_checks, person_sql

CONSENTS = pa.table(
    {
        "consent_no": ["C1", "C2", "C3"],
        "subject_id": ["PID-1", "PID-2", "PID-1"],
        "kind": ["electronic", "written", "written"],
        "adverse_notice": [False, True, False],
        "legal_basis": ["consent"] * 3,
        "item_classes": ["toy_income", "toy_income;income", "toy_income;income"],
        "granted_on": [date(2024, 1, 1), date(2024, 1, 1), date(2024, 1, 1)],
        "valid_until": pa.array([date(2024, 12, 31), None, None], pa.date32()),
        "revoked_on": pa.array([None, date(2024, 6, 1), None], pa.date32()),
    }
)


class Income(Contract):
    """A toy record of a person."""

    about: ClassVar[About] = About(
        name="toy_income",
        version="1.0",
        title_zh="收入",
        title_en="Income",
        supplier_zh="银行",
        supplier_en="Bank",
        subject_kinds=("enterprise", "individual"),
        key=("subject_id",),
        event="on",
        end="on",
        negative=True,
        retention_years=5,
        frequency_zh="每月",
        frequency_en="monthly",
        sensitivity="consent",
    )

    subject_id: str = item("主体", "Subject", max_length=40)
    consent_no: str | None = item("授权", "Consent", max_length=64)
    income_cents: int | None = item("收入", "Income", ge=0, le=10**12, written_consent="income")
    overdue_cents: int = item("逾期", "Overdue", ge=0, le=10**12)
    negative_notice_on: date | None = item("告知", "Notified")
    on: date = item("日期", "Day")


def judge(public_source: str | None = None, **row: Any) -> list[str]:
    given = {
        "subject_id": "PID-1", "consent_no": "C1", "income_cents": None, "overdue_cents": 0,
        "negative_notice_on": None, "on": date(2024, 3, 1), **row,
    }  # fmt: skip
    table = pa.Table.from_pylist([given], schema=Income.arrow_schema())
    table = table.append_column("_known", pa.array([row.get("on", given["on"])], pa.date32()))
    table = table.append_column("_line", pa.array([7], pa.int64()))
    query = hits_sql(Income, "fresh", "consents", public_source)
    if query is None:
        return []
    with duckdb.connect() as connection:
        connection.register("fresh", table)
        connection.register("consents", CONSENTS)
        connection.execute(f"SET VARIABLE load_date = DATE '{given['on']}'")
        rows = connection.execute(query).fetchall()
    assert all(line == 7 for line, _, _ in rows)
    return sorted(rule for _, rule, _ in rows)


@pytest.mark.parametrize(
    ("row", "rules"),
    [
        ({}, []),
        ({"consent_no": None}, ["REG-01"]),
        ({"consent_no": "C9"}, ["REG-01"]),
        ({"consent_no": "C2"}, ["REG-01"]),  # somebody else's
        ({"on": date(2023, 12, 31)}, ["REG-01"]),  # not yet granted
        ({"on": date(2024, 12, 31)}, []),
        ({"on": date(2025, 1, 1)}, ["REG-01"]),  # no longer valid
        ({"subject_id": "PID-2", "consent_no": "C2", "on": date(2024, 5, 31)}, []),
        (
            {"subject_id": "PID-2", "consent_no": "C2", "on": date(2024, 6, 1)},
            ["REG-01"],
        ),  # revoked
        ({"subject_id": "USCC-91110000600037341L", "consent_no": None}, []),  # an enterprise
        (
            {"subject_id": "USCC-92110000600037341L", "consent_no": None},
            ["REG-01"],
        ),  # a sole trader
        ({"income_cents": 5}, ["REG-03"]),  # not written
        ({"subject_id": "REG-440301600123456", "consent_no": None}, ["REG-01"]),  # a sole trader
        ({"subject_id": "REG-440301103097413", "consent_no": None}, []),
        ({"subject_id": "FARM-3", "consent_no": None}, ["REG-01"]),  # not proven to be a firm
        ({"income_cents": 5, "consent_no": "C3"}, ["REG-03"]),  # written, but without the notice
        ({"income_cents": 5, "subject_id": "PID-2", "consent_no": "C2"}, []),
        ({"overdue_cents": 1}, ["REG-04"]),
        ({"overdue_cents": 1, "negative_notice_on": date(2024, 3, 2)}, ["REG-04"]),  # told too late
        ({"overdue_cents": 1, "negative_notice_on": date(2024, 3, 1)}, []),
    ],
)
def test_each_article(row: dict[str, Any], rules: list[str]) -> None:
    assert judge(**row) == rules


def test_a_withdrawn_consent_does_not_serve_a_back_dated_record() -> None:
    query = hits_sql(Income, "fresh", "consents")
    row = {
        "subject_id": "PID-2", "consent_no": "C2", "income_cents": None, "overdue_cents": 0,
        "negative_notice_on": None, "on": date(2024, 3, 1),
    }  # fmt: skip
    table = pa.Table.from_pylist([row], schema=Income.arrow_schema())
    table = table.append_column("_known", pa.array([date(2024, 3, 1)], pa.date32()))
    table = table.append_column("_line", pa.array([1], pa.int64()))
    with duckdb.connect() as connection:
        connection.register("fresh", table)
        connection.register("consents", CONSENTS)
        for received, hits in ((date(2024, 5, 31), 0), (date(2024, 6, 1), 1)):
            connection.execute(f"SET VARIABLE load_date = DATE '{received}'")
            assert len(connection.execute(str(query)).fetchall()) == hits


def test_every_adverse_record_of_persons_tells_of_the_notice() -> None:
    """REG-04: whoever is told must be on record, in every contract that needs it."""
    for contract in CONTRACTS:
        about = contract.about
        if about.negative and about.needs_consent:
            assert "negative_notice_on" in contract.model_fields, about.name


def test_a_public_source_needs_no_consent() -> None:
    assert judge("https://example.org/notice", consent_no=None, overdue_cents=1) == []
    assert lawful_checks(Income, "a bulletin") == ()


def test_who_is_a_person() -> None:
    with duckdb.connect() as connection:
        for subject, person in (
            ("PID-0a", True), ("CARD-1", True), ("USCC-92X", True), ("USCC-91X", False),
            ("USCC-N2X", False), ("ORG-600037341", False), ("NAME-0a", True), ("TAX-1", True),
        ):  # fmt: skip
            (found,) = connection.execute(
                f"SELECT {person_sql(Income)} FROM (SELECT ? AS subject_id) AS new", [subject]
            ).fetchall()[0]
            assert found is person
