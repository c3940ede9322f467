"""The reference: who is approved near the cut-off, by hand; and what becomes of it when the model changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.bins import NumberBins
from models.errors import ModelsError
from models.reasons.reference import Reference, ReferenceSettings, with_reference
from models.scale import Scale
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from tests.models.rows import hand_model, table

PLAIN = Scale(score_at=600, odds_at=1.0, points_to_double=float(np.log(2)), low=0, high=1000)
"""One point is one unit of log odds, 600 points are even odds."""


def ladder() -> AdditiveModel:
    """x in bins (-inf,0], (0,1], (1,2], (2,inf): points 0, -10, -20, -30."""
    part = table(("x",), (NumberBins((0.0, 1.0, 2.0)),), [0.0, 10.0, 20.0, 30.0, 40.0])
    return AdditiveModel(Schema((Field("x", "number"),)), (part,), 0.0, scale=PLAIN)


def test_the_band_lies_just_above_the_cut_off() -> None:
    frame = pd.DataFrame({"x": [3.0, 3.0, 3.0, 2.0, 2.0, 1.0, 1.0, 1.0, 0.0, 0.0]})
    made = with_reference(ladder(), frame, settings=ReferenceSettings(refused=0.5, band=0.5))
    reference = made.reference
    # Scores 570 x3, 580 x2, 590 x3, 600 x2: half of the rows do not exceed 580, so 580 is the cut-off, which
    # 3 of 10 miss; the band reaches to 80 % of the rows: 580 x2 and 590 x3.
    assert reference is not None
    assert (reference.cut_off, reference.low, reference.high, reference.rows) == (580, 580, 590, 5)
    assert reference.points == pytest.approx((-14.0,))
    assert reference.typical == {"x": 1.0}


def test_a_declared_cut_off_and_only_goods() -> None:
    frame = pd.DataFrame({"x": [3.0, 2.0, 1.0, 0.0]})
    settings = ReferenceSettings(cut_off=590, band=1.0)
    made = with_reference(ladder(), frame, np.array([0, 0, 1, 0]), settings=settings)
    assert made.reference is not None
    assert (made.reference.cut_off, made.reference.rows) == (590, 1)
    assert made.reference.points == (0.0,)


def test_where_nobody_passes_the_best_rows_stand_in() -> None:
    frame = pd.DataFrame({"x": [3.0, 3.0, 2.0]})
    made = with_reference(ladder(), frame, settings=ReferenceSettings(cut_off=700))
    assert made.reference is not None
    assert (made.reference.cut_off, made.reference.points) == (700, (-20.0,))


def test_weights_count() -> None:
    frame = pd.DataFrame({"x": [1.0, 0.0]})
    settings = ReferenceSettings(cut_off=500, band=1.0)
    made = with_reference(ladder(), frame, weight=np.array([3.0, 1.0]), settings=settings)
    assert made.reference is not None
    assert made.reference.points == pytest.approx((-7.5,))
    assert made.reference.typical == {"x": 1.0}


def test_most_missing_means_that_nothing_is_typical() -> None:
    frame = pd.DataFrame({"x": [np.nan, np.nan, 1.0], "c": ["a", None, None]})
    settings = ReferenceSettings(cut_off=300, band=1.0)
    reference = with_reference(hand_model(), frame, settings=settings).reference
    assert reference is not None
    assert reference.typical == {"x": None, "c": None}


def test_no_rows_make_no_reference() -> None:
    with pytest.raises(ModelsError, match="training rows"):
        with_reference(ladder(), pd.DataFrame({"x": []}))


def test_inputs_that_move_together_are_one_theme_unless_they_declare_one() -> None:
    random = np.random.default_rng(0)
    a, d = random.normal(size=500), random.normal(size=500)
    frame = pd.DataFrame({"a": a, "b": np.exp(a) + 1e-3 * d, "c": -a, "d": d})
    fields = [Field(name, "number") for name in "abcd"]

    def themes(*fields: Field) -> dict[str, str]:
        parts = tuple(table((f.name,), (NumberBins((0.0,)),), [0.0, 1.0, 0.0]) for f in fields)
        made = with_reference(AdditiveModel(Schema(fields), parts, 0.0), frame)
        assert made.reference is not None
        return dict(made.reference.themes)

    assert themes(*fields) == {"a": "a", "b": "a", "c": "a"}
    fields[0] = replace(fields[0], theme="money")
    assert themes(*fields) == {"b": "b", "c": "b"}


def test_it_is_saved_and_loaded_and_absent_where_there_is_none(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": [0.0, 1.5, 3.0] * 5, "c": ["a", "b", None] * 5})
    model = hand_model(pair=[[0.0] * 3] * 3)
    model.save(tmp_path / "plain")
    assert AdditiveModel.load(tmp_path / "plain").reference is None
    assert '"reference"' not in (tmp_path / "plain" / "model.json").read_text(encoding="utf-8")
    made = with_reference(model, frame)
    made.save(tmp_path / "made")
    assert AdditiveModel.load(tmp_path / "made").reference == made.reference


def test_it_follows_a_recalibration_and_the_loss_of_a_table() -> None:
    frame = pd.DataFrame({"x": [0.0, 1.5, 3.0, 1.0] * 5, "c": ["a", "b", None, "b"] * 5})
    settings = ReferenceSettings(band=0.5)
    model = with_reference(hand_model(), frame, settings=settings)
    moved = model.recalibrated(1.3, -0.2)
    again = with_reference(moved, frame, settings=settings).reference
    assert isinstance(moved.reference, Reference)
    assert again is not None
    assert moved.reference.points == pytest.approx(again.points)
    assert moved.reference.low == pytest.approx(again.low)
    assert abs(moved.reference.cut_off - again.cut_off) <= 1
    fewer = model.without([("c",)])
    assert model.reference is not None
    assert fewer.reference is not None
    assert fewer.reference.points == (model.reference.points[0], model.reference.points[2])
