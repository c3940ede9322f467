"""What a store must do, whatever database it is kept in: run on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pandas as pd

from features.online.store import OnlineStore
from features.online.vectors import NO_VALUE, NOT_SUPPLIED, StoredVector, vector_digest, vector_of

FRAME = pd.DataFrame(
    {
        "subject_id": ["A-1", "A-2"],
        "as_of": pd.to_datetime(["2005-10-01", "2005-10-01"]),
        "ratio": [0.1 + 0.2, float("nan")],
        "code": pd.Series(["循环", None], dtype=object),
    }
)
MORNING = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)


def whole(subject: str = "A-1", **changes: object) -> StoredVector:
    """A vector with all that a vector can say."""
    given: dict[str, object] = {
        "sequence": 7,
        "definition": "d" * 64,
        "freshness": {"tax_payment": date(2005, 9, 3), "penalty": date(2005, 8, 1)},
        "reasons": {NOT_SUPPLIED: ["late"]},
        "skipped_files": ["tables/penalty/x.parquet"],
    }
    values = {"ratio": 0.1 + 0.2, "code": "循环", "late": None, "trend": None}
    return vector_of("v", subject, date(2005, 10, 1), values, **{**given, **changes})  # type: ignore[arg-type]


def a_vector_is_read_back_bit_by_bit(store: OnlineStore) -> None:
    assert store.put("v", FRAME) == 2
    found = store.get("v", "A-1")
    assert found is not None
    assert found.values == {"ratio": 0.1 + 0.2, "code": "循环"}
    assert (found.as_of, found.view, found.sequence) == (date(2005, 10, 1), "v", None)
    assert found.digest == vector_digest({"code": "循环", "ratio": 0.1 + 0.2})
    assert found.built_at.tzinfo is not None
    second = store.get("v", "A-2")
    assert second is not None
    assert second.values == {"ratio": None, "code": None}


def a_vector_says_how_it_was_made(store: OnlineStore) -> None:
    given = whole()
    assert store.put_vectors([given]) == 1
    found = store.get("v", "A-1")
    assert found == given
    assert found.null_reason("late") == NOT_SUPPLIED
    assert found.null_reason("trend") == NO_VALUE
    assert found.null_reason("ratio") is None
    assert found.suppliers()["税务部门", "Tax authority"] == date(2005, 9, 3)


def another_view_or_subject_has_nothing(store: OnlineStore) -> None:
    store.put("v", FRAME)
    assert store.get("w", "A-1") is None
    assert store.get("v", "A-3") is None
    assert (store.count(), store.count("v"), store.count("w")) == (2, 2, 0)


def a_later_vector_replaces(store: OnlineStore) -> None:
    store.put("v", FRAME)
    store.put("v", FRAME.assign(ratio=[9.0, 9.0], as_of=pd.Timestamp("2005-11-01")).iloc[:1])
    found = store.get("v", "A-1")
    assert found is not None
    assert (found.values["ratio"], found.as_of) == (9.0, date(2005, 11, 1))
    assert store.count("v") == 2


def of_several_days_the_latest_is_kept(store: OnlineStore) -> None:
    days = pd.to_datetime(["2005-01-01", "2005-03-01", "2005-02-01"])
    frame = pd.DataFrame({"subject_id": "A-1", "as_of": days, "ratio": [1.0, 3.0, 2.0]})
    assert store.put("v", frame) == 1
    found = store.get("v", "A-1")
    assert found is not None
    assert found.values == {"ratio": 3.0}


def a_removed_vector_is_gone(store: OnlineStore) -> None:
    store.put_vectors([whole("A-1"), whole("A-2", definition="e" * 64)])
    assert store.subjects("v") == ["A-1", "A-2"]
    assert store.subjects("v", without="d" * 64) == ["A-2"]
    assert store.remove("v", ["A-2", "A-3"]) == 1
    assert store.remove("w", ["A-1"]) == 0
    assert store.subjects("v") == ["A-1"]


def positions_and_definitions_are_kept(store: OnlineStore) -> None:
    assert store.position("v") is None
    store.reached("v", 4)
    store.reached("v", 6)
    assert store.position("v") == 6
    assert store.defined("d" * 64) is None
    store.define("d" * 64, {"ratio": "1", "code": "2"})
    store.define("d" * 64, {"ratio": "another"})  # a digest stands for one thing alone
    assert store.defined("d" * 64) == {"ratio": "1", "code": "2"}


def what_is_served_is_logged(store: OnlineStore) -> None:
    first = whole()
    store.log(first, "scr_1", MORNING)
    store.log(whole("A-2", sequence=None), "scr_2", MORNING + timedelta(hours=1))
    rows = list(store.served())
    assert [row.request for row in rows] == ["scr_1", "scr_2"]
    row = rows[0]
    assert (row.served_at, row.view, row.subject_id) == (MORNING, "v", "A-1")
    assert (row.as_of, row.sequence, row.definition) == (date(2005, 10, 1), 7, "d" * 64)
    assert (row.digest, row.text) == (first.digest, first.text)
    assert row.skipped_files == ("tables/penalty/x.parquet",)
    assert rows[1].sequence is None


def the_log_can_be_asked_for_a_part(store: OnlineStore) -> None:
    for hour in range(5):
        store.log(whole(), f"scr_{hour}", MORNING + timedelta(hours=hour))

    def asked(**part: object) -> list[str]:
        return [row.request[-1] for row in store.served(**part)]  # type: ignore[arg-type]

    assert asked(since=MORNING + timedelta(hours=3)) == ["3", "4"]
    assert asked(until=MORNING + timedelta(hours=2)) == ["0", "1"]
    assert asked(last=2) == ["3", "4"]
    assert asked(view_name="w") == []


def threads_may_share_a_store(store: OnlineStore) -> None:
    store.put("v", FRAME)
    vector = store.get("v", "A-1")
    assert vector is not None
    found: list[object] = []

    def read_and_log(name: int) -> None:
        for turn in range(20):
            found.append(store.get("v", "A-1"))
            store.log(vector, f"scr_{name}_{turn}")

    threads = [threading.Thread(target=read_and_log, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [vector] * 80
    assert len({row.request for row in store.served()}) == 80


CHECKS: tuple[Callable[[OnlineStore], None], ...] = (
    a_vector_is_read_back_bit_by_bit,
    a_vector_says_how_it_was_made,
    another_view_or_subject_has_nothing,
    a_later_vector_replaces,
    of_several_days_the_latest_is_kept,
    a_removed_vector_is_gone,
    positions_and_definitions_are_kept,
    what_is_served_is_logged,
    the_log_can_be_asked_for_a_part,
    threads_may_share_a_store,
)
