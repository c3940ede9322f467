"""The choice of reasons: harmful themes only, largest first, one a cause; alone as in a batch."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models.bins import NumberBins
from models.errors import ModelsError
from models.reasons.chooser import ReasonChooser, ReasonSettings
from models.reasons.reference import Reference
from models.reasons.stability import identical_share, jaccard, reason_sets
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from tests.models.rows import hand_model, make_rows, row_values, table

PDO = 40 / math.log(2)
EVERY = ReasonSettings(least=0.0)


def steps(*fields: Field, effects: tuple[float, ...]) -> AdditiveModel:
    """Single tables that cost `effects` (log odds) above 0, and nothing otherwise."""
    parts = tuple(
        table((f.name,), (NumberBins((0.0,)),), [0.0, effect, effect])
        for f, effect in zip(fields, effects, strict=True)
    )
    return AdditiveModel(Schema(fields), parts, -2.0)


def of(model: AdditiveModel, *points: float, **typical: float) -> AdditiveModel:
    return replace(model, reference=Reference(600, 600.0, 640.0, 50, points, typical))


def test_against_the_average_only_harm_counts_largest_first() -> None:
    model = hand_model()
    chooser = ReasonChooser(model, EVERY)
    # x = 9 costs 0.7 and the pair, which x carries, nothing; c = "b" earns 0.2.
    (reason,) = chooser.reasons(model.explain({"x": 9.0, "c": "b"}))
    assert (reason.code, reason.features) == ("R-X", ("x",))
    assert reason.points == pytest.approx(-0.7 * PDO)
    # The pair with "a" costs another 0.3: it is joined to x. c = "a" costs 0.2.
    reasons = chooser.reasons(model.explain({"x": 9.0, "c": "a"}))
    assert [r.code for r in reasons] == ["R-X", "R-C"]
    assert [r.points for r in reasons] == pytest.approx([-1.0 * PDO, -0.2 * PDO])


def test_harm_is_the_difference_from_the_reference_and_adds_up() -> None:
    model = of(hand_model(), 0.1 * PDO, -0.1 * PDO, 0.0)
    row = model.explain({"x": 0.0, "c": "b"})  # points 0.5, 0.2 and 0.1 of log odds
    chooser = ReasonChooser(model, EVERY)
    assert chooser.reasons(row) == []
    helped = chooser.helpful(row)
    assert [(r.code, round(r.points / PDO, 9)) for r in helped] == [("R-X", 0.5), ("R-C", 0.3)]
    reference_margin = row.base + sum(model.reference.points if model.reference else ())
    assert row.margin - reference_margin == pytest.approx(sum(r.points for r in helped))


def test_fields_of_one_theme_are_one_reason_that_names_the_strongest() -> None:
    fields = (
        Field("use", "number", theme="card"),
        Field("use_6", "number", theme="card"),
        Field("use_12", "number", theme="card"),
        Field("late", "number"),
    )
    model = steps(*fields, effects=(0.3, 0.5, 0.1, 0.7))
    row = model.explain(dict.fromkeys(model.inputs, 1.0))
    first, second = ReasonChooser(model).reasons(row)
    assert (first.code, first.theme, first.features) == ("R-CARD", "card", ("use_6", "use"))
    assert first.points == pytest.approx(-0.9 * PDO)
    assert (second.code, second.features) == ("R-LATE", ("late",))
    (only,) = ReasonChooser(model, ReasonSettings(share=1.0)).reasons(row, 1)
    assert only.features == ("use_6",)


def test_a_theme_that_helps_on_the_whole_is_no_reason() -> None:
    model = steps(
        Field("a", "number", theme="t"), Field("b", "number", theme="t"), effects=(0.5, -0.6)
    )
    row = model.explain({"a": 1.0, "b": 1.0})
    assert ReasonChooser(model).reasons(row) == []
    assert [r.features for r in ReasonChooser(model).helpful(row)] == [("b",)]


@pytest.mark.parametrize("k", [0, 1, 4, 9])
def test_at_most_k(k: int) -> None:
    model = steps(
        *(Field(f"f{i}", "number") for i in range(6)),
        effects=tuple(0.5 * (i + 1) for i in range(6)),
    )
    row = model.explain(dict.fromkeys(model.inputs))
    codes = [reason.code for reason in ReasonChooser(model).reasons(row, k)]
    assert codes == [f"R-F{i}" for i in (5, 4, 3, 2, 1, 0)][:k]
    assert ReasonChooser(model, ReasonSettings(most=k)).choose_many(np.array([row.points]))[
        0
    ].shape == (1, k)


def test_equal_harm_keeps_the_order_of_the_tables() -> None:
    model = steps(Field("b", "number"), Field("a", "number"), effects=(0.25, 0.25))
    reasons = ReasonChooser(model).reasons(model.explain({"a": 1.0, "b": 1.0}))
    assert [reason.features for reason in reasons] == [("b",), ("a",)]


def test_what_hardly_moves_the_score_is_not_named() -> None:
    model = steps(Field("a", "number"), Field("b", "number"), effects=(3.0 / PDO, 1.5 / PDO))
    row = model.explain({"a": 1.0, "b": 1.0})
    assert [r.code for r in ReasonChooser(model).reasons(row)] == ["R-A"]
    assert [r.code for r in ReasonChooser(model, EVERY).reasons(row)] == ["R-A", "R-B"]


def test_a_protected_prohibited_or_unnamed_input_is_never_named() -> None:
    fields = (
        Field("customer_age", "number"),
        Field("code", "number"),
        Field("born_at", "number"),
        Field("debt", "number"),
    )
    model = replace(steps(*fields, effects=(3.0, 2.0, 1.5, 0.1)), prohibited=("code",))
    row = model.explain(dict.fromkeys(model.inputs, 1.0))
    chooser = ReasonChooser(model, unnamed=("born_at",))
    assert [r.code for r in chooser.reasons(row)] == ["R-DEBT"]
    assert len(row.contributions) == 4  # everything stays to be seen


def test_a_reference_of_other_tables_is_refused() -> None:
    with pytest.raises(ModelsError, match="other tables"):
        ReasonChooser(of(hand_model(), 1.0))


def test_a_batch_chooses_what_single_rows_choose(fitted: AdditiveModel) -> None:
    frame = make_rows(300, seed=4)[0]
    chooser = ReasonChooser(fitted, EVERY)
    themes, harms = chooser.choose_many(fitted.contributions(frame)[1])
    for i in range(len(frame)):
        choices = chooser.choose(fitted.explain(row_values(frame, i)))
        assert [theme for theme, _ in choices] == [t for t in themes[i].tolist() if t >= 0]
        assert [-points for _, points in choices] == harms[i].tolist()[: len(choices)]
    assert (themes[harms == 0] == -1).all()


def test_reasons_survive_small_changes_of_the_inputs(fitted: AdditiveModel) -> None:
    frame = make_rows(1500, seed=8)[0]
    chooser = ReasonChooser(fitted)
    random = np.random.default_rng(1)
    near = frame.copy()
    for name in ("income", "use"):
        near[name] = frame[name] * (1 + random.normal(0, 0.01, len(frame)))
    overlap = jaccard(reason_sets(chooser, frame), reason_sets(chooser, near))
    assert (near["income"] != frame["income"]).mean() > 0.99
    assert overlap.mean() >= 0.9


def test_stability_counts_identical_sets() -> None:
    a, b = frozenset("a"), frozenset("b")
    assert identical_share([[a, b], [a, b]]) == 1.0
    assert identical_share([[a, b], [b, b]]) == 0.5
    for fits in ([[a]], [[a], [a, b]], [[], []]):
        with pytest.raises(ModelsError, match="same rows"):
            identical_share(fits)
    assert jaccard([frozenset()], [frozenset()]).tolist() == [1.0]


def test_an_empty_frame_has_no_reasons(fitted: AdditiveModel) -> None:
    frame: pd.DataFrame = make_rows(5)[0].head(0)
    assert reason_sets(ReasonChooser(fitted), frame) == []
