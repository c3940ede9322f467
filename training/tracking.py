"""The one place of the training room that talks to MLflow: runs, artefacts, versions and the champion alias."""

from __future__ import annotations

import logging
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

from data_contracts.workspace import Workspace
from training.errors import TrainingError

CHAMPION = "champion"

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_UV_AUTO_DETECT", "false")


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
class Tracking:
    """Runs and registered models of one workspace (SQLite store, artefacts beside it).

    Models are logged as folders of data (JSON, LightGBM text), not as pickles and not as pyfunc:
    serving reads the tables.
    """

    workspace: Workspace

    @property
    def uri(self) -> str:
        """The tracking and registry address of the workspace."""
        return f"sqlite:///{self.workspace.mlflow_db.resolve()}"

    @cached_property
    def _client(self) -> Any:
        try:
            from mlflow.tracking import MlflowClient
        except ImportError as missing:  # pragma: no cover - a broken installation
            raise TrainingError(
                "MLflow is not installed.", "run make demo, which installs it"
            ) from missing
        # Which tables MLflow makes in its store is no news to an analyst.
        logging.getLogger("mlflow").setLevel(logging.WARNING)
        logging.getLogger("alembic").setLevel(logging.WARNING)
        self.workspace.create()
        self.workspace.mlflow_artifacts.mkdir(parents=True, exist_ok=True)
        return MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)

    def experiment(self, name: str) -> str:
        """Id of an experiment, made when absent."""
        found = self._client.get_experiment_by_name(name)
        if found is not None:
            return str(found.experiment_id)
        location = self.workspace.mlflow_artifacts.resolve() / name
        return str(self._client.create_experiment(name, artifact_location=location.as_uri()))

    def log_run(
        self,
        experiment: str,
        run_name: str,
        *,
        params: Mapping[str, Any],
        metrics: Mapping[str, float],
        tags: Mapping[str, str],
        model: Path | None = None,
        figures: Mapping[str, Path] | None = None,
    ) -> str:
        """Log one run; it is marked FAILED when anything of it could not be stored.

        Returns
        -------
        str
            The run's id.

        Raises
        ------
        TrainingError
            When a file that is to be logged does not exist; no run is made.
        """
        from mlflow.entities import Metric, Param, RunTag

        # MLflow logs an absent folder without a word, as a run without a model.
        for needed in [*([model / "manifest.json"] if model else []), *(figures or {}).values()]:
            if not needed.is_file():
                raise TrainingError(
                    f"{needed} does not exist, so the run {run_name!r} was not logged."
                )
        client = self._client
        run = client.create_run(self.experiment(experiment), run_name=run_name)
        run_id = str(run.info.run_id)
        now = time.time_ns() // 1_000_000
        try:
            client.log_batch(
                run_id,
                metrics=[Metric(k, float(v), now, 0) for k, v in metrics.items()],
                params=[Param(k, str(v)) for k, v in params.items()],
                tags=[RunTag(k, v) for k, v in {**tags, "code_version": code_version()}.items()],
            )
            if model is not None:
                client.log_artifacts(run_id, str(model), "model")
            for name, file in (figures or {}).items():
                client.log_artifact(run_id, str(file), f"plots/{name}")
        except BaseException:
            client.set_terminated(run_id, "FAILED")
            raise
        client.set_terminated(run_id, "FINISHED")
        return run_id

    def register(
        self, name: str, run_id: str, tags: Mapping[str, str], description: str = ""
    ) -> int:
        """Make a version of a registered model from a run's `model` folder.

        Returns
        -------
        int
            The version's number.
        """
        from mlflow.exceptions import MlflowException

        client = self._client
        try:
            client.get_registered_model(name)
        except MlflowException:
            client.create_registered_model(name, description=description)
        source = f"{client.get_run(run_id).info.artifact_uri}/model"
        made = client.create_model_version(
            name, source, run_id=run_id, tags=dict(tags), description=description
        )
        return int(made.version)

    def set_champion(self, name: str, version: int, tags: Mapping[str, str]) -> None:
        """Move the champion alias to a version and write who, why and on which evidence beside it."""
        for key, value in tags.items():
            self._client.set_model_version_tag(name, str(version), key, value)
        self._client.set_registered_model_alias(name, CHAMPION, str(version))

    def champion(self, name: str) -> int | None:
        """The version that carries the champion alias, or None."""
        from mlflow.exceptions import MlflowException

        try:
            return int(self._client.get_model_version_by_alias(name, CHAMPION).version)
        except MlflowException:
            return None

    def version_tags(self, name: str, version: int) -> dict[str, str]:
        """Tags of a registered version."""
        return dict(self._client.get_model_version(name, str(version)).tags)

    def model_folder(self, name: str, version: int) -> Path:
        """Local folder with the files of a registered version.

        Raises
        ------
        TrainingError
            When the registry has no such version, or its files are gone.
        """
        from mlflow.artifacts import download_artifacts
        from mlflow.exceptions import MlflowException

        try:
            source = self._client.get_model_version_download_uri(name, str(version))
            return Path(download_artifacts(artifact_uri=source, tracking_uri=self.uri))
        except (MlflowException, OSError) as error:
            raise TrainingError(
                f"The registry has no files of {name} version {version}.",
                "`xinqiao training mlflow` shows what it has",
            ) from error
