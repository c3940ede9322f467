"""Coding of loans: what is visible when, what is left out, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from models.errors import ModelsError
from models.matching.loans import (
    NEVER,
    Loans,
    Vocabulary,
    day_number,
    loans_from_frame,
    month_start,
)

Make = Callable[..., Loans]
MakeFrame = Callable[..., pd.DataFrame]


def test_a_loan_is_visible_from_the_day_after_it_and_not_before_it_is_known(
    make_loans: Make,
) -> None:
    loans = make_loans(
        {"opened_on": date(2006, 1, 10)},
        {"opened_on": date(2006, 1, 10), "known_on": date(2006, 2, 1), "institution": "BETA BANK"},
    )

    def visible(day: date) -> list[str]:
        return [loans.lenders[c - 1] for c in loans.lender[loans.visible(day_number(day))]]

    assert visible(date(2006, 1, 10)) == []
    assert visible(date(2006, 1, 11)) == ["ALPHA BANK"]
    assert visible(date(2006, 1, 31)) == ["ALPHA BANK"]
    assert visible(date(2006, 2, 1)) == ["ALPHA BANK", "BETA BANK"]


def test_a_correction_replaces_from_the_day_it_is_known(make_loans: Make) -> None:
    loans = make_loans(
        {"amount_cents": 100, "until_on": date(2006, 3, 1)},
        {"amount_cents": 900, "known_on": date(2006, 3, 1)},
    )
    before, after = day_number(date(2006, 2, 28)), day_number(date(2006, 3, 1))
    assert loans.amount[loans.visible(before)].tolist() == [100]
    assert loans.amount[loans.visible(after)].tolist() == [900]


def test_receivers_placeholders_and_nameless_loans_are_left_out(make_loans: Make) -> None:
    loans = make_loans(
        {},
        {"institution": "FDIC/WESTERN BANK"},
        {"institution": "LOANS FROM OLD CLOSED LENDERS"},
        {"institution": None},
    )
    assert loans.lenders == ("ALPHA BANK",)
    assert len(loans) == 1


def test_unknown_values_have_code_zero(make_loans: Make) -> None:
    loans = make_loans(
        {
            "industry_code": None,
            "postal_code": None,
            "programme": "unknown",
            "new_business": None,
            "employees": None,
        }
    )
    for name in ("sector", "industry", "postal", "area", "programme"):
        assert getattr(loans, name).tolist() == [0], name
    assert loans.new.tolist() == [-1]
    assert loans.employees.tolist() == [-1]
    assert loans.until.tolist() == [NEVER]


def test_vocabulary_codes() -> None:
    words = Vocabulary(("a", "c"))
    assert [words.code(v) for v in (None, "a", "c", "b")] == [0, 1, 2, 3]
    assert words.codes(pd.Series(["c", None, "b", "a"], dtype=object)).tolist() == [2, 0, 3, 1]
    assert words.size == 4


@pytest.mark.parametrize(
    "different",
    [
        {"opened_on": date(2005, 5, 5)},
        {"institution": "BETA BANK"},
        {"postal_code": "10001"},
        {"amount_cents": 7},
        {"employees": 9},
        {"new_business": True},
        {"franchise": None},
        {"institution_region": None},
        {"until_on": date(2007, 1, 1)},
    ],
)
def test_order_of_incoming_rows_does_not_matter(
    make_frame: MakeFrame, different: dict[str, object]
) -> None:
    frame = make_frame({}, different)
    one, other = loans_from_frame(frame), loans_from_frame(frame.iloc[::-1])
    assert one.to_arrow().equals(other.to_arrow())


def test_arrow_round_trip(town: Loans) -> None:
    names = {name: list(v.values) for name, v in town.vocabularies.items()}
    again = Loans.from_arrow(town.to_arrow(), names)
    assert again.to_arrow().equals(town.to_arrow())
    assert again.lenders == town.lenders
    assert np.array_equal(again.lender, town.lender)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda f: f.drop(columns="programme"), "'programme'"),
        (lambda f: f.assign(amount_cents=0), "'amount_cents'"),
        (lambda f: f.assign(amount_cents=None), "'amount_cents'"),
        (lambda f: f.assign(opened_on=pd.NaT), "'opened_on'"),
        (lambda f: f.assign(opened_on=date(1950, 1, 1)), "'opened_on'"),
    ],
)
def test_bad_tables_are_refused_by_column(
    make_frame: MakeFrame, change: Callable[[pd.DataFrame], pd.DataFrame], named: str
) -> None:
    with pytest.raises(ModelsError, match=named):
        loans_from_frame(change(make_frame({})))


def test_month_start() -> None:
    assert month_start(day_number(date(2006, 2, 28))) == day_number(date(2006, 2, 1))
    assert month_start(day_number(date(2006, 2, 1))) == day_number(date(2006, 2, 1))
