"""Labels from 24-month repayment statuses, by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data_contracts.intake.lake import Lake
from tests.training.test_labels import account, table
from training.config_files import settings_for
from training.errors import TrainingError
from training.labels import label_decisions
from training.settings import StatusLabel, TrainingSettings, Window

OPENED = date(2020, 1, 15)


def month(number: str, on: date, letters: str, five_class: str | None = "1") -> dict[str, object]:
    return {
        "institution_code": "C5990915000018",
        "business": "1",
        "account_no": number,
        "subject_id": f"SBA-{number}",
        "opened_on": OPENED,
        "bill_on": on,
        "status_24": letters.rjust(24, "/"),
        "five_class": five_class,
        "currency": "CNY",
        "account_status": "1",
        "format_generation": 2,
        **dict.fromkeys(
            (
                "balance_cents",
                "overdue_periods",
                "overdue_cents",
                "overdue_count",
                "max_overdue_periods",
            ),
            0,
        ),
    }


def settings(**label: object) -> TrainingSettings:
    made = StatusLabel(**{"months": 12, "title_zh": "坏", "title_en": "bad", **label})
    return settings_for("sba").model_copy(update={"label": made, "subjects": "SBA-"})


def lake(folder: Path, *months: dict[str, object], accounts: int = 1) -> Lake:
    made = Lake(folder)
    numbers = [str(n + 1) for n in range(accounts)]
    # Account 99 tells how far the records go: to the end of January 2021.
    horizon = month("99", date(2021, 1, 31), "N" * 12)
    made.commit(
        {
            "loan_account": table("loan_account", [account(n, OPENED) for n in (*numbers, "99")]),
            "credit_month": table("credit_month", [*months, horizon]),
        },
        "a" * 64,
    )
    return made


def labels(made: Lake, some: TrainingSettings) -> dict[str, int]:
    frame, _ = label_decisions(made, some)
    found = dict(zip(frame["subject_id"], frame["bad"].tolist(), strict=True))
    assert found.pop("SBA-99") == 0
    return found


@pytest.mark.parametrize(
    ("letters", "five_class", "bad"),
    [
        ("NNNNNNNNNNN3", "2", 0),  # 61-90 days
        ("NNNNNNNNNNN4", "2", 1),  # 91-120 days: more than 90
        ("NNNNNNN4NNNN", "1", 1),  # months that were never reported, told by the last status
        ("NNNNNNNNNNNN", "3", 1),  # substandard without arrears
        ("NNNNNNNNNNNN", "2", 0),  # special mention is not below itself
        ("NNNNNNNNNNNN", "9", 0),  # an unknown class is no bad one
        ("NNNNNNNNNNNB", "1", 1),
        ("NNNNNNNNNNND", "1", 1),
        ("NNNNNNNNNNN#", None, 0),
    ],
)
def test_the_letters(letters: str, five_class: str | None, bad: int, tmp_path: Path) -> None:
    made = lake(
        tmp_path,
        month("1", date(2020, 12, 31), letters, five_class),
        month("1", date(2021, 1, 31), "N"),
    )
    assert labels(made, settings()) == {"SBA-1": bad}


@pytest.mark.parametrize(
    ("on", "bad"),
    [(date(2020, 1, 31), 1), (date(2021, 1, 15), 1), (date(2021, 1, 31), 0)],
)
def test_only_months_within_the_window_count(on: date, bad: int, tmp_path: Path) -> None:
    # A month after the window tells of arrears in itself alone; the day of the window's end counts.
    months = [month("1", on, "N" * 11 + "4"), month("1", date(2021, 2, 28), "N")]
    assert labels(lake(tmp_path, *months), settings()) == {"SBA-1": bad}


def test_limits_are_configured(tmp_path: Path) -> None:
    made = lake(
        tmp_path, month("1", date(2021, 1, 10), "NNN3", "3"), month("1", date(2021, 1, 31), "N")
    )
    assert labels(made, settings()) == {"SBA-1": 1}
    assert labels(made, settings(five_class=False)) == {"SBA-1": 0}
    assert labels(made, settings(five_class=False, overdue_days=60)) == {"SBA-1": 1}


def test_waterfall_of_closed_lost_and_unripe_accounts(tmp_path: Path) -> None:
    made = lake(
        tmp_path,
        month("1", date(2020, 6, 30), "NNNNNC"),  # closed early: good
        month("2", date(2020, 6, 30), "NNNNNN"),  # lost from sight: left out
        month("3", date(2020, 6, 30), "NNNNN4"),  # bad before it was lost: bad
        accounts=4,  # the fourth has no months at all
    )
    frame, steps = label_decisions(made, settings())
    assert dict(zip(frame["subject_id"], frame["bad"], strict=True)) == {
        "SBA-1": 0,
        "SBA-3": 1,
        "SBA-99": 0,
    }
    assert [(s.id, s.rows, s.left_out) for s in steps] == [
        ("decisions", 5, 0),
        ("outcome", 4, 1),
        ("window", 4, 0),
        ("mature", 4, 0),
        ("followed", 3, 1),
    ]
    # Of decisions whose months have not ended even the bad are left out: the newest would seem worse than they are.
    with pytest.raises(TrainingError, match="13 months had ended"):
        label_decisions(made, settings(months=13))


def test_an_empty_window_says_what_there_is(tmp_path: Path) -> None:
    made = lake(tmp_path, month("1", date(2021, 1, 31), "N"))
    early = settings().model_copy(update={"window": Window(end=date(2019, 1, 1))})
    with pytest.raises(TrainingError, match="2020-01-15 to 2020-01-15"):
        label_decisions(made, early)


def test_opening_dates_of_the_monthly_records(tmp_path: Path) -> None:
    made = lake(
        tmp_path, month("1", date(2021, 1, 14), "N" * 11 + "7"), month("1", date(2021, 1, 31), "N")
    )
    frame, _ = label_decisions(made, settings(decision="credit_month"))
    assert frame["as_of"].dt.date.unique().tolist() == [OPENED]
    assert frame["bad"].tolist() == [1, 0]
