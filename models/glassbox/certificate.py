"""The certificate: what can be proved of an additive model from its tables alone.

It is stored with the model and computed again whenever the model is loaded. A model that does not hold
what it declares is not used.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from features.policy import refused_input
from models.bins import Floats, NumberBins, project
from models.schema import Field
from models.scorer import AdditiveModel

TOLERANCE = 1e-12
"""Log odds; rounding of sums may break an equality by this much."""


@dataclass(frozen=True)
class Certificate:
    """Facts about the tables of a model.

    Attributes
    ----------
    holds
        Whether there is no fault.
    monotone
        Directed input -> the smallest change of the log odds in the declared direction over one
        step of its bins, whatever the other inputs are. Not negative where the direction holds.
    missing_not_best
        Inputs for which a missing value or special code is never better than the worst observed one.
    margin_low, margin_high
        No margin can lie outside.
    single_tables, pair_tables, cells
        How large the model is.
    faults
        What does not hold, in plain words.
    """

    holds: bool
    monotone: dict[str, float]
    missing_not_best: tuple[str, ...]
    margin_low: float
    margin_high: float
    single_tables: int
    pair_tables: int
    cells: int
    faults: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form that is stored with the model."""
        return {
            **asdict(self),
            "missing_not_best": list(self.missing_not_best),
            "faults": list(self.faults),
        }


def certify(model: AdditiveModel) -> Certificate:
    """Compute the certificate of a model from its tables.

    Notes
    -----
    For each step of a directed input, the difference of its own table plus, over its pairs, the smallest
    difference over the partner's bins must not be negative. Partners are free of each other, so this
    bound is reached and the proof is exact, not merely sufficient.
    """
    faults: list[str] = []
    monotone: dict[str, float] = {}
    never_best: list[str] = []
    for name in model.inputs:
        field = model.schema[name]
        refused = refused_input(name, field.title_zh, field.title_en)
        if refused or name in model.prohibited:
            faults.append(f"{name} is a prohibited input ({refused or 'declared'})")
        axis = model.bins[name]
        ordered = axis.ordered
        if field.direction and ordered > 1:
            steps = least_change(model, field, list(range(1, ordered)), list(range(ordered - 1)))
            monotone[name] = float(steps.min())
            if monotone[name] < -TOLERANCE:
                faults.append(f"{name} is not monotone in its declared direction")
        if isinstance(axis, NumberBins):
            # Missing and special codes against each observed bin: positive means that they carry more risk.
            against = [(u, seen) for u in axis.unknown for seen in range(ordered)]
            worse = least_change(
                model, field, [u for u, _ in against], [seen for _, seen in against], sign=1
            )
            if worse.min() >= -TOLERANCE:
                never_best.append(name)
            elif field.missing == "worst":
                coded = " or a special code of it" if axis.special else ""
                faults.append(
                    f"a missing {name}{coded} can be better than the worst observed value"
                )
    low, high = _range(model)
    return Certificate(
        holds=not faults,
        monotone=monotone,
        missing_not_best=tuple(never_best),
        margin_low=model.scale.margin(high),
        margin_high=model.scale.margin(low),
        single_tables=sum(not table.is_pair for table in model.tables),
        pair_tables=sum(table.is_pair for table in model.tables),
        cells=sum(table.values.size for table in model.tables),
        faults=tuple(faults),
    )


def least_change(
    model: AdditiveModel, field: Field, upper: list[int], lower: list[int], sign: int = 0
) -> Floats:
    """Smallest ``sign * (effect[upper] - effect[lower])`` for each pair of bins, over all other inputs.

    Parameters
    ----------
    upper, lower
        Positions in the finest bins of the field.
    sign
        The declared direction, where it is not given.
    """
    fine = model.bins[field.name]
    turn = sign or field.direction
    total = np.zeros(len(upper))
    for table in model.tables:
        if field.name not in table.features:
            continue
        axis = table.features.index(field.name)
        rows = project(fine, table.axes[axis])
        values = np.moveaxis(table.values, axis, 0).reshape(table.axes[axis].size, -1)
        difference = turn * (values[rows[upper]] - values[rows[lower]])
        total += difference.min(axis=1)
    return total


def _range(model: AdditiveModel) -> tuple[float, float]:
    """Bounds of the log odds: the sums of every table's extremes."""
    low = model.intercept + sum(float(table.values.min()) for table in model.tables)
    high = model.intercept + sum(float(table.values.max()) for table in model.tables)
    return low, high
