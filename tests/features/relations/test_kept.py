"""Tables that are brought up to date by what arrives are those of reading everything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_contracts.intake.lake import Lake
from features.online.moment import LakeAt
from features.relations import kept
from features.relations.history import History, load_history
from tests.features.lakes import Row, add, lake_of
from tests.features.online.cards import ends
from tests.features.relations.village import bill, firm, hold, lead, notice, person, vouch

A, B, C = map(firm, "ABC")
TABLES = ("holdings", "positions", "guarantees", "accounts", "defaults", "notices")
JAN, FEB = date(2021, 1, 31), date(2021, 2, 28)
FIRST: dict[str, list[Row]] = {
    "shareholder": [hold(A, B, 0.6)],
    "key_person": [lead(person(1), C)],
    "guarantee": [vouch(A, C, 100), vouch(B, C, 50)],
    "credit_month": [bill(A, "1", JAN, 10), bill(C, "2", JAN, 20)],
    "loan_outcome": [
        {"account_no": "9", "subject_id": C, "status": "CHARGED_OFF", "outcome_on": JAN}
    ],
    "client_risk_notice": [notice(A, "1", True)],
}


def read_whole(lake: Lake) -> History:
    kept.forget()
    return load_history(lake)


def assert_same(found: History, expected: History) -> None:
    assert found.ids.to_pylist() == expected.ids.to_pylist()
    assert (found.firms, found.supplied) == (expected.firms, expected.supplied)
    for name in TABLES:
        mine, theirs = getattr(found, name).columns, getattr(expected, name).columns
        assert list(mine) == list(theirs)
        for column in mine:
            np.testing.assert_array_equal(mine[column], theirs[column], f"{name}.{column}")


@pytest.fixture
def nothing_whole(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, whoever reads everything fails."""

    def refused(*_: object) -> None:
        raise AssertionError("everything was read")

    return lambda: monkeypatch.setattr(kept, "_whole", refused)


def test_only_what_arrives_is_read(
    tmp_path: Path, nothing_whole: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = lake_of(tmp_path / "lake", FIRST)
    read_whole(lake)
    nothing_whole()
    add(lake, {"guarantee": [vouch(A, B, 70)], "credit_month": [bill(C, "2", FEB, 0)]})
    found = load_history(lake)
    monkeypatch.undo()
    assert_same(found, read_whole(lake))
    assert sorted(found.guarantees["amount"].tolist()) == [50, 70, 100]
    assert sorted(found.accounts["balance"].tolist()) == [0, 10, 20]


def test_a_bill_that_is_withdrawn_gives_its_account_back_to_the_one_before(
    tmp_path: Path, nothing_whole: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = lake_of(tmp_path / "lake", FIRST | {"credit_month": [bill(A, "1", JAN, 10)]})
    add(lake, {"credit_month": [bill(A, "1", FEB, 30)]})
    read_whole(lake)
    nothing_whole()
    key = {"institution_code": ["C1"], "business": ["1"], "account_no": ["1"]}
    gone = pa.table(key | {"bill_on": pa.array([FEB], pa.date32()), "_line": [1]})
    ends(lake, "credit_month", withdrawals=gone)
    found = load_history(lake)
    monkeypatch.undo()
    assert_same(found, read_whole(lake))
    assert found.accounts["balance"].tolist()[-1] == 10


def test_an_earlier_state_is_that_of_its_files(tmp_path: Path) -> None:
    lake = lake_of(tmp_path / "lake", FIRST)
    before = read_whole(lake)
    add(lake, {"guarantee": [vouch(A, B, 70)]})
    now = load_history(lake)
    assert_same(load_history(LakeAt(lake, 1)), before)
    assert_same(load_history(lake), now)


WHO = st.sampled_from([A, B, C])
DAYS = st.sampled_from([JAN, FEB, date(2021, 3, 31)])
ROWS = {
    "shareholder": st.builds(hold, WHO, WHO, st.sampled_from([0.2, 0.6])),
    "key_person": st.builds(lead, st.builds(person, st.integers(1, 2)), WHO),
    "guarantee": st.builds(vouch, WHO, WHO, st.integers(1, 9), known=DAYS),
    "credit_month": st.builds(
        bill, WHO, st.sampled_from("12"), DAYS, st.integers(0, 9),
        five_class=st.sampled_from(["1", "3", "5"]), known=DAYS,
    ),
    "client_risk_notice": st.builds(notice, WHO, st.sampled_from("12"), st.booleans(), known=DAYS),
}  # fmt: skip
BATCH = st.fixed_dictionaries({name: st.lists(rows, max_size=2) for name, rows in ROWS.items()})


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(batches=st.lists(BATCH, min_size=2, max_size=3))
def test_batch_after_batch(
    batches: list[dict[str, list[Row]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Corrections, and records that move from one subject to another."""
    lake = lake_of(tmp_path_factory.mktemp("batches") / "lake", FIRST)
    read_whole(lake)
    found = []
    for batch in batches:
        add(lake, batch)
        found.append((lake.sequence(), load_history(lake)))
    for sequence, history in found:
        assert_same(history, read_whole(LakeAt(lake, sequence)))
