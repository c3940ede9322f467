"""Whole points: the classic points table, whose bins add up to the score on paper."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.errors import ModelsError
from models.glassbox.certificate import certify
from models.monotone import keep_directions
from models.scorer import AdditiveModel


def whole_points(model: AdditiveModel) -> AdditiveModel:
    """Round the base and every cell to whole score points; the scale stays.

    The margin of a row is then a whole number, the sum of the base and one whole number a table, and differs from
    the unrounded model's by at most half a point for the base and each table
    (``notes["whole_points"]["most"]``), where no direction had to be restored.

    Raises
    ------
    ModelsError
        When a direction does not survive the rounding.
    """
    factor = model.scale.factor
    tables = tuple(
        table.with_values(-np.floor(-factor * table.values + 0.5) / factor)
        for table in model.tables
    )
    base = np.floor(model.scale.margin(model.intercept) + 0.5)
    rounded = keep_directions(
        replace(
            model,
            tables=tables,
            intercept=model.scale.log_odds(float(base)),
            notes={**model.notes, "whole_points": {"most": 0.5 * (len(tables) + 1)}},
        ),
        raise_only=True,
    )
    faults = certify(rounded).faults
    if faults:
        raise ModelsError(f"The points can not be made whole: {'; '.join(faults)}.")
    return rounded
