"""What is served is what was computed: online equals offline, and an altered vector is refused."""

from __future__ import annotations

import sqlite3
import threading
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.catalogue import view
from features.errors import FeaturesError
from features.online_store import OnlineStore, materialise, plain_values, vector_digest
from features.point_in_time import build
from tests.features.lakes import lake_of
from tests.features.test_definitions import CARD

FRAME = pd.DataFrame(
    {
        "subject_id": ["A-1", "A-2"],
        "as_of": pd.to_datetime(["2005-10-01", "2005-10-01"]),
        "ratio": [0.1 + 0.2, float("nan")],
        "code": pd.Series(["循环", None], dtype=object),
    }
)


@pytest.fixture
def store(tmp_path: Path) -> OnlineStore:
    return OnlineStore(tmp_path / "deep" / "online.db")


def test_a_stored_vector_is_read_back_bit_by_bit(store: OnlineStore) -> None:
    assert store.put("v", FRAME) == 2
    found = store.get("v", "A-1")
    assert found is not None
    assert found.values == {"ratio": 0.1 + 0.2, "code": "循环"}
    assert (found.as_of, found.view) == (date(2005, 10, 1), "v")
    assert found.digest == vector_digest({"code": "循环", "ratio": 0.1 + 0.2})
    assert found.built_at.tzinfo is not None
    second = store.get("v", "A-2")
    assert second is not None
    assert second.values == {"ratio": None, "code": None}


def test_another_view_or_subject_has_nothing(store: OnlineStore) -> None:
    store.put("v", FRAME)
    assert store.get("w", "A-1") is None
    assert store.get("v", "A-3") is None
    assert (store.count(), store.count("v"), store.count("w")) == (2, 2, 0)


def test_put_replaces(store: OnlineStore) -> None:
    store.put("v", FRAME)
    store.put("v", FRAME.assign(ratio=[9.0, 9.0], as_of=pd.Timestamp("2005-11-01")).iloc[:1])
    found = store.get("v", "A-1")
    assert found is not None
    assert (found.values["ratio"], found.as_of) == (9.0, date(2005, 11, 1))
    assert store.count("v") == 2


def test_of_several_days_the_latest_is_kept(store: OnlineStore) -> None:
    days = pd.to_datetime(["2005-01-01", "2005-03-01", "2005-02-01"])
    frame = pd.DataFrame({"subject_id": "A-1", "as_of": days, "ratio": [1.0, 3.0, 2.0]})
    assert store.put("v", frame) == 1
    found = store.get("v", "A-1")
    assert found is not None
    assert found.values == {"ratio": 3.0}


def test_online_is_offline(store: OnlineStore, tmp_path: Path) -> None:
    chosen, lake = view("individual"), lake_of(tmp_path / "lake", CARD)
    spine = pd.DataFrame({"subject_id": ["CARD-1", "CARD-2"], "as_of": ["2005-10-01"] * 2})
    assert materialise(chosen, lake, spine, store) == 2
    offline = build(chosen, lake, spine)
    for _, row in offline.iterrows():
        stored = store.get("individual", row["subject_id"])
        assert stored is not None
        assert stored.values == plain_values(row[list(chosen.names)])
        assert stored.digest == vector_digest(row[list(chosen.names)])


def test_an_altered_vector_is_refused(store: OnlineStore, tmp_path: Path) -> None:
    store.put("v", FRAME)
    with sqlite3.connect(tmp_path / "deep" / "online.db") as raw:
        raw.execute("UPDATE feature_vectors SET vector = replace(vector, '0.3', '0.4')")
    with pytest.raises(FeaturesError, match="was altered") as caught:
        store.get("v", "A-1")
    assert "A-1" not in str(caught.value)
    assert store.get("v", "A-2") is not None


def test_a_store_that_is_no_database_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "online.db").write_text(
        "this is no database, but it is long enough to be read as one"
    )
    with pytest.raises(FeaturesError, match="the online store does not answer"):
        OnlineStore(tmp_path / "online.db").count()


def test_naming_a_store_touches_nothing(tmp_path: Path) -> None:
    OnlineStore(tmp_path / "online.db")
    assert list(tmp_path.iterdir()) == []


def test_threads_may_share_a_store(store: OnlineStore) -> None:
    store.put("v", FRAME)
    found: list[object] = []

    def read() -> None:
        found.extend(store.get("v", "A-1") for _ in range(20))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80
    assert None not in found
    store.close()


@pytest.mark.parametrize("value", [float("inf"), object(), [1.0], b"x"])
def test_what_can_not_be_stored_is_named(value: object, store: OnlineStore) -> None:
    with pytest.raises(FeaturesError, match=r"'ratio'.*can not be stored"):
        vector_digest({"ratio": value})


VALUES = st.dictionaries(
    st.text("abc_", min_size=1, max_size=4),
    st.one_of(st.none(), st.text(max_size=5), st.floats(allow_infinity=False), st.integers(-9, 9)),
    max_size=6,
)


@settings(deadline=None, max_examples=60)
@given(values=VALUES, other=VALUES)
def test_the_digest_tells_equal_vectors_from_others(
    values: dict[str, object], other: dict[str, object]
) -> None:
    turned = dict(reversed(values.items()))
    assert vector_digest(values) == vector_digest(turned) == vector_digest(plain_values(values))
    same = vector_digest(values) == vector_digest(other)
    assert same == (plain_values(values) == plain_values(other))
