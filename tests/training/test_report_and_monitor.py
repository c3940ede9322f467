"""A registered version, validated from the record of its run and watched month by month, as an analyst would."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.training.conftest import Trained
from training.errors import TrainingError
from training.monitor.cli import app as monitor_app
from training.monitor.months import month_range, months_of
from training.monitor.run import watched_version
from training.monitor.settings import MonitorSettings
from training.registry import Registry
from training.tracking import Tracking
from training.validation.cli import app as validate_app
from training.validation.evidence import ValidationSettings
from training.validation.of_run import evidence_of, run_of

pytestmark = pytest.mark.xdist_group("training-run")


def named(trained: Trained) -> str:
    return f"{trained.settings.model_name}/{trained.result.candidate}"


def test_a_version_is_validated_on_the_test_rows_of_its_run(
    trained: Trained, tmp_path: Path
) -> None:
    registry = Registry(Tracking(trained.workspace))
    version = registry.version(trained.settings.model_name, trained.result.candidate)
    from training.validation.find_model import find_model

    model, found = find_model(named(trained), registry)
    assert found == version
    run = run_of(registry, trained.workspace, version, model, dataset=trained.result.dataset)
    evidence = evidence_of(run, ValidationSettings(bootstrap=50), refits=0)
    told = next(row for row in trained.result.rows if row["mlflow_version"] == version.number)
    assert len(evidence.sample.bad) == told["n"]
    assert int(evidence.sample.bad.sum()) == told["bads"]
    # Scored again from the lake, the test rows have the probabilities that the run recorded.
    part = run.predictions[run.predictions["split"] == version.tags["split"]]
    assert evidence.probability == pytest.approx(part["p_glassbox"].to_numpy(), abs=1e-12)
    assert set(evidence.challengers) >= {"scorecard"}
    assert [step.rows for step in evidence.waterfall][-1] == told["n"]
    assert evidence.suppliers
    changed = replace(trained.result.dataset, digest="0" * 64)
    with pytest.raises(TrainingError, match="no longer holds the data"):
        run_of(registry, trained.workspace, version, model, dataset=changed)


def test_the_command_writes_the_report_and_attaches_it(trained: Trained, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        validate_app,
        [named(trained), "--workspace", str(trained.workspace.root), "--out", str(tmp_path)],
    )
    assert done.exit_code == 0, done.output
    figures = json.loads((tmp_path / "validation.json").read_text(encoding="utf-8"))
    assert figures["model"] == named(trained)
    assert figures["sections"]["stability"]["psi"] >= 0
    version = Registry(Tracking(trained.workspace)).version(
        trained.settings.model_name, trained.result.candidate
    )
    assert len(version.tags["validation_report_sha256"]) == 64
    # Two sections that speak of persons must not name any.
    ids = set(trained.result.dataset.frame["subject_id"])
    for page in tmp_path.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not any(subject in text for subject in list(ids)[:500])


def test_decisions_come_month_by_month(trained: Trained) -> None:
    months = months_of(trained.workspace, trained.settings, month_range("2007-06", 6))
    assert [m.month for m in months] == sorted(m.month for m in months)
    day = trained.result.dataset.frame["as_of"].dt.strftime("%Y-%m")
    for month in months:
        # The waterfall leaves some out; watched is every decision.
        assert len(month.frame) >= (day == month.month).sum()
        assert month.matured.any()
        assert month.approved is None
    with pytest.raises(TrainingError, match="no decision"):
        months_of(trained.workspace, trained.settings, ["1955-01"])
    with pytest.raises(TrainingError, match="no month"):
        month_range("june", 2)


def test_a_month_is_watched_by_command(trained: Trained, tmp_path: Path) -> None:
    arguments = [named(trained), "--month", "2007-06", "--months", "4", "--approve-at", "560",
                 "--workspace", str(trained.workspace.root), "--out", str(tmp_path)]  # fmt: skip
    done = CliRunner().invoke(monitor_app, arguments)
    assert done.exit_code in (0, 3), done.output
    figures = json.loads((tmp_path / "monitor.json").read_text(encoding="utf-8"))
    assert figures["month"] == "2007-06"
    assert (done.exit_code == 3) == (figures["proposal"] == "suspend")
    assert (tmp_path / "monitor.prom").read_text(encoding="utf-8").startswith("# HELP")
    assert (tmp_path / "monitor.zh.html").is_file()


def test_only_a_registered_version_is_watched(trained: Trained, tmp_path: Path) -> None:
    registry = Registry(Tracking(trained.workspace))
    (tmp_path / "folder").mkdir()
    with pytest.raises(Exception, match="model"):
        watched_version(registry, str(tmp_path / "folder"), MonitorSettings())
    with pytest.raises(TrainingError, match="no champion"):
        watched_version(registry, "nobody", MonitorSettings())


def test_versions_of_other_splits_left_no_reference(trained: Trained) -> None:
    registry = Registry(Tracking(trained.workspace))
    earlier = next(
        r for r in trained.result.rows if r["split"] == "oot-2006" and r["kind"] == "glassbox"
    )
    with pytest.raises(TrainingError, match="no reference"):
        watched_version(
            registry,
            f"{trained.settings.model_name}/{earlier['mlflow_version']}",
            MonitorSettings(),
        )
