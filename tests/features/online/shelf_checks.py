"""What the shelf must do, whatever database it is kept in: run on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa

from data_contracts.intake.lake import Lake
from features.engines.python.few import LakeShelf
from features.engines.python.tables import Tables
from features.expressions import Records
from features.online.making import few_vectors
from features.online.refresh import materialise, refresh
from features.online.shelf import RecordShelf
from features.online.store import OnlineStore
from features.online.tables import RECORDS
from features.plan import Plan, compile_view
from tests.features.lakes import add
from tests.features.online.cards import CARDS, DAY, arrives, bill, cards, ends
from tests.features.tables import view_of

PLAN = compile_view(CARDS)


def sorted_rows(tables: Tables) -> dict[str, list[str]]:
    return {name: sorted(map(str, rows)) for name, rows in tables.items() if rows}


def same_as_lake(
    shelf: RecordShelf, plan: Plan, lake: Lake, subjects: set[str], day: date = DAY
) -> None:
    found = shelf.records(plan, lake, subjects, day)
    expected = LakeShelf().records(plan, lake, subjects, day)
    for contract, rows in expected.items():
        columns = plan.columns[contract]
        who, version = columns.index("subject_id"), columns.index("_version")
        # versions before the first that names the subject tell nothing of it
        mine = [row for row in rows if row in found[contract] or row[who] in subjects]
        assert sorted(map(str, found[contract])) == sorted(map(str, mine))
        lost = [row for row in rows if row not in found[contract]]
        assert all(row[version] == 1 or row[who] not in subjects for row in lost)


def what_arrives_is_added(store: OnlineStore, folder: Path) -> None:
    lake = cards(folder / "lake")
    shelf = RecordShelf(store)
    shelf.bring(PLAN, lake)
    same_as_lake(shelf, PLAN, lake, {"CARD-1"})
    arrives(lake, bill("1", "CARD-1", "2005-09-30", 7, known="2005-10-02"))
    same_as_lake(
        shelf, PLAN, lake, {"CARD-1"}
    )  # read from the lake as long as it is not on the shelf
    shelf.bring(PLAN, lake)
    same_as_lake(shelf, PLAN, lake, {"CARD-1"})
    same_as_lake(shelf, PLAN, lake, {"CARD-1", "CARD-2"})
    assert shelf.records(PLAN, lake, {"CARD-9"}, DAY)["card_repayment"] == []


def no_file_of_the_lake_is_read_again(store: OnlineStore, folder: Path) -> None:
    lake = cards(folder / "lake")
    shelf = RecordShelf(store)
    shelf.bring(PLAN, lake)
    expected = LakeShelf().records(PLAN, lake, {"CARD-1"}, DAY)
    for file in lake.files("card_repayment"):
        Path(file).unlink()
    assert sorted_rows(shelf.records(PLAN, lake, {"CARD-1"}, DAY)) == sorted_rows(expected)


def a_view_that_reads_more_gets_more(store: OnlineStore, folder: Path) -> None:
    lake = cards(folder / "lake")
    shelf = RecordShelf(store)
    bills = Records("card_repayment")
    few = compile_view(view_of(bills["paid_cents"].sum()))
    more = compile_view(view_of(bills["billed_cents"].sum()))
    shelf.bring(few, lake)
    same_as_lake(shelf, more, lake, {"CARD-1"})  # from the lake
    shelf.bring(more, lake)
    for plan in (few, more):
        same_as_lake(shelf, plan, lake, {"CARD-1"})


def a_lake_with_another_past_is_read_anew(store: OnlineStore, folder: Path) -> None:
    lake = cards(folder / "lake")
    shelf = RecordShelf(store)
    shelf.bring(PLAN, lake)
    other = Lake(folder / "other")
    other.commit({}, "f" * 64, received_on=DAY)
    add(other, bill("1", "CARD-1", "2005-07-31", 3))
    add(other, bill("1", "CARD-1", "2005-06-30", 4))
    same_as_lake(shelf, PLAN, other, {"CARD-1"})
    shelf.bring(PLAN, other)
    same_as_lake(shelf, PLAN, other, {"CARD-1"})


def kept(store: OnlineStore) -> dict[str, str]:
    """All that the shelf says, by subject."""
    found: dict[str, str] = {}
    with store.connections.read() as connection:
        for row in connection.execute(RECORDS.select().order_by(*RECORDS.primary_key)):
            found[row.subject_id] = found.get(row.subject_id, "") + row.records
    return found


def bills_end(lake: Lake, *days: date) -> None:
    """The supplier deletes bills of the first card, on the day."""
    count = len(days)
    gone = {"account_no": ["1"] * count, "bill_on": pa.array(days, pa.date32())}
    ends(lake, "card_repayment", withdrawals=pa.table(gone | {"_line": list(range(count))}))


def a_deleted_record_is_deleted_here(store: OnlineStore, folder: Path) -> None:
    lake = cards(folder / "lake")
    shelf = RecordShelf(store)
    shelf.bring(PLAN, lake)
    assert "1100" in kept(store)["CARD-1"]
    bills_end(lake, date(2005, 9, 30))
    shelf.bring(PLAN, lake)
    assert "1100" not in kept(store)["CARD-1"]
    assert "400" in kept(store)["CARD-1"]
    for day in (date(2005, 9, 30), DAY, date(2006, 1, 1)):  # of the first the lake knows more
        asked = [("CARD-1", day)]
        (found,) = few_vectors(CARDS, lake, shelf, asked, 1)
        (expected,) = few_vectors(CARDS, lake, LakeShelf(), asked, 1)
        assert found is not None
        assert expected is not None
        assert (found.values, found.reasons) == (expected.values, expected.reasons)


def a_deleted_subject_leaves_nothing(store: OnlineStore, folder: Path) -> None:
    lake = cards(folder / "lake")
    materialise(CARDS, lake, store, DAY)
    assert {"CARD-1", "CARD-2"} == set(kept(store))
    bills_end(lake, date(2005, 8, 31), date(2005, 9, 30))
    account = pa.table({"account_no": ["1"], "_line": [1]})
    ends(lake, "card_account", withdrawals=account)
    done = refresh(CARDS, lake, store, DAY)
    assert (done.written, done.removed) == (0, 1)
    assert set(kept(store)) == {"CARD-2"}
    assert store.get("individual", "CARD-1") is None


def what_comes_again_is_there_again(store: OnlineStore, folder: Path) -> None:
    lake = cards(folder / "lake")
    shelf = RecordShelf(store)
    shelf.bring(PLAN, lake)
    bills_end(lake, date(2005, 9, 30))
    shelf.bring(PLAN, lake)
    add(lake, bill("1", "CARD-1", "2005-09-30", 77, known="2005-10-02"))
    shelf.bring(PLAN, lake)
    asked = [("CARD-1", date(2005, 10, 3))]
    found, expected = (few_vectors(CARDS, lake, one, asked, 1)[0] for one in (shelf, LakeShelf()))
    assert found
    assert expected
    assert found.values == expected.values


def a_record_past_its_retention_leaves_at_night(store: OnlineStore, folder: Path) -> None:
    """A bill of 31 August 2005 is gone from 31 August 2010, that of 30 September is not."""
    lake = cards(folder / "lake")
    materialise(CARDS, lake, store, DAY)
    lake.commit({}, "f" * 64, received_on=date(2010, 8, 30))
    materialise(CARDS, lake, store, DAY)
    assert "400" in kept(store)["CARD-1"]
    lake.commit({}, "e" * 64, received_on=date(2010, 8, 31))
    materialise(CARDS, lake, store, DAY)
    assert "400" not in kept(store)["CARD-1"]
    assert "1100" in kept(store)["CARD-1"]
    same_as_lake(RecordShelf(store), PLAN, lake, {"CARD-1"})  # of an earlier day: from the lake


def a_record_that_moves_leaves_whom_it_named(store: OnlineStore, folder: Path) -> None:
    lake = cards(folder / "lake")
    materialise(CARDS, lake, store, DAY)
    add(lake, bill("1", "CARD-2", "2005-09-30", 1100, known="2005-10-02"))
    lake.commit({}, "f" * 64, received_on=date(2005, 10, 2))
    materialise(CARDS, lake, store, DAY)
    assert "1100" not in kept(store)["CARD-1"]
    assert "1100" in kept(store)["CARD-2"]


SHELF_CHECKS: tuple[Callable[[OnlineStore, Path], None], ...] = (
    what_arrives_is_added,
    no_file_of_the_lake_is_read_again,
    a_view_that_reads_more_gets_more,
    a_lake_with_another_past_is_read_anew,
    a_deleted_record_is_deleted_here,
    a_deleted_subject_leaves_nothing,
    what_comes_again_is_there_again,
    a_record_past_its_retention_leaves_at_night,
    a_record_that_moves_leaves_whom_it_named,
)
