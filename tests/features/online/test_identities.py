"""Vectors of firms with several ids: served, brought up to date, and replayed with what was known of identities."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from features.catalogue import VIEWS
from features.catalogue import view as declared_view
from features.expressions import Records
from features.identity.aliases import aliases_of
from features.identity.claims import NEVER, Claim
from features.identity.resolve import store_of
from features.identity.review import Position, ReviewStore
from features.online.refresh import materialise, refresh
from features.online.store import OnlineStore
from features.online.vectors import StoredVector
from features.online.verify import verify
from features.point_in_time import build
from features.relations.declared import GROUP_FEATURES
from features.view import Feature, FeatureView
from tests.features.identity.firms import DAY, LATER, NOW, firm, lake_with, listed, unified
from tests.features.lakes import add, lake_of
from tests.features.relations.village import bill, vouch
from tests.features.tables import TEXTS

NAME = "北京华信电子有限公司"
ONE = f"USCC-{unified(1)}"
ALIAS = listed(NAME)["subject_id"]
LISTINGS = Feature(
    name="listings", theme="spec", value=Records("abnormal_operation").count(), unit="records",
    direction=0, **TEXTS,
)  # fmt: skip
REGISTERED = Feature(
    name="registered", theme="spec", value=Records("registration").count(), unit="records",
    direction=0, **TEXTS,
)  # fmt: skip
SCORED = tuple(feature for feature in GROUP_FEATURES if "score" in feature.uses)
VIEW = FeatureView("spec", "enterprise", (LISTINGS, REGISTERED, *SCORED))


class World:
    """A workspace, its lake and store, and what people decide there."""

    def __init__(self, root: Path) -> None:
        self.place = Workspace(root)
        self.lake = Lake(self.place.lake_dir)
        self.store = OnlineStore(root / "online.db")

    @property
    def review(self) -> ReviewStore:
        return store_of(self.place.features_dir)

    def serve(self, subject: str, request: str) -> StoredVector:
        found = self.store.get(VIEW.name, subject)
        assert found is not None
        self.store.log(found, request)
        return found

    def refreshed(self) -> tuple[int, int]:
        done = refresh(VIEW, self.lake, self.store, NOW, review=self.review)
        return done.concerned, done.written


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """One firm, another of another name; both materialised, the first served."""
    monkeypatch.setitem(VIEWS, VIEW.name, VIEW)
    made = World(tmp_path)
    lake_with(made.place.lake_dir, [firm(1, NAME), firm(3, "上海申通贸易有限公司")], [])
    materialise(VIEW, made.lake, made.store, NOW, review=made.review)
    made.serve(ONE, "scr_0")
    return made


def test_a_record_under_another_id_counts_and_is_no_mismatch_of_what_was_served_before(
    world: World,
) -> None:
    # It says that it was known in time, so that the day alone would not do.
    add(world.lake, {"abnormal_operation": [listed(NAME, LATER)]})
    assert world.refreshed() == (2, 2)  # the firm, and the name itself
    found = world.serve(ONE, "scr_1")
    assert found.values["listings"] == 1
    assert found.aliases != ""
    spine = pd.DataFrame({"subject_id": [ONE], "as_of": [NOW]})
    today = build(VIEW, world.lake, spine, aliases=aliases_of(world.place))
    assert today["listings"].tolist() == [1.0]
    replayed = verify(world.store, world.lake, review=world.review)
    assert (replayed.true, replayed.replayed, replayed.mismatches) == (True, 2, 0)
    assert world.refreshed() == (0, 0)


def test_a_decision_counts_from_then_on_and_is_no_mismatch_of_what_was_served_before(
    world: World,
) -> None:
    add(world.lake, {"abnormal_operation": [listed(NAME, LATER)]})
    world.refreshed()
    world.serve(ONE, "scr_1")
    world.review.decide(ALIAS, ONE, "rejected", by="王", at=date(2024, 8, 1))
    assert world.refreshed() == (2, 2), "nothing was committed, and the ids differ"
    found = world.serve(ONE, "scr_2")
    assert (found.values["listings"], found.aliases, found.review) == (None, "", "1.0")
    replayed = verify(world.store, world.lake, review=world.review)
    assert (replayed.true, replayed.replayed) == (True, 3)


def test_what_a_run_believes_or_no_longer_believes_is_replayed(world: World) -> None:
    other = listed("北京华信电子股份公司")["subject_id"]
    add(world.lake, {"abnormal_operation": [listed("北京华信电子股份公司", LATER)]})
    world.refreshed()
    world.serve(ONE, "scr_1")
    believed = Claim(other, ONE, LATER, NEVER, "similar", 0.9)
    for number, accepted in enumerate(([believed], [], [believed])):
        world.review.record(NOW, [], accepted)  # three runs on one day
        world.refreshed()
        found = world.serve(ONE, f"scr_{2 + number}")
        assert found.values["listings"] == (1 if accepted else None)
    assert world.review.position() == Position(0, 3)
    replayed = verify(world.store, world.lake, review=world.review)
    assert (replayed.true, replayed.replayed) == (True, 5)


def test_refreshed_is_what_a_nightly_run_would_store(world: World, tmp_path: Path) -> None:
    add(world.lake, {"abnormal_operation": [listed(NAME, LATER)]})
    world.refreshed()
    again = OnlineStore(tmp_path / "again.db")
    materialise(VIEW, world.lake, again, NOW, review=world.review)
    assert again.subjects(VIEW.name) == world.store.subjects(VIEW.name)
    for subject in again.subjects(VIEW.name):
        one, other = again.get(VIEW.name, subject), world.store.get(VIEW.name, subject)
        assert one is not None
        assert other is not None
        assert (one.digest, one.aliases) == (other.digest, other.aliases)


def test_other_ids_than_logged_and_lost_decisions_are_found(world: World, tmp_path: Path) -> None:
    world.review.decide(ALIAS, ONE, "confirmed", by="王", at=LATER)
    world.refreshed()
    world.serve(ONE, "scr_1")
    assert verify(world.store, world.lake, review=world.review).true
    assert verify(world.store, world.lake).lost == 1, "nobody's decisions"
    world.store.close()
    with sqlite3.connect(tmp_path / "online.db") as raw:
        raw.execute("DROP TRIGGER served_vectors_no_update")
        raw.execute("UPDATE served_vectors SET aliases = 'x' WHERE request = 'scr_0'")
    found = verify(world.store, world.lake, review=world.review)
    assert (found.other_ids, found.true) == (["scr_0"], False)


def test_a_record_of_one_firm_brings_its_partners_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A default of a guaranteed firm, and a guarantee that is withdrawn by a correction."""
    monkeypatch.setitem(VIEWS, VIEW.name, VIEW)
    two, three = (f"USCC-{unified(number)}" for number in (2, 3))
    firms = [firm(number, f"北京第{number}贸易有限公司") for number in (1, 2, 3)]
    made = World(tmp_path)
    lake_of(
        made.place.lake_dir,
        {"registration": firms, "guarantee": [vouch(ONE, two), vouch(two, ONE)]},
    )
    materialise(VIEW, made.lake, made.store, NOW, review=made.review)
    assert made.serve(ONE, "scr_0").values["guarantee_circle"] == 1
    add(made.lake, {"credit_month": [bill(two, "1", date(2024, 6, 30), 100, five_class="3")]})
    assert made.refreshed() == (2, 2), "the third firm is none of theirs"
    assert made.serve(ONE, "scr_1").values["guarantee_partners_defaulted_24"] == 1
    over = vouch(two, ONE) | {"state": "released", "known": DAY}
    add(made.lake, {"guarantee": [over]})
    made.refreshed()
    assert made.serve(ONE, "scr_2").values["guarantee_circle"] == 0
    assert made.store.get(VIEW.name, three) is not None
    assert verify(made.store, made.lake, review=made.review).true


def test_the_view_of_firms_is_replayed_with_its_groups(tmp_path: Path) -> None:
    firms = declared_view("firm")
    made = World(tmp_path)
    lake_with(made.place.lake_dir, [firm(1, NAME)], [], guarantee=[vouch(ONE, "USCC-X")])
    materialise(firms, made.lake, made.store, NOW, review=made.review)
    add(made.lake, {"abnormal_operation": [listed(NAME, LATER)]})
    refresh(firms, made.lake, made.store, NOW, review=made.review)
    found = made.store.get("firm", ONE)
    assert found is not None
    assert found.values["guarantee_chain_depth"] == 1
    made.store.log(found, "scr_0")
    replayed = verify(made.store, made.lake, review=made.review)
    assert (replayed.true, replayed.compared) == (True, len(firms.names))
