"""Fixtures: one small real workspace for the session; a fresh copy of it for tests that write."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_contracts.workspace import Workspace
from serving.app import create_app
from serving.services import Services
from serving.settings import Settings
from serving.wiring import build
from tests.serving.inprocess import TestClient
from tests.serving.workspace import SmallWorld, world_of


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """The small workspace; treat it as read-only."""
    return world_of(tmp_path_factory, "world")


@pytest.fixture(scope="session")
def services(world: SmallWorld) -> Iterator[Services]:
    """The wired service of the shared workspace."""
    made = build(Settings(workspace=world.workspace.root))
    yield made
    made.close()


@pytest.fixture(scope="session")
def client(services: Services) -> Iterator[TestClient]:
    """The app, in process, with the demo bank's key."""
    headers = {"X-API-Key": services.keys.api_key}
    with TestClient(create_app(services), headers=headers) as made:
        yield made


@pytest.fixture
def own(world: SmallWorld, services: Services, tmp_path: Path) -> Iterator[Services]:
    """A service over a copy of the workspace, to be tampered with; `services` has fetched its champions."""
    root = tmp_path / "copy"
    leave = shutil.ignore_patterns("xinqiao.db*", "secrets", "reports", "mlartifacts", "bentoml")
    shutil.copytree(world.workspace.root, root, ignore=leave)
    made = build(Settings(workspace=Workspace(root).root, pull_models=False))
    yield made
    made.close()
