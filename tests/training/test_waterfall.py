"""Conditions, exclusions and the features that are inputs, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from features.catalogue import view
from training.config_files import settings_for
from training.dataset import inputs_of
from training.errors import TrainingError
from training.settings import Condition, Exclusion, Inputs, TrainingSettings
from training.waterfall import kept_rows, meets, step

FRAME = pd.DataFrame(
    {
        "amount": [1.0, 5.0, np.nan, 9.0],
        "sector": pd.Series(["a", None, "b", "a"], dtype=object),
    }
)


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ({"feature": "amount", "at_least": 5}, [1, 3]),
        ({"feature": "amount", "below": 5}, [0]),
        ({"feature": "amount", "at_least": 1, "below": 9}, [0, 1]),
        ({"feature": "amount", "equals": [9, 1]}, [0, 3]),
        ({"feature": "amount", "missing": True}, [2]),
        ({"feature": "sector", "equals": ["a"]}, [0, 3]),
        ({"feature": "sector", "missing": True}, [1]),
    ],
)
def test_conditions(condition: dict[str, Any], rows: list[int]) -> None:
    assert np.flatnonzero(meets(FRAME, [Condition(**condition)])).tolist() == rows


def test_all_conditions_must_hold_and_none_is_everybody() -> None:
    both = [Condition(feature="amount", at_least=5), Condition(feature="sector", equals=("a",))]
    assert np.flatnonzero(meets(FRAME, both)).tolist() == [3]
    assert meets(FRAME, []).all()


def test_a_category_is_not_compared_with_a_number() -> None:
    with pytest.raises(TrainingError, match="category"):
        meets(FRAME, [Condition(feature="sector", below=3)])
    with pytest.raises(TrainingError, match="no feature"):
        meets(FRAME, [Condition(feature="age", below=3)])


def settings(**changes: Any) -> TrainingSettings:
    return settings_for("sba").model_copy(update=changes)


def exclusion(id: str, **condition: Any) -> Exclusion:
    return Exclusion(id=id, title_zh="甲", title_en=id, when=(Condition(**condition),))


def test_every_step_is_counted() -> None:
    bad = pd.Series([1, 0, 0, 1])
    some = settings(
        exclusions=(
            exclusion("no-amount", feature="amount", missing=True),
            exclusion("small", feature="amount", below=5),
        )
    )
    rows, steps = kept_rows(FRAME, bad, some, step((), "all", "全部", "all", 4, 2))
    assert rows.tolist() == [1, 3]
    assert [(s.id, s.rows, s.bads, s.left_out) for s in steps] == [
        ("all", 4, 2, 0),
        ("no-amount", 3, 2, 1),
        ("small", 2, 1, 1),
    ]


def test_a_segment_without_data_and_exclusions_of_everybody_are_refused() -> None:
    bad = pd.Series([1, 0, 0, 1])
    none = (Condition(feature="amount", at_least=100),)
    with pytest.raises(TrainingError, match="sba/large has no data"):
        kept_rows(FRAME, bad, settings(segments={"large": none}, segment="large"), ())
    everybody = settings(exclusions=(exclusion("all-of-them", feature="amount", below=100),))
    frame = FRAME.assign(amount=1.0)
    with pytest.raises(TrainingError, match="leave no row: all-of-them 0"):
        kept_rows(frame, bad, everybody, ())


def test_inputs_by_theme_and_name() -> None:
    declared = view("enterprise")
    themes = sorted({f.theme for f in declared.features})
    first = [f.name for f in declared.features if f.theme == themes[0]]
    other = next(f.name for f in declared.features if f.theme != themes[0])

    def chosen(**inputs: Any) -> list[str]:
        return inputs_of(declared, settings(features=Inputs(**inputs), segments={}))

    assert chosen() == list(declared.names)
    assert chosen(include_themes=(themes[0],)) == first
    assert set(chosen(include_themes=(themes[0],), include=(other,))) == {*first, other}
    assert set(chosen(exclude_themes=(themes[0],))) == set(declared.names) - set(first)
    assert first[0] not in chosen(exclude=(first[0],))
    for refused in ({"include": ("loan_amuont",)}, {"exclude_themes": ("aplication",)}):
        with pytest.raises(TrainingError, match="did you mean"):
            chosen(**refused)
    with pytest.raises(TrainingError, match="no input"):
        chosen(exclude_themes=tuple(themes))
