"""Hand-made graphs with hand-worked groups."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.relations.control import look_through
from features.relations.groups import circles
from features.relations.settings import RelationSettings
from tests.features.identity.test_aliases import table
from tests.features.relations.village import (
    firm,
    hold,
    known,
    lake_of,
    lead,
    on,
    partition,
    person,
    vouch,
)

A, B, C, D, E = (firm(name) for name in "ABCDE")
P, Q = person(1), person(2)


def test_a_holder_controls_with_more_than_half_and_not_with_half(tmp_path: Path) -> None:
    history = known(
        tmp_path,
        shareholder=[hold(A, B, 0.5), hold(A, C, 0.5001), hold(D, B, 0.5), hold(D, E, None)],
    )

    assert partition(history, on(history), "control") == {frozenset({A, C})}


def test_control_runs_through_a_chain_of_majorities_though_the_owned_part_is_smaller(
    tmp_path: Path,
) -> None:
    history = known(tmp_path, shareholder=[hold(P, A, 0.6), hold(A, B, 0.6)])
    found = on(history)

    assert partition(history, found, "control") == {frozenset({P, A, B})}
    owned = look_through(found.holdings, len(history), history.code(B))
    assert owned == {history.code(A): pytest.approx(0.6), history.code(P): pytest.approx(0.36)}


def test_what_a_control_group_holds_together_is_added_up(tmp_path: Path) -> None:
    # P controls A; P's 30 % and A's 25 % of C are 55 %; C's 51 % of D then follow. 45 % of E do not.
    history = known(
        tmp_path,
        shareholder=[
            hold(P, A, 0.8), hold(P, C, 0.3), hold(A, C, 0.25), hold(C, D, 0.51), hold(P, E, 0.2),
            hold(A, E, 0.25), hold(Q, E, 0.5),
        ],
    )  # fmt: skip
    found = on(history)

    assert partition(history, found, "control") == {frozenset({P, A, C, D})}
    joint = found.control.reason == 2
    assert found.control.controller[joint].tolist() == [history.code(P)]
    assert found.control.share[joint].tolist() == pytest.approx([0.55])


def test_a_share_that_is_not_told_follows_from_what_all_subscribed(tmp_path: Path) -> None:
    history = known(
        tmp_path,
        shareholder=[
            hold(A, B, None, subscribed_cents=60), hold(C, B, None, subscribed_cents=40),
            hold(A, D, None, subscribed_cents=60), hold(C, D, None),
        ],
    )  # fmt: skip

    assert partition(history, on(history), "control") == {frozenset({A, B})}


def test_a_government_that_holds_two_firms_does_not_make_them_one_group(tmp_path: Path) -> None:
    state = "GOV-1"
    history = known(
        tmp_path,
        shareholder=[hold(state, firm, 0.9, holder_kind="government") for firm in (A, B)],
    )

    assert partition(history, on(history)) == set()


def test_a_ring_of_owners_is_one_group(tmp_path: Path) -> None:
    history = known(tmp_path, shareholder=[hold(A, B, 0.6), hold(B, A, 0.6)])

    assert partition(history, on(history), "control") == {frozenset({A, B})}


def test_an_actual_controller_controls_and_a_representative_does_not(tmp_path: Path) -> None:
    history = known(
        tmp_path, key_person=[lead(P, A, "controller"), lead(P, B), lead(P, C, "director")]
    )
    found = on(history)

    assert partition(history, found, "control") == {frozenset({P, A})}
    assert partition(history, found, "risk") == {frozenset({P, A, B})}


def test_positions_that_join_are_configuration(tmp_path: Path) -> None:
    rows = [lead(P, A, "director"), lead(P, B, "director")]
    wider = RelationSettings(common_positions=("director",))

    usual = known(tmp_path / "usual", key_person=rows)
    wide = known(tmp_path / "wide", wider, key_person=rows)

    assert partition(usual, on(usual)) == set()
    assert partition(wide, on(wide)) == {frozenset({P, A, B})}


def test_one_person_in_two_positions_of_one_firm_joins_nothing(tmp_path: Path) -> None:
    history = known(tmp_path, key_person=[lead(P, A), lead(P, A, "chair")])

    assert partition(history, on(history)) == set()


def test_a_hub_joins_none_of_its_firms_unless_it_controls_them(tmp_path: Path) -> None:
    agent = [lead(P, name) for name in (A, B, C)]
    narrow = RelationSettings(hub_firms=2)
    history = known(tmp_path, narrow, key_person=agent, shareholder=[hold(P, A, 0.6)])
    found = on(history)

    assert partition(history, found) == {frozenset({P, A})}
    assert [history.ids[code].as_py() for code in found.hubs] == [P]


def test_a_guarantee_company_and_a_guarantor_of_many_join_nobody(tmp_path: Path) -> None:
    history = known(
        tmp_path,
        RelationSettings(hub_firms=2),
        guarantee=[
            vouch(A, B, kind="company"), vouch(C, D), vouch(E, A), vouch(E, B), vouch(E, D),
        ],
    )  # fmt: skip

    assert partition(history, on(history)) == {frozenset({C, D})}


def test_a_guarantee_holds_from_the_day_after_it_began_to_its_last_day(tmp_path: Path) -> None:
    history = known(
        tmp_path,
        guarantee=[vouch(A, B, from_on=date(2021, 3, 1), until_on=date(2021, 6, 30))],
    )

    held = {day: len(on(history, day).guarantees) for day in (
        date(2021, 3, 1), date(2021, 3, 2), date(2021, 6, 30), date(2021, 7, 1))}  # fmt: skip
    assert list(held.values()) == [0, 1, 1, 0]


def test_a_released_guarantee_is_gone_from_the_day_its_release_is_known(tmp_path: Path) -> None:
    began, known_on = date(2021, 3, 1), date(2021, 5, 5)
    history = known(
        tmp_path,
        guarantee=[
            vouch(A, B, from_on=began), vouch(A, B, from_on=began, state="released", known=known_on),
        ],
    )  # fmt: skip

    assert [len(on(history, date(2021, 5, day)).guarantees) for day in (4, 5)] == [1, 0]


def test_a_withdrawn_holding_is_gone(tmp_path: Path) -> None:
    rows = [hold(A, B, 0.9), hold(A, B, 0.9, known=date(2021, 5, 5), withdrawn=True)]
    history = known(tmp_path, shareholder=rows)

    assert [len(on(history, date(2021, 5, day)).holdings) for day in (4, 5)] == [1, 0]


def test_circles_are_mutual_and_longer_and_chains_have_a_depth(tmp_path: Path) -> None:
    F = firm("F")
    # A <-> B; C -> D -> E -> C; B -> C; E -> F
    pairs = [(A, B), (B, A), (C, D), (D, E), (E, C), (B, C), (E, F)]
    history = known(tmp_path, guarantee=[vouch(*pair) for pair in pairs])
    found = on(history)
    circle = {history.ids[c].as_py(): int(found.circle[c]) for c in range(len(history))}
    depth = {history.ids[c].as_py(): int(found.depth[c]) for c in range(len(history))}

    assert {name for name, label in circle.items() if label == circle[A]} == {A, B}
    assert {name for name, label in circle.items() if label == circle[C]} == {C, D, E}
    assert circle[F] == -1
    assert depth == {A: 2, B: 2, C: 1, D: 1, E: 1, F: 0}


def test_a_group_is_named_after_its_smallest_firm(tmp_path: Path) -> None:
    history = known(tmp_path, key_person=[lead(P, C), lead(P, B)])
    label = on(history).labels["risk"]

    assert history.ids[int(label[history.code(P)])].as_py() == B


def test_an_alias_stands_for_its_subject(tmp_path: Path) -> None:
    from features.relations.history import load_history

    lake = lake_of(tmp_path, {"shareholder": [hold("ORG-123456789", B, 0.9), hold(A, C, 0.9)]})
    history = load_history(lake, aliases=table(f"ORG-123456789 | {A} | 2021-06-01 |"))

    assert partition(history, on(history)) == {frozenset({A, B, C})}
    before = partition(history, on(history, date(2021, 5, 31)))
    assert before == {frozenset({"ORG-123456789", B}), frozenset({A, C})}


def test_an_empty_lake_has_no_network(tmp_path: Path) -> None:
    history = known(tmp_path)

    assert len(history) == 0
    assert partition(history, on(history)) == set()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda p: p[0] != p[1])))
def test_circles_and_depths_equal_a_slow_search(pairs: list[tuple[int, int]]) -> None:
    below: dict[int, set[int]] = {node: {b for a, b in pairs if a == node} for node in range(8)}

    def reach(node: int) -> set[int]:
        found: set[int] = set()
        rest = set(below[node])
        while rest:
            here = rest.pop()
            found.add(here)
            rest |= below[here] - found
        return found

    reached = {node: reach(node) for node in range(8)}
    ring = {n: frozenset({m for m in reached[n] if n in reached[m]} | {n}) for n in range(8)}

    def deepest(node: int) -> int:
        out = {b for member in ring[node] for b in below[member]} - ring[node]
        return max((1 + deepest(b) for b in out), default=0)

    left = np.array([a for a, _ in pairs], np.int64)
    right = np.array([b for _, b in pairs], np.int64)
    circle, depth = circles(8, left, right)

    assert circle.tolist() == [min(ring[n]) if len(ring[n]) > 1 else -1 for n in range(8)]
    assert depth.tolist() == [deepest(n) for n in range(8)]
