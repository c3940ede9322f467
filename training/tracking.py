"""The one place of the training room that imports MLflow: where its store is, runs, artefacts, and what goes wrong."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from data_contracts.workspace import Workspace
from training.errors import TrainingError

_PORTS = {"http": 80, "https": 443, "postgresql": 5432}
_TAGS_AT_ONCE = 90  # MLflow takes a hundred

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_UV_AUTO_DETECT", "false")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
# A server that died is told after seconds, not after the minutes of MLflow's own patience.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")


def code_version() -> str:
    """The installed version, with the commit when the code runs from a checkout."""
    release = installed_version("xinqiao")
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return f"{release}+{found.stdout.strip()}" if found.returncode == 0 else release


@dataclass(frozen=True)
class RunInfo:
    """A run as MLflow holds it."""

    id: str
    name: str
    status: str
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Tracking:
    """Runs of one workspace's MLflow store: SQLite by default, PostgreSQL or a server by its address.

    Models are logged as folders of data (JSON, LightGBM text), not as pickles and not as pyfunc: serving reads the
    tables. Artefacts always lie in the workspace's folder.

    Attributes
    ----------
    workspace : Workspace
    address : str
        Of the store; the workspace's own (`Workspace.mlflow_uri`) when empty. It may hold a password: messages name
        `shown` instead.
    """

    workspace: Workspace
    address: str = ""

    @property
    def uri(self) -> str:
        """The tracking and registry address."""
        return self.address or self.workspace.mlflow_uri

    @property
    def shown(self) -> str:
        """The address without user, password and options, for messages."""
        parts = urlsplit(self.uri)
        if parts.scheme == "sqlite":
            return str(self.workspace.mlflow_db)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname or 'socket'}{port}{parts.path}"

    @cached_property
    def client(self) -> Any:
        """MLflow's client; a TrainingError when the store does not answer.

        Raises
        ------
        TrainingError
            When MLflow is not installed, the address is of no known kind or nothing answers there.
        """
        try:
            from mlflow.tracking import MlflowClient
        except ImportError as missing:  # pragma: no cover - a broken installation
            raise TrainingError(
                "MLflow is not installed.", "run make demo, which installs it"
            ) from missing
        # Which tables MLflow makes in its store is no news to an analyst.
        logging.getLogger("mlflow").setLevel(logging.WARNING)
        logging.getLogger("alembic").setLevel(logging.WARNING)
        self._listens()
        self.workspace.create()
        self.workspace.mlflow_artifacts.mkdir(parents=True, exist_ok=True)
        with self.answering("open the store"):
            client = MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)
            client.search_experiments(max_results=1)
        return client

    def _listens(self) -> None:
        """Ask the port first: SQLAlchemy and MLflow would try for minutes."""
        parts = urlsplit(self.uri)
        scheme = parts.scheme.partition("+")[0]
        if scheme == "sqlite":
            return
        if scheme not in _PORTS:
            raise TrainingError(
                f"MLflow's address is of the kind {parts.scheme!r}.",
                "use sqlite:///FILE, postgresql+psycopg://USER:PASSWORD@HOST/DATABASE or http://HOST:PORT",
            )
        if parts.hostname is None:
            return  # a PostgreSQL socket in the options
        try:
            socket.create_connection((parts.hostname, parts.port or _PORTS[scheme]), 5).close()
        except OSError as error:
            raise self.gone("open the store") from error

    def gone(self, doing: str) -> TrainingError:
        """What is said when the store does not answer."""
        return TrainingError(
            f"MLflow at {self.shown} did not answer ({doing}). Nothing was registered by halves.",
            "start it (xinqiao mlflow, or your server) and run the same command again: finished fits are taken over",
        )

    @contextmanager
    def answering(self, doing: str) -> Iterator[None]:
        """Turn what MLflow raises into a TrainingError that says what was being done."""
        from mlflow.exceptions import MlflowException
        from requests.exceptions import RequestException

        try:
            yield
        except (MlflowException, RequestException) as error:
            code = getattr(error, "error_code", "")
            if code == "RESOURCE_DOES_NOT_EXIST":
                raise TrainingError(f"MLflow holds no such thing ({doing}).") from error
            if code in ("INVALID_PARAMETER_VALUE", "RESOURCE_ALREADY_EXISTS"):
                raise TrainingError(f"MLflow refused to {doing}: {code}.") from error
            raise self.gone(doing) from error

    # --- runs ---------------------------------------------------------------------------------------

    def experiment(self, name: str) -> str:
        """Id of an experiment, made when absent."""
        client = self.client
        with self.answering(f"find the experiment {name}"):
            found = client.get_experiment_by_name(name)
            if found is not None:
                return str(found.experiment_id)
            location = self.workspace.mlflow_artifacts.resolve() / name
            return str(client.create_experiment(name, artifact_location=location.as_uri()))

    def start_run(
        self, experiment: str, run_name: str, tags: Mapping[str, str], parent: str = ""
    ) -> str:
        """Begin a run (below another one); its id."""
        place = self.experiment(experiment)
        more = {"mlflow.parentRunId": parent} if parent else {}
        told = {**tags, **more, "code_version": code_version()}
        with self.answering(f"begin the run {run_name}"):
            run = self.client.create_run(place, run_name=run_name, tags=told)
        return str(run.info.run_id)

    def log(
        self,
        run_id: str,
        *,
        params: Mapping[str, Any] | None = None,
        metrics: Mapping[str, float] | None = None,
        tags: Mapping[str, str] | None = None,
        folders: Mapping[str, Path] | None = None,
    ) -> None:
        """Add to a run: parameters, figures, tags, and the files of folders under artefact paths."""
        from mlflow.entities import Metric, Param, RunTag

        now = time.time_ns() // 1_000_000
        with self.answering("log a run"):
            for part in _batches([RunTag(k, v) for k, v in (tags or {}).items()]):
                self.client.log_batch(run_id, tags=part)
            for part in _batches([Param(k, str(v)) for k, v in (params or {}).items()]):
                self.client.log_batch(run_id, params=part)
            for part in _batches([Metric(k, float(v), now, 0) for k, v in (metrics or {}).items()]):
                self.client.log_batch(run_id, metrics=part)
            for path, folder in (folders or {}).items():
                self.client.log_artifacts(run_id, str(folder), path)

    def end_run(self, run_id: str, status: str = "FINISHED") -> None:
        """Close a run: FINISHED, FAILED or KILLED."""
        with self.answering("close a run"):
            self.client.set_terminated(run_id, status)

    @contextmanager
    def run(
        self, experiment: str, run_name: str, tags: Mapping[str, str], parent: str = ""
    ) -> Iterator[str]:
        """A run that is FINISHED at the end of the block, KILLED by Ctrl-C and FAILED by an error.

        Where the store has died, it stays open there; the next run of the same configuration closes it.
        """
        run_id = self.start_run(experiment, run_name, tags, parent)
        try:
            yield run_id
        except BaseException as error:
            status = "KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED"
            with suppress(TrainingError):
                self.end_run(run_id, status)
            raise
        self.end_run(run_id)

    def log_run(
        self,
        experiment: str,
        run_name: str,
        *,
        params: Mapping[str, Any],
        metrics: Mapping[str, float],
        tags: Mapping[str, str],
        model: Path | None = None,
        parent: str = "",
    ) -> str:
        """Log one run with its model folder at once; its id.

        Raises
        ------
        TrainingError
            When the model's folder is absent; no run is made.
        """
        # MLflow logs an absent folder without a word, as a run without a model.
        if model and not (model / "manifest.json").is_file():
            raise TrainingError(
                f"{model / 'manifest.json'} does not exist, so the run {run_name!r} was not logged."
            )
        with self.run(experiment, run_name, tags, parent) as run_id:
            folders = {"model": model} if model else {}
            self.log(run_id, params=params, metrics=metrics, folders=folders)
        return run_id

    def runs(self, experiment: str, **tags: str) -> list[RunInfo]:
        """Runs of an experiment with the given tags, newest first."""
        wanted = " and ".join(f"tags.{key} = '{value}'" for key, value in tags.items())
        place = self.experiment(experiment)
        with self.answering("search runs"):
            found = self.client.search_runs([place], filter_string=wanted)
        return [
            RunInfo(r.info.run_id, r.info.run_name, r.info.status, dict(r.data.tags)) for r in found
        ]

    def artefact(self, run_id: str, path: str, into: Path) -> Path:
        """Copy a file or folder of a run to a local folder.

        Raises
        ------
        TrainingError
            When the run has none at that path.
        """
        from mlflow.artifacts import download_artifacts

        into.mkdir(parents=True, exist_ok=True)
        try:
            with self.answering(f"read {path} of a run"):
                found = download_artifacts(
                    run_id=run_id, artifact_path=path, dst_path=str(into), tracking_uri=self.uri
                )
        except OSError as error:
            raise TrainingError(f"The run {run_id} has no artefact {path}.") from error
        return Path(found)


def _batches(items: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), _TAGS_AT_ONCE):
        yield items[start : start + _TAGS_AT_ONCE]
