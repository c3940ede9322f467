"""Awkward tables: a model with a warning in plain words, or an error that names the column."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.errors import ModelsError
from models.glassbox.certificate import certify
from models.glassbox.fit import GlassBoxSettings, fit_glassbox
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from tests.models.rows import SCHEMA, make_rows

QUICK = GlassBoxSettings(
    most_rounds=20,
    least_rounds=10,
    folds=2,
    repeats=1,
    pairs=2,
    max_bins=8,
    pair_bins=4,
    max_inputs=40,
)


def fitted(frame: pd.DataFrame, bad: np.ndarray, schema: Schema = SCHEMA) -> AdditiveModel:
    return fit_glassbox(frame, bad, schema, settings=QUICK)


def warnings(model: AdditiveModel) -> str:
    return "\n".join(model.notes["warnings"])


def test_a_plain_table_gives_no_warning() -> None:
    assert fitted(*make_rows(600)).notes["warnings"] == []


def test_constant_and_all_missing_columns_are_left_out_by_name() -> None:
    frame, bad = make_rows(300)
    frame = frame.assign(fixed=1.0, never=np.nan)
    schema = Schema((*SCHEMA.fields, Field("fixed", "number"), Field("never", "number")))
    model = fitted(frame, bad, schema)
    assert not {"fixed", "never"} & set(model.inputs)
    assert "Column fixed" in warnings(model)
    assert "Column never" in warnings(model)


def test_nothing_but_constants_is_refused_by_name() -> None:
    frame = pd.DataFrame({"fixed": np.ones(100)})
    with pytest.raises(ModelsError, match="fixed"):
        fitted(frame, np.arange(100) % 2, Schema((Field("fixed", "number"),)))


@pytest.mark.parametrize("label", [0, 1])
def test_a_single_class_is_refused_in_plain_words(label: int) -> None:
    frame, _ = make_rows(100)
    with pytest.raises(ModelsError, match="at least two rows of each class"):
        fitted(frame, np.full(100, label))


def test_thirty_rows_are_learnt_from_with_a_warning() -> None:
    frame, bad = make_rows(30, seed=5)
    model = fit_glassbox(frame, bad, SCHEMA)
    assert certify(model).holds
    assert "uncertain" in warnings(model)


def test_two_thousand_columns_are_read() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(400, 2000)), columns=[f"c{i}" for i in range(2000)])
    bad = (frame["c7"] + random.normal(0, 0.3, 400) > 0).to_numpy().astype(int)
    model = fitted(frame, bad, Schema(tuple(Field(name, "number") for name in frame.columns)))
    assert max(model.tables, key=lambda table: table.deviation).features == ("c7",)
    assert "Of 2000 columns" in warnings(model)


def test_infinite_values_are_named_and_count_as_the_ends() -> None:
    frame, bad = make_rows(400)
    frame.loc[:40, "income"] = np.inf
    model = fitted(frame, bad)
    assert "Column income holds infinite values" in warnings(model)
    assert np.isfinite(model.margin(frame)).all()


def test_a_doubled_column_is_refused_by_name() -> None:
    frame, bad = make_rows(100)
    frame = pd.concat([frame, frame[["use"]]], axis=1)
    with pytest.raises(ModelsError, match="Doubled column 'use'"):
        fitted(frame, bad)


def test_a_category_of_many_levels_is_learnt_where_levels_are_frequent() -> None:
    random = np.random.default_rng(1)
    n = 120_000
    often = random.integers(0, 60, n)
    rare = random.random(n) < 0.9
    level = np.where(rare, np.arange(n) + 1000, often)
    bad = random.random(n) < np.where(~rare & (often < 20), 0.6, 0.1)
    frame = pd.DataFrame({"lender": pd.Series(level).astype(str), "x": random.normal(size=n)})
    model = fitted(
        frame, bad.astype(int), Schema((Field("lender", "category"), Field("x", "number")))
    )
    assert "Column lender has 10" in warnings(model)
    assert certify(model).cells < 60_000
    risky, safe = (model.explain({"lender": v, "x": 0.0}).probability for v in ("3", "40"))
    assert risky > 2 * safe
    assert model.explain({"lender": "never seen", "x": 0.0}).probability == pytest.approx(
        0.1, abs=0.05
    )


def test_rows_without_a_label_are_left_out_with_a_warning() -> None:
    frame, bad = make_rows(600)
    labels = bad.astype(float)
    labels[::10] = np.nan
    model = fitted(frame, labels)
    assert model.notes["rows"] == 540
    assert "60 rows without a label" in warnings(model)
    with pytest.raises(ModelsError, match="Labels must be 0 or 1"):
        fitted(frame, np.where(bad == 1, 2, 0))
