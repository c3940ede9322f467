"""Who may ask and what is refused: keys, unknown subjects, bad bodies, fuzz."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serving.app import create_app
from serving.audit import Caller
from serving.services import Services
from tests.serving.asking import ask, problem
from tests.serving.inprocess import TestClient
from tests.serving.workspace import SmallWorld

pytestmark = pytest.mark.xdist_group("serving-world")


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
