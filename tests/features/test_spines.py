"""Who is asked about: decisions of the public portfolios, everybody of a kind elsewhere."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from data_contracts.intake.lake import Lake
from features.catalogue import view
from features.errors import FeaturesError
from features.spines import spine_of
from tests.features.lakes import lake_of

DAY = date(2024, 1, 1)
RECORDS = {
    "registration": """
        subject_id              | registered_on
        USCC-91440103XQ58QQ7339 | 2020-01-01
        SBA-1                   | 2021-01-01
        INST-1                  | 2021-01-01
    """,
    "court_case": """
        subject_id                           | case_no | announced_on
        PID-0123456789abcdef0123456789abcdef | 1       | 2022-01-01
        USCC-91440103XQ58QQ7339              | 2       | 2022-01-01
    """,
    "loan_account": """
        account_no | subject_id | opened_on
        1          | SBA-1      | 2021-02-01
        2          | SBA-1      | 2023-02-01
    """,
}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return lake_of(tmp_path / "lake", RECORDS)


def test_everybody_of_the_views_kind_is_asked_about_once(lake: Lake) -> None:
    spine = spine_of(view("firm"), lake, DAY)
    assert spine["subject_id"].tolist() == ["SBA-1", "USCC-91440103XQ58QQ7339"]
    assert spine["as_of"].unique().tolist() == [pd.Timestamp(DAY)]


def test_some_are_asked_about_without_a_search(lake: Lake) -> None:
    among = {"USCC-1", "INST-1", "PID-0123456789abcdef0123456789abcdef"}
    assert spine_of(view("firm"), lake, DAY, among=among)["subject_id"].tolist() == ["USCC-1"]


def test_decisions_have_days_of_their_own(lake: Lake) -> None:
    spine = spine_of(view("enterprise"), lake)
    assert spine["as_of"].tolist() == [pd.Timestamp("2021-02-01"), pd.Timestamp("2023-02-01")]
    assert spine["subject_id"].tolist() == ["SBA-1", "SBA-1"]
    assert spine_of(view("enterprise"), lake, DAY)["subject_id"].tolist() == ["SBA-1"]
    assert spine_of(view("enterprise"), lake, among=["SBA-2"]).empty


def test_what_is_not_there_is_named(lake: Lake) -> None:
    with pytest.raises(FeaturesError, match="no card_repayment records"):
        spine_of(view("individual"), lake)
    with pytest.raises(FeaturesError, match="has no days of its own"):
        spine_of(view("firm"), lake)
