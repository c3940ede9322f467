"""The real service as a child process, asked over HTTP as a bank asks it; and the commands that an operator runs.

This room never imports the serving room: it starts `xinqiao serve`, and what banks reported comes back through
`xinqiao decisions export --intake`.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from data_contracts.interrupts import held_back
from data_contracts.workspace import Workspace
from training.errors import TrainingError

_ROOT = Path(__file__).resolve().parents[2]
_READY_SECONDS, _STOP_SECONDS, _COMMAND_SECONDS = 180.0, 40.0, 600.0
AT_ONCE = 4
"""Requests under way at the same time: the service writes them to disk together."""

Call = tuple[str, Mapping[str, Any]]


class Service:
    """`xinqiao serve` on a free port of 127.0.0.1; a context manager.

    Parameters
    ----------
    workspace : Workspace
        With a champion and vectors in the online store.

    Raises
    ------
    TrainingError
        When the service ended, was not ready in time, or refuses what it is asked; the place of its log is named.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._log = workspace.root / "serve.log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{self._port}", timeout=60)

    def __enter__(self) -> Service:
        """Start, and wait until it answers."""
        command = _command("serve", "--port", str(self._port), "--workspace", self._root)
        try:
            with self._log.open("ab") as log, held_back():
                self._process = subprocess.Popen(
                    command, cwd=_ROOT, env=_environment(), stdin=subprocess.DEVNULL, stdout=log,
                    stderr=log, start_new_session=True,
                )  # fmt: skip
            self.wait_for(None)
        except BaseException:
            self._stop()
            raise
        key = (self._workspace.secrets_dir / "api_key").read_text(encoding="utf-8").strip()
        self._client.headers["X-API-Key"] = key
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self._stop()

    def wait_for(self, version: int | None) -> None:
        """Wait until the service is ready, with a version in use where one is named: it follows the registry."""
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            with suppress(httpx.TransportError):
                answer = self._client.get("/readyz")
                versions = answer.json().get("models", {}) if answer.status_code == 200 else {}
                if versions and (version is None or str(version) in versions.values()):
                    return
            time.sleep(0.3)
        raise TrainingError("The service is not ready.", f"its log is {self._log}")

    def score(self, subjects: Iterable[str]) -> list[dict[str, Any]]:
        """Score enterprises for a loan approval, in the order given."""
        asked = (
            {"subject": {"kind": "enterprise", "id": one}, "purpose": "LOAN_APPROVAL"}
            for one in subjects
        )
        return self.post([("/v1/scores", body) for body in asked])

    def post(self, calls: list[Call]) -> list[dict[str, Any]]:
        """Send requests, several at once; their answers in the order given."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self._post, calls))

    def export(self, month: str, institution_code: str) -> None:
        """Bring what was reported in a month into the lake."""
        run(
            "decisions", "export", "--month", month, "--institution-code", institution_code,
            "--intake", "--workspace", self._root,
        )  # fmt: skip

    @property
    def _root(self) -> str:
        return str(self._workspace.root.resolve())

    def _post(self, call: Call) -> dict[str, Any]:
        path, body = call
        answer = self._client.post(path, json=body)
        if answer.status_code not in (200, 201):
            told = answer.json()
            fields = ", ".join(str(one.get("field")) for one in told.get("errors", []))
            raise TrainingError(
                f"The service answered {answer.status_code} to {path.split('/')[-1]}: {told.get('title')} {fields}",
                f"its log is {self._log}",
            )
        found: dict[str, Any] = answer.json()
        return found

    def _stop(self) -> None:
        self._client.close()
        with held_back():
            process, self._process = self._process, None
            if process is None:
                return
            with suppress(ProcessLookupError):
                process.terminate()  # it stops its own workers as on Ctrl-C
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def run(*arguments: str) -> str:
    """Run a command of `xinqiao` to its end.

    Returns
    -------
    str
        What it printed.

    Raises
    ------
    TrainingError
        When it failed, with the last line of what it said.
    """
    done = subprocess.run(
        _command(*arguments), cwd=_ROOT, env=_environment(), capture_output=True, text=True,
        timeout=_COMMAND_SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        said = (done.stderr or done.stdout).strip().rpartition("\n")[2]
        raise TrainingError(
            f"xinqiao {' '.join(arguments[:2])} ended with {done.returncode}: {said}"
        )
    return done.stdout


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "xinqiao", *arguments]


def _environment() -> dict[str, str]:
    """The city's firms are served; one fast look at the registry after another."""
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    return {
        **os.environ,
        "PYTHONPATH": path,
        "XINQIAO_SERVES": "city-firms",
        "XINQIAO_FOLLOW_REGISTRY_SECONDS": "0.5",
    }
