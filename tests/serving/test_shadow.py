"""A challenger in shadow: scored after the answer, never in it; its errors are rows; the registry is followed."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import insert, select
from typer.testing import CliRunner

from data_contracts.workspace import Workspace
from models.scorer import AdditiveModel
from serving.app import create_app
from serving.champions import Champions, Loaded
from serving.cli import shadow_app
from serving.errors import NotReady
from serving.model_store import ENTERPRISE_DEFAULT, ModelStore
from serving.registry_watch import RegistryWatch
from serving.services import Services
from serving.settings import Settings
from serving.shadow import Shadow, shadow_report
from serving.tables import shadow_scores
from serving.wiring import build
from tests.serving.helpers import StillClock, operations
from tests.serving.inprocess import TestClient
from tests.serving.workspace import SmallWorld, register, registry

pytestmark = pytest.mark.xdist_group("serving-world")


@pytest.fixture
def shadowed(world: SmallWorld, tmp_path: Path) -> Workspace:
    """A copy of the workspace whose enterprise model has a recalibrated version 2 in shadow."""
    root = tmp_path / "ws"
    leave = shutil.ignore_patterns("xinqiao.db*", "secrets", "reports", "mlartifacts", "bentoml")
    shutil.copytree(world.workspace.root, root, ignore=leave)
    workspace = Workspace(root)
    ModelStore(workspace).pull()
    champion = ModelStore(workspace).champions()[ENTERPRISE_DEFAULT].folder
    AdditiveModel.load(champion).recalibrated(0.8, 0.4).save(tmp_path / "challenger")
    client = registry(workspace)
    assert register(workspace, ENTERPRISE_DEFAULT, tmp_path / "challenger") == "2"
    client.set_registered_model_alias(ENTERPRISE_DEFAULT, "champion", "1")
    client.set_registered_model_alias(ENTERPRISE_DEFAULT, "shadow", "2")
    return workspace


def ask(services: Services, subject: str) -> dict[str, Any]:
    headers = {"X-API-Key": services.keys.api_key}
    body = {"subject": {"kind": "enterprise", "id": subject}, "purpose": "LOAN_APPROVAL"}
    with TestClient(create_app(services), headers=headers) as client:
        answer = client.post("/v1/scores", json=body)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def rows(services: Services) -> list[Any]:
    with services.database.read() as connection:
        return list(connection.execute(select(shadow_scores)).all())


def test_both_are_kept_and_the_answer_is_the_champions(
    shadowed: Workspace, world: SmallWorld
) -> None:
    subjects = world.enterprises[:12]
    services = build(Settings(workspace=shadowed.root))
    answers = [ask(services, subject) for subject in subjects]
    services.close()
    assert {a["model"]["version"] for a in answers} == {"1"}
    found = {row.decision_id: row for row in rows(services)}
    assert set(found) == {a["score_id"] for a in answers}
    for answer in answers:
        row = found[answer["score_id"]]
        assert (row.model_name, row.champion_version, row.shadow_version) == (
            ENTERPRISE_DEFAULT,
            "1",
            "2",
        )
        assert row.champion_probability == answer["probability_of_default"]
        # recalibrated(0.8, 0.4): the log odds are known by hand
        odds = 0.8 * answer["log_odds"] + 0.4
        assert row.shadow_probability == pytest.approx(1 / (1 + np.exp(-odds)))
        assert services.scoring.replay(answer["score_id"]).identical
    (told,) = shadow_report(services.database)
    assert (told["requests"], told["faults"]) == (12, 0)
    assert told["rank_correlation"] == pytest.approx(1)
    printed = CliRunner().invoke(
        shadow_app, ["report", "--json", "--workspace", str(shadowed.root)]
    )
    assert json.loads(printed.stdout)[0]["requests"] == 12
    printed = CliRunner().invoke(shadow_app, ["report", "--workspace", str(shadowed.root)])
    assert "shadow 影子 2, 12 requests" in printed.stdout


class Broken:
    """A challenger that can not score."""

    schema = ()

    def probability(self, frame: pd.DataFrame) -> np.ndarray:
        raise RuntimeError("a secret value")


class Shouting(Broken):
    """One that gives no probability."""

    def probability(self, frame: pd.DataFrame) -> np.ndarray:
        return np.array([np.nan])


@pytest.mark.parametrize(
    ("model", "fault"), [(Broken(), "RuntimeError"), (Shouting(), "ArithmeticError")]
)
def test_a_challengers_error_is_a_row_and_never_an_answer(
    model: Any, fault: str, shadowed: Workspace, world: SmallWorld
) -> None:
    services = build(Settings(workspace=shadowed.root, pull_models=False))
    services.champions._shadows = {ENTERPRISE_DEFAULT: Loaded(ENTERPRISE_DEFAULT, "9", model)}
    answer = ask(services, world.enterprises[0])
    services.close()
    (row,) = rows(services)
    assert (row.decision_id, row.shadow_probability, row.fault) == (answer["score_id"], None, fault)
    (told,) = shadow_report(services.database)
    assert (told["requests"], told["faults"]) == (1, 1)


def test_without_a_shadow_nothing_is_kept(own: Services, world: SmallWorld) -> None:
    ask(own, world.enterprises[0])
    own.shadow.close()
    assert rows(own) == []


def test_a_full_queue_drops_and_no_caller_waits(tmp_path: Path) -> None:
    made = operations(tmp_path)
    champions = Champions(ModelStore(made.workspace), lambda folder: None)
    champions._shadows = {ENTERPRISE_DEFAULT: Loaded(ENTERPRISE_DEFAULT, "2", Shouting())}
    shadow = Shadow(champions, made.database, StillClock())
    champion = Loaded(ENTERPRISE_DEFAULT, "1", None)
    shadow._start()
    began = time.monotonic()
    with made.database.write():  # the table is busy all the while
        for number in range(5_000):
            shadow.offer(f"scr_{number}", "enterprise", {}, champion, 0.1)
    assert time.monotonic() - began < 30
    assert shadow.dropped >= 5_000 - 1_000 - 200 * 5
    shadow.close()
    with made.database.read() as connection:
        kept = len(connection.execute(select(shadow_scores)).all())
    assert kept + shadow.dropped == 5_000


def test_the_report_by_hand(tmp_path: Path) -> None:
    made = operations(tmp_path)
    pairs = [(0.1, 0.2), (0.2, 0.1), (0.3, 0.5), (0.4, 0.5)]
    base = {
        "model_name": "m",
        "champion_version": "1",
        "shadow_version": "2",
        "fault": None,
        "created_at": "2026-03-01T00:00:00.000000Z",
    }
    with made.database.write() as connection:
        connection.execute(
            insert(shadow_scores),
            [
                {**base, "decision_id": str(n), "champion_probability": a, "shadow_probability": b}
                for n, (a, b) in enumerate(pairs)
            ],
        )
    (told,) = shadow_report(made.database, "m")
    assert told["champion_mean"] == pytest.approx(0.25)
    assert told["shadow_mean"] == pytest.approx(0.325)
    assert told["mean_difference"] == pytest.approx(0.125)
    assert told["largest_difference"] == pytest.approx(0.2)
    # ranks 1 2 3 4 against 2 1 3.5 3.5: products sum to 3.5, squares to 5.0 and 4.5
    assert told["rank_correlation"] == pytest.approx(3.5 / np.sqrt(5.0 * 4.5))
    assert shadow_report(made.database, "other") == []


def test_a_running_service_follows_the_registry(shadowed: Workspace, world: SmallWorld) -> None:
    services = build(Settings(workspace=shadowed.root, follow_registry_seconds=0))
    store, subject = ModelStore(shadowed), world.enterprises[0]
    watch = RegistryWatch(shadowed, store, services.champions, 0)
    assert not watch.look()
    assert ask(services, subject)["model"]["version"] == "1"
    client = registry(shadowed)

    def tell(champion: int | None) -> None:
        shadowed.registry_dir.mkdir(exist_ok=True)
        aliases = {} if champion is None else {"champion": champion}
        path = shadowed.registry_dir / "aliases.json"
        path.write_text(json.dumps({ENTERPRISE_DEFAULT: aliases}))

    client.set_registered_model_alias(ENTERPRISE_DEFAULT, "champion", "2")
    tell(2)
    assert watch.look()
    assert not watch.look()
    assert ask(services, subject)["model"]["version"] == "2"
    client.delete_registered_model_alias(ENTERPRISE_DEFAULT, "champion")
    tell(None)
    assert watch.look()
    with pytest.raises(NotReady):
        services.champions.default_model("enterprise")
    assert "individual-default" in services.champions.versions
    services.close()


def test_a_suspension_holds_even_when_the_registry_is_gone(shadowed: Workspace) -> None:
    store = ModelStore(shadowed)
    champions = Champions(store, lambda folder: None)
    champions.load()
    watch = RegistryWatch(shadowed, store, champions, 0)
    shadowed.mlflow_db.unlink()
    shadowed.registry_dir.mkdir()
    (shadowed.registry_dir / "aliases.json").write_text(json.dumps({ENTERPRISE_DEFAULT: {}}))
    assert not watch.look()
    with pytest.raises(NotReady, match="taken out of use"):
        champions.default_model("enterprise")
    champions.load()  # as /readyz does from time to time, and as a restart does
    with pytest.raises(NotReady, match="no champion"):
        champions.default_model("enterprise")
