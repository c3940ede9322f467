"""Whole points: the classic points table, whose bins add up to the score on paper."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.monotone import keep_directions
from models.scorer import AdditiveModel


def whole_points(model: AdditiveModel) -> AdditiveModel:
    """Round the base and every cell to whole score points; the scale stays.

    The margin of a row is then a whole number, the sum of the base and one whole number a table, and differs from
    the unrounded model's by at most half a point for the base and each table
    (``notes["whole_points"]["most"]``), where rounded pairs do not ask for a direction to be restored.
    """
    factor = model.scale.factor
    tables = tuple(
        table.with_values(-np.floor(-factor * table.values + 0.5) / factor)
        for table in model.tables
    )
    base = np.floor(model.scale.margin(model.intercept) + 0.5)
    return keep_directions(
        replace(
            model,
            tables=tables,
            intercept=model.scale.log_odds(float(base)),
            notes={**model.notes, "whole_points": {"most": 0.5 * (len(tables) + 1)}},
        ),
        raise_only=True,
    )
