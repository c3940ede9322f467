"""Champions of the workspace's registry, copied into the workspace so that serving needs no registry.

This is the room's only file that imports MLflow, and only while it asks the registry (``pull``). The
serving process itself reads the local copies, which name the run they came from.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from data_contracts.workspace import Workspace
from serving.errors import NotReady

CHAMPION, SHADOW = "champion", "shadow"
ENTERPRISE_DEFAULT = "enterprise-default"
INDIVIDUAL_DEFAULT = "individual-default"
FIRM_DEFAULT = "city-firm-default"
LENDER_RANKING = "enterprise-lender-ranking"
SERVED = (ENTERPRISE_DEFAULT, INDIVIDUAL_DEFAULT, LENDER_RANKING)
"""Of the public portfolios."""

_ORIGIN = "origin.json"
_PULL_SECONDS = 120


@dataclass(frozen=True)
class ModelRef:
    """A registered version with its local copy."""

    name: str
    version: str
    folder: Path


class ModelStore:
    """Local copies of registered versions: ``models/served/<name>/<version>/model``."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._root = workspace.models_dir / "served"

    def pull(self) -> dict[str, str]:
        """Ask the registry for every champion and copy what is new.

        Returns
        -------
        dict
            Model name -> champion version, for the names that have one.

        Raises
        ------
        NotReady
            When the workspace has no registry or the registry cannot be read.
        """
        client = self._registry()
        told: dict[str, dict[str, str]] = {CHAMPION: {}, SHADOW: {}}
        for name in (*SERVED, FIRM_DEFAULT):
            for alias, versions in told.items():
                number = _aliased(client, name, alias)
                if number is None:
                    continue  # not trained yet: readyz names it
                versions[name] = number
                self._copy(client, name, number)
        for alias, versions in told.items():
            self._write(f"{alias}s.json", versions)
        return told[CHAMPION]

    def pull_apart(self) -> None:
        """``pull`` in a process of its own, so that MLflow's memory is given back afterwards.

        Raises
        ------
        NotReady
            When the registry did not answer in time or could not be read.
        """
        environment = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "1"}
        command = [sys.executable, "-m", "serving.model_store", str(self._workspace.root)]
        try:
            done = subprocess.run(
                command, env=environment, timeout=_PULL_SECONDS, capture_output=True, check=False
            )
        except subprocess.TimeoutExpired:
            raise _no_registry("it did not answer in time") from None
        if done.returncode != 0:
            raise _no_registry(done.stderr.decode(errors="replace").strip().rpartition("\n")[2])

    def champions(self) -> dict[str, ModelRef]:
        """The champions as the registry last told, from the local copies alone.

        One that was taken out of use since (``registry/aliases.json``) is none, even where the registry does not
        answer any more.
        """
        moved = _read(self._workspace.registry_dir / "aliases.json") or {}
        stopped = {name for name, aliases in moved.items() if CHAMPION not in aliases}
        return {n: ref for n, ref in self._told("champions.json").items() if n not in stopped}

    def shadows(self) -> dict[str, ModelRef]:
        """The challengers that run in shadow, likewise."""
        return self._told("shadows.json")

    def _told(self, file: str) -> dict[str, ModelRef]:
        try:
            told = json.loads((self._root / file).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:
            raise NotReady(
                f"models/served/{file} cannot be read; remove it and start again.",
                f"models/served/{file} 无法读取，请删除后重新启动。",
            ) from None
        return {
            name: ModelRef(name, version, self._folder(name, version) / "model")
            for name, version in told.items()
            if (self._folder(name, version) / _ORIGIN).exists()
        }

    def version(self, name: str, version: str) -> ModelRef:
        """A given version, copied from the registry when it is not here yet (for replay).

        Raises
        ------
        NotReady
            When it is neither here nor in the registry.
        """
        if not (self._folder(name, version) / _ORIGIN).exists():
            self._copy(self._registry(), name, version)
        return ModelRef(name, version, self._folder(name, version) / "model")

    def _folder(self, name: str, version: str) -> Path:
        return self._root / name / version

    def _registry(self) -> Any:
        uri = self._workspace.mlflow_uri
        if uri.startswith("sqlite") and not Path(urlsplit(uri).path).exists():
            raise _no_registry("the workspace has no mlflow.db; train a model first")
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ.setdefault("MLFLOW_UV_AUTO_DETECT", "false")
        from mlflow.tracking import MlflowClient

        return MlflowClient(tracking_uri=uri, registry_uri=uri)

    def _copy(self, client: Any, name: str, version: str) -> None:
        """Copy one version; a copy of another run under the same number is replaced."""
        from mlflow.artifacts import download_artifacts
        from mlflow.exceptions import MlflowException

        target = self._folder(name, version)
        try:
            entry = client.get_model_version(name, version)
            source = client.get_model_version_download_uri(name, version)
            origin = {"name": name, "version": version, "run_id": entry.run_id, "source": source}
            if _read(target / _ORIGIN) == origin:
                return
            part = self._root / f".{name}-{version}-{secrets.token_hex(4)}"
            part.mkdir(parents=True)
            try:
                uri = self._workspace.mlflow_uri
                got = download_artifacts(artifact_uri=source, tracking_uri=uri, dst_path=str(part))
                content = part / "content"
                content.mkdir()
                Path(got).rename(content / "model")
                (content / _ORIGIN).write_text(json.dumps(origin, indent=1), encoding="utf-8")
                target.parent.mkdir(parents=True, exist_ok=True)
                if target.exists():
                    target.rename(part / "replaced")
                content.rename(target)
            finally:
                shutil.rmtree(part, ignore_errors=True)
        except (MlflowException, OSError) as error:
            raise _no_registry(f"{name} {version}: {type(error).__name__}") from error

    def _write(self, file: str, versions: dict[str, str]) -> None:
        self._root.mkdir(parents=True, exist_ok=True)
        part = self._root / f".{file}-{secrets.token_hex(4)}"
        part.write_text(json.dumps(versions, indent=1, sort_keys=True), encoding="utf-8")
        part.replace(self._root / file)


def _aliased(client: Any, name: str, alias: str) -> str | None:
    """Version that carries an alias; None when there is none, NotReady when the registry does not answer."""
    from mlflow.exceptions import MlflowException

    try:
        return str(client.get_model_version_by_alias(name, alias).version)
    except MlflowException as error:
        if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            return None
        raise _no_registry(f"{name}: {error.error_code}") from error


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def _no_registry(why: str) -> NotReady:
    return NotReady(f"The model registry cannot be used: {why}.", "模型注册库无法使用。")


if __name__ == "__main__":
    try:
        ModelStore(Workspace(Path(sys.argv[1]))).pull()
    except NotReady as error:
        sys.exit(error.detail_en)
