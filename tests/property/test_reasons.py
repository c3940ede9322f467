"""Whatever the tables and the reference are: reasons are true, and the largest of what they claim to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.bins import NumberBins
from models.reasons.chooser import ReasonChooser, ReasonSettings
from models.reasons.reference import Reference
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from tests.models.rows import table

NAMES = ("a", "b", "c", "gender_code", "e")
effects = st.floats(-2, 2).map(lambda v: round(v, 2))


@st.composite
def models(draw: st.DrawFn) -> AdditiveModel:
    """Single tables of five inputs, one of them protected, some pairs, themes and a reference."""
    themes = draw(st.lists(st.sampled_from(["", "", "money", "habits"]), min_size=5, max_size=5))
    fields = tuple(Field(n, "number", theme=t) for n, t in zip(NAMES, themes, strict=True))
    axis = NumberBins((0.0,))
    pairs = draw(
        st.sets(st.sampled_from([("a", "b"), ("b", "c"), ("c", "gender_code"), ("a", "e")]))
    )
    parts = [table((n,), (axis,), draw(st.lists(effects, min_size=3, max_size=3))) for n in NAMES]
    for pair in sorted(pairs):
        cells = draw(st.lists(st.lists(effects, min_size=3, max_size=3), min_size=3, max_size=3))
        parts.append(table(pair, (axis, axis), cells))
    model = AdditiveModel(Schema(fields), tuple(parts), -1.0)
    points = draw(st.lists(st.floats(-60, 60), min_size=len(parts), max_size=len(parts)).map(tuple))
    return replace(model, reference=Reference(600, 600.0, 640.0, 9, points))


values = st.one_of(st.none(), st.sampled_from([-1.0, 1.0]))


@settings(deadline=None, max_examples=300)
@given(models(), st.lists(values, min_size=5, max_size=5), st.floats(0, 5))
def test_reasons_name_what_cost_most(
    model: AdditiveModel, row: list[float | None], least: float
) -> None:
    chooser = ReasonChooser(model, ReasonSettings(least=least))
    explained = model.explain(dict(zip(NAMES, row, strict=True)))
    assert model.reference is not None
    lost = [r - p for r, p in zip(model.reference.points, explained.points, strict=True)]
    # The score less the reference's is the sum of the differences.
    reference = explained.base + sum(model.reference.points)
    assert abs(explained.margin - reference + sum(lost)) <= 1e-9
    harms = {theme.name: sum(lost[p] for p in theme.positions) for theme in chooser.themes}
    reasons, helpful = chooser.reasons(explained), chooser.helpful(explained)
    told = [reason.theme for reason in reasons]
    assert len(told) == len(set(told)) <= 4
    for reason in reasons:
        assert reason.points < 0
        assert abs(reason.points + harms[reason.theme]) <= 1e-9
        assert "gender_code" not in reason.features
        # What is named lowered the score itself, not only its theme.
        named = [p for p, term in enumerate(model.terms) if set(term) <= set(reason.features)]
        assert max(lost[p] for p in named) > 0
    # Setting the first reason to the reference gains no less than setting any other theme to it.
    if reasons:
        assert -reasons[0].points >= max(harms.values()) - 1e-9
    left = [harm for name, harm in harms.items() if name not in told]
    if left and len(told) < 4:
        assert max(left) < max(least, 1e-9) + 1e-9
    elif left:
        assert max(left) <= -reasons[-1].points + 1e-9
    assert all(reason.points > 0 for reason in helpful)
    assert not {r.theme for r in helpful} & set(told)
    many, _ = chooser.choose_many(np.array([explained.points]))
    assert [chooser.themes[i].name for i in many[0].tolist() if i >= 0] == told
    assert all(reason.text_zh and reason.text_en for reason in (*reasons, *helpful))


@settings(deadline=None, max_examples=100)
@given(models(), st.lists(values, min_size=5, max_size=5))
def test_who_differs_only_in_a_protected_attribute_is_told_the_same_without_it(
    model: AdditiveModel, row: list[float | None]
) -> None:
    """Tables on a protected input do not pass the certificate; without them nothing depends on it."""
    lawful = model.without([term for term in model.terms if "gender_code" in term])
    chooser = ReasonChooser(lawful)
    person = dict(zip(NAMES, row, strict=True))
    for other in (-1.0, 1.0, None):
        same, changed = lawful.explain(person), lawful.explain({**person, "gender_code": other})
        assert same.margin == changed.margin
        assert chooser.reasons(same) == chooser.reasons(changed)
