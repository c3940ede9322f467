"""A workspace: the folder that holds everything of one deployment."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data_contracts.errors import ContractsError


@dataclass(frozen=True)
class Workspace:
    """The places of one deployment, all below one folder.

    Parameters
    ----------
    root
        The folder. Nothing is written at construction; call :meth:`create`.
    timezone
        The zone whose midnight separates one day from the next.

    Examples
    --------
    >>> Workspace(Path("var/demo")).lake_dir.as_posix()
    'var/demo/lake'
    """

    root: Path
    timezone: str = "Asia/Shanghai"

    def __post_init__(self) -> None:
        """Accept a plain string as root and refuse an unknown time zone at once."""
        object.__setattr__(self, "root", Path(self.root))
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ContractsError(
                f"unknown time zone {self.timezone!r}.",
                expected="a name of the IANA time zone database, such as Asia/Shanghai",
            ) from error

    @property
    def lake_dir(self) -> Path:
        """The append-only record lake."""
        return self.root / "lake"

    @property
    def features_dir(self) -> Path:
        """Feature tables built for training."""
        return self.root / "features"

    @property
    def mlflow_db(self) -> Path:
        """SQLite file of the MLflow store."""
        return self.root / "mlflow.db"

    @property
    def mlflow_uri(self) -> str:
        """Address of MLflow's store: XINQIAO_MLFLOW_URI, else the line in secrets/mlflow_uri, else the SQLite file.

        It may hold a password and is not for messages.
        """
        told = os.environ.get("XINQIAO_MLFLOW_URI", "").strip()
        if not told and (setting := self.secrets_dir / "mlflow_uri").is_file():
            told = setting.read_text(encoding="utf-8").strip()
        return told or f"sqlite:///{self.mlflow_db.resolve()}"

    @property
    def registry_dir(self) -> Path:
        """What was done to registered models: an append-only history, and the aliases as last set."""
        return self.root / "registry"

    @property
    def fits_dir(self) -> Path:
        """Finished fits by their digest, which an interrupted training run takes over."""
        return self.models_dir / "fits"

    @property
    def mlflow_artifacts(self) -> Path:
        """Files of MLflow's runs."""
        return self.root / "mlartifacts"

    @property
    def models_dir(self) -> Path:
        """Model folders on their way to the registry."""
        return self.root / "models"

    @property
    def database(self) -> Path:
        """SQLite file of the operations database."""
        return self.root / "xinqiao.db"

    @property
    def reports_dir(self) -> Path:
        """Credit reports that were issued."""
        return self.root / "reports"

    @property
    def secrets_dir(self) -> Path:
        """Keys; readable by the owner alone."""
        return self.root / "secrets"

    @property
    def online_store(self) -> Path:
        """SQLite file with the served feature vectors."""
        return self.root / "online.db"

    @property
    def plots_dir(self) -> Path:
        """Plots of training runs."""
        return self.root / "plots"

    def create(self) -> Workspace:
        """Make the folder (and the closed one for secrets); harmless when they exist."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self.secrets_dir.mkdir(exist_ok=True)
            self.secrets_dir.chmod(stat.S_IRWXU)
        except OSError as error:
            raise ContractsError(
                f"cannot make the workspace: {error.strerror}.",
                file=self.root,
                hint="choose a folder you may write to with --workspace",
            ) from error
        return self

    def today(self) -> date:
        """The current day in the workspace's time zone."""
        return datetime.now(ZoneInfo(self.timezone)).date()
