"""Shares, groups and stability indices worked by hand."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.acceptance.distributions import compare, grouped
from data_contracts.acceptance.fields import BY_NAME
from data_contracts.acceptance.settings import Thresholds

STATUS, LIMIT, OPENED = (BY_NAME[n] for n in ("account_status", "limit_yuan", "opened_on"))
LIMITS = Thresholds()


def test_a_fifth_of_a_point_is_flagged_and_a_tenth_is_not() -> None:
    two = compare(STATUS, {"1": 9_980, "3": 20}, {"1": 10_000}, LIMITS)
    assert [(b.value, round(b.our_share or 0, 3), b.their_share) for b in two.bins] == [
        ("1", 99.8, 100.0),
        ("3", 0.2, 0.0),
    ]
    assert two.flagged == ("1", "3")
    assert two.largest == pytest.approx(0.2)
    assert two.differs
    one = compare(STATUS, {"1": 9_990, "3": 10}, {"1": 10_000}, LIMITS)
    assert (one.flagged, one.differs) == ((), False)
    assert one.largest == pytest.approx(0.1)


def test_the_threshold_is_the_one_that_is_set() -> None:
    assert compare(STATUS, {"1": 9_990, "3": 10}, {"1": 10_000}, Thresholds(points=0.05)).differs


def test_an_empty_side_differs_without_a_size() -> None:
    empty = compare(STATUS, {}, {"1": 5}, LIMITS)
    assert (empty.flagged, empty.largest, empty.differs) == (("1",), None, True)


def test_few_amounts_stay_apart_and_their_index_is_the_hand_worked_one() -> None:
    # 100 yuan: 60 of 100 against 50 of 100; 200 yuan: 40 against 50.
    found = compare(LIMIT, {"10000": 60, "20000": 40}, {"10000": 50, "20000": 50}, LIMITS)
    assert [(b.value, b.ours, b.theirs) for b in found.bins] == [("100", 60, 50), ("200", 40, 50)]
    assert found.psi == pytest.approx(0.1 * log(1.2) - 0.1 * log(0.8))
    assert found.stability == "stable"


@pytest.mark.parametrize(
    ("ours", "stability"), [(60, "stable"), (66, "watch"), (74, "watch"), (75, "fail")]
)
def test_index_from_stable_to_fail(ours: int, stability: str) -> None:
    # (a - 0.5) ln(a / 0.5) + (0.5 - a) ln((1 - a) / 0.5): 0.041, 0.106, 0.251 at 0.74, 0.275 at 0.75.
    found = compare(
        LIMIT,
        {"100": ours, "200": 100 - ours},
        {"100": 50, "200": 50},
        Thresholds(psi_fail=0.26),
    )
    share = ours / 100
    by_hand = (share - 0.5) * log(share / 0.5) + (0.5 - share) * log((1 - share) / 0.5)
    assert found.psi == pytest.approx(by_hand)
    assert found.stability == stability


def test_many_amounts_become_groups_of_equal_share_in_numeric_order() -> None:
    theirs = {str(100 * n): 1 for n in range(1, 41)}  # 1 to 40 yuan
    ours, other = grouped(LIMIT, theirs, theirs, 4)
    assert list(ours.items()) == [("≤ 10", 10), ("10 – 20", 10), ("20 – 30", 10), ("> 30", 10)]
    assert other == ours


def test_one_value_that_holds_nearly_all_does_not_swallow_the_others() -> None:
    ours, theirs = grouped(LIMIT, {"100": 5, "300": 0}, {"200": 1, "300": 9}, 2)
    assert (list(ours.items()), list(theirs.items())) == (
        [("≤ 2", 5), ("> 2", 0)],
        [("≤ 2", 1), ("> 2", 9)],
    )


def test_records_without_a_date_are_a_group_of_their_own() -> None:
    ours, theirs = grouped(BY_NAME["due_on"], {"": 4, "2025": 6}, {"2025": 6, "2026": 1}, 10)
    assert ours == {"2025": 6, "2026": 0, "": 4}
    assert theirs == {"2025": 6, "2026": 1, "": 0}


def test_counts_by_period_must_be_equal_even_where_the_shares_are() -> None:
    found = compare(OPENED, {"2023": 10, "2024": 30}, {"2023": 20, "2024": 60}, LIMITS)
    assert (found.flagged, found.unequal, found.psi) == ((), ("2023", "2024"), 0.0)
    assert found.differs


@settings(max_examples=60)
@given(
    st.dictionaries(st.integers(0, 10**9).map(str), st.integers(1, 50), min_size=1, max_size=40),
    st.dictionaries(st.integers(0, 10**9).map(str), st.integers(1, 50), min_size=1, max_size=40),
    st.integers(2, 12),
)
def test_grouping_loses_no_record_and_keeps_the_same_groups(
    ours: dict[str, int], theirs: dict[str, int], groups: int
) -> None:
    left, right = grouped(LIMIT, ours, theirs, groups)
    assert list(left) == list(right)
    assert len(left) <= groups
    assert (sum(left.values()), sum(right.values())) == (sum(ours.values()), sum(theirs.values()))
    equal = compare(LIMIT, theirs, theirs, Thresholds(bins=groups))
    assert (equal.differs, equal.psi) == (False, 0.0)
