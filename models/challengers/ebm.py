"""The explainable boosting machine of InterpretML, read into the house's own tables.

An EBM adds up tables of one and two inputs, as the glass box does, so that it becomes an `AdditiveModel`
exactly: scored, stored and loaded by the same code, without a pickle and without the library.
"""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field

from models.bins import Bins, CategoryBins, Floats, NumberBins, categories, numbers
from models.challengers.rows import checked, undirected
from models.schema import Field as Input
from models.schema import Schema
from models.scorer import AdditiveModel
from models.table import Table


class EBMSettings(BaseModel):
    """Settings of the machine: the library's own, but for what bounds its time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outer_bags: int = Field(8, ge=1)
    max_bins: int = Field(256, ge=4)
    pairs: int = Field(20, ge=0)
    most_inputs_for_pairs: int = Field(100, ge=0, description="with more, pairs are not searched")
    most_rounds: int = Field(5000, ge=1)


def fit_ebm(
    frame: pd.DataFrame,
    bad: ArrayLike,
    schema: Schema,
    *,
    weight: ArrayLike | None = None,
    settings: EBMSettings | None = None,
    seed: int = 0,
) -> AdditiveModel:
    """Fit an EBM without constraints.

    Returns
    -------
    AdditiveModel
        Of the kind ``ebm``, equal to the library's prediction within 1e-9. Missing values and levels
        that the rows did not hold have the effect that the library gives them.

    Raises
    ------
    ModelsError
        When a column is missing or of the wrong type, or a label is not 0 or 1 or of one class.
    """
    settings = settings or EBMSettings()
    y, w = checked(frame, bad, schema, weight)
    machine = importlib.import_module("interpret.glassbox").ExplainableBoostingClassifier(
        feature_names=list(schema.names),
        feature_types=["continuous" if f.kind == "number" else "nominal" for f in schema],
        max_bins=settings.max_bins,
        outer_bags=settings.outer_bags,
        interactions=settings.pairs if 1 < len(schema) <= settings.most_inputs_for_pairs else 0,
        max_rounds=settings.most_rounds,
        n_jobs=1,  # processes of joblib would outlive an interrupt
        random_state=seed % (2**31 - 1),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about pictures of missing values, which we draw ourselves
        machine.fit(_rows(frame, schema), y.astype(int), sample_weight=w / w.mean())
    return read_ebm(machine, schema, frame)


def read_ebm(machine: Any, schema: Schema, frame: pd.DataFrame) -> AdditiveModel:
    """Write a fitted EBM as tables; each is centred over the rows, its mean moves into the intercept."""
    fields = undirected(schema)
    intercept = float(machine.intercept_[0])
    tables = []
    terms = sorted(range(len(machine.term_features_)), key=lambda t: len(machine.term_features_[t]))
    for term in terms:
        places = machine.term_features_[term]
        inputs = [fields.fields[place] for place in places]
        axes, orders = [], []
        for place, field in zip(places, inputs, strict=True):
            levels = machine.bins_[place]
            axis, order = _axis(levels[min(len(levels), len(places)) - 1], field)
            axes.append(axis)
            orders.append(order)
        values = machine.term_scores_[term][np.ix_(*orders)]
        codes = [_encode(axis, field, frame) for axis, field in zip(axes, inputs, strict=True)]
        mass = np.zeros(values.shape)
        np.add.at(mass, tuple(codes), 1.0 / len(frame))
        centre = float((values * mass).sum())
        intercept += centre
        names = tuple(field.name for field in inputs)
        tables.append(Table(names, tuple(axes), values - centre, mass))
    return AdditiveModel(
        schema=fields, tables=tuple(tables), intercept=intercept, kind="ebm", notes={}
    )


def _axis(bins: Any, field: Input) -> tuple[Bins, list[int]]:
    """Our bins, and the place of each in the machine's scores: there missing is first, unseen last."""
    if field.kind == "number":
        # The machine's bins hold their lower end, ours the upper one.
        cuts = tuple(float(np.nextafter(cut, -np.inf)) for cut in bins)
        return NumberBins(cuts), [*range(1, len(cuts) + 2), 0]
    groups: dict[str, int] = dict(bins)
    return CategoryBins(tuple(groups)), [*groups.values(), max(groups.values(), default=0) + 1, 0]


def _encode(axis: Bins, field: Input, frame: pd.DataFrame) -> Any:
    column = frame[field.name]
    if isinstance(axis, NumberBins):
        return axis.encode(numbers(field.name, column))
    return axis.encode(categories(field.name, column))


def _rows(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Rows of plain numbers and texts, whatever types the frame has."""
    out: dict[str, Floats | np.ndarray] = {}
    for field in schema:
        if field.kind == "number":
            out[field.name] = numbers(field.name, frame[field.name])
            continue
        values = categories(field.name, frame[field.name])
        lookup = np.asarray([*values.categories, None], dtype=object)
        out[field.name] = lookup[values.codes]
    return pd.DataFrame(out)
