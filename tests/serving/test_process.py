"""`bentoml serve` as a process: its environment, its stop, and what it says when it cannot start."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from data_contracts.interrupts import held_back
from data_contracts.workspace import Workspace
from serving.cli import audit_app, serve_app
from serving.errors import NotReady
from serving.process import ServerProcess, free_port, server_environment
from tests.serving.helpers import Operations, decision, operations, scored


def test_the_environment_tracks_nothing_and_keeps_state_in_the_workspace(tmp_path: Path) -> None:
    environment = server_environment(Workspace(tmp_path), workers=2, extra={"X": "1"})
    expected = {
        "OTEL_SDK_DISABLED": "true",
        "BENTOML_DO_NOT_TRACK": "True",
        "DO_NOT_TRACK": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "BENTOML_HOME": str(tmp_path.resolve() / "bentoml"),
        "XINQIAO_WORKSPACE": str(tmp_path.resolve()),
        "XINQIAO_WORKERS": "2",
        "X": "1",
    }
    assert expected.items() <= environment.items()


def test_a_server_that_cannot_listen_ends_with_an_error_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = ServerProcess(Workspace(tmp_path), taken.getsockname()[1], ready_seconds=0.5)
        with pytest.raises(NotReady, match="not ready"):
            server.start()
    assert server.wait() == 0  # nothing runs any more


def test_a_stop_by_a_supervisor_is_a_stop_as_by_ctrl_c(tmp_path: Path) -> None:
    """SIGTERM while the service starts: the command ends with its child, and says so."""
    code = "from serving.cli import serve_app; serve_app()"
    command = [sys.executable, "-c", code, "--workspace", str(tmp_path)]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    log = tmp_path / "server.log"
    while not log.exists():  # written when the child is started
        assert started.poll() is None
        time.sleep(0.05)
    started.send_signal(signal.SIGTERM)
    out, _ = started.communicate(timeout=60)
    assert (started.returncode, out) == (0, "stopped\n")
    assert processes_of(tmp_path) == []


def processes_of(workspace: Path) -> list[int]:
    """Processes that serve a workspace, by their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if f"XINQIAO_WORKSPACE={workspace}".encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
    return found


def test_an_interrupt_waits_until_the_child_is_known() -> None:
    made = []

    def make() -> None:
        with held_back():
            signal.raise_signal(signal.SIGINT)
            made.append("child")

    with pytest.raises(KeyboardInterrupt):
        make()
    assert made == ["child"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_free_ports_are_free() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", free_port()))


def test_serving_a_missing_workspace_is_an_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(serve_app, ["--workspace", str(tmp_path / "none")])
    assert result.exit_code == 2
    assert "no workspace" in result.output


@pytest.fixture
def ops(tmp_path: Path) -> Operations:
    return operations(tmp_path)


def test_audit_commands(ops: Operations) -> None:
    place = ["--workspace", str(ops.workspace.root)]
    run = CliRunner().invoke
    ops.ledger.record_decision(decision("scr_1"), scored("scr_1"))
    head = run(audit_app, ["head", *place])
    assert head.exit_code == 0
    noted = head.output.strip()
    good = run(audit_app, ["verify", "--head", noted, *place])
    assert good.exit_code == 0
    assert noted in good.output
    with ops.database.write() as connection:
        connection.exec_driver_sql("UPDATE decisions SET answer = '{}x'")
    bad = run(audit_app, ["verify", *place])
    assert bad.exit_code == 1
    assert "scr_1 was changed" in bad.output
    assert run(audit_app, ["verify", "--head", "nonsense", *place]).exit_code == 2
    assert run(audit_app, ["replay", "scr_2", *place]).exit_code == 2


def test_audit_of_a_workspace_without_a_database(tmp_path: Path) -> None:
    result = CliRunner().invoke(audit_app, ["verify", "--workspace", str(tmp_path)])
    assert result.exit_code == 2
    assert not (tmp_path / "xinqiao.db").exists()
