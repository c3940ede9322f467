"""A model with every kind of table and awkward names, and rows that try all its edges."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa

from models.bins import CategoryBins, NumberBins
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from models.table import Table

LEVELS = (
    "a",
    "O'Hare",
    'double "quote"',
    "back\\slash",
    "信用",
    "%_;--",
    "",
    " a",
    "newline\n",
    "ß",
)
UNSEEN = ("A", "a ", "z'", "\\", "💳", "N/A", "null")
ROWS = 100_000

FIELDS = (
    Field("income", "number", special=(-9, -8, 0.5)),
    Field('odd "name"', "number"),
    Field("back`tick", "number", special=(7,)),
    Field("收入", "number"),
    Field("no_cuts", "number", special=(-1,)),
    Field("sector", "category"),
    Field("it's", "category"),
)


@cache
def awkward_model(extra: int = 0) -> AdditiveModel:
    """Single tables, coarse and fine pairs of all kinds; `extra` more inputs with a table each."""
    random = np.random.default_rng(5)
    fields = (*FIELDS, *(Field(f"x{i}", "number") for i in range(extra)))
    cuts = {
        f.name: tuple(np.unique(random.normal(0, 10, 31).round(2)).tolist()) for f in fields
    } | {"no_cuts": ()}
    fine = {
        f.name: CategoryBins(LEVELS if f.name == "sector" else LEVELS[:4])
        if f.kind == "category"
        else NumberBins(cuts[f.name], f.special)
        for f in fields
    }
    coarse = {
        f.name: CategoryBins(LEVELS[1:3])
        if f.kind == "category"
        else NumberBins(cuts[f.name][::4], f.special[:1])
        for f in fields
    }
    single = [f.name for f in fields if f.name != "收入"]  # in pairs only
    pairs = [
        ("income", 'odd "name"', coarse),
        ("income", "back`tick", fine),
        ("收入", "sector", coarse),
        ("sector", "it's", fine),
        ("it's", "收入", coarse),
        ("no_cuts", "income", fine),
    ]
    shapes = [((name,), (fine[name],)) for name in single]
    shapes += [((a, b), (of[a], of[b])) for a, b, of in pairs]
    tables = []
    for features, axes in shapes:
        values = random.normal(0, 0.6 / (1 + extra) ** 0.5, [axis.size for axis in axes])
        tables.append(Table(features, axes, values, np.full(values.shape, 1 / values.size)))
    return AdditiveModel(Schema(fields), tuple(tables), intercept=-1.7)


def awkward_rows(model: AdditiveModel, rows: int, seed: int = 11) -> tuple[pd.DataFrame, pa.Table]:
    """Thresholds, their neighbours, special codes, infinities, unseen texts, missing.

    Returns
    -------
    frame, table
        The same rows; in the Arrow table a missing number is NULL or not-a-number by turns, and column
        ``row`` counts the rows.
    """
    random = np.random.default_rng(seed)
    columns, arrow = {}, {"row": pa.array(np.arange(rows))}
    for field in model.schema:
        missing = random.random(rows) < 0.08
        if field.kind == "number":
            axis = model.bins[field.name]
            assert isinstance(axis, NumberBins)
            edges = np.asarray(axis.cuts or (0.0,))
            tried = [
                random.normal(0, 12, rows),
                random.choice(edges, rows),
                np.nextafter(random.choice(edges, rows), np.inf),
                random.choice([*field.special, -9.0, 0.0, -0.0, 7.0, np.inf, -np.inf, 1e308], rows),
            ]
            values = np.choose(random.integers(0, len(tried), rows), tried)
            values[missing] = np.nan
            columns[field.name] = values
            # Not-a-number stays one only where the mask is open.
            null = missing & (random.random(rows) < 0.5)
            arrow[field.name] = pa.array(values, mask=null, from_pandas=False)
        else:
            texts = random.choice(np.array([*LEVELS, *UNSEEN], dtype=object), rows)
            texts[missing] = None
            columns[field.name] = texts
            arrow[field.name] = pa.array(texts, pa.string())
    return pd.DataFrame(columns), pa.table(arrow)


def assert_same(found: pd.DataFrame, model: AdditiveModel, frame: pd.DataFrame) -> None:
    """What a database answered, against the model: contributions to 1e-9, scores exactly."""
    found = found.sort_values("row")
    assert len(found) == len(frame)
    margin, points = model.explain_many(frame)
    np.testing.assert_allclose(found["margin"], margin, rtol=1e-9)
    np.testing.assert_allclose(found["probability"], model.probability(frame), rtol=1e-9)
    np.testing.assert_array_equal(found["score"], model.score(frame))
    assert len({*found["score"]}) > 50
    assert {*found["base"]} == {model.contributions(frame.head(1))[0]}
    names = [f"points_{i}" for i in range(1, len(model.terms) + 1)]
    np.testing.assert_allclose(found[names].to_numpy(), points, rtol=1e-9, atol=0)
