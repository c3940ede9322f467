"""Advice by hand: the cheapest way, what it says, what it refuses, and verification by the whole pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from features.actions import Action, Link
from models.bins import NumberBins
from models.errors import ModelsError
from models.glassbox.fit import fit_glassbox
from models.reasons.reference import Reference, ReferenceSettings, with_reference
from models.recourse.advice import Recourse, RecourseSettings
from models.scale import Scale
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from tests.models.rows import SMALL, table

PLAIN = Scale(score_at=600, odds_at=1.0, points_to_double=float(np.log(2)), low=0, high=1000)
"""One point is one unit of log odds, 600 points are even odds."""
PAY = Action("use", -1, "还款", "Pay back", least=0.0, step=0.1, months=2)
ASK = Action("amount", -1, "少借", "Ask for less", least=1000.0, step=0.1, relative=True, months=0)


def model_of(pair: bool = False) -> AdditiveModel:
    """use above 0.5 costs 30 points, above 0.8 50; an amount above 10,000 costs 25."""
    fields = (
        Field("use", "number", "使用率", "Utilisation", unit="fraction"),
        Field("amount", "number", "金额", "Amount", unit="CNY"),
    )
    parts = [
        table(("use",), (NumberBins((0.5, 0.8)),), [0.0, 30.0, 50.0, 0.0]),
        table(("amount",), (NumberBins((10_000.0,)),), [0.0, 25.0, 0.0]),
    ]
    if pair:  # where both are low there are another 10 points
        axes = (NumberBins((0.5,)), NumberBins((10_000.0,)))
        parts.append(table(("use", "amount"), axes, [[-10.0, 0, 0], [0, 0, 0], [0, 0, 0]]))
    reference = Reference(580, 580.0, 600.0, 9, (0.0,) * len(parts), {})
    return AdditiveModel(Schema(fields), tuple(parts), 0.0, scale=PLAIN, reference=reference)


ROW = {"use": 0.9, "amount": 20_000.0}


def test_the_cheapest_way_is_taken() -> None:
    # 600 - 50 - 25 = 525. One step of use (0.8) gains 20 and costs 2, two steps (0.5) 50 and 5;
    # halving the amount gains 25 and costs 6.
    recourse = Recourse(model_of(), (PAY, ASK))
    by_target = {t: recourse.advise(ROW, t) for t in (525, 545, 550, 570, 575, 600, 601)}
    plans = {t: [(c.feature, c.after) for c in a.changes] for t, a in by_target.items()}
    assert plans[525] == []
    assert plans[545] == [("use", 0.8)]
    assert plans[550] == plans[570] == plans[575] == [("use", 0.5)]
    assert plans[600] == [("use", 0.5), ("amount", 10_000.0)]
    assert [by_target[t].outcome for t in (525, 600, 601)] == [
        "enough",
        "reachable",
        "out_of_reach",
    ]
    assert by_target[600].effort == pytest.approx(5.0 + 6.0)
    assert (by_target[600].months, by_target[600].reached) == (2, 600)
    assert (by_target[601].reached, by_target[601].proved) == (600, True)


def test_pairs_count() -> None:
    advice = Recourse(model_of(pair=True), (PAY, ASK)).advise(ROW, 610)
    assert (advice.outcome, advice.reached, len(advice.changes)) == ("reachable", 610, 2)


def test_the_cut_off_of_the_reference_is_the_target() -> None:
    assert Recourse(model_of(), (PAY, ASK)).advise(ROW).target == 580
    with pytest.raises(ModelsError, match="target"):
        Recourse(replace(model_of(), reference=None), (PAY,)).advise(ROW)
    with pytest.raises(ModelsError, match="from 0 to 1000"):
        Recourse(model_of(), (PAY,)).advise(ROW, 1001)
    with pytest.raises(ModelsError, match="'amount'"):
        Recourse(model_of(), (PAY,)).advise({"use": 0.9})


def test_both_languages_say_what_to_do_and_how_long() -> None:
    (change,) = Recourse(model_of(), (PAY,)).advise(ROW, 550).changes
    assert change.text_zh == "还款：使用率由 90.0% 变为 50.0%（约需 2 个月）"
    assert change.text_en == "Pay back: Utilisation from 90.0% to 50.0% (about 2 months)"
    advice = Recourse(model_of(), ()).advise(ROW, 550)
    assert (advice.outcome, advice.changes, advice.reached) == ("out_of_reach", (), 525)
    assert "不足以达到 550 分" in advice.text_zh
    assert "525 is the nearest" in advice.text_en


def test_a_plan_that_fails_elsewhere_is_not_given() -> None:
    recourse, asked = Recourse(model_of(), (PAY, ASK)), []

    def stricter(values: Mapping[str, Any]) -> float:
        asked.append(dict(values))
        return 575.0 if values["amount"] <= 10_000 else 500.0

    advice = recourse.advise(ROW, 545, stricter)
    assert [c.feature for c in advice.changes] == ["amount"]
    assert asked
    assert recourse.advise(ROW, 545, lambda _: 0.0).outcome == "out_of_reach"


def test_a_search_that_stops_says_so() -> None:
    advice = Recourse(model_of(), (PAY, ASK), RecourseSettings(nodes=1)).advise(ROW, 600)
    assert not advice.proved


def test_what_is_protected_is_never_advised() -> None:
    field = Field("customer_age", "number")
    model = AdditiveModel(
        Schema((field,)), (table(("customer_age",), (NumberBins((30.0,)),), [1.0, 0.0, 0.0]),), 0.0
    )
    with pytest.raises(ModelsError, match="protected"):
        Recourse(model, (Action("customer_age", 1, "等", "wait"),))
    prohibited = replace(model_of(), prohibited=("use",))
    with pytest.raises(ModelsError, match="protected"):
        Recourse(prohibited, (PAY,))
    assert Recourse(model_of(), (Action("unknown", 1, "做", "do"),)).actions == ()


# ---- through a whole pipeline: records -> features -> model --------------------------------------


def records(n: int, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"limit": random.integers(10, 100, n) * 1000.0})
    for month in range(1, 7):
        frame[f"bill_{month}"] = (frame["limit"] * random.beta(1.2, 1.5, n)).round(2)
    frame["amount"] = random.lognormal(9, 0.7, n).round(-2)
    frame["income"] = random.lognormal(8.5, 0.4, n).round(0)
    return frame


def pipeline(frame: pd.DataFrame) -> pd.DataFrame:
    """Features from records, as a view computes them."""
    bills = frame[[f"bill_{month}" for month in range(1, 7)]]
    return pd.DataFrame(
        {
            "utilisation": frame["bill_1"] / frame["limit"],
            "mean_6": bills.mean(axis=1) / frame["limit"],
            "change": (frame["bill_1"] - frame["bill_2"]) / frame["limit"],
            "amount": frame["amount"],
            "amount_to_income": frame["amount"] / frame["income"],
            "income": frame["income"],
        }
    )


ACTIONS = (
    Action(
        "utilisation", -1, "还款", "Pay down the card", least=0.0, step=0.1,
        links=(Link("mean_6", add=1 / 6), Link("change", add=1.0)),
    ),
    Action(
        "amount", -1, "少借", "Ask for less", least=500.0, step=0.1, relative=True,
        links=(Link("amount_to_income", times=True),),
    ),
)  # fmt: skip


def test_applied_to_the_records_the_advice_flips_every_decision() -> None:
    raw = records(4000, 1)
    frame = pipeline(raw)
    log_odds = (
        -2.2
        + 2.5 * (frame["utilisation"] - 0.4)
        + 1.5 * (frame["mean_6"] - 0.4)
        + 0.9 * (np.log(frame["amount_to_income"]) - 0.5)
    )
    bad = (np.random.default_rng(2).random(len(raw)) < 1 / (1 + np.exp(-log_odds))).astype(int)
    directed = {"utilisation": 1, "mean_6": 1, "amount_to_income": 1, "income": -1}
    units = {"amount": "CNY", "income": "CNY", "amount_to_income": "times"}
    schema = Schema(
        tuple(
            Field(name, "number", unit=units.get(name, "fraction"), direction=directed.get(name, 0))
            for name in frame
        )
    )
    model = fit_glassbox(frame, bad, schema, settings=SMALL, seed=5)
    model = with_reference(model, frame, bad, settings=ReferenceSettings(refused=0.5))
    recourse = Recourse(model, ACTIONS)
    assert model.reference is not None
    cut_off, given, none = model.reference.cut_off, 0, 0
    for i in np.flatnonzero(model.score(frame) < cut_off)[:150]:
        advice = recourse.advise(frame.iloc[i].to_dict())
        assert advice.proved
        if advice.outcome == "out_of_reach":
            none += 1
            continue
        given += 1
        changed = raw.iloc[[i]].copy()
        for change in advice.changes:
            if change.feature == "utilisation":
                changed["bill_1"] = changed["limit"] * change.after
            else:
                changed["amount"] = change.after
        assert model.score(pipeline(changed))[0] >= cut_off
    assert given > 20
    assert none > 0
