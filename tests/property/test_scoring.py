"""What a score must keep: exact parts, proved directions, one answer everywhere, nothing protected in it."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pandas as pd
import pytest

from models.batch import BLOCK
from models.bins import NumberBins
from models.export.evaluator import evaluate
from models.export.json_form import to_json
from models.glassbox.certificate import certify
from models.glassbox.fit import fit_glassbox
from models.metrics import evaluate as measure
from models.schema import Field, Schema
from models.scorecard import fit_scorecard
from models.scorer import AdditiveModel
from tests.models.export.fuzz import awkward_model
from tests.models.export.fuzz import awkward_rows as fuzzed
from tests.models.rows import SMALL, make_rows, row_values, special_model

CODES = (-9.0, -8.0)
SCHEMA = Schema(
    (
        Field("arrears", "number", direction=1, special=CODES),
        Field("income", "number", direction=-1, missing="worst", special=CODES),
        Field("use", "number"),
        Field("sector", "category"),
    )
)
PAIRS = 1_000_000


def coded_rows(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows of which some arrears and incomes are a special code."""
    frame, bad = make_rows(n, seed)
    random = np.random.default_rng(seed)
    for name in ("arrears", "income"):
        for code in CODES:
            frame.loc[random.random(n) < 0.05, name] = code
    return frame, bad


@pytest.fixture(scope="module", params=["glassbox", "scorecard"])
def model(request: pytest.FixtureRequest) -> AdditiveModel:
    frame, bad = coded_rows(3000, 1)
    if request.param == "glassbox":
        fitted = fit_glassbox(frame, bad, SCHEMA, settings=SMALL)
        assert any(table.is_pair for table in fitted.tables)
        return fitted
    return fit_scorecard(frame, bad, SCHEMA)


def generated(n: int, seed: int) -> dict[str, np.ndarray]:
    """Values of every input, with missing, special and unseen ones, and infinities."""
    random = np.random.default_rng(seed)

    def mixed(values: np.ndarray, others: list[object]) -> np.ndarray:
        pick = random.random(n) < 0.15
        values[pick] = random.choice(np.array(others, dtype=values.dtype), int(pick.sum()))
        return values

    unknown = [np.nan, *CODES]
    return {
        "arrears": mixed(random.poisson(1.5, n).astype(float), [*unknown, np.inf, 0.5]),
        "income": mixed(random.lognormal(8.0, 0.8, n), [*unknown, np.inf, -np.inf, 0.0]),
        "use": mixed(random.beta(1.5, 2.0, n), [np.nan, 5.0, -1.0]),
        "sector": mixed(
            random.choice(np.array(["farm", "shop", "works", "mine"], dtype=object), n),
            ["never seen", None, ""],
        ),
    }


def log_odds(model: AdditiveModel, values: dict[str, np.ndarray]) -> np.ndarray:
    texts = pd.Categorical(values["sector"])
    return model.log_odds(pd.DataFrame({**values, "sector": texts}))


def test_parts_add_up_and_the_score_is_the_rounded_margin(model: AdditiveModel) -> None:
    frame = pd.DataFrame(generated(20_000, 2))
    margin, points = model.explain_many(frame)
    base, again = model.contributions(frame)
    assert (points == again).all()
    assert np.abs(base + points.sum(axis=1) - margin).max() <= 1e-9
    scale, score = model.scale, model.score(frame)
    inside = (score > scale.low) & (score < scale.high)
    assert np.abs(score - margin)[inside].max() <= 0.5
    assert ((score >= scale.low) & (score <= scale.high)).all()
    # An exact affine map: odds double every `points_to_double`, through the anchor.
    odds = np.log(scale.odds_at) + (margin - scale.score_at) / scale.points_to_double * np.log(2)
    np.testing.assert_allclose(-model.log_odds(frame), odds, rtol=0, atol=1e-12)


def test_directions_hold_on_a_million_pairs(model: AdditiveModel) -> None:
    directed = [field for field in SCHEMA if field.direction and field.name in model.inputs]
    assert len(directed) == 2
    share = PAIRS // len(directed)
    for seed, field in enumerate(directed):
        values = generated(share, 10 + seed)
        random = np.random.default_rng(seed)
        quantity = random.choice(np.array([0, 1, 2, 5, 9, 1e3, 4e3, 2e4, np.inf]), (2, share))
        quantity *= random.choice([0.9, 1.0, 1.1], (2, share))
        low, high = np.sort(quantity, axis=0)
        risk = log_odds(model, {**values, field.name: low})
        change = log_odds(model, {**values, field.name: high}) - risk
        assert (field.direction * change).min() >= -1e-9
        assert (field.direction * change).max() > 0.1  # there is something to hold
        if field.missing == "worst":
            unknown = random.choice(np.array([np.nan, *CODES]), share)
            assert (log_odds(model, {**values, field.name: unknown}) - risk).min() >= -1e-9


def test_directions_hold_in_every_cell(model: AdditiveModel) -> None:
    """Every bin of an input with every combination of bins of all others, one value a bin."""
    each = {name: one_value_a_bin(model, name) for name in model.inputs}
    whole = pd.DataFrame(list(product(*each.values())), columns=list(each))
    shape = [len(values) for values in each.values()]
    risk = model.log_odds(whole).reshape(shape)
    certificate = certify(model)
    for axis, name in enumerate(each):
        field, bins = model.schema[name], model.bins[name]
        turned = np.moveaxis(risk, axis, 0)
        if field.direction:
            steps = field.direction * np.diff(turned[: bins.ordered], axis=0)
            assert steps.min() >= -1e-9
            assert steps.min() == pytest.approx(certificate.monotone[name], abs=1e-9)
        if field.missing == "worst":
            worst = turned[: bins.ordered].max(axis=0)
            assert (turned[bins.ordered :] - worst).min() >= -1e-9
    margin = model.margin(whole)
    assert margin.min() >= certificate.margin_low - 1e-9
    assert margin.max() <= certificate.margin_high + 1e-9


def one_value_a_bin(model: AdditiveModel, name: str) -> list[float | str | None]:
    axis = model.bins[name]
    if isinstance(axis, NumberBins):
        return [*axis.cuts, np.inf, np.nan, *axis.special]
    return [*axis.levels, "never seen", None]


@pytest.mark.parametrize("of", [awkward_model, special_model])
def test_one_answer_in_a_batch_alone_shuffled_and_in_json(of: object) -> None:
    model = of()  # type: ignore[operator]
    frame, _ = fuzzed(model, 2 * BLOCK + 5)
    seen: list[slice] = []
    margin, points = model.explain_many(frame, lambda rows, _, __: seen.append(rows))
    assert sorted((rows.start, rows.stop) for rows in seen) == [
        (0, BLOCK), (BLOCK, 2 * BLOCK), (2 * BLOCK, 2 * BLOCK + 5),
    ]  # fmt: skip
    assert model.margin(frame).tolist() == margin.tolist()
    order = np.random.default_rng(0).permutation(len(frame))
    shuffled = frame.iloc[order, ::-1].assign(other=1)
    assert model.margin(shuffled).tolist() == margin[order].tolist()
    document = json.loads(to_json(model))
    for i in range(BLOCK - 150, BLOCK + 150):  # both sides of a block's end
        row = row_values(frame, i)
        single = model.explain(row)
        assert (single.margin, single.points) == (margin[i], points[i].tolist())
        assert evaluate(document, row)["margin"] == margin[i]


def test_persons_that_differ_only_in_what_is_protected_score_the_same(model: AdditiveModel) -> None:
    frame = pd.DataFrame(generated(500, 7))
    random = np.random.default_rng(7)
    document = json.loads(to_json(model))
    first = model.margin(frame)
    for seed in range(3):
        protected = {
            "sex": random.choice(["男", "女"], 500),
            "ethnicity": random.choice(["汉", "回", "藏"], 500),
            "religion": random.choice(["a", "b"], 500),
            "age": random.integers(18, 90, 500),
        }
        other = frame.assign(**protected)
        assert model.margin(other).tolist() == first.tolist()
        row = row_values(other, seed)
        assert model.explain(row).margin == first[seed]
        assert evaluate(document, row)["margin"] == first[seed]


def test_shuffled_labels_are_not_learnt() -> None:
    """Four models of labels without meaning, each measured on rows that it has not seen."""
    covered = []
    for seed in range(4):
        frame, bad = coded_rows(2400, seed)
        bad = np.random.default_rng(seed).permutation(bad)
        fitted = fit_glassbox(frame[:1200], bad[:1200], SCHEMA, settings=SMALL, seed=seed)
        found = measure(bad[1200:], fitted.probability(frame[1200:]), seed=seed)
        covered.append(found.auc_low <= 0.5 <= found.auc_high)
        assert abs(found.auc - 0.5) < 0.06
    assert sum(covered) >= 3  # 95 % intervals: one of twenty may miss
