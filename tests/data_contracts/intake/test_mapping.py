"""Forms read what they should and nothing else; a mapping fits its contract."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from data_contracts.errors import ContractsError
from data_contracts.finance.loan_outcome import LoanOutcome
from data_contracts.intake.mapping.columns import (
    Form,
    RecordMapping,
    SourceColumn,
    in_form,
    mentioned,
)


def reading(form: Form, value: Any, stored: str = "VARCHAR") -> Any:
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t (x {stored})")
        connection.execute("INSERT INTO t VALUES (?)", [value])
        return connection.execute(f"SELECT {in_form('x', form, stored)} FROM t").fetchall()[0][0]


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        ("text", "  ab c　", "ab c"),
        ("text", "", None),
        ("text", "a\x07b", None),
        ("text", "a\nb", None),
        ("integer", " 42 ", 42),
        ("integer", "-7", -7),
        ("integer", "42.0", 42),
        ("integer", "42.5", None),
        ("integer", "1e3", None),
        ("integer", "4 2", None),
        ("integer", "99999999999999999999", None),
        ("money", "1234.56", Decimal("1234.5600")),
        ("money", "$1,234.56", Decimal("1234.5600")),
        ("money", "-12", Decimal("-12.0000")),
        ("money", "12,34", None),
        ("money", "abc", None),
        ("money", "NaN", None),
        ("money", "inf", None),
        ("money", "1e5", None),
        ("date", "1997-02-28", date(1997, 2, 28)),
        ("date", "1997/2/8", date(1997, 2, 8)),
        ("date", "1997-02-28 00:00:00", date(1997, 2, 28)),
        ("date", "1997-02-30", None),
        ("date", "28-Feb-97", None),
        ("date", "infinity", None),
        ("date", "19970228", None),
    ],
)
def test_texts_are_read_in_their_form(form: Form, value: str, expected: Any) -> None:
    assert reading(form, value) == expected


@pytest.mark.parametrize(
    ("form", "value", "stored", "expected"),
    [
        ("text", 47711, "INTEGER", "47711"),
        ("text", 47711.0, "DOUBLE", "47711"),
        ("text", 0.5, "DOUBLE", None),
        ("integer", 3.0, "DOUBLE", 3),
        ("integer", 3.5, "DOUBLE", None),
        ("integer", float("nan"), "DOUBLE", None),
        ("integer", 1e300, "DOUBLE", None),
        ("money", -0.0, "DOUBLE", Decimal("0.0000")),
        ("money", 1e300, "DOUBLE", None),
        ("money", float("inf"), "DOUBLE", None),
        ("date", date(1997, 2, 28), "DATE", date(1997, 2, 28)),
        ("date", "infinity", "DATE", None),
        ("date", "5000000-01-01", "DATE", None),
        ("date", "1997-02-28 13:00:00", "TIMESTAMP", date(1997, 2, 28)),
    ],
)
def test_stored_types_are_read_in_their_form(
    form: Form, value: Any, stored: str, expected: Any
) -> None:
    assert reading(form, value, stored) == expected


@pytest.mark.parametrize(
    ("form", "stored"),
    [("text", "BLOB"), ("text", "DATE"), ("integer", "BOOLEAN"), ("money", "INTEGER[]"),
     ("date", "BIGINT"), ("date", "TIMESTAMP WITH TIME ZONE"), ("integer", "TIMESTAMP")],
)  # fmt: skip
def test_types_that_cannot_have_the_form(form: Form, stored: str) -> None:
    assert in_form("x", form, stored) is None


COLUMNS = {n: SourceColumn(n, "text", n, n) for n in ("Bank", "Zip", "Status")}
GOOD = {
    "account_no": "Zip",
    "subject_id": "'Bank-' || Zip",
    "institution": "NULL",
    "status": "upper(Status) || Bank",
    "outcome_on": "DATE '2000-01-01'",
}


def test_a_mapping_names_only_items_and_all_that_may_not_be_null() -> None:
    for items in ({**GOOD, "colour": "1"}, {k: v for k, v in GOOD.items() if k != "status"}):
        with pytest.raises(ContractsError, match="does not fit its contract"):
            RecordMapping(LoanOutcome, items, known="x")
    with pytest.raises(ContractsError, match="colour"):
        RecordMapping(LoanOutcome, GOOD, known="x", blame={"colour": "Zip"})
    fewer = RecordMapping(LoanOutcome, {k: v for k, v in GOOD.items() if k != "institution"}, "x")
    assert fewer.expression("institution") == "NULL::VARCHAR"


def test_the_blamed_column_is_the_first_mentioned_one() -> None:
    mapping = RecordMapping(LoanOutcome, GOOD, known="x", blame={"outcome_on": "Status"})
    assert mapping.source_of("status", COLUMNS) == "Status"
    assert mapping.source_of("subject_id", COLUMNS) == "Zip"  # 'Bank-' is a text
    assert mapping.source_of("outcome_on", COLUMNS) == "Status"
    assert mapping.source_of("institution", COLUMNS) == ""
    assert mentioned("'it''s Zip' || Bank", COLUMNS) == ["Bank"]
