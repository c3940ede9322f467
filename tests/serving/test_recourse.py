"""Advice in the answer, on the page and in the report: only where it was asked for, and it keeps its word."""

from __future__ import annotations

import json

from features.deeds import actions_of
from serving import answers
from serving.reporting import ReportingService
from serving.services import Services
from tests.serving.asking import BANK, ask, problem
from tests.serving.inprocess import TestClient
from tests.serving.workspace import SmallWorld


def test_advice_is_given_on_request_only(client: TestClient, world: SmallWorld) -> None:
    plain = client.post("/v1/scores", json=ask("individual", world.individuals[0])).json()
    assert "recourse" not in plain
    asked = client.post("/v1/scores", json=ask("individual", world.individuals[0], recourse=True))
    answer = asked.json()
    answers.ScoreAnswer.model_validate(answer)
    assert answer["recourse"]["target"] == answer["reference"]["cut_off"]
    assert {k: v for k, v in answer.items() if k not in ("recourse", "score_id")} == {
        k: v for k, v in plain.items() if k != "score_id"
    }
    refused = client.post(
        "/v1/scores", json=ask("individual", world.individuals[0], recourse="yes")
    )
    assert "recourse" in problem(refused, 422)["detail"]


def test_advice_flips_the_decision_whenever_it_is_given(
    client: TestClient, services: Services, world: SmallWorld
) -> None:
    outcomes = set()
    for kind, ids in (("enterprise", world.enterprises), ("individual", world.individuals)):
        model = services.champions.default_model(kind).model
        allowed = {action.feature for action in actions_of(kind)}
        for subject_id in ids:
            answer = client.post("/v1/scores", json=ask(kind, subject_id, recourse=True)).json()
            advice = answer["recourse"]
            outcomes.add(advice["outcome"])
            values = json.loads(services.ledger.decision(answer["score_id"]).vector)
            for change in advice["changes"]:
                assert change["feature"] in allowed
                for moved in (change, *change["follows"]):
                    assert moved["before"] == values[moved["feature"]]
                    values[moved["feature"]] = moved["after"]
            score = model.explain(values).score
            assert score == advice["reached"]
            assert (score >= advice["target"]) == (advice["outcome"] != "out_of_reach")
            assert (answer["score"] >= advice["target"]) == (advice["outcome"] == "enough")
            assert advice["proved"]
    assert outcomes >= {"enough", "out_of_reach"}


def test_an_institution_may_name_its_own_cut_off(client: TestClient, world: SmallWorld) -> None:
    outcomes = set()
    for subject_id in world.individuals:
        body = ask("individual", subject_id, recourse=True)
        best = client.post("/v1/scores", json=body).json()
        if best["recourse"]["outcome"] != "out_of_reach" or not best["recourse"]["changes"]:
            continue
        # What comes nearest to the model's cut-off is what reaches its own score.
        nearest = best["recourse"]["reached"]
        for target, outcome in (
            (nearest, "reachable"),
            (nearest + 1, "out_of_reach"),
            (best["score"], "enough"),
            (9999, "out_of_reach"),
        ):
            again = client.post("/v1/scores", json=body | {"recourse_target": target}).json()
            assert again["recourse"]["outcome"] == outcome
            assert again["recourse"]["target"] == min(target, again["scale"]["high"])
            outcomes.add(outcome)
        break
    assert outcomes == {"reachable", "out_of_reach", "enough"}


def test_a_decision_with_advice_is_replayed(
    client: TestClient, services: Services, world: SmallWorld
) -> None:
    for more in ({}, {"recourse": True}, {"recourse": True, "recourse_target": 700}):
        body = ask("enterprise", world.enterprises[0], **more)
        answer = client.post("/v1/scores", json=body).json()
        assert services.scoring.replay(answer["score_id"]).identical


def test_the_report_tells_the_advice(
    services: Services, client: TestClient, world: SmallWorld
) -> None:
    reporting: ReportingService = services.reporting
    for subject_id in world.individuals:
        answer = client.post("/v1/scores", json=ask("individual", subject_id, recourse=True)).json()
        if answer["recourse"]["changes"]:
            break
    assert answer["recourse"]["changes"]
    report = reporting.make(answer["score_id"], BANK, "zh")
    page = reporting.read(report, BANK, "html", "zh").content.decode()
    assert "怎样改变结果" in page
    for change in answer["recourse"]["changes"]:
        assert change["text_zh"] in page
