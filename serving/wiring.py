"""Builds the service of a workspace: database, keys, models, subjects, services."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from pathlib import Path

from data_contracts.workspace import Workspace
from serving.access import Access
from serving.audit import Audit
from serving.champions import Champions
from serving.database import Database
from serving.errors import NotReady
from serving.keys import enter_keys, load_keys
from serving.ledger import Ledger
from serving.model_store import ModelStore
from serving.moments import Clock, utc_now
from serving.readiness import Readiness
from serving.recommending import RecommendingService, load_ranking
from serving.registry_watch import RegistryWatch
from serving.reporting import ReportingService
from serving.returns import ReturnsService
from serving.scoring import ScoringService
from serving.served import models_of
from serving.services import Services
from serving.settings import Settings
from serving.shadow import Shadow
from serving.subjects import Subjects

log = logging.getLogger("xinqiao.serving")


def prepare(workspace: Workspace) -> None:
    """What is done once, before workers start: folders, keys, schema, local copies of the champions.

    Raises
    ------
    NotReady
        When the database cannot be used.
    """
    settings = Settings(workspace=workspace.root)
    load_keys(workspace)
    database = _database(workspace, settings)
    try:
        database.migrate()
    finally:
        database.close()
    try:
        ModelStore(workspace).pull_apart()
    except NotReady as error:
        # Local copies may be there; readyz says so if not.
        log.warning("%s", error.detail_en)


def build(settings: Settings, clock: Clock = utc_now) -> Services:
    """Wire everything; models that are missing are named by ``/readyz`` and do not stop the start."""
    workspace = Workspace(settings.workspace).create()
    keys = load_keys(workspace)
    database = _database(workspace, settings)
    database.migrate()
    audit = Audit(database, keys.subject_key, clock)
    enter_keys(keys, database, audit, clock)
    ledger = Ledger(database, audit)
    store = ModelStore(workspace)
    if settings.pull_models:
        try:
            store.pull_apart()
        except NotReady as error:
            log.warning("%s", error.detail_en)
    views = settings.views
    champions = Champions(store, load_ranking, models_of(views))
    champions.load()
    online = settings.online_store_url
    subjects = Subjects(workspace, online.get_secret_value() if online else None, views)
    shadow = Shadow(champions, database, clock)
    scoring = ScoringService(
        subjects,
        champions,
        ledger,
        audit,
        clock,
        workspace.today,
        settings.max_reasons,
        settings.credit_line,
        views,
        shadow,
    )
    recommending = RecommendingService(
        subjects, champions, ledger, audit, clock, scoring.note_unknown, settings.offers, views
    )
    reporting = ReportingService(
        workspace, subjects, champions, ledger, audit, clock, scoring, recommending
    )
    return Services(
        workspace=workspace,
        settings=settings,
        keys=keys,
        database=database,
        audit=audit,
        ledger=ledger,
        access=Access(database, audit, keys, settings, clock),
        champions=champions,
        subjects=subjects,
        scoring=scoring,
        recommending=recommending,
        reporting=reporting,
        returns=ReturnsService(database, ledger, audit, clock),
        readiness=Readiness(database, champions, subjects.fault),
        shadow=shadow,
        watch=RegistryWatch(workspace, store, champions, settings.follow_registry_seconds).start(),
    )


def database_url(workspace: Workspace, settings: Settings) -> str:
    """The SQLAlchemy URL of the operations database."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return f"sqlite:///{Path(workspace.database).resolve()}"


def _database(workspace: Workspace, settings: Settings) -> Database:
    workspace.create()
    url = database_url(workspace, settings)
    if settings.database_url is None and not workspace.database.exists():
        # It names subjects: readable by its owner alone. SQLite's side files follow its mode.
        with suppress(FileExistsError):
            os.close(os.open(workspace.database, os.O_CREAT | os.O_EXCL, 0o600))
    return Database(url, settings.sqlite_synchronous, settings.busy_timeout_ms)
