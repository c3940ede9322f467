"""The demo's way to a champion: its report is real, and what is not held against it is named in the history."""

from __future__ import annotations

import json

import pytest

from tests.training.conftest import Trained
from training.demonstrate import WAIVED, validate_and_put_live
from training.registry import Registry, State

pytestmark = pytest.mark.xdist_group("training-run")


def test_the_report_is_made_and_the_waived_gates_are_named(
    registry: Registry, trained: Trained
) -> None:
    number, dataset = trained.result.candidate, trained.result.dataset
    validate_and_put_live(registry, dataset, number, reviewer="reviewer", why="demonstration")
    name = trained.settings.model_name
    assert registry.champion(name) == number
    version = registry.version(name, number)
    assert version.state == State.LIVE
    verdicts = {one["gate"]: one for one in version.history[-1]["gates"]}
    assert {gate for gate, one in verdicts.items() if one.get("waived")} == set(WAIVED)
    assert verdicts["G-09"]["passed"]
    assert verdicts["G-09"]["found"] == version.tags["validation_report_sha256"][:12]
    folder = registry.tracking.workspace.root / "validation" / name
    told = json.loads((folder / "validation.json").read_text(encoding="utf-8"))
    test = next(s for s in trained.result.rows if s["mlflow_version"] == number and "psi" in s)
    assert told["sections"]["discrimination"]["overall"]["auc"] == pytest.approx(test["auc"])
    assert (folder / "validation.zh.pdf").read_bytes().startswith(b"%PDF")
