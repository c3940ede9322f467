"""A small loop, all real but the city: the shock is seen, a retraining is promoted, the level comes back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data_contracts.workspace import Workspace
from training.errors import TrainingError
from training.loop.page import summary, write_story
from training.loop.play import DEVELOPER, REVIEWER, Plan, play
from training.registry import Registry
from training.tracking import Tracking

pytestmark = pytest.mark.xdist_group("training-loop")

PLAN = Plan(subjects=10_000, seed=2, months=9, shock_month=1, shock=2.0)


def test_the_loop_closes(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "loop")
    story = play(workspace, PLAN)
    told = write_story(story, tmp_path / "page")
    assert told["simulated"] is True
    assert story.quarantined == 0
    # No outcome of the shocked loans is known before six months: the alarm cannot be earlier.
    sounded = [e for e in story.events if e.what == "M-04"]
    assert sounded
    assert min(e.month for e in sounded) > story.rows[5]["month"]
    promoted = [e for e in story.events if e.what == "promoted"]
    assert len(promoted) >= 2
    assert promoted[1].month >= sounded[0].month
    phases = {one["phase"]: one for one in summary(story)}
    assert abs(phases["after"]["ratio"] - 1) < abs(phases["shocked"]["ratio"] - 1)
    assert phases["shocked"]["ratio"] > 1.25
    registry = Registry(Tracking(workspace))
    champion = registry.champion("city-loop")
    assert champion == promoted[-1].version
    assert champion is not None
    version = registry.version("city-loop", champion)
    assert {h["by"] for h in version.history} == {REVIEWER} != {DEVELOPER}
    assert all(g["passed"] for h in version.history for g in h["gates"])
    page = (tmp_path / "page" / "loop.zh.html").read_text(encoding="utf-8")
    assert "模拟数据" in page
    assert "Simulated data" in (tmp_path / "page" / "loop.en.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "page" / "loop.json").read_text())["summary"] == told["summary"]
    with pytest.raises(TrainingError, match="holds records already"):
        play(workspace, PLAN)


def test_a_shock_outside_the_months_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="shock-month"):
        play(Workspace(tmp_path / "none"), Plan(months=9, shock_month=10))
