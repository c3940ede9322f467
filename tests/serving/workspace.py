"""A small real workspace: shipped records through intake, features, fitted models, a real registry.

Written without the training room: this room's tests register what they need themselves.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from data_contracts.intake.lake import Lake
from data_contracts.intake.load import load_portfolio
from data_contracts.portfolios import portfolio
from data_contracts.workspace import Workspace
from serving.model_store import ENTERPRISE_DEFAULT, INDIVIDUAL_DEFAULT, LENDER_RANKING

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "1")

SBA_ROWS, CARD_ROWS = 4000, 1500


@dataclass(frozen=True)
class SmallWorld:
    """A workspace with a few subjects to ask for."""

    workspace: Workspace
    enterprises: tuple[str, ...]
    individuals: tuple[str, ...]


def world_of(factory: pytest.TempPathFactory, name: str) -> SmallWorld:
    """A copy of the small workspace; it is built once a test run, by whichever worker comes first."""
    base = factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        base = base.parent  # all workers' folders lie in it
    made = base / "small-world"
    with (base / "small-world.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "subjects.json").exists():
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir()
            world = build_world(made)
            told = {"enterprises": world.enterprises, "individuals": world.individuals}
            (made / "subjects.json").write_text(json.dumps(told))
    told = json.loads((made / "subjects.json").read_text())
    root = factory.mktemp(name) / "ws"
    shutil.copytree(made / "ws", root)
    return SmallWorld(Workspace(root), tuple(told["enterprises"]), tuple(told["individuals"]))


def build_world(root: Path) -> SmallWorld:
    """Everything that serving needs, from a few thousand shipped records."""
    workspace = Workspace(root / "ws").create()
    _intake(workspace, root)
    lake = Lake(workspace.lake_dir)
    frames = {"enterprise": _features(workspace, lake, "enterprise", ENTERPRISES)}
    frames["individual"] = _features(workspace, lake, "individual", INDIVIDUALS)
    folders = {
        ENTERPRISE_DEFAULT: _fit(lake, "enterprise", frames["enterprise"], root),
        INDIVIDUAL_DEFAULT: _fit(lake, "individual", frames["individual"], root),
        LENDER_RANKING: fit_ranking(lake, root / "ranking"),
    }
    for name, folder in folders.items():
        register(workspace, name, folder)
    return SmallWorld(
        workspace,
        tuple(frames["enterprise"]["subject_id"].tail(60)),
        tuple(frames["individual"]["subject_id"].tail(60)),
    )


ENTERPRISES = """
SELECT account.subject_id, account.opened_on AS as_of,
       max(CASE WHEN outcome.status = 'CHARGED_OFF'
                 AND outcome.outcome_on <= account.opened_on + INTERVAL 24 MONTH THEN 1 ELSE 0 END) AS bad
FROM read_parquet($account) account JOIN read_parquet($outcome) outcome USING (account_no)
GROUP BY ALL ORDER BY as_of, account.subject_id
"""
INDIVIDUALS = """
SELECT account.subject_id, DATE '2005-10-01' AS as_of,
       max(CASE WHEN outcome.status = 'DEFAULTED' THEN 1 ELSE 0 END) AS bad
FROM read_parquet($account) account JOIN read_parquet($outcome) outcome USING (account_no)
GROUP BY ALL ORDER BY account.subject_id
"""


def _intake(workspace: Workspace, root: Path) -> None:
    for name, rows in (("sba", SBA_ROWS), ("cards", CARD_ROWS)):
        table = pq.read_table(portfolio(name).shipped)
        step = max(table.num_rows // rows, 1)
        source = root / f"{name}.parquet"
        pq.write_table(table.take(list(range(0, table.num_rows, step))[:rows]), source)
        load_portfolio(name, workspace, source)


def _features(workspace: Workspace, lake: Lake, view_name: str, query: str) -> pd.DataFrame:
    from features.catalogue import view
    from features.online.refresh import publish
    from features.online.store import OnlineStore
    from features.point_in_time import build

    accounts = "loan_account" if view_name == "enterprise" else "card_account"
    files = {"account": lake.files(accounts), "outcome": lake.files("loan_outcome")}
    with duckdb.connect() as connection:
        spine = connection.execute(query, files).df()
    frame = build(view(view_name), lake, spine[["subject_id", "as_of"]])
    store = OnlineStore(workspace.online_store)
    publish(view(view_name), lake, frame, store)
    store.close()
    frame["bad"] = spine["bad"].to_numpy()
    return frame


def _fit(lake: Lake, view_name: str, frame: pd.DataFrame, root: Path) -> Path:
    from features.catalogue import view
    from models.glassbox.fit import GlassBoxSettings, fit_glassbox
    from models.schema import Schema

    schema = Schema.from_spec(view(view_name).spec())
    settings = GlassBoxSettings(pairs=4, folds=2, most_rounds=120, learning_rate=0.1)
    model = fit_glassbox(frame, frame["bad"], schema, settings=settings, seed=7)
    folder = root / f"model-{view_name}"
    model.save(folder)
    return folder


LOANS = """
SELECT account.institution, account.opened_on, account._known AS known_on, entry.region, entry.postal_code,
       entry.industry_code, asked.programme, account.amount_cents, entry.new_business, entry.franchise,
       entry.employees, asked.institution_region
FROM read_parquet($account) account
JOIN read_parquet($asked) asked USING (application_no)
JOIN read_parquet($entry) entry ON entry.subject_id = account.subject_id
"""


def fit_ranking(lake: Lake, folder: Path) -> Path:
    """A small real ranking artefact: the last two years of the sample, month by month."""
    from models.matching.book import LendingBook
    from models.matching.candidates import candidates
    from models.matching.loans import day_number, loans_from_frame
    from models.matching.pairs import pair_features
    from models.matching.products import derive_products
    from models.matching.ranker import RankerSettings, RankingRows, fit_ranker
    from models.matching.ranking import Ranking, month_start
    from models.matching.requests import Requests

    files = {
        "account": lake.files("loan_account"),
        "asked": lake.files("loan_application"),
        "entry": lake.files("registration"),
    }
    with duckdb.connect() as connection:
        loans = loans_from_frame(connection.execute(LOANS, files).df())
    book, version = LendingBook(loans), day_number(date(2008, 10, 1))

    def rows_of(start: date, end: date) -> RankingRows:
        inputs, taken, query, seen = [], [], [], 0
        chosen = np.flatnonzero(
            (loans.event >= day_number(start)) & (loans.event < day_number(end))
        )
        months = np.array([month_start(int(day)) for day in loans.event[chosen]])
        for month in np.unique(months):
            rows = chosen[months == month]
            requests = Requests.of_loans(loans, rows)
            pairs = candidates(book, requests, derive_products(loans, int(month)))
            inputs.append(pair_features(book, requests, pairs.query, pairs.lender))
            taken.append(loans.lender[rows][pairs.query] == pairs.lender)
            query.append(pairs.query + seen)
            seen += len(rows)
        return RankingRows(np.concatenate(inputs), np.concatenate(taken), np.concatenate(query))

    ranker = fit_ranker(
        rows_of(date(2006, 1, 1), date(2008, 1, 1)),
        rows_of(date(2008, 1, 1), date(2008, 10, 1)),
        RankerSettings(trees=20, leaf_rows=10),
        seed=7,
    )
    Ranking(loans, ranker, version).save(folder)
    return folder


def registry(workspace: Workspace) -> Any:
    """MLflow's client for the workspace's registry."""
    from mlflow.tracking import MlflowClient

    uri = f"sqlite:///{workspace.mlflow_db.resolve()}"
    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def register(workspace: Workspace, name: str, folder: Path) -> str:
    """Register a folder as the next version and make it the champion."""
    from mlflow.exceptions import MlflowException

    client = registry(workspace)
    name_of_tests = (
        f"tests in {workspace.root.resolve()}"  # a copied registry must not write to the first
    )
    found = client.get_experiment_by_name(name_of_tests)
    if found is None:
        place = (workspace.mlflow_artifacts / "tests").resolve().as_uri()
        experiment = client.create_experiment(name_of_tests, artifact_location=place)
    else:
        experiment = found.experiment_id
    run = client.create_run(experiment)
    client.log_artifacts(run.info.run_id, str(folder), "model")
    with contextlib.suppress(MlflowException):  # a second version of a model that is there
        client.create_registered_model(name)
    source = f"{run.info.artifact_uri}/model"
    version = client.create_model_version(name, source, run_id=run.info.run_id)
    client.set_registered_model_alias(name, "champion", version.version)
    return str(version.version)
