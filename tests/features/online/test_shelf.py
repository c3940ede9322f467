"""The shelf says what the lake's files say of a subject, and never more or older than they do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_contracts.intake.lake import Lake
from features.catalogue import view
from features.engines.python.few import LakeShelf
from features.engines.python.tables import Tables
from features.errors import FeaturesError
from features.expressions import Records
from features.online.making import few_vectors
from features.online.shelf import RecordShelf
from features.online.store import OnlineStore
from features.plan import Plan, compile_view
from features.point_in_time import build
from tests.features.lakes import add, lake_of
from tests.features.online.cards import CARDS, DAY, arrives, bill, cards, ends
from tests.features.tables import view_of

PLAN = compile_view(CARDS)
CREDIT = Records("credit_month")
GIVEN = view_of(view("firm")["guarantees_received"].value)  # type: ignore[union-attr]
WHO = ("USCC-1", "USCC-2", "USCC-3")


def sorted_rows(tables: Tables) -> dict[str, list[str]]:
    return {name: sorted(map(str, rows)) for name, rows in tables.items() if rows}


def same_as_lake(shelf: RecordShelf, plan: Plan, lake: Lake, subjects: set[str]) -> None:
    found, expected = shelf.records(plan, lake, subjects), LakeShelf().records(plan, lake, subjects)
    for contract, rows in expected.items():
        columns = plan.columns[contract]
        who, version = columns.index("subject_id"), columns.index("_version")
        # versions before the first that names the subject tell nothing of it
        mine = [row for row in rows if row in found[contract] or row[who] in subjects]
        assert sorted(map(str, found[contract])) == sorted(map(str, mine))
        lost = [row for row in rows if row not in found[contract]]
        assert all(row[version] == 1 or row[who] not in subjects for row in lost)


@pytest.fixture
def store(tmp_path: Path) -> OnlineStore:
    return OnlineStore(tmp_path / "online.db")


def test_what_arrives_is_added(tmp_path: Path, store: OnlineStore) -> None:
    lake = cards(tmp_path / "lake")
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
    assert shelf.records(PLAN, lake, {"CARD-9"})["card_repayment"] == []


def test_no_file_of_the_lake_is_read_again(tmp_path: Path, store: OnlineStore) -> None:
    lake = cards(tmp_path / "lake")
    shelf = RecordShelf(store)
    shelf.bring(PLAN, lake)
    expected = LakeShelf().records(PLAN, lake, {"CARD-1"})
    for file in lake.files("card_repayment"):
        Path(file).unlink()
    assert sorted_rows(shelf.records(PLAN, lake, {"CARD-1"})) == sorted_rows(expected)


def test_withdrawn_records_are_told(tmp_path: Path, store: OnlineStore) -> None:
    lake = cards(tmp_path / "lake")
    shelf = RecordShelf(store)
    shelf.bring(PLAN, lake)
    gone = pa.table({
        "account_no": ["1"], "bill_on": pa.array([date(2005, 9, 30)], pa.date32()), "_line": [1],
    })  # fmt: skip
    ends(lake, "card_repayment", withdrawals=gone)
    shelf.bring(PLAN, lake)
    same_as_lake(shelf, PLAN, lake, {"CARD-1"})


LOAN = st.fixed_dictionaries(
    {
        "guarantee_no": st.sampled_from("123"),
        "subject_id": st.sampled_from(WHO),
        "guaranteed_id": st.sampled_from(WHO),
        "from_on": st.dates(date(2023, 1, 1), date(2023, 3, 1)),
        "amount_cents": st.integers(1, 9),
    }
)
MONTH = st.fixed_dictionaries(
    {
        "account_no": st.sampled_from("12"),
        "subject_id": st.sampled_from(WHO),
        "bill_on": st.sampled_from([date(2023, 1, 31), date(2023, 2, 28)]),
        "opened_on": st.just(date(2023, 1, 2)),
        "balance_cents": st.integers(0, 9),
    }
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    batches=st.lists(
        st.tuples(st.lists(LOAN, max_size=4), st.lists(MONTH, max_size=4)), min_size=2, max_size=4
    )
)
def test_vectors_of_the_shelf_are_those_of_the_lake(
    batches: list[tuple[list[dict[str, object]], list[dict[str, object]]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Records that move to others and back again, in one batch after the other."""
    folder = tmp_path_factory.mktemp("moves")
    shelf, lake = RecordShelf(OnlineStore(folder / "online.db")), lake_of(folder / "lake", {})
    plan, asked = compile_view(GIVEN), [(who, date(2023, 6, 1)) for who in WHO]
    for guarantees, months in batches:
        add(lake, {"guarantee": guarantees, "credit_month": months})
        shelf.bring(plan, lake)
        expected = few_vectors(GIVEN, lake, LakeShelf(), asked, None)
        for together in (asked, *([one] for one in asked)):
            found = few_vectors(GIVEN, lake, shelf, together, None)
            wanted = [e for one, e in zip(asked, expected, strict=True) if one in together]
            assert [f and (f.values, f.freshness, f.reasons) for f in found] == [
                e and (e.values, e.freshness, e.reasons) for e in wanted
            ]


def test_a_view_that_reads_more_gets_more(tmp_path: Path, store: OnlineStore) -> None:
    lake = cards(tmp_path / "lake")
    shelf = RecordShelf(store)
    bills = Records("card_repayment")
    few = compile_view(view_of(bills["paid_cents"].sum()))
    more = compile_view(view_of(bills["billed_cents"].sum()))
    shelf.bring(few, lake)
    same_as_lake(shelf, more, lake, {"CARD-1"})  # from the lake
    shelf.bring(more, lake)
    for plan in (few, more):
        same_as_lake(shelf, plan, lake, {"CARD-1"})


def test_a_lake_with_another_past_is_read_anew(tmp_path: Path, store: OnlineStore) -> None:
    lake = cards(tmp_path / "lake")
    shelf = RecordShelf(store)
    shelf.bring(PLAN, lake)
    other = Lake(tmp_path / "other")
    other.commit({}, "f" * 64, received_on=DAY)
    add(other, bill("1", "CARD-1", "2005-07-31", 3))
    add(other, bill("1", "CARD-1", "2005-06-30", 4))
    same_as_lake(shelf, PLAN, other, {"CARD-1"})
    shelf.bring(PLAN, other)
    same_as_lake(shelf, PLAN, other, {"CARD-1"})


def test_altered_records_are_refused(tmp_path: Path, store: OnlineStore) -> None:
    lake = cards(tmp_path / "lake")
    shelf = RecordShelf(store)
    shelf.bring(PLAN, lake)
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'online.db'}")
    with engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE subject_records SET records = replace(records, '400', '4')")
        )
    engine.dispose()
    with pytest.raises(
        FeaturesError, match="records of card_repayment in the online store were altered"
    ):
        shelf.records(PLAN, lake, {"CARD-1"})


def test_few_vectors_are_those_of_a_build(tmp_path: Path) -> None:
    lake = cards(tmp_path / "lake")
    made = few_vectors(CARDS, lake, LakeShelf(), [("CARD-2", DAY), ("CARD-9", DAY)], 1)
    assert made[1] is None
    assert made[0] is not None
    import pandas as pd

    spine = pd.DataFrame({"subject_id": ["CARD-2"], "as_of": [pd.Timestamp(DAY)]})
    row = build(CARDS, lake, spine).iloc[0]
    assert made[0].values == {n: None if pd.isna(row[n]) else row[n] for n in CARDS.names}
