"""Settings of the serving room, read from the environment (``XINQIAO_*``) at the edge only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.credit_line import CreditLineSettings
from serving.served import VIEWS, Serves


class Settings(BaseSettings):
    """Frozen settings; every field can be set as ``XINQIAO_<NAME>``.

    Numbers here are ours: limits of a demo on one machine, to be set by whoever runs the service.
    """

    model_config = SettingsConfigDict(env_prefix="XINQIAO_", frozen=True, extra="forbid")

    workspace: Path = Field(Path("var/demo"), description="Folder of the deployment.")
    serves: Serves = Field(
        "public",
        description="Whom it answers for: subjects of the public portfolios, or the firms of a city.",
    )
    database_url: SecretStr | None = Field(
        None,
        description="SQLAlchemy URL of the operations database; SQLite in the workspace if unset.",
    )
    online_store_url: SecretStr | None = Field(
        None,
        description="URL of the online store of feature vectors; SQLite in the workspace if unset.",
    )
    sqlite_synchronous: Literal["FULL", "NORMAL"] = Field(
        "FULL", description="FULL: an answered decision survives a power cut. NORMAL: faster."
    )
    busy_timeout_ms: int = Field(15_000, ge=100, description="How long a writer waits for SQLite.")
    max_body_bytes: int = Field(2 * 1024 * 1024, ge=1024, description="Larger bodies answer 413.")
    cookie_secure: bool = Field(False, description="True behind TLS: cookies only over https.")
    session_hours: float = Field(8.0, gt=0, le=24, description="A portal session ends after this.")
    login_failures: int = Field(5, ge=1, description="Failed logins of one name from one address.")
    login_failures_of_address: int = Field(30, ge=1, description="Failed logins of one address.")
    login_window_minutes: int = Field(15, ge=1, description="Window in which failures are counted.")
    portal_examples: int = Field(
        3, ge=0, le=3, description="Examples of each public demo portfolio on the look-up page."
    )
    max_reasons: int = Field(4, ge=1, le=4, description="Reasons in an answer, at most four.")
    credit_line: CreditLineSettings = Field(
        CreditLineSettings(), description="Numbers of the suggested limits and rates, as JSON."
    )
    offers: int = Field(5, ge=1, le=50, description="Products in an answer when k is not given.")
    workers: int = Field(1, ge=1, le=64, description="Worker processes of the server.")
    follow_registry_seconds: float = Field(
        2.0,
        ge=0,
        description="How often a running service looks whether a champion was moved; 0: only at start.",
    )
    pull_models: bool = Field(
        True,
        description="Ask the registry for the champions at start; False: use the local copies.",
    )

    @property
    def views(self) -> Mapping[str, str]:
        """View of each kind of subject."""
        return VIEWS[self.serves]
