"""`bentoml serve` as a child process: environment, readiness, a clean stop of its own group."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from urllib.error import URLError
from urllib.request import urlopen

from data_contracts.interrupts import held_back
from data_contracts.workspace import Workspace
from serving.errors import NotReady

TARGET = "serving.service:Xinqiao"
_ROOT = Path(__file__).resolve().parent.parent
_STOP_SECONDS = 15.0


def server_environment(
    workspace: Workspace, workers: int = 1, extra: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The environment in which the server runs: no telemetry, no tracing, state in the workspace."""
    environment = {
        **os.environ,
        "XINQIAO_WORKSPACE": str(workspace.root.resolve()),
        "XINQIAO_WORKERS": str(workers),
        "XINQIAO_PULL_MODELS": "false",  # done once, before the workers start
        "BENTOML_HOME": str(workspace.root.resolve() / "bentoml"),
        "OTEL_SDK_DISABLED": "true",
        "BENTOML_DO_NOT_TRACK": "True",
        "DO_NOT_TRACK": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")])),
        # One row needs no thread pools; idle ones only spin.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    return environment | dict(extra or {})


def server_command(host: str, port: int) -> list[str]:
    """The command line of the server."""
    command = [sys.executable, "-m", "bentoml", "serve", TARGET]
    return [*command, "--host", host, "--port", str(port), "--working-dir", str(_ROOT)]


def free_port(host: str = "127.0.0.1") -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


class ServerProcess:
    """The real server over HTTP, for the demo and for tests; a context manager.

    Parameters
    ----------
    workspace : Workspace
        With lake, online store and registry.
    port : int, optional
        A free one by default.
    host : str
        Address to listen on.
    workers : int
        Worker processes.
    ready_seconds : float
        How long to wait for ``/readyz``.
    extra : mapping, optional
        Further environment variables.

    Raises
    ------
    NotReady
        When the server ended or was not ready in time; with the reasons that ``/readyz`` gave and
        the place of its log.
    """

    def __init__(
        self,
        workspace: Workspace,
        port: int | None = None,
        *,
        host: str = "127.0.0.1",
        workers: int = 1,
        ready_seconds: float = 120.0,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        self.workspace = workspace
        self.host = host
        self.port = port or free_port(host)
        self.url = f"http://{host}:{self.port}"
        self.log = workspace.root / "server.log"
        self._workers = workers
        self._ready_seconds = ready_seconds
        self._extra = extra
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> ServerProcess:
        """Prepare the workspace, start the server and wait until it is ready."""
        from serving.wiring import prepare

        prepare(self.workspace)
        (self.workspace.root / "bentoml").mkdir(exist_ok=True)
        try:
            with self.log.open("ab") as log, held_back():
                self._process = subprocess.Popen(
                    server_command(self.host, self.port),
                    env=server_environment(self.workspace, self._workers, self._extra),
                    cwd=_ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,  # its own group: stopping it touches nothing else
                )
            self._wait()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the server and its workers: politely, then by force; nothing else is touched."""
        with held_back():
            process, self._process = self._process, None
            if process is not None:
                _end(process)

    def wait(self) -> int:
        """Wait until the server ends by itself; give its exit code."""
        return self._process.wait() if self._process else 0

    def __enter__(self) -> ServerProcess:
        """Start."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    def _wait(self) -> None:
        deadline = time.monotonic() + self._ready_seconds
        told = "no answer"
        while time.monotonic() < deadline:
            assert self._process is not None
            if self._process.poll() is not None:
                told = f"it ended with code {self._process.returncode}"
                break
            ready, told = _readyz(self.url)
            if ready:
                return
            time.sleep(0.2)
        raise NotReady(
            f"The server is not ready: {told}. Its log is {self.log.name} in the workspace.",
            f"服务未能就绪，日志见工作区中的 {self.log.name}。",
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a server that we started, and its workers.

    The supervisor gives each worker a session of its own and stops it; should the supervisor have to be
    killed, its workers are ended by their identity (id and start time), which psutil checks.
    """
    import psutil  # type: ignore[import-untyped]

    family = []
    with suppress(psutil.NoSuchProcess):
        family = psutil.Process(process.pid).children(recursive=True)
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if _end_group(process, sign):
            break
    _, left = psutil.wait_procs(family, timeout=_STOP_SECONDS)
    for worker in left:
        with suppress(psutil.NoSuchProcess):
            worker.kill()


def _end_group(process: subprocess.Popen[bytes], sign: signal.Signals) -> bool:
    """Signal a process group that we started; whether the last of it was gone in time."""
    deadline = time.monotonic() + _STOP_SECONDS
    send: int = sign
    while time.monotonic() < deadline:
        process.poll()  # reap our child, else its group would seem to live
        try:
            os.killpg(process.pid, send)
        except ProcessLookupError:
            process.wait()
            return True
        send = 0  # only ask whether it is still there
        time.sleep(0.05)
    return False


def _readyz(url: str) -> tuple[bool, str]:
    """Whether the server is ready, else what it says."""
    try:
        with urlopen(f"{url}/readyz", timeout=5) as answer:
            return answer.status == 200, "ready"
    except URLError as error:
        body = error.read().decode(errors="replace") if hasattr(error, "read") else ""
        return False, body or "no answer yet"
    except OSError:
        return False, "no answer yet"
