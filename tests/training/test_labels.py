"""Labels by hand, on a small real lake."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from data_contracts.catalogue import contract
from data_contracts.intake.lake import Lake
from training.config_files import settings_for
from training.errors import TrainingError
from training.labels import labelled_spine


def table(name: str, rows: list[dict[str, object]]) -> pa.Table:
    """Records of a contract; fields that do not matter here are null or a lawful constant."""
    schema = contract(name).arrow_schema(system=False)
    extra = [pa.field("_known", pa.date32()), pa.field("_line", pa.int64())]
    full = [
        {
            **{f.name: None for f in schema},
            **row,
            "_known": row.get("_known", row[contract(name).about.event]),
            "_line": line,
        }
        for line, row in enumerate(rows, start=1)
    ]
    return pa.Table.from_pylist(full, schema=pa.schema([*schema, *extra]))


def account(number: str, opened: date) -> dict[str, object]:
    return {
        "account_no": number,
        "application_no": number,
        "subject_id": f"SBA-{number}",
        "institution": "BANK ONE",
        "amount_cents": 100_00,
        "guaranteed_cents": 50_00,
        "opened_on": opened,
    }


def outcome(number: str, status: str, on: date, prefix: str = "SBA") -> dict[str, object]:
    return {
        "account_no": number,
        "subject_id": f"{prefix}-{number}",
        "institution": "BANK ONE",
        "status": status,
        "outcome_on": on,
    }


OPENED = date(2000, 3, 31)


@pytest.mark.parametrize(
    ("status", "on", "bad"),
    [
        ("CHARGED_OFF", date(2002, 3, 31), 1),  # the last day of the 24 months counts
        ("CHARGED_OFF", date(2002, 4, 1), 0),  # a day later does not
        ("CHARGED_OFF", date(2000, 3, 31), 1),
        ("PAID_IN_FULL", date(2001, 1, 1), 0),
    ],
)
def test_charged_off_within_24_months(tmp_path: Path, status: str, on: date, bad: int) -> None:
    lake = Lake(tmp_path)
    lake.commit(
        {
            "loan_account": table("loan_account", [account("1", OPENED)]),
            "loan_outcome": table("loan_outcome", [outcome("1", status, on)]),
        },
        "a" * 64,
    )
    spine = labelled_spine(lake, settings_for("sba"))
    assert spine.to_dict("records") == [
        {"subject_id": "SBA-1", "as_of": pd.Timestamp(OPENED), "bad": bad}
    ]


def test_a_corrected_outcome_replaces_the_earlier_one(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit(
        {
            "loan_account": table("loan_account", [account("1", OPENED)]),
            "loan_outcome": table("loan_outcome", [outcome("1", "CHARGED_OFF", date(2001, 1, 1))]),
        },
        "a" * 64,
        received_on=date(2001, 1, 2),
    )
    lake.commit(
        {"loan_outcome": table("loan_outcome", [outcome("1", "PAID_IN_FULL", date(2001, 2, 1))])},
        "b" * 64,
        received_on=date(2001, 2, 2),
    )
    assert labelled_spine(lake, settings_for("sba"))["bad"].tolist() == [0]


def test_rows_are_sorted_by_date_and_subject(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    numbers = {"3": date(2001, 1, 1), "2": date(2000, 1, 1), "1": date(2001, 1, 1)}
    lake.commit(
        {
            "loan_account": table("loan_account", [account(n, d) for n, d in numbers.items()]),
            "loan_outcome": table(
                "loan_outcome", [outcome(n, "PAID_IN_FULL", date(2014, 12, 31)) for n in numbers]
            ),
        },
        "a" * 64,
    )
    assert labelled_spine(lake, settings_for("sba"))["subject_id"].tolist() == [
        "SBA-2",
        "SBA-1",
        "SBA-3",
    ]


def test_only_subjects_of_the_portfolio_are_taken(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit(
        {
            "loan_account": table("loan_account", [account("1", OPENED)]),
            "loan_outcome": table("loan_outcome", [outcome("1", "PAID_IN_FULL", OPENED)]),
        },
        "a" * 64,
    )
    settings = settings_for("sba")
    assert len(labelled_spine(lake, settings.model_copy(update={"subjects": "SBA-"}))) == 1
    with pytest.raises(TrainingError, match="no decision is left: decisions on file"):
        labelled_spine(lake, settings.model_copy(update={"subjects": "PID-"}))


@pytest.mark.parametrize(("status", "bad"), [("DEFAULTED", 1), ("PERFORMING", 0)])
def test_default_in_the_month_after_the_last_statement(
    tmp_path: Path, status: str, bad: int
) -> None:
    months = [
        {
            "account_no": "7",
            "subject_id": "CARD-7",
            "bill_on": day,
            "status_24": "#" * 23 + "N",
            "billed_cents": 0,
            "paid_cents": 0,
        }
        for day in (date(2005, 8, 31), date(2005, 9, 30))
    ]
    lake = Lake(tmp_path)
    lake.commit(
        {
            "card_repayment": table("card_repayment", months),
            "loan_outcome": table(
                "loan_outcome", [outcome("7", status, date(2005, 10, 31), "CARD")]
            ),
        },
        "a" * 64,
    )
    spine = labelled_spine(lake, settings_for("cards"))
    assert spine.to_dict("records") == [
        {"subject_id": "CARD-7", "as_of": pd.Timestamp(2005, 10, 1), "bad": bad}
    ]


def test_an_empty_lake_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="intake"):
        labelled_spine(Lake(tmp_path), settings_for("sba"))
