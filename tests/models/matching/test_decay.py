"""Fading counts against hand-worked numbers and the plain sum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.matching.decay import FadingCounts, When
from models.matching.loans import NEVER


def counts(
    rows: list[tuple[int, int, int, int]], half_lives: tuple[float, ...] = (10.0,)
) -> FadingCounts:
    """Rows of (key, event, seen, until)."""
    key, event, seen, until = (np.array(v, dtype=np.int64) for v in zip(*rows, strict=True))
    return FadingCounts(key, When(event, seen, until), half_lives)


def read(found: FadingCounts, key: int, day: int) -> list[float]:
    return found.at(np.array([key]), np.array([day]))[0].tolist()


def test_hand_worked_fading() -> None:
    found = counts([(5, 100, 101, NEVER), (5, 110, 111, NEVER), (6, 100, 101, NEVER)], (10.0, 20.0))
    assert read(found, 5, 100) == [0.0, 0.0]
    assert read(found, 5, 110) == pytest.approx([0.5, 2**-0.5])
    # 20 and 10 days old: 1/4 + 1/2 with the short half-life, 1/2 + 2 ** -0.5 with the long one
    assert read(found, 5, 120) == pytest.approx([0.75, 0.5 + 2**-0.5])
    assert read(found, 7, 120) == [0.0, 0.0]


def test_a_corrected_loan_leaves_again() -> None:
    found = counts([(5, 100, 101, 120), (6, 100, 120, NEVER)])
    assert read(found, 5, 119) == pytest.approx([2**-1.9])
    assert read(found, 5, 120) == pytest.approx([0.0], abs=1e-7)
    assert read(found, 6, 119) == [0.0]
    assert read(found, 6, 120) == pytest.approx([0.25])


def test_weights_and_emptiness() -> None:
    when = When(np.array([100]), np.array([101]), np.array([NEVER]))
    found = FadingCounts(np.array([1]), when, (10.0,), np.array([3.0]))
    assert read(found, 1, 110) == pytest.approx([1.5])
    nothing = np.zeros(0, dtype=np.int64)
    assert read(FadingCounts(nothing, When(nothing, nothing, nothing), (10.0,)), 1, 110) == [0.0]


LOAN = st.tuples(
    st.integers(0, 3),
    st.integers(1000, 1400),
    st.integers(1, 40),
    st.one_of(st.none(), st.integers(1, 60)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(LOAN, min_size=1, max_size=40), st.integers(0, 3), st.integers(1000, 1500))
def test_equals_the_plain_sum_and_ignores_what_comes_later(
    loans: list[tuple[int, int, int, int | None]], key: int, day: int
) -> None:
    rows = [(k, e, e + d, NEVER if u is None else e + d + u) for k, e, d, u in loans]
    plain = sum(
        2 ** (-(day - e) / 30) for k, e, seen, until in rows if k == key and seen <= day < until
    )
    assert read(counts(rows, (30.0,)), key, day)[0] == pytest.approx(plain, abs=1e-4)

    later = [(k, e + 600, s + 600, NEVER) for k, e, s, _ in rows]
    known = [(k, e, s, u if u <= day else NEVER) for k, e, s, u in rows if s <= day]
    if known:  # bit for bit, with or without what is not yet known on the day
        assert read(counts(known + later, (30.0,)), key, day) == pytest.approx(
            read(counts(rows, (30.0,)), key, day), abs=1e-6
        )
        assert read(counts(known + later, (30.0,)), key, day) == read(
            counts(known, (30.0,)), key, day
        )
