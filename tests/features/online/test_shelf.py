"""The shelf says what the lake's files say of a subject, and never more or older than they do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.catalogue import view
from features.engines.python.few import LakeShelf
from features.errors import FeaturesError
from features.expressions import Records
from features.online.making import few_vectors
from features.online.shelf import RecordShelf
from features.online.store import OnlineStore
from features.plan import compile_view
from features.point_in_time import build
from tests.features.lakes import add, lake_of
from tests.features.online.cards import CARDS, DAY, cards
from tests.features.online.shelf_checks import PLAN, SHELF_CHECKS, kept, same_as_lake
from tests.features.tables import view_of

CREDIT = Records("credit_month")
GIVEN = view_of(view("firm")["guarantees_received"].value)  # type: ignore[union-attr]
WHO = ("USCC-1", "USCC-2", "USCC-3")


@pytest.fixture
def store(tmp_path: Path) -> OnlineStore:
    return OnlineStore(tmp_path / "online.db")


@pytest.mark.parametrize("check", SHELF_CHECKS, ids=lambda check: check.__name__)
def test_sqlite(
    check: Callable[[OnlineStore, Path], None], store: OnlineStore, tmp_path: Path
) -> None:
    check(store, tmp_path)


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


def test_a_shelf_of_another_version_is_made_anew(tmp_path: Path, store: OnlineStore) -> None:
    lake = cards(tmp_path / "lake")
    RecordShelf(store).bring(PLAN, lake)
    with store.connections.write() as connection:
        connection.execute(sa.text("ALTER TABLE shelved_contracts DROP COLUMN cleared"))
    later = OnlineStore(tmp_path / "online.db")
    assert kept(later) == {}
    shelf = RecordShelf(later)
    same_as_lake(shelf, PLAN, lake, {"CARD-1"})
    shelf.bring(PLAN, lake)
    assert set(kept(later)) == {"CARD-1", "CARD-2"}


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
        shelf.records(PLAN, lake, {"CARD-1"}, DAY)


def test_few_vectors_are_those_of_a_build(tmp_path: Path) -> None:
    lake = cards(tmp_path / "lake")
    made = few_vectors(CARDS, lake, LakeShelf(), [("CARD-2", DAY), ("CARD-9", DAY)], 1)
    assert made[1] is None
    assert made[0] is not None
    import pandas as pd

    spine = pd.DataFrame({"subject_id": ["CARD-2"], "as_of": [pd.Timestamp(DAY)]})
    row = build(CARDS, lake, spine).iloc[0]
    assert made[0].values == {n: None if pd.isna(row[n]) else row[n] for n in CARDS.names}
