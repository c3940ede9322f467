"""The answers over HTTP: exact, equal to the services in process, explained, audited."""

from __future__ import annotations

import json
import math

import pytest

from serving import answers
from serving.bodies import PURPOSES, RecommendationRequest, ScoreRequest, Subject
from serving.services import Services
from tests.serving.asking import BANK, ask, problem
from tests.serving.inprocess import TestClient
from tests.serving.workspace import SmallWorld

pytestmark = pytest.mark.xdist_group("serving-world")


# ---- scores -------------------------------------------------------------------------------------


def test_contributions_are_exact_after_the_json_round_trip(
    client: TestClient, world: SmallWorld
) -> None:
    for kind, ids in (("enterprise", world.enterprises), ("individual", world.individuals)):
        for subject_id in ids[:30]:
            response = client.post("/v1/scores", json=ask(kind, subject_id))
            assert response.status_code == 200
            answer = response.json()
            answers.ScoreAnswer.model_validate(answer)
            total = answer["base"] + sum(part["points"] for part in answer["contributions"])
            assert math.isclose(total, answer["margin"], rel_tol=0, abs_tol=1e-9)
            scale = answer["scale"]
            clipped = min(max(answer["margin"], scale["low"]), scale["high"])
            assert answer["score"] == math.floor(clipped + 0.5)
            factor = scale["points_to_double"] / math.log(2)
            odds = scale["odds_at"] * 2 ** (
                (answer["margin"] - scale["score_at"]) / scale["points_to_double"]
            )
            assert math.isclose(answer["probability_of_default"], 1 / (1 + odds), rel_tol=1e-9)
            assert math.isclose(answer["log_odds"], -math.log(odds), abs_tol=1e-9), factor


def test_reasons_are_the_largest_harms_against_the_reference(
    client: TestClient, services: Services, world: SmallWorld
) -> None:
    loaded = services.champions.default_model("enterprise")
    model, least = loaded.model, loaded.chooser.settings.least
    for subject_id in world.enterprises[:20]:
        answer = client.post("/v1/scores", json=ask("enterprise", subject_id)).json()
        harms: dict[str, float] = {}
        for theme in loaded.chooser.themes:
            for position in theme.positions:
                part, usual = answer["contributions"][position], model.reference.points[position]
                # A pair over two themes belongs to one of them, never to both.
                assert theme.name in {model.schema[name].theme for name in part["features"]}
                harms[theme.name] = harms.get(theme.name, 0.0) + part["points"] - usual
        told = {reason["theme"]: reason["points"] for reason in answer["reasons"]}
        assert told == pytest.approx({t: p for t, p in harms.items() if p <= -least})
        assert list(told.values()) == sorted(told.values())
        helped = {reason["theme"]: reason["points"] for reason in answer["helpful"]}
        assert helped == pytest.approx({t: p for t, p in harms.items() if p >= least})
        reference = answer["reference"]
        assert answer["margin"] - reference["margin"] == pytest.approx(sum(harms.values()))
        values = {
            n: v
            for p in answer["contributions"]
            for n, v in zip(p["features"], p["values"], strict=True)
        }
        for reason in answer["reasons"] + answer["helpful"]:
            assert reason["values"] == [values[name] for name in reason["features"]]
            assert reason["text_zh"] != reason["text_en"]


def test_http_equals_in_process(client: TestClient, services: Services, world: SmallWorld) -> None:
    for kind, ids in (("enterprise", world.enterprises), ("individual", world.individuals)):
        for subject_id in ids[:5]:
            over_http = client.post("/v1/scores", json=ask(kind, subject_id)).json()
            request = ScoreRequest(
                subject=Subject(kind=kind, id=subject_id),  # type: ignore[arg-type]
                purpose="LOAN_APPROVAL",
            )
            in_process = services.scoring.score(request, BANK).answer
            for answer in (over_http, in_process):
                answer.pop("score_id")
            assert over_http == in_process


def test_the_score_is_that_of_the_registered_model(
    client: TestClient, services: Services, world: SmallWorld
) -> None:
    import pandas as pd

    loaded = services.champions.default_model("enterprise")
    subject_id = world.enterprises[0]
    vector = services.subjects.stored(Subject(kind="enterprise", id=subject_id))
    frame = pd.DataFrame([dict(vector.values)])
    answer = client.post("/v1/scores", json=ask("enterprise", subject_id)).json()
    assert answer["score"] == int(loaded.model.score(frame)[0])
    assert answer["model"] == {"name": "enterprise-default", "version": "1"}
    assert answer["as_of"] == vector.as_of.isoformat()
    assert answer["vector_digest"] == vector.digest == services.subjects.digest(vector.values)


def test_as_of_recomputes_for_information_and_decides_nothing(
    client: TestClient, services: Services, world: SmallWorld
) -> None:
    subject_id = world.enterprises[0]
    stored = client.post("/v1/scores", json=ask("enterprise", subject_id)).json()
    again = client.post(
        "/v1/scores", json=ask("enterprise", subject_id, as_of=stored["as_of"])
    ).json()
    assert again["flags"]["informational"] is True
    assert stored["flags"]["informational"] is False
    assert again["score_id"].startswith("inf_")
    assert again["vector_digest"] == stored["vector_digest"]
    assert again["contributions"] == stored["contributions"]
    from serving.errors import NotFound

    with pytest.raises(NotFound):
        services.ledger.decision(again["score_id"])


def test_as_of_before_anything_was_known_is_404_and_in_the_future_422(
    client: TestClient, world: SmallWorld
) -> None:
    early = ask("enterprise", world.enterprises[0], as_of="1980-01-01")
    assert "subject" in problem(client.post("/v1/scores", json=early), 404)["type"]
    late = ask("enterprise", world.enterprises[0], as_of="2999-01-01")
    assert problem(client.post("/v1/scores", json=late), 422)["errors"][0]["field"] == "as_of"


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_purpose_is_audited_as_given(
    client: TestClient, services: Services, world: SmallWorld, purpose: str
) -> None:
    from sqlalchemy import select

    from serving.tables import audit

    subject_id = world.enterprises[1]
    body = ask("enterprise", subject_id) | {"purpose": purpose}
    score_id = client.post("/v1/scores", json=body).json()["score_id"]
    with services.database.read() as connection:
        row = connection.execute(select(audit).where(audit.c.object_id == score_id)).one()
    assert json.loads(row.details)["purpose"] == purpose
    assert row.action == "AA-01"
    assert row.subject == services.audit.subject_digest("enterprise", subject_id)


# ---- recommendations and reports ----------------------------------------------------------------


def test_products_are_ranked_with_reasons_and_refusals_with_rules(
    client: TestClient, world: SmallWorld
) -> None:
    body = ask("enterprise", world.enterprises[0], k=3)
    response = client.post("/v1/recommendations", json=body)
    assert response.status_code == 200
    answer = response.json()
    answers.RecommendationAnswer.model_validate(answer)
    assert [item["rank"] for item in answer["items"]] == list(range(1, len(answer["items"]) + 1))
    assert len(answer["items"]) <= 3
    assert all(item["eligibility"] in ("eligible", "conditional") for item in answer["items"])
    for item in answer["items"]:
        total = item["base"] + sum(part["points"] for part in item["contributions"])
        assert math.isclose(total, item["ranking_score"], abs_tol=1e-9)
    assert answer["not_eligible"]
    for refused in answer["not_eligible"]:
        assert refused["failing"]
        assert all(rule["rule_id"] and rule["text_zh"] for rule in refused["failing"])


def test_no_personalisation_leaves_the_ranking_out(client: TestClient, world: SmallWorld) -> None:
    body = ask("enterprise", world.enterprises[0], personalised=False, k=50)
    answer = client.post("/v1/recommendations", json=body).json()
    assert answer["personalised"] is False
    assert all(item["eligibility"] == "eligible" for item in answer["items"])
    assert all(item["ranking_score"] is None for item in answer["items"])
    assert all(not item["reasons"] for item in answer["items"])


def test_an_amount_out_of_every_range_leaves_nothing_eligible(
    client: TestClient, world: SmallWorld
) -> None:
    body = ask("enterprise", world.enterprises[0], amount=9e11)
    answer = client.post("/v1/recommendations", json=body).json()
    assert answer["amount"] == 9e11
    assert not [item for item in answer["items"] if item["eligibility"] == "eligible"]
    rules = {rule["rule_id"] for r in answer["not_eligible"] for rule in r["failing"]}
    assert "E-AMOUNT" in rules


def test_card_clients_get_no_products_and_are_told_why(
    client: TestClient, world: SmallWorld
) -> None:
    answer = client.post("/v1/recommendations", json=ask("individual", world.individuals[0])).json()
    answers.RecommendationAnswer.model_validate(answer)
    assert answer["items"] == []
    assert answer["model"] is None
    assert "信用卡" in answer["note_zh"]
    assert "card" in answer["note_en"]


def test_recommendations_equal_in_process(
    client: TestClient, services: Services, world: SmallWorld
) -> None:
    over_http = client.post(
        "/v1/recommendations", json=ask("enterprise", world.enterprises[2])
    ).json()
    request = RecommendationRequest(
        subject=Subject(kind="enterprise", id=world.enterprises[2]), purpose="LOAN_APPROVAL"
    )
    in_process = services.recommending.recommend(request, BANK).answer
    for answer in (over_http, in_process):
        answer.pop("recommendation_id")
    assert over_http == in_process


def test_a_report_is_made_and_read_in_both_forms_and_languages(
    client: TestClient, world: SmallWorld
) -> None:
    response = client.post("/v1/reports", json=ask("enterprise", world.enterprises[0]))
    assert response.status_code == 201
    made = response.json()
    answers.ReportAnswer.model_validate(made)
    address = f"/v1/reports/{made['report_id']}"
    assert response.headers["location"] == address
    html = client.get(made["links"]["html"])
    assert html.headers["content-type"] == "text/html; charset=utf-8"
    assert "信用报告" in html.text
    assert "Credit report" in client.get(f"{address}?format=html&lang=en").text
    pdf = client.get(made["links"]["pdf"])
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    by_accept = client.get(address, headers={"Accept": "application/pdf"})
    assert by_accept.content == pdf.content
    browser = "text/html,application/xhtml+xml,*/*;q=0.8"
    assert client.get(address, headers={"Accept": browser}).content == html.content
    problem(client.get(address, headers={"Accept": "image/png"}), 406)
    problem(client.get(f"{address}?format=docx"), 422)
    problem(client.get(f"{address}?lang=fr"), 422)
