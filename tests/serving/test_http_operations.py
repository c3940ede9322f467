"""Readiness, faults, logs and the API's description."""

from __future__ import annotations

import json
import logging
import re
import shutil
import sqlite3

import pytest
from pydantic import ValidationError

from serving import answers
from serving.app import create_app
from serving.problems import PROBLEMS
from serving.services import Services
from serving.settings import Settings
from tests.serving.asking import ask, problem
from tests.serving.inprocess import TestClient
from tests.serving.workspace import SmallWorld

pytestmark = pytest.mark.xdist_group("serving-world")


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


def test_every_setting_is_described() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name


def test_settings_are_read_from_the_environment_and_frozen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XINQIAO_MAX_BODY_BYTES", "4096")
    monkeypatch.setenv("XINQIAO_DATABASE_URL", "postgresql+psycopg://u:secret@h/db")
    settings = Settings()
    assert settings.max_body_bytes == 4096
    assert "secret" not in repr(settings)
    with pytest.raises(ValidationError):
        settings.max_body_bytes = 1  # type: ignore[misc]
    monkeypatch.setenv("XINQIAO_MAX_BODY_BYTES", "many")
    with pytest.raises(ValidationError):
        Settings()


def test_what_names_subjects_is_readable_by_its_owner_alone(
    own: Services, world: SmallWorld
) -> None:
    body = ask("enterprise", world.enterprises[0])
    headers = {"X-API-Key": own.keys.api_key}
    made = TestClient(create_app(own), headers=headers).post("/v1/reports", json=body).json()
    for path in (own.workspace.database, own.workspace.reports_dir / made["report_id"]):
        assert path.stat().st_mode & 0o077 == 0


def test_every_route_is_told_in_both_languages(client: TestClient) -> None:
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        for operation in operations.values():
            assert re.search("[\u4e00-\u9fff]", operation["summary"]), path
            assert re.search("[A-Za-z]{3}", operation["summary"]), path


def test_problem_types_have_texts_and_examples() -> None:
    for slug, kind in PROBLEMS.items():
        assert kind.slug == slug
        assert 400 <= kind.status < 600
        assert kind.title_zh
        assert kind.title_en
        assert kind.example != kind.no_example
