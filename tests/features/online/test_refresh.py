"""Vectors follow the records: everybody in the nightly run, those concerned when records arrive."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from data_contracts.intake.lake import Lake
from features.catalogue import view
from features.errors import FeaturesError
from features.online.declared import view_digest
from features.online.refresh import materialise, publish, refresh
from features.online.store import OnlineStore
from features.online.touched import touched
from features.online.vectors import (
    LEFT_OUT,
    NO_VALUE,
    NOT_SUPPLIED,
    plain_values,
    vector_digest,
    vector_of,
)
from features.point_in_time import build
from tests.features.lakes import lake_of
from tests.features.online.cards import CARDS, DAY, RECORDS, arrives, bill, cards, ends, vector


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return cards(tmp_path / "lake")


@pytest.fixture
def store(tmp_path: Path) -> OnlineStore:
    return OnlineStore(tmp_path / "online.db")


def test_online_is_offline(lake: Lake, store: OnlineStore) -> None:
    done = materialise(CARDS, lake, store, DAY)
    assert (done.written, done.removed, done.sequence) == (2, 0, 1)
    spine = pd.DataFrame({"subject_id": ["CARD-1", "CARD-2"], "as_of": [DAY] * 2})
    for _, row in build(CARDS, lake, spine).iterrows():
        stored = vector(store, row["subject_id"])
        assert stored.values == plain_values(row[list(CARDS.names)])
        assert stored.digest == vector_digest(row[list(CARDS.names)])
        assert (stored.sequence, stored.definition) == (1, view_digest(CARDS))


def test_a_vector_tells_how_new_its_records_are(lake: Lake, store: OnlineStore) -> None:
    arrives(lake, bill("1", "CARD-1", "2005-09-29", 7, known="2005-10-04"))
    materialise(CARDS, lake, store, DAY)
    # the late bill was not known on the day
    assert vector(store, "CARD-1").freshness == {
        "card_account": date(2005, 9, 20),
        "card_repayment": date(2005, 9, 30),
    }
    materialise(CARDS, lake, store, date(2005, 10, 4))
    assert vector(store, "CARD-1").freshness["card_repayment"] == date(2005, 10, 4)


def test_a_supplier_that_sent_nothing_is_the_reason_of_a_null(
    tmp_path: Path, store: OnlineStore
) -> None:
    lake = lake_of(tmp_path / "bills", {"card_repayment": RECORDS["card_repayment"]})
    materialise(CARDS, lake, store, DAY)
    found = vector(store, "CARD-1")
    assert found.values["card_utilisation"] is None
    assert found.null_reason("card_utilisation") == NOT_SUPPLIED
    assert "card_account" not in found.freshness
    known = [name for name in CARDS.names if CARDS[name].contracts == ("card_repayment",)]
    assert known
    assert not {found.null_reason(name) for name in known} & {NOT_SUPPLIED, LEFT_OUT}


def test_only_those_concerned_are_refreshed(lake: Lake, store: OnlineStore) -> None:
    materialise(CARDS, lake, store, DAY)
    before = vector(store, "CARD-2")
    commit = arrives(lake, bill("1", "CARD-1", "2005-09-30", 900))
    done = refresh(CARDS, lake, store, DAY, batches=[commit.batch[:12]])
    assert (done.concerned, done.written, done.sequence) == (1, 1, 2)
    assert vector(store, "CARD-1").values["card_utilisation"] == 0.9
    assert vector(store, "CARD-2") == before
    # nothing was said of "since the last run": the next run still looks at the batch
    assert refresh(CARDS, lake, store, DAY).concerned == 1
    assert refresh(CARDS, lake, store, DAY).concerned == 0


def test_late_data_are_picked_up(lake: Lake, store: OnlineStore) -> None:
    materialise(CARDS, lake, store, DAY)
    arrives(lake, bill("1", "CARD-1", "2005-09-30", 900, known="2005-10-03"))
    refresh(CARDS, lake, store, DAY)
    assert vector(store, "CARD-1").values["card_utilisation"] == 1.1, "it was not known on the day"
    arrives(lake, bill("2", "CARD-2", "2005-07-31", 80, known="2005-10-03"))
    materialise(CARDS, lake, store, DAY)
    refreshed = refresh(CARDS, lake, store, date(2005, 10, 3), batches=[lake.commits()[1].batch])
    assert refreshed.written == 1
    assert vector(store, "CARD-1").values["card_utilisation"] == 0.9
    assert vector(store, "CARD-1").as_of == date(2005, 10, 3)


def test_a_decisions_own_day_moves_with_its_records(lake: Lake, store: OnlineStore) -> None:
    materialise(CARDS, lake, store)
    assert vector(store, "CARD-1").as_of == DAY
    arrives(lake, bill("1", "CARD-1", "2005-10-31", 10))
    refresh(CARDS, lake, store)
    assert vector(store, "CARD-1").as_of == date(2005, 11, 1)
    assert vector(store, "CARD-2").as_of == DAY


def test_a_withdrawn_record_leaves_the_vector(lake: Lake, store: OnlineStore) -> None:
    materialise(CARDS, lake, store, DAY)
    key = pa.table({"account_no": ["1"], "bill_on": [date(2005, 9, 30)], "_line": [1]})
    ends(lake, "card_repayment", withdrawals=key)
    assert refresh(CARDS, lake, store, DAY).written == 1
    assert vector(store, "CARD-1").null_reason("card_utilisation") == NO_VALUE


def test_a_subject_of_whom_nothing_is_left_has_no_vector(lake: Lake, store: OnlineStore) -> None:
    materialise(CARDS, lake, store, DAY)
    bills = [date(2005, 8, 31), date(2005, 9, 30)]
    ends(
        lake,
        "card_repayment",
        withdrawals=pa.table({"account_no": ["1", "1"], "bill_on": bills, "_line": [1, 2]}),
    )
    ends(lake, "card_account", withdrawals=pa.table({"account_no": ["1"], "_line": [1]}))
    done = refresh(CARDS, lake, store, DAY)
    assert (done.written, done.removed) == (0, 1)
    assert store.subjects("individual") == ["CARD-2"]


def test_the_nightly_run_takes_away_whoever_is_gone(lake: Lake, store: OnlineStore) -> None:
    store.put_vectors([vector_of("individual", "CARD-9", DAY, {"card_utilisation": 1.0})])
    assert materialise(CARDS, lake, store, DAY).removed == 1
    assert store.subjects("individual") == ["CARD-1", "CARD-2"]


def test_a_changed_account_key_concerns_its_subject(lake: Lake, store: OnlineStore) -> None:
    materialise(CARDS, lake, store, DAY)
    moved = pa.table({"old_account_no": ["1"], "new_account_no": ["7"], "_line": [1]})
    commit = ends(lake, "card_repayment", rekeys=moved)
    assert touched(lake, [commit], CARDS.contracts) == {"CARD-1"}
    refresh(CARDS, lake, store, DAY)
    assert vector(store, "CARD-1").sequence == 2


def test_a_record_that_moves_to_another_subject_concerns_both(
    lake: Lake, store: OnlineStore
) -> None:
    materialise(CARDS, lake, store, DAY)
    commit = arrives(lake, bill("1", "CARD-2", "2005-09-30", 1100))
    assert touched(lake, [commit], CARDS.contracts) == {"CARD-1", "CARD-2"}
    refresh(CARDS, lake, store, DAY)
    assert vector(store, "CARD-1").null_reason("card_utilisation") == NO_VALUE


def test_records_of_other_contracts_concern_nobody(lake: Lake, store: OnlineStore) -> None:
    materialise(CARDS, lake, store, DAY)
    arrives(lake, {"registration": "subject_id | registered_on\nSBA-1 | 2001-01-01"})
    assert refresh(CARDS, lake, store, DAY).concerned == 0
    assert store.position("individual") == 2


def test_vectors_of_other_declarations_are_made_anew(lake: Lake, store: OnlineStore) -> None:
    materialise(CARDS, lake, store, DAY)
    old = vector_of("individual", "CARD-2", DAY, {"gone": 1.0}, sequence=1, definition="old")
    store.put_vectors([old])
    assert refresh(CARDS, lake, store, DAY).written == 1
    assert vector(store, "CARD-2").definition == view_digest(CARDS)


def test_a_damaged_file_stops_the_run_or_is_left_out_and_told(
    lake: Lake, store: OnlineStore
) -> None:
    arrives(lake, bill("1", "CARD-1", "2005-07-31", 80))
    file = Path(lake.files("card_account")[0])
    file.chmod(0o600)
    file.write_bytes(b"gone")
    with pytest.raises(FeaturesError, match="card_account"):
        materialise(CARDS, lake, store, DAY)
    done = materialise(CARDS, lake, store, DAY, allow_partial=True)
    named = f"tables/card_account/{file.name}"
    assert done.skipped_files == (named,)
    found = vector(store, "CARD-1")
    assert found.skipped_files == (named,)
    assert found.null_reason("card_utilisation") == LEFT_OUT
    assert found.values["arrears_now"] is not None
    assert store.position("individual") is None, "the next run must ask again"


def test_a_frame_that_was_built_already_says_the_same(lake: Lake, store: OnlineStore) -> None:
    days = [date(2005, 9, 25), DAY, DAY]
    spine = pd.DataFrame({"subject_id": ["CARD-1", "CARD-1", "CARD-2"], "as_of": days})
    assert publish(CARDS, lake, build(CARDS, lake, spine), store) == 2
    published = vector(store, "CARD-1")
    materialise(CARDS, lake, store, DAY)
    made = vector(store, "CARD-1")
    assert made.built_at > published.built_at
    same = ("values", "as_of", "digest", "sequence", "definition", "freshness", "reasons")
    assert all(getattr(made, name) == getattr(published, name) for name in same)


def test_what_can_not_be_refreshed_says_why(lake: Lake, store: OnlineStore) -> None:
    with pytest.raises(FeaturesError, match="never materialised"):
        refresh(CARDS, lake, store, DAY)
    with pytest.raises(FeaturesError, match="no batch 'ffff'"):
        refresh(CARDS, lake, store, DAY, batches=["ffff"])
    with pytest.raises(FeaturesError, match="no days of its own"):
        materialise(view("household"), lake, store)
    with pytest.raises(FeaturesError, match="no records of the view 'household'"):
        materialise(view("household"), lake, store, DAY)
