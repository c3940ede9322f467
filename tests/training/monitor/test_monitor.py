"""Alarms sound for what was planted and hardly ever otherwise; estimates are held against what came true."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from models.inference import auc_interval
from tests.training.monitor.conftest import draw, month
from training.errors import TrainingError
from training.monitor.alarms import ALARMS, raised
from training.monitor.false_alarms import measure_false_alarms
from training.monitor.measure import Figures, expected_auc, measure
from training.monitor.report import prometheus, proposal, write_month
from training.monitor.settings import MonitorSettings
from training.monitor.watched import Month, Reference, Watched


def ids(watched: Watched, one: Month) -> set[str]:
    return {alarm.id for alarm in raised(watched, measure(watched, one))}


def test_a_stable_month_raises_nothing(watched: Watched) -> None:
    assert ids(watched, month("2024-01", 1000, 11)) == set()


def test_a_moved_input_raises_drift_and_proposes_to_suspend(watched: Watched) -> None:
    figures = measure(watched, month("2024-01", 1000, 12, richer=1.5))
    alarms = raised(watched, figures)
    assert {"M-01", "M-02"} <= {a.id for a in alarms}
    assert proposal(alarms) == "suspend"
    assert "收入" in next(a.text.zh for a in alarms if a.id == "M-02")


def test_a_riskier_world_breaks_calibration_once_outcomes_mature(watched: Watched) -> None:
    assert "M-04" in ids(watched, month("2024-01", 1000, 13, riskier=1.0))
    assert ids(watched, month("2024-01", 1000, 13, matured=False, riskier=1.0)) == set()


def test_outcomes_that_do_not_follow_the_score_break_discrimination(watched: Watched) -> None:
    frame, bad = draw(1500, 14)
    shuffled = np.random.default_rng(0).permutation(bad)
    figures = measure(watched, Month("2024-01", frame, shuffled))
    alarms = {a.id: a.level for a in raised(watched, figures)}
    assert alarms["M-05"] == "suspend"


def test_a_silent_supplier_is_named(watched: Watched) -> None:
    frame, bad = draw(500, 15)
    frame["income"] = np.nan
    alarms = raised(watched, measure(watched, Month("2024-01", frame, bad)))
    assert any("税务" in a.text.zh for a in alarms if a.id == "M-03")


def test_overrides_are_counted_against_the_score(watched: Watched) -> None:
    frame, bad = draw(400, 16)
    proposed = watched.model.score(frame) >= 500
    against = proposed.copy()
    against[:100] = ~against[:100]
    figures = measure(watched, Month("2024-01", frame, bad, approved=against))
    assert figures.overrides == pytest.approx(0.25)
    assert "M-06" in {a.id for a in raised(watched, figures)}
    agreed = measure(watched, Month("2024-01", frame, bad, approved=proposed))
    assert agreed.overrides == 0.0


def test_few_decisions_raise_no_drift(watched: Watched) -> None:
    figures = measure(watched, month("2024-01", 20, 17, richer=3.0))
    assert figures.score is None
    assert not {a.id for a in raised(watched, figures)} & {"M-01", "M-02"}


def test_expected_auc_by_hand() -> None:
    # Bad with .2 and .6: won .6 * .8, lost .2 * .4.
    assert expected_auc(np.array([0.2, 0.6])) == pytest.approx(0.48 / (0.48 + 0.08))
    assert expected_auc(np.array([0.3, 0.3])) is None


def test_expected_auc_is_what_comes_true_of_calibrated_probabilities() -> None:
    random = np.random.default_rng(3)
    p = random.beta(1, 6, 20_000)
    came = (random.random(20_000) < p).astype(int)
    expected = expected_auc(p)
    assert expected == pytest.approx(auc_interval(came, p)[0], abs=0.01)


def test_the_error_of_the_estimate_is_measured_on_months_that_matured(watched: Watched) -> None:
    history: list[Figures] = []
    for number in range(4):
        history.append(measure(watched, month(f"2024-0{number + 1}", 800, 20 + number), history))
    assert history[0].estimated.rate_error is None
    last = measure(watched, month("2024-05", 800, 30, matured=False), history)
    errors = [abs(f.realised.observed - f.estimated.rate) for f in history if f.realised]
    assert last.estimated.rate_error == pytest.approx(np.mean(errors))
    assert last.estimated.auc_error is not None
    assert last.realised is None


def test_false_alarms_are_measured_and_few(watched: Watched) -> None:
    rates = measure_false_alarms(watched, draw(3000, 70)[0], rows=300, months=100)
    assert [r.id for r in rates] == [a.id for a in ALARMS]
    assert all(r.rate <= 0.05 for r in rates)
    assert all(r.low <= r.rate <= r.high for r in rates)


def test_an_alarm_without_care_for_chance_would_cry_often(watched: Watched) -> None:
    careless = replace(watched, settings=MonitorSettings(sure=0.51, psi_watch=0.01, csi_watch=0.01))
    rates = {
        r.id: r.rate for r in measure_false_alarms(careless, draw(3000, 71)[0], rows=100, months=40)
    }
    assert rates["M-01"] > 0.2


def test_grades_add_up(watched: Watched) -> None:
    figures = measure(watched, month("2024-01", 900, 40))
    assert sum(g["rows"] for g in figures.grades) == 900
    assert sum(g["bads"] for g in figures.grades) == figures.realised.bads  # type: ignore[union-attr]


def test_the_month_is_written_for_people_and_machines(watched: Watched, tmp_path: Path) -> None:
    history: list[Figures] = []
    for number in range(3):
        history.append(measure(watched, month(f"2024-0{number + 1}", 600, 50 + number), history))
    rates = measure_false_alarms(watched, draw(1000, 72)[0], rows=100, months=10)
    told = write_month(watched, history, tmp_path, date(2024, 4, 1), rates, simulated=True)
    assert told["proposal"] == "keep"
    assert json.loads((tmp_path / "monitor.json").read_text())["months"][2]["month"] == "2024-03"
    assert "模拟数据" in (tmp_path / "monitor.zh.html").read_text(encoding="utf-8")
    assert "False-alarm" in (tmp_path / "monitor.en.html").read_text(encoding="utf-8")
    metrics = (tmp_path / "monitor.prom").read_text(encoding="utf-8")
    assert 'xinqiao_model_alarm{model="demo/1",month="2024-03",alarm="M-01"} 0' in metrics
    names = [line.split()[2] for line in metrics.splitlines() if line.startswith("# TYPE")]
    assert len(names) == len(set(names))


def test_labels_of_metrics_are_escaped(watched: Watched) -> None:
    odd = replace(watched, name='a"b\\c\nd')
    metrics = prometheus(odd, measure(odd, month("2024-01", 100, 60)), [])
    assert 'model="a\\"b\\\\c d"' in metrics


def test_parts_of_different_lengths_are_refused() -> None:
    frame, bad = draw(10, 1)
    with pytest.raises(TrainingError, match="different lengths"):
        Month("2024-01", frame, bad[:5])


def test_a_reference_comes_back_as_it_was_written(watched: Watched) -> None:
    again = Reference.from_json(json.loads(json.dumps(watched.reference.to_json())))
    assert again == watched.reference
