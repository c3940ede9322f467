"""Figures of a play: what was expected and observed by month and by phase, alarms, delay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from models.inference import rate_interval
from models.metrics import auc, calibration_slope
from training.loop.plan import Event, Story
from training.monitor.settings import MonitorSettings

PHASES = ("before", "shocked", "after")
LEAST_BADS = 10
"""With fewer, neither AUC nor slope is told."""


def summary(story: Story) -> dict[str, Any]:
    """Detected or not, delay in months, false alarms, promotions, and the phases.

    The phases: before the shock; under it with a model from before it; and decided by a model that was promoted after
    an alarm that the shock had raised.
    """
    shock = story.plan.shock_month
    rang = [e for e in story.events if e.what == "M-04" and (e.about or 0) >= shock]
    promoted = [
        e for e in story.events if e.what == "promoted" and rang and e.played >= rang[0].played
    ]
    false = [e for e in story.events if e.what.startswith("M-") and (e.about or 0) < shock]
    back = promoted[0].played if promoted else None
    played = story.loans["played"]
    inside = {
        "before": played < shock,
        "shocked": (played >= shock) & (back is None or played <= back),
        "after": played > back if back is not None else played < 0,
    }
    phases = {name: figures(story.loans[rows]) for name, rows in inside.items() if rows.any()}
    after = phases.get("after")
    return {
        "detected": bool(rang),
        "rang_in_month": rang[0].played if rang else None,
        "delay_months": rang[0].played - shock if rang else None,
        "promoted_in_month": back,
        "refused": sum(e.what == "refused" and e.played > 0 for e in story.events),
        "false_alarms": len(false),
        "false_alarms_by_id": _by_id(false),
        "watched_before_shock": shock - 1,
        "phases": phases,
        "calibration_back": None if after is None else is_back(after),
    }


def figures(loans: pd.DataFrame) -> dict[str, Any]:
    """Observed and expected defaults of some loans, their ratio with its 95 % interval, AUC and slope.

    Parameters
    ----------
    loans : DataFrame
        probability of going bad, as told on the day of the decision; bad.

    Examples
    --------
    >>> found = figures(pd.DataFrame({"probability": [0.5, 0.5, 0.5, 0.5], "bad": [1, 0, 0, 0]}))
    >>> found["expected"], found["ratio"]
    (2.0, 0.5)
    """
    bad, p = loans["bad"].to_numpy(), loans["probability"].to_numpy()
    low, high = rate_interval(int(bad.sum()), len(bad))
    enough = LEAST_BADS <= bad.sum() <= len(bad) - LEAST_BADS
    return {
        "loans": len(bad),
        "bads": int(bad.sum()),
        "expected": float(p.sum()),
        "observed_rate": float(bad.mean()),
        "expected_rate": float(p.mean()),
        "ratio": float(bad.sum() / p.sum()),
        "ratio_low": low / float(p.mean()),
        "ratio_high": high / float(p.mean()),
        "auc": float(auc(bad, p)) if enough else None,
        "slope": float(calibration_slope(bad, p)) if enough else None,
    }


def is_back(phase: dict[str, Any], limit: float | None = None) -> bool:
    """Whether observed over expected lies within the limit of the calibration alarm."""
    limit = limit or MonitorSettings().risk_ratio
    return bool(1 / limit <= phase["ratio"] <= limit)


def monthly(story: Story) -> pd.DataFrame:
    """One row a played month: expected and observed rate with its 95 % interval; NaN where no loan has matured."""
    rows = pd.DataFrame(story.rows)
    loans = story.loans.groupby("played")["bad"].agg(["size", "sum"])
    known = rows["played"].map(loans["size"])
    bads = rows["played"].map(loans["sum"])
    ends = [
        rate_interval(b, n) if n > 0 else (np.nan, np.nan) for b, n in zip(bads, known, strict=True)
    ]
    return rows.assign(
        matured=known,
        bads=bads,
        observed=bads / known,
        observed_low=[low for low, _ in ends],
        observed_high=[high for _, high in ends],
    )


def _by_id(events: list[Event]) -> dict[str, int]:
    found: dict[str, int] = {}
    for event in events:
        found[event.what] = found.get(event.what, 0) + 1
    return found
