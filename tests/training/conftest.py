"""One real training run for the tests that look at what it leaves."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from data_contracts.workspace import Workspace
from tests.training.small_portfolio import config_file, intake
from training.config_files import load_config
from training.registry import Registry
from training.run import TrainingResult, train_portfolio
from training.settings import TrainingSettings
from training.tracking import Tracking


@dataclass(frozen=True)
class Trained:
    """A workspace with one finished run; treat it as read-only."""

    workspace: Workspace
    settings: TrainingSettings
    result: TrainingResult


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The run of the small configuration."""
    root = tmp_path_factory.mktemp("trained")
    workspace, settings = intake(root), load_config(config_file(root))
    return Trained(workspace, settings, train_portfolio(workspace, settings, developer="analyst"))


def report(registry: Registry, number: int) -> Path:
    """A report of a version of the run, as far as a promotion looks at it."""
    folder = registry.tracking.workspace.root / f"report-{number}"
    folder.mkdir(exist_ok=True)
    about = {"model": f"enterprise-default/{number}"}
    (folder / "validation.json").write_text(json.dumps(about), encoding="utf-8")
    (folder / "validation.zh.html").write_text("<p>报告</p>", encoding="utf-8")
    return folder


def with_fits(trained: Trained, root: Path) -> Workspace:
    """A new workspace that has the finished fits of the run, so that the next run takes them over."""
    workspace = Workspace(root).create()
    shutil.copytree(trained.workspace.fits_dir, workspace.fits_dir)
    return workspace


@pytest.fixture
def registry(trained: Trained, tmp_path: Path) -> Registry:
    """A registry of the test's own: a copy of the store; artefacts stay where they are."""
    workspace = with_fits(trained, tmp_path / "own")
    shutil.copy(trained.workspace.mlflow_db, workspace.mlflow_db)
    return Registry(Tracking(workspace))
