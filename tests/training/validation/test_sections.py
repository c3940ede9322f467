"""Each section tells what is true of a portfolio whose truth is known, and points out what was planted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data_contracts.documents import Text
from models.metrics import auc
from models.scorer import AdditiveModel
from training.errors import TrainingError
from training.validation.benchmark import benchmark
from training.validation.calibration import calibration
from training.validation.cutoff import approval_score, cutoff, profit_by_cut
from training.validation.discrimination import discrimination
from training.validation.evidence import GRADES, Evidence, Sample, ValidationSettings, grades_of
from training.validation.fairness import fairness
from training.validation.limits import limits
from training.validation.population import population
from training.validation.reasons import reasons, refit_agreement
from training.validation.shapes import shapes
from training.validation.stability import judged, stability
from training.validation.stress import stress, worse


def test_population_counts_rows_and_what_each_step_left_out(evidence: Evidence) -> None:
    section = population(evidence)
    assert section.figures["rows"] == 3000
    assert [step["rows"] for step in section.figures["waterfall"]] == [5000, 3000]  # type: ignore[attr-defined]
    assert sum(v["rows"] for v in section.figures["vintages"]) == 3000  # type: ignore[attr-defined]


def test_discrimination_by_group_is_that_of_the_group(evidence: Evidence) -> None:
    section = discrimination(evidence)
    sample = evidence.sample
    rows = {r["group"]: r for r in section.figures["groups"]["行业 Trade"]}  # type: ignore[index]
    here = sample.frame["trade"] == "shop"
    assert rows["shop"]["auc"] == pytest.approx(
        auc(sample.bad[here], evidence.probability[here]), abs=1e-12
    )
    overall = section.figures["overall"]
    assert overall["auc_low"] < overall["auc"] < overall["auc_high"]  # type: ignore[index]
    assert overall["gini"] == pytest.approx(2 * overall["auc"] - 1)  # type: ignore[index]


def test_a_model_that_tells_nothing_is_pointed_out(evidence: Evidence) -> None:
    shuffled = np.random.default_rng(0).permutation(evidence.sample.bad)
    blind = replace(evidence, sample=replace(evidence.sample, bad=shuffled))
    assert any("0.5" in finding.en for finding in discrimination(blind).findings)


def test_grades_are_those_of_the_scale(evidence: Evidence) -> None:
    from models.scale import grade

    assert grades_of(evidence.score).tolist() == [grade(int(s)) for s in evidence.score]
    assert GRADES[0] == "AAA"


def test_a_calibrated_model_is_not_accused_and_a_doubled_risk_is(evidence: Evidence) -> None:
    assert not [f for f in calibration(evidence).findings if "slope" in f.en]
    off = replace(evidence, model=evidence.model.recalibrated(1.6, 1.0))
    findings = [f.en for f in calibration(off).findings]
    assert any("slope" in f for f in findings)
    assert any("outside the 99 %" in f for f in findings)


def test_stability_of_a_like_sample_and_of_a_moved_one(evidence: Evidence) -> None:
    section = stability(evidence)
    assert not section.findings
    frame = evidence.sample.frame.assign(debt=evidence.sample.frame["debt"] * 3)
    moved = stability(replace(evidence, sample=replace(evidence.sample, frame=frame)))
    assert any("PSI" in f.en for f in moved.findings)
    states = {r["input"]: r["state"] for r in moved.figures["csi"]}  # type: ignore[attr-defined]
    assert states == {"debt": "fail", "income": "stable", "trade": "stable", "noise": "stable"} or (
        states["debt"] == "fail" and "fail" not in {states["income"], states["trade"]}
    )


def test_without_development_rows_stability_is_said_to_be_untested(evidence: Evidence) -> None:
    section = stability(replace(evidence, development=None))
    assert not section.figures
    told = limits(evidence, (section,))
    assert any("Not tested" in text["en"] for text in told.figures["limits"])  # type: ignore[attr-defined]


def test_psi_that_chance_explains_is_stable() -> None:
    assert judged(0.2, 0.3, 0.1, 0.25) == "stable"


def test_a_shift_for_the_worse_never_helps(evidence: Evidence) -> None:
    for name in evidence.model.inputs:
        frame = evidence.sample.frame.assign(**{name: worse(evidence, name)})
        change = evidence.model.margin(frame) - evidence.margin
        if evidence.model.schema[name].direction:
            assert change.max() <= 1e-9
        assert change.mean() <= 1e-9


def test_stress_names_the_supplier_that_matters(evidence: Evidence) -> None:
    section = stress(evidence)
    missing = {r["supplier"]: r for r in section.figures["missing"]}  # type: ignore[attr-defined]
    assert missing["银行 bank"]["auc"] < missing["工商 registry"]["auc"]
    assert section.figures["together"]["mean_pd"] > section.figures["base"]["mean_pd"]  # type: ignore[index]


def test_a_better_challenger_is_pointed_out(evidence: Evidence) -> None:
    oracle = np.clip(evidence.sample.bad * 0.4 + evidence.probability * 0.5, 0, 1)
    section = benchmark(replace(evidence, challengers={"oracle": oracle}))
    assert any("oracle" in f.en for f in section.findings)
    assert not benchmark(evidence).findings


def test_shapes_tell_the_certificate(evidence: Evidence) -> None:
    section = shapes(evidence)
    assert section.figures["certificate"]["holds"]  # type: ignore[index]
    assert not section.findings


def test_reasons_are_told_and_refits_compared(evidence: Evidence, model: AdditiveModel) -> None:
    section = reasons(replace(evidence, refits=(model, model)))
    assert section.figures["refits"] == {"count": 2, "same": 1.0}
    assert 0.5 < section.figures["told"] <= 1  # type: ignore[operator]


def test_refit_agreement_by_hand() -> None:
    a, b = frozenset({"x"}), frozenset({"y"})
    assert refit_agreement([[a, a], [a, b], [b, b]]) == pytest.approx((0.5 + 0.0 + 0.5) / 3)


def test_fairness_sees_a_planted_gap(evidence: Evidence) -> None:
    fair = fairness(evidence)
    assert not fair.findings
    group = np.where(evidence.score > np.median(evidence.score), "upper", "lower").astype(object)
    unfair = fairness(
        replace(evidence, sample=replace(evidence.sample, protected={"group": group}))
    )
    assert any("lower" in f.en for f in unfair.findings)
    row = next(r for r in unfair.figures["group"] if "approval_gap" in r)  # type: ignore[attr-defined]
    assert row["approval_gap_low"] <= row["approval_gap"] <= row["approval_gap_high"]


def test_profit_by_hand(evidence: Evidence) -> None:
    bad, score = np.array([0, 1, 0], dtype=np.int8), np.array([700, 500, 600])
    cuts, profit = profit_by_cut(
        replace(evidence, settings=ValidationSettings(gain=0.1, loss=0.5)), bad, score
    )
    assert cuts.tolist() == [500, 600, 700]
    assert profit.tolist() == pytest.approx([(0.1 - 0.5 + 0.1) / 3, 0.2 / 3, 0.1 / 3])


def test_the_best_cut_is_the_best(evidence: Evidence) -> None:
    free = replace(evidence, settings=ValidationSettings(bootstrap=50))
    section = cutoff(free)
    assert section.figures["best"] == approval_score(free)
    rows = {r["cut"]: r["profit"] for r in section.figures["table"]}  # type: ignore[attr-defined]
    assert max(rows.values()) == rows[section.figures["best"]]
    fixed = replace(evidence, settings=ValidationSettings(approve_at=640))
    assert approval_score(fixed) == 640


def test_a_sample_that_says_nothing_is_refused(model: AdditiveModel, sample: Sample) -> None:
    few = Sample(sample.frame.iloc[:40], np.zeros(40, dtype=np.int8))
    with pytest.raises(TrainingError, match="0 bad"):
        Evidence(model, "m", few)
    with pytest.raises(TrainingError, match="different lengths"):
        Sample(pd.DataFrame({"a": [1.0]}), np.zeros(2, dtype=np.int8))


def test_simulated_data_are_called_so(evidence: Evidence) -> None:
    told = limits(evidence, ())
    assert "simulated" in told.figures["limits"][0]["en"]  # type: ignore[index]
    assert isinstance(told.title, Text)
