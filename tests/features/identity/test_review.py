"""The queue, decisions that survive new runs, and what they do to the mapping."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from data_contracts.intake.mapping.subject import name_subject
from features.errors import FeaturesError
from features.identity.claims import NEVER, Claim
from features.identity.feedback import errors, write_errors
from features.identity.link import link
from features.identity.report import pairs_to_judge
from features.identity.resolve import resolve, timeline
from features.identity.review import ReviewStore
from tests.features.identity.firms import (
    DAY,
    LATER,
    NOW,
    firm,
    lake_with,
    listed,
    organisation,
    unified,
)
from tests.features.lakes import add

NAME = "北京华信电子有限公司"
SUBJECT = name_subject(NAME)
ONE, TWO = f"USCC-{unified(1)}", f"USCC-{unified(2)}"


def test_a_decision_survives_new_runs_and_counts_from_its_day(tmp_path: Path) -> None:
    lake = lake_with(tmp_path / "lake", [firm(1, NAME), firm(2, NAME)], [listed(NAME)])
    store = ReviewStore(tmp_path / "identity")
    found = link(lake, date(2024, 2, 1), decisions=store.decisions(), by_similarity=False)
    store.record(date(2024, 2, 1), pairs_to_judge(found), found.accepted)
    assert {(r["target"], r["state"]) for r in store.queue()} == {(ONE, "open"), (TWO, "open")}

    store.decide(SUBJECT, ONE, "confirmed", by="王", at=date(2024, 3, 1), note="电话核实")
    store.decide(SUBJECT, TWO, "rejected", by="王", at=date(2024, 3, 1))
    again = link(lake, date(2024, 4, 1), decisions=store.decisions(), by_similarity=False)
    store.record(date(2024, 4, 1), pairs_to_judge(again), again.accepted)
    assert store.queue() == []
    assert {(r["target"], r["state"], r["by"]) for r in store.queue(None)} == {
        (ONE, "confirmed", "王"), (TWO, "rejected", "王"),
    }  # fmt: skip
    assert resolve(lake, date(2024, 2, 28), store).canonical(SUBJECT) == SUBJECT
    assert resolve(lake, date(2024, 3, 1), store).canonical(SUBJECT) == ONE
    assert resolve(lake, date(2024, 3, 1), store).aliases(ONE) == (ONE, SUBJECT)

    store.decide(SUBJECT, ONE, "rejected", by="李", at=date(2024, 5, 1))
    assert resolve(lake, date(2024, 4, 30), store).canonical(SUBJECT) == ONE
    assert resolve(lake, date(2024, 5, 1), store).canonical(SUBJECT) == SUBJECT


def test_a_rejection_outweighs_an_equal_name(tmp_path: Path) -> None:
    lake = lake_with(tmp_path / "lake", [firm(1, NAME)], [listed(NAME)])
    store = ReviewStore(tmp_path / "identity")
    assert resolve(lake, NOW, store).canonical(SUBJECT) == ONE
    store.decide(SUBJECT, ONE, "rejected", by="王", at=NOW)
    assert resolve(lake, NOW, store).canonical(SUBJECT) == SUBJECT


@pytest.mark.parametrize(
    ("subject", "target", "state", "by", "words"),
    [
        (SUBJECT, ONE, "maybe", "王", "no state"),
        (SUBJECT, ONE, "confirmed", " ", "who made it"),
        ("PID-" + "0" * 32, ONE, "confirmed", "王", "organisations"),
        (ONE, TWO, "confirmed", "王", "more lasting"),
        (ONE, SUBJECT, "confirmed", "王", "more lasting"),
    ],
)
def test_decisions_that_are_refused(
    tmp_path: Path, subject: str, target: str, state: str, by: str, words: str
) -> None:
    store = ReviewStore(tmp_path)
    with pytest.raises(FeaturesError, match=words):
        store.decide(subject, target, state, by=by, at=NOW)
    assert store.queue(None) == []


def test_what_a_run_believed_begins_with_it_and_ends_with_the_first_that_does_not(
    tmp_path: Path,
) -> None:
    store = ReviewStore(tmp_path)
    believed = Claim(SUBJECT, ONE, DAY, NEVER, "similar", 0.9)
    store.record(date(2024, 2, 1), [], [believed])
    store.record(date(2024, 3, 1), [], [believed])
    store.record(date(2024, 4, 1), [], [])
    assert store.similar_links(date(2024, 1, 31)) == []
    assert [c.since for c in store.similar_links(date(2024, 3, 15))] == [date(2024, 2, 1)]
    assert [c.until for c in store.similar_links(date(2024, 3, 15))] == [NEVER]
    assert [c.until for c in store.similar_links(NOW)] == [date(2024, 4, 1)]
    with pytest.raises(FeaturesError, match="later day"):
        store.record(date(2024, 1, 1), [], [])


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "decisions.parquet").write_bytes(b"no parquet")
    with pytest.raises(FeaturesError, match=r"decisions\.parquet can not be read"):
        ReviewStore(tmp_path).decisions()


def test_the_timeline_agrees_with_each_day(tmp_path: Path) -> None:
    lake = lake_with(tmp_path, [firm(1, NAME)], [listed(NAME, LATER)])
    add(lake, {"registration": [firm(2, NAME, date(2024, 9, 1))]})
    links = timeline(lake)
    for day in (DAY, LATER, date(2024, 8, 31), date(2024, 9, 1), NOW):
        through_time = {c.subject: c.target for c in links if c.since <= day < c.until}
        on_the_day = {s: c.target for s, c in resolve(lake, day).links.items()}
        assert through_time == on_the_day
    assert [(c.since, c.until) for c in links] == [(LATER, date(2024, 9, 1))]


def test_suppliers_are_told_what_was_wrong_and_what_is_right(tmp_path: Path) -> None:
    wrong, right = organisation(77), organisation(1)
    slip = unified(1)[:9] + "9" + unified(1)[10:]
    lake = lake_with(
        tmp_path / "lake",
        [firm(1, NAME)],
        [
            listed(NAME, code=wrong, subject=f"ORG-{wrong}"),
            listed(NAME, code=right, subject=f"ORG-{right}"),
            listed(NAME, code=slip),
        ],
    )
    found = link(lake, NOW, by_similarity=False)
    path = write_errors(
        tmp_path / "f.csv", list(errors(lake, found.index, [*found.links, *found.doubts]))
    )
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    told = {row["code_given"]: row["error_en"] for row in rows}
    assert told == {
        wrong: "The code is not that of the enterprise of this name",
        right: "An old code stands instead of the unified one",
        slip: "The code is miswritten",
    }
    assert {row["code_right"] for row in rows} == {unified(1)}
    assert all(row["line"] and row["batch"] for row in rows)
