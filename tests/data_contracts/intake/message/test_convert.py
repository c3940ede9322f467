"""Segments become records of the contracts, and records become segments again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from data_contracts.finance.borrower import Borrower
from data_contracts.finance.credit_month import CreditMonth
from data_contracts.finance.guarantor import Guarantor
from data_contracts.intake.message import CLEAR_ID, Converted, compose, convert, open_message
from data_contracts.intake.message.compose import yuan_of
from tests.data_contracts.intake.message.samples import ACCOUNT, table, written


def converted(folder: Path, segments: dict[str, pa.Table], kind: str = "1") -> Converted:
    (part,) = open_message(written(folder, segments, kind)).parts()
    assert part.broken.num_rows == 0
    return convert(part)


def test_account_becomes_a_credit_month(tmp_path: Path) -> None:
    found = converted(tmp_path, {"A": table([dict(ACCOUNT)])})
    months = found.tables["credit_month"]
    wanted = set(CreditMonth.arrow_schema().names) - {"subject_id"} | {"_line", CLEAR_ID}
    assert set(months.column_names) == wanted
    for field in CreditMonth.arrow_schema():
        if field.name != "subject_id":
            assert months.schema.field(field.name).type == field.type
    (row,) = months.to_pylist()
    assert row["balance_cents"] == 5_200_000
    assert row["opened_on"] == date(2023, 1, 31)
    assert row["shared_limit_cents"] is None
    assert (row["business"], row["business_detail"]) == ("1", "91")
    assert (row["months_total"], row["overdue_count"], row["format_generation"]) == ("024", 2, 1)
    assert row["consent_no"] == "SQ-7"
    assert row[CLEAR_ID] == "11010519491231002X"
    assert found.warnings.num_rows == 0
    # the contract itself takes it, once the subject is sealed
    record = {k: v for k, v in row.items() if k not in ("_line", CLEAR_ID)}
    CreditMonth(**record, subject_id="PID-" + "0" * 32)


@pytest.mark.parametrize(
    ("frequency", "months", "wanted", "warned"),
    [
        ("07", "0", "O", True),
        ("07", "000", "O", True),
        ("07", "O", "O", False),
        ("07", "ooo", "O", False),
        ("07", "012", "012", False),
        ("08", "UUU", "U", False),
        ("99", "x", "X", False),
        ("03", "000", "000", False),
    ],
)
def test_letter_o_and_zero(
    tmp_path: Path, frequency: str, months: str, wanted: str, warned: bool
) -> None:
    row = {**ACCOUNT, "frequency": frequency, "months_total": months, "months_left": "001"}
    found = converted(tmp_path, {"A": table([row])})
    assert found.tables["credit_month"]["months_total"].to_pylist() == [wanted]
    assert found.warnings.to_pylist() == (
        [{"line": 1, "rule_id": "LR-15", "column": "months_total"}] if warned else []
    )


def test_cards_and_other_certificates(tmp_path: Path) -> None:
    rows = [
        {**ACCOUNT, "business_detail": "81", "id_kind": "2", "id_number": "e12345"},
        {**ACCOUNT, "account_no": "B", "id_number": None},
        {**ACCOUNT, "account_no": "C", "id_kind": None},
        {**ACCOUNT, "account_no": "D", "id_kind": "7", "id_number": "11010519491231002x"},
    ]
    months = converted(tmp_path, {"A": table(rows)}).tables["credit_month"]
    assert months["business"].to_pylist() == ["2", "1", "1", "1"]
    assert months[CLEAR_ID].to_pylist() == [
        "2:E12345",
        None,
        ":11010519491231002X",
        "11010519491231002X",
    ]


def borrowing() -> dict[str, pa.Table]:
    return {
        "A": table([dict(ACCOUNT), {**ACCOUNT, "account_no": "B", "id_kind": "2"}]),
        "B": table([{"_line": 1, "sex": "1", "birth_on": "19491231", "mobile": "13800000000",
                     "spouse_name": "李四", "spouse_id_number": "S1"}]),
        "C": table([{"_line": 2, "annual_income_yuan": "90000", "employed_since_year": "2010"}]),
        "D": table([{"_line": 1, "residence_address": "中山市"}, {"_line": 2,
                     "residence_postcode": "528400"}]),
        "E": table([{"_line": 2, "name": "甲", "amount_yuan": "7"}, {"_line": 2, "name": "乙",
                     "id_kind": "0", "id_number": "X1"}, {"_line": 1, "name": "丙"}]),
    }  # fmt: skip


def test_borrowers_and_guarantors(tmp_path: Path) -> None:
    tables = converted(tmp_path, borrowing()).tables
    for contract, name in ((Borrower, "borrower"), (Guarantor, "guarantor")):
        schema = contract.arrow_schema()
        assert set(tables[name].column_names) == set(schema.names) - {"subject_id"} | {
            "_line",
            CLEAR_ID,
        }
        for field in schema:
            if field.name != "subject_id":
                assert tables[name].schema.field(field.name).type == field.type, field.name
    first, second = tables["borrower"].to_pylist()
    assert (first["account_no"], first["sex"], first["birth_on"], first["residence_address"]) == (
        "ACC-1",
        "1",
        date(1949, 12, 31),
        "中山市",
    )
    assert (first["reported_on"], first["consent_no"]) == (date(2024, 1, 31), "SQ-7")
    assert (first["resident_id_hmac"], first["other_id_hmac"]) == ("11010519491231002X", None)
    assert (first["mobile_masked"], first["spouse_id_masked"]) == ("13800000000", "S1")
    assert first["annual_income_cents"] is None
    assert (second["annual_income_cents"], second["employed_since_year"]) == (9_000_000, 2010)
    assert (second["resident_id_hmac"], second["other_id_hmac"]) == (None, "11010519491231002X")
    assert second["sex"] is None
    guarantors = [
        (r["_line"], r["guarantor_no"], r["name_masked"], r["amount_cents"], r[CLEAR_ID])
        for r in tables["guarantor"].to_pylist()
    ]
    assert guarantors == [
        (1, 1, "丙", None, "name:丙"),
        (2, 1, "甲", 700, "name:甲"),
        (2, 2, "乙", None, "X1"),
    ]


def test_other_tables(tmp_path: Path) -> None:
    who = {"institution_code": "C1010211000012", "name": "张三", "id_kind": "0", "id_number": "1"}
    application = {**who, "application_no": "S1", "amount_yuan": "50000", "applied_on": "20240102"}
    trade = {**who, "account_no": "A", "kind": "1", "months_changed": "-12", "amount_yuan": "3"}
    found = converted(
        tmp_path,
        {"S": table([application]), "G": table([{**trade, "_line": 2}])},
    )
    (row,) = found.tables["application"].to_pylist()
    assert (row["amount_cents"], row["applied_on"], row[CLEAR_ID]) == (
        5_000_000,
        date(2024, 1, 2),
        "1",
    )
    (row,) = found.tables["special_trade"].to_pylist()
    assert (row["_line"], row["months_changed"], row["amount_cents"]) == (2, -12, 300)


def test_deletions_and_key_changes(tmp_path: Path) -> None:
    delete = {"institution_code": "C1010211000012", "business": "1", "account_no": "A",
              "bill_on": "20240131"}  # fmt: skip
    found = converted(tmp_path, {"X": table([delete])}, "4")
    assert found.tables == {}
    assert found.withdrawals["credit_month"].to_pylist() == [
        {"_line": 1, **delete, "bill_on": date(2024, 1, 31)}
    ]
    change = {
        f"{age}_{name}": value
        for age in ("old", "new")
        for name, value in (
            ("institution_code", "C1010211000012"),
            ("business", "1"),
            ("account_no", age),
        )
    }
    found = converted(tmp_path, {"K": table([change])}, "5")
    assert found.rekeys["credit_month"].to_pylist() == [{"_line": 1, **change}]


def test_records_become_segments_again(tmp_path: Path) -> None:
    first = converted(tmp_path, borrowing())
    (tmp_path / "again").mkdir()
    again = converted(tmp_path / "again", compose(first.tables))
    for name in ("credit_month", "guarantor"):
        assert again.tables[name].equals(first.tables[name])
    # the owner's name stands in segment A alone, which is no item of a credit month
    without = [name for name in first.tables["borrower"].column_names if name != "name_masked"]
    assert again.tables["borrower"].select(without).equals(first.tables["borrower"].select(without))
    named: dict[str, Any] = dict(first.tables)
    named["credit_month"] = named["credit_month"].append_column("name", pa.array(["张三", "张三"]))
    (tmp_path / "third").mkdir()
    third = converted(tmp_path / "third", compose(named))
    assert third.tables["borrower"].equals(first.tables["borrower"])


def test_every_class_becomes_segments_again(tmp_path: Path) -> None:
    delete = table([{"institution_code": "C1010211000012", "business": "2", "account_no": "A",
                     "bill_on": "20240131"}])  # fmt: skip
    first = converted(tmp_path, {"X": delete}, "4").withdrawals["credit_month"]
    (tmp_path / "again").mkdir()
    again = converted(tmp_path / "again", compose({}, withdrawals=first), "4")
    assert again.withdrawals["credit_month"].equals(first)


def test_cents_are_rounded_to_yuan() -> None:
    cents = pa.chunked_array([[0, 49, 50, 149, 150, -49, -50, -150, 10**15 + 50, None]])
    assert yuan_of(cents).to_pylist() == [0, 0, 1, 1, 2, 0, -1, -2, 10**13 + 1, None]
