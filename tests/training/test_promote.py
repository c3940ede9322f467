"""The gates of promotion, against a real MLflow registry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from data_contracts.workspace import Workspace
from training.errors import TrainingError
from training.promote import GATES, Candidate, promote
from training.tracking import Tracking

GOOD = Candidate(
    name="enterprise-default",
    version=1,
    kind="glassbox",
    developer="analyst",
    reviewer="reviewer",
    chosen_on="validation",
    certificate_holds=True,
)


@pytest.fixture(scope="module")
def tracking(tmp_path_factory: pytest.TempPathFactory) -> Tracking:
    folder = tmp_path_factory.mktemp("registry")
    model = folder / "model"
    model.mkdir()
    (model / "manifest.json").write_text("{}", encoding="utf-8")
    tracking = Tracking(Workspace(folder / "workspace"))
    for number in (1, 2):
        run = tracking.log_run(
            "enterprise-default",
            f"run {number}",
            params={"rows": 10},
            metrics={"auc": 0.7},
            tags={"kind": "glassbox"},
            model=model,
        )
        assert tracking.register("enterprise-default", run, {"kind": "glassbox"}) == number
    return tracking


@pytest.mark.parametrize(
    ("change", "gate"),
    [
        ({"certificate_holds": False}, "G-01"),
        ({"chosen_on": "test"}, "G-02"),
        ({"reviewer": "analyst"}, "G-03"),
        ({"reviewer": "  "}, "G-03"),
    ],
)
def test_each_failing_gate_is_named_and_the_alias_stays(
    tracking: Tracking, change: dict[str, object], gate: str
) -> None:
    before = tracking.champion("enterprise-default")
    with pytest.raises(TrainingError, match=gate):
        promote(tracking, replace(GOOD, **change), why="test")  # type: ignore[arg-type]
    assert tracking.champion("enterprise-default") == before


def test_the_champion_moves_and_says_who_and_why(tracking: Tracking) -> None:
    promote(tracking, GOOD, why="first")
    assert tracking.champion("enterprise-default") == 1
    promote(tracking, replace(GOOD, version=2), why="better out of time")
    assert tracking.champion("enterprise-default") == 2
    tags = tracking.version_tags("enterprise-default", 2)
    assert tags["reviewer"] == "reviewer"
    assert tags["developer"] == "analyst"
    assert tags["promoted_because"] == "better out of time"
    assert tags["gates"] == ",".join(gate.id for gate in GATES)


def test_a_name_without_versions_has_no_champion(tracking: Tracking) -> None:
    assert tracking.champion("individual-default") is None


def test_gates_have_ids_and_both_texts() -> None:
    assert len({gate.id for gate in GATES}) == len(GATES)
    assert all(gate.text_zh and gate.text_en for gate in GATES)


def test_a_run_without_its_model_is_refused_and_leaves_nothing(
    tracking: Tracking, tmp_path: Path
) -> None:
    before = len(tracking._client.search_runs([tracking.experiment("enterprise-default")]))
    with pytest.raises(TrainingError, match=r"manifest\.json"):
        tracking.log_run(
            "enterprise-default",
            "broken",
            params={},
            metrics={},
            tags={},
            model=tmp_path / "absent",
        )
    assert len(tracking._client.search_runs([tracking.experiment("enterprise-default")])) == before


def test_a_run_that_dies_half_way_is_marked_failed(tracking: Tracking, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="could not convert"):
        tracking.log_run(
            "enterprise-default",
            "half",
            params={},
            metrics={"auc": "high"},  # type: ignore[dict-item]
            tags={},
            model=tmp_path,
        )
    runs = tracking._client.search_runs([tracking.experiment("enterprise-default")])
    assert [run.info.status for run in runs if run.info.run_name == "half"] == ["FAILED"]
