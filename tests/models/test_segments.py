"""Segments with partial pooling, on rows whose truth is known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.errors import ModelsError
from models.glassbox.certificate import certify
from models.glassbox.fit import fit_glassbox
from models.schema import Field, Schema
from models.scorecard import fit_scorecard
from models.scorer import AdditiveModel
from models.segments import (
    Condition,
    Segment,
    SegmentedModel,
    SegmentSettings,
    fit_segments,
    standard_segments,
)
from models.segments.correction import gain_of, shrunk
from models.segments.report import known_shares, segment_report
from models.segments.rules import route_one
from tests.models.rows import SMALL, row_values

SCHEMA_ = Schema(
    (
        Field("debt", "number", direction=1),
        Field("season", "number"),
        Field("trade", "category"),
        Field("income", "number", direction=-1, missing="worst"),
        Field("accounts", "number"),
    )
)


def of_kind(name: str, **more: object) -> Segment:
    return Segment(name, name, name, (Condition("kind", among=(name,)),), **more)


SEGMENTS = (
    Segment(
        "thin",
        "无信贷记录",
        "thin file",
        (Condition("accounts", high=0.0, missing=True), Condition("kind", among=("person",))),
        without=("accounts",),
        own=True,
    ),
    of_kind("farmer"),
    of_kind("trader"),
    of_kind("tiny"),
    of_kind("person"),
    of_kind("firm"),
)


def city(n: int, seed: int, *, alike: bool = False) -> tuple[pd.DataFrame, np.ndarray]:
    """Farmers' season counts the other way round, their risk is higher, and debt lowers it as not declared."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "debt": random.normal(size=n),
            "season": random.normal(size=n),
            "trade": random.choice(["x", "y", "z"], n),
            "income": random.normal(size=n),
            "accounts": random.poisson(1.5, n).astype(float),
            "kind": random.choice(
                ["firm", "trader", "farmer", "person", "tiny"], n, p=[0.4, 0.25, 0.2, 0.13, 0.02]
            ),
        }
    )
    frame.loc[random.random(n) < 0.1, "income"] = np.nan
    frame.loc[random.random(n) < 0.05, "kind"] = None
    x = frame.fillna({"income": 0.0})
    log_odds = -1.8 + 0.8 * x["debt"] + 0.3 * x["season"] - 0.5 * x["income"]
    log_odds += 0.5 * (x["trade"] == "x")
    if not alike:
        farmer = x["kind"] == "farmer"
        log_odds += farmer * (0.5 - 1.1 * x["season"] - 1.0 * x["debt"])
    bad = (random.random(n) < 1 / (1 + np.exp(-log_odds))).astype(int)
    return frame, bad


def quick(*args: object, **options: object) -> AdditiveModel:
    """A pooled model without pairs, in a second."""
    small = SMALL.model_copy(update={"pairs": 0})
    return fit_glassbox(*args, settings=small, **options)


@pytest.fixture(scope="module")
def model() -> SegmentedModel:
    return fit_segments(*city(9000, 0), SCHEMA_, SEGMENTS, fit=quick)


def test_a_segment_that_differs_gets_tables_and_others_stay_pooled(model: SegmentedModel) -> None:
    told = model.notes["segments"]
    assert told["farmer"]["level"] == "corrected"
    assert "season" in told["farmer"]["tables"]
    assert told["tiny"]["level"] == "pooled"
    assert told["thin"]["level"] == "pooled"
    assert model.model_of("tiny") is model.pooled
    assert "trade" not in {name for one in told.values() for name in one["tables"]}


def test_it_is_better_where_segments_differ_and_calibrated(model: SegmentedModel) -> None:
    frame, bad = city(25_000, 1)
    report = segment_report(model, frame, bad).set_index("segment")
    farmer = report.loc["farmer"]
    assert farmer["gain_low"] > 0.01
    assert farmer["auc_low"] > farmer["pooled_auc_high"]
    for name in ("farmer", "trader", "firm", "all"):
        low, high = report.loc[name, ["calibration_slope_low", "calibration_slope_high"]]
        assert low < 1.1
        assert high > 0.9
    assert (report["gain_high"] > -0.0005).all()  # no segment is worse beyond noise
    assert report.loc["tiny", "gain"] == 0


def test_segments_that_do_not_differ_get_no_tables() -> None:
    added = 0
    settings = SegmentSettings(folds=2)
    for seed in range(3):
        train = city(3000, seed, alike=True)
        fitted = fit_segments(*train, SCHEMA_, SEGMENTS, settings=settings, fit=fit_scorecard)
        added += sum(len(one["tables"]) for one in fitted.notes["segments"].values())
        frame, bad = city(20_000, seed + 50, alike=True)
        before, after = fitted.pooled.log_odds(frame), fitted.log_odds(frame)
        assert gain_of("all", before, after, bad, np.ones(len(bad))).gain > -0.001
    assert added <= 2  # at five percent a segment, 18 segments add one by chance


def test_every_model_keeps_directions_and_has_its_certificate(model: SegmentedModel) -> None:
    for name in ("thin", "farmer", "trader", "tiny", "person", "pooled"):
        certificate = certify(model.model_of(name))
        assert certificate.holds
        assert certificate.monotone["debt"] >= -1e-12  # although farmers' debt lowers their risk
        assert "income" in certificate.missing_not_best
    frame = city(4000, 3)[0]
    frame = frame[frame["kind"] == "farmer"]
    assert (
        model.margin(frame.assign(debt=2.0)) <= model.margin(frame.assign(debt=-2.0)) + 1e-9
    ).all()


def test_a_corrected_model_is_the_sum_of_its_tables(model: SegmentedModel) -> None:
    frame = city(3000, 4)[0]
    farmers = frame[frame["kind"] == "farmer"]
    own = model.model_of("farmer")
    base, points = own.contributions(farmers)
    np.testing.assert_allclose(base + points.sum(axis=1), model.margin(farmers), rtol=0, atol=1e-9)
    train = city(9000, 0)[0]
    train = train[train["kind"] == "farmer"]
    base, points = own.contributions(train)
    assert np.abs(points.mean(axis=0)).max() < 1e-9  # centred on the farmers
    assert base == pytest.approx(own.margin(train).mean(), abs=1e-9)


def test_batch_single_and_shuffled_columns_agree(model: SegmentedModel) -> None:
    frame = city(400, 5)[0]
    frame.loc[0, "accounts"] = np.nan
    margins = model.margin(frame)
    assert model.margin(frame.iloc[:, ::-1]).tolist() == margins.tolist()
    names = model.segment(frame)
    assert set(names) == {"thin", "farmer", "trader", "tiny", "person", "firm", "pooled"}
    for i in range(len(frame)):
        values = row_values(frame, i)
        assert model.segment_of(values) == names[i]
        assert model.explain(values).margin == margins[i]


def test_a_child_corrects_its_parent_and_takes_its_model_where_it_is_small() -> None:
    random = np.random.default_rng(8)
    frame, bad = city(9000, 2)
    frame["section"] = random.choice(["A", "C"], len(frame), p=[0.97, 0.03])
    child = Segment(
        "farmer_c",
        "农户 C",
        "farmers in C",
        (Condition("kind", among=("farmer",)), Condition("section", among=("C",))),
        parent="farmer",
    )
    fitted = fit_segments(frame, bad, SCHEMA_, (child, of_kind("farmer")), fit=fit_scorecard)
    assert fitted.notes["segments"]["farmer"]["rows"] == int((frame["kind"] == "farmer").sum())
    assert fitted.notes["segments"]["farmer_c"]["level"] == "pooled"
    assert fitted.model_of("farmer_c") is fitted.model_of("farmer") is not fitted.pooled
    with pytest.raises(ModelsError, match="must stand later"):
        fit_segments(frame, bad, SCHEMA_, (of_kind("farmer"), child), fit=fit_scorecard)


def test_a_thin_file_gets_its_own_model_where_data_carry_it() -> None:
    frame, bad = city(8000, 6)
    frame["kind"] = np.where(frame["accounts"] < 1.0, "person", "firm")
    thin = (frame["accounts"] < 1.0).to_numpy()
    random = np.random.default_rng(0)
    # Of those without credit nothing is as the pooled model says: only two features together tell.
    risk = np.where((frame["season"] > 0) == (frame["debt"] > 0), 0.45, 0.05)
    bad = np.where(thin, random.random(len(frame)) < risk, bad).astype(int)
    own = fit_segments(
        frame,
        bad,
        SCHEMA_,
        SEGMENTS[:1],
        settings=SegmentSettings(folds=2),
        fit=lambda *args, **options: fit_glassbox(*args, settings=SMALL, **options),
    )
    assert own.notes["segments"]["thin"]["level"] == "own"
    assert "accounts" not in own.model_of("thin").inputs
    assert known_shares(own, frame).loc["accounts", "thin"] == 1.0


def test_it_is_saved_and_an_altered_folder_is_refused(
    model: SegmentedModel, tmp_path: Path
) -> None:
    model.save(tmp_path / "a")
    again = SegmentedModel.load(tmp_path / "a")
    frame = city(500, 7)[0]
    assert again.margin(frame).tolist() == model.margin(frame).tolist()
    assert again.segments == model.segments
    again.save(tmp_path / "b")
    files = sorted(p.relative_to(tmp_path / "a") for p in (tmp_path / "a").rglob("*.json"))
    assert Path("farmer/model.json") in files
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    rules = json.loads((tmp_path / "a" / "segments.json").read_text())
    rules["segments"][0]["conditions"][0]["high"] = 5.0
    (tmp_path / "a" / "segments.json").write_text(json.dumps(rules))
    with pytest.raises(ModelsError, match="altered"):
        SegmentedModel.load(tmp_path / "a")
    swapped = (tmp_path / "b" / "pooled" / "model.json").read_bytes()
    (tmp_path / "b" / "farmer" / "model.json").write_bytes(swapped)
    with pytest.raises(ModelsError, match="altered"):
        SegmentedModel.load(tmp_path / "b")
    with pytest.raises(ModelsError, match="not a whole"):
        SegmentedModel.load(tmp_path)


def test_empirical_bayes_by_hand() -> None:
    """Two cells of 100 rows at p = .5, 70 and 30 bads: g = +-20, h = 25, z = +-.8."""
    codes = np.repeat([0, 1], 100)
    y = np.concatenate([np.arange(100) < 70, np.arange(100) < 30]).astype(float)
    # Beyond noise: (25 * .64 + 25 * .64 - 1) / (50 - 1250 / 50) = 31 / 25 = 1.24.
    expected = 20 / (25 + 1 / 1.24)
    found = shrunk(codes, np.zeros(200), y, np.ones(200), 2)
    assert found.tolist() == pytest.approx([expected, -expected])
    # 52 and 48 bads differ by less than noise: nothing is added.
    y = np.concatenate([np.arange(100) < 52, np.arange(100) < 48]).astype(float)
    assert not shrunk(codes, np.zeros(200), y, np.ones(200), 2).any()


@pytest.mark.parametrize(
    ("make", "hint"),
    [
        (lambda: Condition("a", among=("x",), low=1.0), "not both"),
        (lambda: Condition("a", low=2.0, high=1.0), "below"),
        (lambda: Segment("Pooled!", "", "", (Condition("a"),)), "lower-case"),
        (lambda: Segment("pooled", "", "", (Condition("a"),)), "lower-case"),
        (lambda: Segment("a", "", "", ()), "needs a condition"),
    ],
)
def test_a_rule_that_can_not_be_is_refused(make: object, hint: str) -> None:
    with pytest.raises(ModelsError, match=hint):
        make()


def test_conditions_on_missing_values() -> None:
    frame = pd.DataFrame({"x": [np.nan, 0.0, 1.0, np.inf, -np.inf], "c": [None, "a", "b", "a", ""]})
    expected = {
        Condition("x", high=0.0, missing=True): [True, True, False, False, True],
        Condition("x", low=0.0): [False, False, True, True, False],
        Condition("x", missing=True): [True, False, False, False, False],
        Condition("x"): [False, True, True, True, True],
        Condition("c", among=("a",), missing=True): [True, True, False, True, False],
        Condition("c", missing=True): [True, False, False, False, False],
    }
    for condition, holds in expected.items():
        assert condition.holds(frame).tolist() == holds
        assert [condition.holds_for(row_values(frame, i)) for i in range(5)] == holds
    with pytest.raises(ModelsError, match="'y'"):
        Condition("y").holds(frame)
    with pytest.raises(ModelsError, match="'y'"):
        Condition("y").holds_for({"x": 1.0})


def test_the_standard_segments_nest_sizes_in_sections_in_enterprises() -> None:
    found = standard_segments(("C", "F"), credit=("credit_accounts",))
    by_name = {segment.name: segment for segment in found}
    assert by_name["section_c_micro"].parent == "section_c"
    assert by_name["section_c"].parent == "enterprise"
    assert by_name["section_c"].title_zh == "制造业"
    assert by_name["thin"].without == ("credit_accounts",)
    columns = ("kind", "section", "size_class", "credit_accounts")
    for values, name in (
        (("enterprise", "C", "micro", 2.0), "section_c_micro"),
        (("enterprise", "C", None, 2.0), "section_c"),
        (("enterprise", "A", "micro", 2.0), "enterprise"),
        (("enterprise", "C", "micro", 0.0), "thin"),
        (("farmer", None, None, 1.0), "farmer"),
        (("individual", None, None, None), "thin"),
        ((None, None, None, 1.0), "pooled"),
    ):
        place = route_one(found, dict(zip(columns, values, strict=True)))
        assert (found[place].name if place >= 0 else "pooled") == name
    with pytest.raises(ModelsError, match="'Z' is no section"):
        standard_segments(("Z",))
