"""How often each alarm cries without a cause: measured on months drawn from the reference itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.inference import rate_interval
from training.monitor.alarms import ALARMS, raised
from training.monitor.measure import measure
from training.monitor.watched import Month, Watched


@dataclass(frozen=True)
class FalseAlarms:
    """Share of stable months in which an alarm was raised, with its 95 % interval."""

    id: str
    months: int
    count: int
    rate: float
    low: float
    high: float


def measure_false_alarms(
    watched: Watched,
    rows: int,
    months: int = 200,
    seed: int = 0,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[FalseAlarms]:
    """Draw months from the reference rows, with outcomes drawn from the model's own probabilities.

    Nothing has changed in such a month, so every alarm is a false one. The data are simulated by
    construction; discrimination and calibration are exactly what the model promises.

    Parameters
    ----------
    rows
        Decisions in a month.
    months
        How many are drawn.
    """
    random = np.random.default_rng(seed)
    probability = watched.probability(watched.margin)
    # The reference's own outcomes are drawn too: what is expected must be what is true.
    told = Watched(
        watched.model,
        watched.name,
        watched.frame,
        (random.random(len(probability)) < probability).astype(np.int8),
        watched.suppliers,
        watched.settings,
    )
    counts: Counter[str] = Counter()
    for done in range(months):
        if progress:
            progress("误报率 false alarms", done, months)
        chosen = random.integers(0, len(probability), rows)
        bad = (random.random(rows) < probability[chosen]).astype(np.float64)
        month = Month("stable", watched.frame.iloc[chosen].reset_index(drop=True), bad)
        counts.update({one.id for one in raised(told, measure(told, month))})
    if progress:
        progress("误报率 false alarms", months, months)
    return [
        FalseAlarms(
            alarm.id, months, counts[alarm.id], counts[alarm.id] / months, *rate_interval(counts[alarm.id], months)
        )
        for alarm in ALARMS
    ]  # fmt: skip
