"""Small files of the two portfolios, made by hand."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

SBA_ROW: dict[str, Any] = {
    "LoanNr_ChkDgt": "1000014003",
    "State": "IN",
    "Zip": "47711",
    "Bank": "FIFTH THIRD BANK",
    "BankState": "OH",
    "NAICS": "451120",
    "ApprovalDate": "1997-02-28",
    "NoEmp": "4",
    "NewExist": "2",
    "CreateJob": "0",
    "RetainedJob": "3",
    "FranchiseCode": "1",
    "UrbanRural": "0",
    "RevLineCr": "N",
    "LowDoc": "Y",
    "ChgOffDate": "",
    "MIS_Status": "P I F",
    "GrAppv": "60000.0",
    "SBA_Appv": "48000.0",
}

CARDS_ROW: dict[str, Any] = {
    "ID": 1, "LIMIT_BAL": 20000, "SEX": 2, "EDUCATION": 2, "MARRIAGE": 1, "AGE": 24,
    "PAY_0": 2, "PAY_2": 2, "PAY_3": -1, "PAY_4": -1, "PAY_5": -2, "PAY_6": -2,
    "BILL_AMT1": 3913, "BILL_AMT2": 3102, "BILL_AMT3": 689, "BILL_AMT4": 0, "BILL_AMT5": 0,
    "BILL_AMT6": 0, "PAY_AMT1": 0, "PAY_AMT2": 689, "PAY_AMT3": 0, "PAY_AMT4": 0, "PAY_AMT5": 0,
    "PAY_AMT6": 0, "default_next_month": 1,
}  # fmt: skip

Rows = Iterable[dict[str, Any]]


@pytest.fixture
def sba_row() -> Callable[..., dict[str, Any]]:
    """A good row of sba, with changes."""
    return lambda **changes: {**SBA_ROW, **changes}


@pytest.fixture
def cards_row() -> Callable[..., dict[str, Any]]:
    """A good row of cards, with changes."""
    return lambda **changes: {**CARDS_ROW, **changes}


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[..., Path]:
    """Write rows as a CSV file."""

    def write(rows: Rows, name: str = "source.csv", quoting: int = csv.QUOTE_MINIMAL) -> Path:
        rows = list(rows)
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n", quoting=quoting)
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


@pytest.fixture
def tree_digest() -> Callable[[Path], dict[str, str]]:
    """Digest of every file below a folder (the writers' empty lock file aside)."""

    def digest(folder: Path) -> dict[str, str]:
        return {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    return digest
