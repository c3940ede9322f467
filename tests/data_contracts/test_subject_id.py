"""No id of a subject shows a natural person's number, in Python and in SQL alike."""

from __future__ import annotations

import duckdb
import pytest

from data_contracts.subject_id import is_sealed, is_sealed_sql

RESIDENT = "11010519491231002X"
CASES = [
    ("USCC-91110000600037341L", True),
    ("USCC-914403001922038216", True),
    (f"USCC-{RESIDENT}", False),
    (f"PID-{RESIDENT}", False),
    ("PID-" + "0a" * 16, True),
    ("PID-" + "0a" * 15, False),
    (f"PERSON-{RESIDENT}", False),
    (f"TAX-{RESIDENT}01", False),
    ("ID-11010519491231002x", False),
    ("TAX-110105600037341", True),
    ("SBA-1000014003", True),
    ("CARD-1", True),
    ("NAME-" + "1" * 32, True),
]


@pytest.mark.parametrize(("subject", "sealed"), CASES)
def test_python_and_sql_agree(subject: str, sealed: bool) -> None:
    assert is_sealed(subject) is sealed
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT {is_sealed_sql('x')} FROM (SELECT ? AS x)", [subject])
        assert found.fetchall() == [(sealed,)]


def test_null_is_neither() -> None:
    with duckdb.connect() as connection:
        query = f"SELECT {is_sealed_sql('x')} FROM (SELECT NULL::VARCHAR AS x)"
        assert connection.execute(query).fetchall() == [(None,)]
