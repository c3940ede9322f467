"""The app in process: every route, every kind of error, exactness, and equality with the services."""

from __future__ import annotations

import json
import logging
import math
import re
import shutil
import sqlite3
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serving import answers
from serving.app import create_app
from serving.audit import Caller
from serving.bodies import PURPOSES, RecommendationRequest, ScoreRequest, Subject
from serving.problems import PROBLEMS
from serving.services import Services
from tests.serving.inprocess import TestClient
from tests.serving.workspace import SmallWorld

pytestmark = pytest.mark.xdist_group("serving-world")
BANK = Caller("demo-bank")


def ask(kind: str, subject_id: str, **more: Any) -> dict[str, Any]:
    return {"subject": {"kind": kind, "id": subject_id}, "purpose": "LOAN_APPROVAL", **more}


def problem(response: Any, status: int) -> dict[str, Any]:
    """A well-formed problem of a status."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    answers.ProblemAnswer.model_validate(body)
    assert body["status"] == status
    assert body["request_id"] == response.headers["x-request-id"]
    assert body["type"].removeprefix("/problems#") in PROBLEMS
    return body


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


def test_reasons_are_the_largest_harms(client: TestClient, world: SmallWorld) -> None:
    for subject_id in world.enterprises[:20]:
        answer = client.post("/v1/scores", json=ask("enterprise", subject_id)).json()
        harms = sorted(part["points"] for part in answer["contributions"] if part["points"] < 0)
        assert [reason["points"] for reason in answer["reasons"]] == harms[:4]
        for reason in answer["reasons"]:
            same = {tuple(p["features"]): p for p in answer["contributions"]}[
                tuple(reason["features"])
            ]
            assert (same["values"], same["points"]) == (reason["values"], reason["points"])
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


# ---- who may ask --------------------------------------------------------------------------------

PROTECTED = [
    ("POST", "/v1/scores"),
    ("POST", "/v1/recommendations"),
    ("POST", "/v1/reports"),
    ("GET", "/v1/reports/rep_" + "0" * 32),
]


@pytest.mark.parametrize(("method", "path"), PROTECTED)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-API-Key": ""},
        {"X-API-Key": "xq_demo-bank_" + "0" * 64},
        {"Authorization": "Bearer nothing"},
        {"Authorization": "Basic ZGVtbzpkZW1v"},
    ],
)
def test_no_answer_without_the_key(
    services: Services, method: str, path: str, headers: dict[str, str]
) -> None:
    bare = TestClient(create_app(services))
    response = bare.request(method, path, headers=headers, content=b"not even json")
    assert problem(response, 401)["type"] == "/problems#unauthorised"
    assert response.headers["www-authenticate"].startswith("Bearer")


def test_the_bearer_form_opens_too(services: Services, world: SmallWorld) -> None:
    bare = TestClient(create_app(services))
    headers = {"Authorization": f"Bearer {services.keys.api_key}"}
    body = ask("enterprise", world.enterprises[0])
    assert bare.post("/v1/scores", json=body, headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json", "/docs", "/problems"])
def test_open_pages_need_no_key(services: Services, path: str) -> None:
    response = TestClient(create_app(services)).get(path)
    assert response.status_code == 200
    assert response.headers["x-content-type-options"] == "nosniff"


def test_another_clients_report_does_not_exist(
    client: TestClient, services: Services, world: SmallWorld
) -> None:
    from serving.errors import NotFound

    made = client.post("/v1/reports", json=ask("enterprise", world.enterprises[0])).json()
    with pytest.raises(NotFound):
        services.reporting.read(made["report_id"], Caller("another-bank"), "html", "zh")
    with pytest.raises(NotFound):
        services.reporting.make(made["score_id"], Caller("another-bank"), "zh")


# ---- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/v1/scores", "/v1/recommendations", "/v1/reports"])
@pytest.mark.parametrize(
    ("kind", "subject_id"),
    [("enterprise", "SBA-0"), ("individual", "CARD-0"), ("farmer", None), ("sole_trader", None)],
)
def test_an_unknown_subject_is_404_and_not_repeated(
    client: TestClient, world: SmallWorld, path: str, kind: str, subject_id: str | None
) -> None:
    wanted = subject_id or world.enterprises[0]  # known, but not as a farmer or sole trader
    body = problem(client.post(path, json=ask(kind, wanted)), 404)
    assert body["type"] == "/problems#unknown-subject"
    assert wanted not in json.dumps(body)


@pytest.mark.parametrize("path", ["/v1/scores", "/v1/recommendations", "/v1/reports"])
@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"[]", "body"),
        (b"[" * 500_000, "body"),
        (b'{"subject":{"kind":"enterprise","id":"a\\u0000"},"purpose":"SELF"}', "subject.id"),
        (
            b'{"subject":{"kind":"enterprise","id":"' + b"a" * 1_000_000 + b'"},"purpose":"SELF"}',
            "subject.id",
        ),
        (b'{"subject":{"kind":"enterprise","id":"a"},"purpose":"FUN"}', "purpose"),
        (b'{"subject":{"kind":"enterprise","id":"a"},"purpose":"SELF","x":1}', "x"),
    ],
)
def test_bad_bodies_are_422_and_name_the_field(
    client: TestClient, path: str, content: bytes, field: str
) -> None:
    response = client.post(path, content=content, headers={"Content-Type": "application/json"})
    body = problem(response, 422)
    assert field in [error["field"] for error in body["errors"]]
    assert len(response.content) < 4000
    assert client.get("/healthz").status_code == 200


def test_a_body_that_is_too_large_is_413(client: TestClient, services: Services) -> None:
    limit = services.settings.max_body_bytes
    problem(client.post("/v1/scores", content=b" " * (limit + 1)), 413)

    def pieces() -> Any:  # no Content-Length: counted while it is read
        for _ in range(40):
            yield b" " * (limit // 20)

    problem(client.post("/v1/scores", content=pieces()), 413)
    lying = {"Content-Length": "9" * 30}
    problem(client.post("/v1/scores", content=b"{}", headers=lying), 413)


def test_other_media_types_are_415(client: TestClient) -> None:
    problem(client.post("/v1/scores", content=b"a=1", headers={"Content-Type": "text/csv"}), 415)


def test_unknown_paths_and_methods(client: TestClient) -> None:
    problem(client.get("/v1/nothing"), 404)
    problem(client.get("/v1/reports/../../secrets/api_key"), 404)
    problem(client.get("/v1/reports/rep_" + "0" * 32), 404)
    problem(client.get("/v1/reports/%00"), 404)
    response = client.get("/v1/scores")
    problem(response, 405)
    assert response.headers["allow"] == "POST"


def test_a_request_id_is_kept_when_harmless_and_replaced_otherwise(client: TestClient) -> None:
    kept = client.get("/healthz", headers={"X-Request-ID": "bank-request-0001"})
    assert kept.headers["x-request-id"] == "bank-request-0001"
    for bad in ("short", "x" * 65, "<script>alert(1)</script>"):
        other = client.get("/healthz", headers={"X-Request-ID": bad})
        assert other.headers["x-request-id"] != bad


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["subject", "purpose", "kind", "id", "as_of"]), inner, max_size=5
        )
    ),
    max_leaves=10,
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=JSON, path=st.sampled_from(["/v1/scores", "/v1/recommendations", "/v1/reports"]))
def test_fuzz_json_never_meets_a_fault_of_ours(client: TestClient, value: Any, path: str) -> None:
    response = client.post(
        path, content=json.dumps(value), headers={"Content-Type": "application/json"}
    )
    assert response.status_code in (404, 422)
    problem(response, response.status_code)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    subject_id=st.text(min_size=1, max_size=80),
    kind=st.sampled_from(["enterprise", "individual"]),
)
def test_fuzz_ids_are_unknown_or_refused(client: TestClient, subject_id: str, kind: str) -> None:
    response = client.post("/v1/scores", json=ask(kind, subject_id))
    problem(response, response.status_code)
    assert response.status_code in (404, 422)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=st.binary(max_size=300), media=st.sampled_from(["application/json", "", "x/y"]))
def test_fuzz_bytes_never_meet_a_fault_of_ours(
    client: TestClient, content: bytes, media: str
) -> None:
    response = client.post("/v1/scores", content=content, headers={"Content-Type": media})
    assert response.status_code in (415, 422)


# ---- readiness, faults, logs, OpenAPI -----------------------------------------------------------


def test_readyz_names_the_versions(client: TestClient) -> None:
    answer = client.get("/readyz").json()
    answers.ReadyAnswer.model_validate(answer)
    assert answer["status"] == "ready"
    assert answer["models"] == {
        "enterprise-default": "1",
        "individual-default": "1",
        "enterprise-lender-ranking": "1",
    }


def test_readyz_says_what_is_missing_and_scores_are_503(own: Services) -> None:
    shutil.rmtree(own.workspace.models_dir / "served" / "individual-default")
    own.champions.load()
    client = TestClient(create_app(own), headers={"X-API-Key": own.keys.api_key})
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "individual-default" in response.json()["reasons"][0]
    assert client.get("/healthz").status_code == 200


def test_a_fault_of_ours_is_a_500_that_tells_and_logs_no_data(
    own: Services, world: SmallWorld, caplog: pytest.LogCaptureFixture
) -> None:
    """A real fault: the stored vector was altered, so the online store refuses it."""
    subject_id = world.enterprises[0]
    with sqlite3.connect(own.workspace.online_store) as connection:
        connection.execute(
            "UPDATE feature_vectors SET vector = replace(vector, ':', ' :') WHERE subject_id = ?",
            (subject_id,),
        )
    client = TestClient(create_app(own), headers={"X-API-Key": own.keys.api_key})
    with caplog.at_level(logging.DEBUG):
        response = client.post("/v1/scores", json=ask("enterprise", subject_id))
    body = problem(response, 500)
    assert body["request_id"] in caplog.text
    assert "FeaturesError" in caplog.text
    for text in (caplog.text, json.dumps(body)):
        assert subject_id not in text
        assert own.keys.api_key not in text
    other = client.post("/v1/scores", json=ask("enterprise", world.enterprises[1]))
    assert other.status_code == 200


def test_logs_carry_no_ids_and_no_keys(
    client: TestClient,
    services: Services,
    world: SmallWorld,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    person = world.individuals[0]
    with caplog.at_level(logging.DEBUG):
        client.post("/v1/scores", json=ask("individual", person))
        client.post("/v1/recommendations", json=ask("individual", person))
        client.post("/v1/reports", json=ask("individual", person))
        client.post("/v1/scores", json=ask("individual", "CARD-999999999"))
        client.post("/v1/scores", json=ask("individual", person) | {"purpose": person})
    out, err = capfd.readouterr()
    for text in (caplog.text, out, err):
        for secret in (
            person,
            "CARD-999999999",
            services.keys.api_key,
            services.keys.portal_password,
        ):
            assert secret not in text


def test_openapi_describes_every_route_and_its_body(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    for path, form in (
        ("/v1/scores", "ScoreRequest"),
        ("/v1/recommendations", "RecommendationRequest"),
        ("/v1/reports", "ReportRequest"),
    ):
        operation = schema["paths"][path]["post"]
        content = operation["requestBody"]["content"]["application/json"]["schema"]
        assert content == {"$ref": f"#/components/schemas/{form}"}
        assert schema["components"]["schemas"][form]["properties"]["subject"]
        assert operation["security"]
        assert {"401", "404", "422", "413"} <= set(operation["responses"])
    assert {"/healthz", "/readyz", "/v1/reports/{report_id}"} <= set(schema["paths"])
    named = set(schema["components"]["schemas"])
    assert set(re.findall(r"#/components/schemas/(\w+)", json.dumps(schema))) <= named


def test_docs_load_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs")
    assert "://" not in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js"):
        assert client.get(f"/docs/{name}").status_code == 200
    problem(client.get("/docs/index.css"), 404)


def test_problem_types_have_texts_and_examples() -> None:
    for slug, kind in PROBLEMS.items():
        assert kind.slug == slug
        assert 400 <= kind.status < 600
        assert kind.title_zh
        assert kind.title_en
        assert kind.example != kind.no_example
