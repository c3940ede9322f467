"""Tests of figures of merit against hand-worked and published numbers, and what chance does to them."""

from __future__ import annotations

import numpy as np
import pytest

from models.errors import ModelsError
from models.inference import (
    auc_interval,
    delong,
    gap_interval,
    hosmer_lemeshow,
    placements,
    psi_limit,
    rate_interval,
)
from models.metrics import auc, psi


def test_placements_average_to_the_auc() -> None:
    random = np.random.default_rng(3)
    bad = (random.random(300) < 0.3).astype(int)
    score = np.round(random.normal(size=300) + bad, 1)
    shares = placements(bad, score)
    assert shares[bad == 1].mean() == pytest.approx(auc(bad, 1 / (1 + np.exp(-score))))
    assert shares[bad == 0].mean() == pytest.approx(shares[bad == 1].mean())


def test_one_class_is_refused() -> None:
    with pytest.raises(ModelsError, match="one class"):
        placements([1, 1], [0.1, 0.2])


def test_delong_by_hand() -> None:
    # Goods 1, 3; bads 2, 4: shares of the bads .5 and 1, of the goods 1 and .5.
    value, low, high = auc_interval([0, 1, 0, 1], [1, 2, 3, 4])
    assert value == 0.75
    variance = 0.125 / 2 + 0.125 / 2
    spread = 1.96 * np.sqrt(variance) / (0.75 * 0.25)
    assert low == pytest.approx(1 / (1 + np.exp(-(np.log(3) - spread))))
    assert high == pytest.approx(1 / (1 + np.exp(-(np.log(3) + spread))))


def test_a_model_does_not_differ_from_itself() -> None:
    same = delong([0, 1, 0, 1], [1, 2, 3, 4], [10, 20, 30, 40])
    assert (same.difference, same.p) == (0.0, 1.0)


def test_delong_keeps_its_level_and_finds_a_difference() -> None:
    random = np.random.default_rng(5)
    inside, found = 0, 0
    for _ in range(200):
        bad = (random.random(400) < 0.3).astype(int)
        signal = bad + random.normal(size=400)
        a, b = (signal + random.normal(size=400) for _ in range(2))
        equal = delong(bad, a, b)
        inside += equal.low <= 0 <= equal.high
        found += delong(bad, signal, a).low > 0
    assert 180 <= inside <= 199
    assert found > 150


def test_jeffreys_interval_is_closed_at_the_ends() -> None:
    assert rate_interval(0, 20)[0] == 0.0
    assert rate_interval(20, 20)[1] == 1.0
    low, high = rate_interval(5, 50)
    assert low < 0.1 < high


def test_newcombe_as_published() -> None:
    # Newcombe 1998, table II, method 10, contrast (b): 9/10 - 3/10.
    gap, low, high = gap_interval((9, 3), (10, 10))
    assert (round(gap, 4), round(low, 4), round(high, 4)) == (0.6, 0.1705, 0.8090)


def test_hosmer_lemeshow_by_hand() -> None:
    bad = np.array([0, 0, 0, 1, 1, 1, 0, 1])
    p = np.array([0.25] * 4 + [0.5] * 4)
    result = hosmer_lemeshow(bad, p, groups=2)
    assert result.counts.tolist() == [4, 4]
    assert result.observed.tolist() == [0.25, 0.75]
    assert result.statistic == pytest.approx((4 * 0.25) ** 2 / (4 * 0.5 * 0.5))


def test_hosmer_lemeshow_rejects_as_often_as_it_says() -> None:
    random = np.random.default_rng(8)
    rejected = 0
    for _ in range(300):
        p = random.beta(2, 8, 1000)
        rejected += hosmer_lemeshow(random.random(1000) < p, p).p < 0.05
    assert 5 <= rejected <= 30


def test_psi_of_equal_samples_stays_below_its_limit() -> None:
    random = np.random.default_rng(9)
    share = np.full(10, 0.1)
    above = sum(
        psi(random.multinomial(400, share), random.multinomial(200, share))
        > psi_limit(400, 200, 10, 0.95)
        for _ in range(1000)
    )
    assert 30 <= above <= 75


def test_psi_limit_of_nothing_is_no_limit() -> None:
    assert psi_limit(0, 10, 5) == float("inf")
