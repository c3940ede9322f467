"""MLflow on a real PostgreSQL and behind a real server: one that is down, and one that dies half-way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from data_contracts.workspace import Workspace
from serving.model_store import ModelStore
from serving.process import free_port
from tests.training.conftest import Trained, report, trained, with_fits  # noqa: F401 - a fixture
from training.demonstrate import put_live
from training.errors import TrainingError
from training.promote import attach_report, rollback
from training.registry import Registry, State
from training.run import train_portfolio
from training.tracking import Tracking

pytestmark = pytest.mark.xdist_group("training-run")
NAME = "enterprise-default"


def test_training_registry_and_serving_on_postgresql(
    sqlalchemy_url: str,
    trained: Trained,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workspace = with_fits(trained, tmp_path / "ws")
    (workspace.secrets_dir / "mlflow_uri").write_text(sqlalchemy_url + "\n", encoding="utf-8")
    dataset = trained.result.dataset
    made = train_portfolio(workspace, trained.settings, developer="analyst", dataset=dataset)
    registry = Registry(Tracking(workspace))
    assert not workspace.mlflow_db.exists()
    assert len(registry.versions(NAME)) == 6
    registry.tag(registry.version(NAME, 1), "chosen_on", "validation")
    for number in (1, made.candidate):
        attach_report(registry, NAME, number, report(registry, number))
        put_live(registry, NAME, number, reviewer="r", why="test")
    assert registry.champion(NAME) == made.candidate
    assert rollback(registry, NAME, by="r", why="test") == (made.candidate, 1)
    assert registry.version(NAME, made.candidate).state == State.SUSPENDED
    store = ModelStore(workspace)
    assert store.pull() == {NAME: "1"}
    folder = store.champions()[NAME].folder
    first = trained.workspace.fits_dir.glob("*/model/model.json")
    assert (folder / "model.json").read_bytes() in [path.read_bytes() for path in first]
    monkeypatch.setenv("XINQIAO_MLFLOW_URI", "sqlite:////nowhere/else.db")
    assert Tracking(workspace).uri == "sqlite:////nowhere/else.db"  # the environment comes first


@pytest.mark.parametrize("scheme", ["http", "postgresql+psycopg"])
def test_a_store_that_is_down_is_told_at_once_and_without_its_password(
    scheme: str,
    trained: Trained,  # noqa: F811
    tmp_path: Path,
) -> None:
    address = f"{scheme}://user:secret@127.0.0.1:{free_port()}/mlflow"
    workspace = Workspace(tmp_path / "ws").create()
    began = time.monotonic()
    with pytest.raises(TrainingError, match="did not answer") as caught:
        train_portfolio(
            workspace,
            trained.settings,
            developer="a",
            dataset=trained.result.dataset,
            tracking=Tracking(workspace, address),
        )
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)
    assert time.monotonic() - began < 60
    assert not workspace.fits_dir.exists()  # asked before anything was fitted


def test_an_address_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="of the kind 'mysql'"):
        Tracking(Workspace(tmp_path), "mysql://u:p@127.0.0.1/x").experiment("x")


def test_a_server_that_dies_half_way_leaves_nothing_half_registered_and_the_next_run_resumes(
    trained: Trained,  # noqa: F811
    tmp_path: Path,
) -> None:
    workspace = with_fits(trained, tmp_path / "ws")
    fits = {p: p.stat().st_mtime_ns for p in workspace.fits_dir.rglob("model.json")}
    assert len(fits) == 6
    port, store = free_port(), f"sqlite:///{workspace.mlflow_db.resolve()}"
    command = [sys.executable, "-m", "mlflow", "server", "--workers", "1", "--host", "127.0.0.1"]
    server = subprocess.Popen(
        [*command, "--port", str(port), "--backend-store-uri", store],
        env=os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _answers(server, port)

        def die(step: str, done: int, total: int) -> None:
            if "logged in MLflow" in step and done == 2:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait(30)

        with pytest.raises(TrainingError, match="run the same command again"):
            train_portfolio(
                workspace,
                trained.settings,
                developer="a",
                dataset=trained.result.dataset,
                progress=die,
                tracking=Tracking(workspace, f"http://127.0.0.1:{port}"),
            )
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(30)
    registry = Registry(Tracking(workspace))  # the same store without the server
    assert registry.versions(NAME) == []
    (left,) = registry.tracking.runs(NAME, kind="training")
    assert left.status == "RUNNING"  # nobody could tell the server
    again = train_portfolio(
        workspace, trained.settings, developer="a", dataset=trained.result.dataset
    )
    assert fits == {p: p.stat().st_mtime_ns for p in workspace.fits_dir.rglob("model.json")}
    assert len(registry.versions(NAME)) == 6
    statuses = {r.id: r.status for r in registry.tracking.runs(NAME, kind="training")}
    assert statuses == {left.id: "KILLED", again.run_id: "FINISHED"}


def _answers(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        assert server.poll() is None, "the MLflow server ended"
        try:
            with urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the MLflow server did not answer in time")
