"""Every vector that is handed out is in the log, and the log can be proved."""

from __future__ import annotations

from typing import Any

import pytest

from data_contracts.intake.lake import Lake
from features.engines.duckdb import DuckDBEngine
from features.online.store import OnlineStore, Served
from features.online.verify import verify
from serving.app import create_app
from serving.services import Services
from serving.settings import Settings
from serving.warmup import warm_up
from serving.wiring import build
from tests.serving.asking import ask
from tests.serving.inprocess import TestClient
from tests.serving.workspace import SmallWorld


def log_of(services: Services) -> list[Served]:
    return list(OnlineStore(services.workspace.online_store).served())


@pytest.fixture
def bank(own: Services) -> TestClient:
    return TestClient(create_app(own), headers={"X-API-Key": own.keys.api_key})


def test_a_scores_vector_is_logged_with_the_decision(
    own: Services, bank: TestClient, world: SmallWorld
) -> None:
    answer = bank.post("/v1/scores", json=ask("enterprise", world.enterprises[0])).json()
    row = log_of(own)[-1]
    assert (row.request, row.subject_id) == (answer["score_id"], world.enterprises[0])
    assert (row.digest, row.as_of.isoformat()) == (answer["vector_digest"], answer["as_of"])
    decided = own.ledger.decision(answer["score_id"])
    assert decided.vector_digest == row.digest
    moment = row.served_at.isoformat().replace("+00:00", "")
    assert moment[:13] == decided.created_at[:13]


def test_a_recommendation_and_a_recomputed_score_are_logged_too(
    own: Services, bank: TestClient, world: SmallWorld
) -> None:
    subject = world.individuals[0]
    made = bank.post("/v1/recommendations", json=ask("individual", subject)).json()
    asked = {**ask("individual", subject), "as_of": "2005-09-01"}
    informed = bank.post("/v1/scores", json=asked).json()
    assert informed["flags"]["informational"]
    rows = log_of(own)[-2:]
    assert [row.request for row in rows] == [made["recommendation_id"], informed["score_id"]]
    assert rows[1].as_of.isoformat() == "2005-09-01"


def test_what_decides_nothing_logs_nothing(
    own: Services, bank: TestClient, world: SmallWorld
) -> None:
    before = len(log_of(own))
    warm_up(own)
    assert bank.post("/v1/scores", json=ask("enterprise", "SBA-0")).status_code == 404
    made = bank.post("/v1/scores", json=ask("enterprise", world.enterprises[1])).json()
    assert own.scoring.replay(made["score_id"]).identical
    assert len(log_of(own)) == before + 1


def test_what_was_served_is_what_was_known(
    own: Services, bank: TestClient, world: SmallWorld
) -> None:
    for subject in world.enterprises[:3]:
        assert bank.post("/v1/scores", json=ask("enterprise", subject)).status_code == 200
    for subject in world.individuals[:3]:
        asked = {**ask("individual", subject), "as_of": "2005-09-01"}
        assert bank.post("/v1/scores", json=asked).status_code == 200
    lake = Lake(own.workspace.lake_dir)
    found = verify(OnlineStore(own.workspace.online_store), lake, last=6)
    assert (found.replayed, found.mismatches, found.true) == (6, 0, True)
    assert found.without_commit == found.other_definition == 0


def test_the_stored_vector_carries_its_freshness(own: Services, world: SmallWorld) -> None:
    found = OnlineStore(own.workspace.online_store).get("enterprise", world.enterprises[0])
    assert found is not None
    assert {"registration", "loan_application"} <= set(found.freshness)
    assert max(found.freshness.values()) <= found.as_of


def test_the_store_may_lie_elsewhere(own: Services, world: SmallWorld) -> None:
    """A store by URL is used instead of the workspace's file: an empty one is not ready."""
    url = f"sqlite:///{own.workspace.root / 'elsewhere.db'}"
    made = build(Settings(workspace=own.workspace.root, pull_models=False, online_store_url=url))
    try:
        assert "the online store is empty" in str(made.readiness.check()["reasons"])
    finally:
        made.close()
    assert url not in repr(made.settings)


def test_builds_share_one_engine_and_a_failed_one_is_replaced(
    own: Services, bank: TestClient, world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[DuckDBEngine] = []
    made = DuckDBEngine.__init__

    def told(self: DuckDBEngine, **given: Any) -> None:
        opened.append(self)
        made(self, **given)

    monkeypatch.setattr(DuckDBEngine, "__init__", told)
    firm = world.enterprises[0]
    stored = bank.post("/v1/scores", json=ask("enterprise", firm)).json()
    asked = ask("enterprise", firm, as_of=stored["as_of"])
    first = bank.post("/v1/scores", json=asked).json()
    other = {**ask("individual", world.individuals[0]), "as_of": "2005-09-01"}
    again = bank.post("/v1/scores", json=other)
    assert again.status_code == 200
    assert len(opened) == 1
    opened[0].__exit__(None, None, None)  # what was in it is gone
    assert bank.post("/v1/scores", json=asked).status_code >= 500
    later = bank.post("/v1/scores", json=asked).json()
    assert later["vector_digest"] == first["vector_digest"]
    assert len(opened) == 2
