"""A limit and a rate on request: by the score's own probability, replayed with the numbers that were in force."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest

from models.credit_line import CreditAsk, CreditLineSettings, suggest
from serving import answers
from serving.asked import Asked, Credit
from serving.bodies import CreditBody, ScoreRequest
from serving.services import Services
from serving.settings import Settings
from tests.serving.asking import ask, problem
from tests.serving.inprocess import TestClient
from tests.serving.workspace import SmallWorld

CREDIT = {"amount": 50_000, "months": 24, "monthly_income": 9_000.55, "consumer": True}


def test_the_answer_is_the_suggestion_for_its_probability(
    client: TestClient, services: Services, world: SmallWorld
) -> None:
    better = {}
    for subject_id in world.individuals[:30]:
        body = ask("individual", subject_id, credit=CREDIT)
        answer = client.post("/v1/scores", json=body).json()
        answers.ScoreAnswer.model_validate(answer)
        line = answer["credit_line"]
        asked = CreditAsk(
            amount_cents=5_000_000, months=24, monthly_income_cents=900_055, consumer=True
        )
        expected = suggest(answer["probability_of_default"], asked)
        assert (line["outcome"], line["limit"]) == (expected.outcome, expected.limit_cents / 100)
        assert line["rate_low"] == pytest.approx(sum(part["value"] for part in line["rate_parts"]))
        assert {cap["code"] for cap in line["caps"]} == {"need", "consumer", "capacity"}
        assert "自行设定" in line["note_zh"]
        better[answer["probability_of_default"]] = line
        assert services.scoring.replay(answer["score_id"]).identical
    ordered = [better[probability] for probability in sorted(better)]
    assert {line["outcome"] for line in ordered} == {"offer", "refused"}
    for line, worse in itertools.pairwise(ordered):
        assert line["limit"] >= worse["limit"]
        assert line["rate_low"] <= worse["rate_low"]


def test_it_is_given_on_request_only_and_checked(client: TestClient, world: SmallWorld) -> None:
    subject_id = world.individuals[0]
    assert "credit_line" not in client.post("/v1/scores", json=ask("individual", subject_id)).json()
    unknown = ask("individual", subject_id, credit={"amount": 1000})
    assert client.post("/v1/scores", json=unknown).json()["credit_line"]["outcome"] in (
        "unknown",
        "refused",
    )
    for wrong in ({"amount": 0}, {"amount": 1, "months": 0}, {"amount": 1, "security": "gold"}, {}):
        body = problem(
            client.post("/v1/scores", json=ask("individual", subject_id, credit=wrong)), 422
        )
        assert any(f["field"].startswith("credit.") for f in body["errors"])


def test_a_decision_keeps_the_numbers_that_were_in_force() -> None:
    request = ScoreRequest.model_validate(ask("individual", "X", credit=CREDIT))
    settings = CreditLineSettings(margin=Decimal("0.03"))
    asked = Asked.of(request, 4, settings)
    assert Asked.read(asked.text()) == asked
    assert asked.credit == Credit(
        ask=CreditAsk(
            amount_cents=5_000_000, months=24, monthly_income_cents=900_055, consumer=True
        ),
        settings=settings,
    )
    assert Asked.read('{"max_reasons":3}') == Asked(3)
    assert Asked(4).text() == '{"max_reasons":4}'
    assert CreditBody(amount=0.001).amount == 0.001


def test_its_numbers_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINQIAO_CREDIT_LINE", '{"margin": "0.02", "consumer_cap_cents": 10000000}')
    assert Settings().credit_line.margin == Decimal("0.02")
    assert Settings().credit_line.consumer_cap_cents == 10_000_000
