"""The replay: what was served is held against what was known then, and only against that."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from data_contracts.intake.lake import Lake
from features.online.refresh import materialise, refresh
from features.online.store import OnlineStore
from features.online.vectors import plain_values, vector_digest, vector_of
from features.online.verify import verify
from features.point_in_time import build
from tests.features.online.cards import CARDS, DAY, arrives, bill, cards, vector


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return cards(tmp_path / "lake")


@pytest.fixture
def store(lake: Lake, tmp_path: Path) -> OnlineStore:
    """Both people's vectors, each served once."""
    made = OnlineStore(tmp_path / "online.db")
    materialise(CARDS, lake, made, DAY)
    for number, subject in enumerate(("CARD-1", "CARD-2")):
        made.log(vector(made, subject), f"scr_{number}")
    return made


def alter(store: OnlineStore, path: Path, change: str) -> None:
    """Alter the log behind the store's back."""
    store.close()
    with sqlite3.connect(path / "online.db") as raw:
        raw.execute("DROP TRIGGER served_vectors_no_update")
        raw.execute(f"UPDATE served_vectors SET {change} WHERE request = 'scr_0'")


def test_what_was_served_is_true(lake: Lake, store: OnlineStore) -> None:
    found = verify(store, lake)
    assert found.true
    assert (found.served, found.replayed, found.mismatches) == (2, 2, 0)
    assert found.compared == 2 * len(CARDS.names)
    assert [one.feature for one in found.features] == list(CARDS.names)


def test_what_arrived_later_is_no_mismatch(lake: Lake, store: OnlineStore) -> None:
    """Neither a record that was known later, nor one that says that it was known in time."""
    arrives(lake, bill("1", "CARD-1", "2005-09-29", 7, known="2005-10-04"))
    arrives(lake, bill("1", "CARD-1", "2005-09-30", 900, known="2005-09-30"))
    today = build(CARDS, lake, pd.DataFrame({"subject_id": ["CARD-1"], "as_of": [DAY]})).iloc[0]
    served = vector(store, "CARD-1").values
    assert plain_values(today[list(CARDS.names)]) != served, "the day alone would not do"
    assert verify(store, lake).true
    refresh(CARDS, lake, store, DAY)
    store.log(vector(store, "CARD-1"), "scr_2")
    assert vector(store, "CARD-1").values != served
    found = verify(store, lake)
    assert (found.true, found.replayed) == (True, 3)


def test_a_wrong_value_is_found(lake: Lake, store: OnlineStore) -> None:
    true = vector(store, "CARD-1")
    values = {**true.values, "card_utilisation": 0.2, "arrears_now": None}
    wrong = replace(true, values=values, digest=vector_digest(values))
    store.log(wrong, "scr_wrong")
    found = verify(store, lake)
    assert not found.true
    assert not found.altered
    bad = {one.feature: one for one in found.features if one.mismatches}
    assert set(bad) == {"card_utilisation", "arrears_now"}
    assert bad["card_utilisation"].examples == ["scr_wrong"]
    assert bad["card_utilisation"].largest == pytest.approx(0.9 / 1.1)
    assert json.loads(json.dumps(found.spec()))["mismatches"] == 2


def test_an_altered_row_is_found(lake: Lake, store: OnlineStore, tmp_path: Path) -> None:
    alter(
        store,
        tmp_path,
        """vector = replace(vector, '"card_utilisation":1.1', '"card_utilisation":0.1')""",
    )
    found = verify(store, lake)
    assert found.altered == ["scr_0"]
    assert found.mismatches == 1


def test_a_value_that_was_taken_out_is_found(
    lake: Lake, store: OnlineStore, tmp_path: Path
) -> None:
    left = {n: v for n, v in vector(store, "CARD-1").values.items() if n != "card_utilisation"}
    alter(
        store,
        tmp_path,
        f"vector = '{json.dumps(left)}', digest = '{vector_digest(left)}'",
    )
    found = verify(store, lake)
    assert [one.feature for one in found.features if one.mismatches] == ["card_utilisation"]


def test_a_row_of_another_subject_or_day_is_found(
    lake: Lake, store: OnlineStore, tmp_path: Path
) -> None:
    alter(store, tmp_path, "subject_id = 'CARD-2'")
    assert verify(store, lake).mismatches > 0


def test_the_rows_can_be_chosen(lake: Lake, store: OnlineStore) -> None:
    assert verify(store, lake, last=1).served == 1
    assert verify(store, lake, "enterprise").served == 0


def test_a_lake_that_forgot_is_no_proof(lake: Lake, store: OnlineStore) -> None:
    arrives(lake, bill("1", "CARD-1", "2005-09-30", 900))
    refresh(CARDS, lake, store, DAY)
    store.log(vector(store, "CARD-1"), "scr_2")
    next(lake.root.glob("manifests/00000002-*")).unlink()
    found = verify(store, Lake(lake.root))
    assert (found.lost, found.replayed, found.true) == (1, 2, False)


def test_what_can_not_be_replayed_is_counted(lake: Lake, store: OnlineStore) -> None:
    true = vector(store, "CARD-1")
    store.log(replace(true, sequence=None), "scr_2")
    store.log(replace(true, definition="of another day"), "scr_3")
    found = verify(store, lake)
    assert found.without_commit == 1
    assert found.other_definition == len(CARDS.names)
    assert found.true


def test_features_that_stayed_the_same_are_compared(lake: Lake, store: OnlineStore) -> None:
    """One feature was declared otherwise then: the others are still held to account."""
    then = {
        **(store.defined(vector(store, "CARD-1").definition) or {}),
        "card_utilisation": "other",
    }
    store.define("then", then)
    values = {**vector(store, "CARD-1").values, "card_utilisation": 7.0, "arrears_now": 9.0}
    store.log(
        vector_of("individual", "CARD-1", DAY, values, sequence=1, definition="then"), "scr_2"
    )
    found = verify(store, lake, last=1)
    assert [one.feature for one in found.features if one.mismatches] == ["arrears_now"]
    assert found.other_definition == 1


def test_vectors_with_left_out_files_are_replayed_without_them(
    lake: Lake, store: OnlineStore, tmp_path: Path
) -> None:
    file = Path(lake.files("card_account")[0])
    kept = tmp_path / "kept.parquet"
    shutil.copy(file, kept)
    file.chmod(0o600)
    file.write_bytes(b"gone")
    materialise(CARDS, lake, store, DAY, allow_partial=True)
    store.log(vector(store, "CARD-1"), "scr_partial")
    shutil.copy(kept, file)
    found = verify(store, lake)
    assert (found.true, found.replayed) == (True, 3)


def test_another_day_is_replayed_as_of_it(lake: Lake, store: OnlineStore) -> None:
    materialise(CARDS, lake, store, date(2005, 9, 15))
    store.log(vector(store, "CARD-1"), "scr_2")
    assert verify(store, lake).true
