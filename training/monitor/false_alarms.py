"""How often each alarm cries without a cause: measured on months drawn from the reference itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from models.inference import rate_interval
from training.monitor.alarms import ALARMS, raised
from training.monitor.measure import measure
from training.monitor.watched import Month, Reference, Watched, probability_of


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
    frame: pd.DataFrame,
    rows: int,
    months: int = 200,
    seed: int = 0,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[FalseAlarms]:
    """Draw months from one set of rows, with outcomes drawn from the model's own probabilities.

    Nothing changes between such months, and the reference is counted from the same rows, so every alarm is a
    false one. The outcomes are simulated; calibration and discrimination are exactly what the model promises.

    Parameters
    ----------
    watched
        The model and its limits; its reference is not used.
    frame
        Rows to draw from, such as all decisions of the last year.
    rows
        Decisions in a month.
    months
        How many are drawn.
    """
    random = np.random.default_rng(seed)
    probability = probability_of(watched.model, watched.model.margin(frame))
    outcomes = (random.random(len(probability)) < probability).astype(np.int8)
    stable = replace(watched, reference=Reference.of(watched.model, frame, outcomes))
    counts: Counter[str] = Counter()
    for done in range(months):
        if progress:
            progress("误报率 false alarms", done, months)
        chosen = random.integers(0, len(probability), rows)
        bad = (random.random(rows) < probability[chosen]).astype(np.float64)
        month = Month("stable", frame.iloc[chosen].reset_index(drop=True), bad)
        counts.update({one.id for one in raised(stable, measure(stable, month))})
    if progress:
        progress("误报率 false alarms", months, months)
    return [
        FalseAlarms(
            alarm.id, months, counts[alarm.id], counts[alarm.id] / months, *rate_interval(counts[alarm.id], months)
        )
        for alarm in ALARMS
    ]  # fmt: skip
