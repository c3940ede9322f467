"""The real server over HTTP: `bentoml serve` as a child process on 127.0.0.1, called as a bank would."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import httpx
import pytest

from serving import answers
from serving.keys import load_keys
from serving.process import ServerProcess, free_port
from serving.settings import Settings
from serving.wiring import build
from tests.serving.workspace import SmallWorld, world_of

pytestmark = pytest.mark.xdist_group("serving-process")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    return world_of(tmp_path_factory, "process")


@pytest.fixture(scope="module")
def server(world: SmallWorld) -> Iterator[ServerProcess]:
    with ServerProcess(world.workspace, workers=2) as running:
        yield running


@pytest.fixture
def bank(server: ServerProcess, world: SmallWorld) -> Iterator[httpx.Client]:
    headers = {"X-API-Key": load_keys(world.workspace).api_key}
    with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
        yield client


def ask(world: SmallWorld, place: int = 0) -> dict[str, object]:
    subject = {"kind": "enterprise", "id": world.enterprises[place]}
    return {"subject": subject, "purpose": "LOAN_APPROVAL"}


def test_probes_are_ours(bank: httpx.Client) -> None:
    assert bank.get("/healthz").json() == {"status": "alive"}
    ready = bank.get("/readyz")
    assert ready.status_code == 200
    assert set(ready.json()["models"]) == {
        "enterprise-default",
        "individual-default",
        "enterprise-lender-ranking",
    }
    assert bank.get("/_bentoml/metrics").status_code == 200


def test_a_bank_gets_score_products_and_report(bank: httpx.Client, world: SmallWorld) -> None:
    response = bank.post("/v1/scores", json=ask(world))
    score = response.json()
    answers.ScoreAnswer.model_validate(score)
    total = score["base"] + sum(part["points"] for part in score["contributions"])
    assert math.isclose(total, score["margin"], rel_tol=0, abs_tol=1e-9)
    offers = bank.post("/v1/recommendations", json=ask(world)).json()
    answers.RecommendationAnswer.model_validate(offers)
    made = bank.post("/v1/reports", json=ask(world)).json()
    assert made["score"] == score["score"]
    for form, start in (("html", b"<!DOCTYPE html>"), ("pdf", b"%PDF-")):
        for _ in range(2):
            file = bank.get(made["links"][form])
            assert file.status_code == 200
            assert file.content.startswith(start)
            assert json.loads(f'"{made["sha256"][form]}"') in file.headers["etag"]


def test_http_equals_in_process(
    bank: httpx.Client, server: ServerProcess, world: SmallWorld
) -> None:
    from serving.audit import Caller
    from serving.bodies import ScoreRequest, Subject

    services = build(Settings(workspace=world.workspace.root, pull_models=False))
    try:
        for place in range(5):
            over_http = bank.post("/v1/scores", json=ask(world, place)).json()
            subject = Subject(kind="enterprise", id=world.enterprises[place])
            request = ScoreRequest(subject=subject, purpose="LOAN_APPROVAL")
            in_process = services.scoring.score(request, Caller("demo-bank")).answer
            assert over_http.pop("score_id") != in_process.pop("score_id")
            assert over_http == in_process
    finally:
        services.close()


def test_sixteen_clients_on_two_workers_leave_a_linear_chain(
    server: ServerProcess, bank: httpx.Client, world: SmallWorld
) -> None:
    statuses: list[int] = []
    headers = dict(bank.headers)

    def work(place: int) -> None:
        with httpx.Client(base_url=server.url, headers=headers, timeout=60) as own:
            for n in range(5):
                answer = own.post("/v1/scores", json=ask(world, (place + n) % 40))
                statuses.append(answer.status_code)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert statuses == [200] * 80
    services = build(Settings(workspace=world.workspace.root, pull_models=False))
    try:
        assert services.audit.verify().ok
    finally:
        services.close()


def test_the_server_goes_on_after_bad_input(bank: httpx.Client, world: SmallWorld) -> None:
    json_type = {"Content-Type": "application/json"}
    long_id = {"subject": {"kind": "enterprise", "id": "a" * 1_000_000}, "purpose": "SELF"}
    for content, status in (
        (b"", 422),
        (b"{", 422),
        (b"\x00\xff", 422),
        (b"[" * 100_000, 422),
        (json.dumps(long_id).encode(), 422),
        (b" " * 3_000_000, 413),
        (json.dumps({**ask(world), "purpose": "FUN"}).encode(), 422),
    ):
        response = bank.post("/v1/scores", content=content, headers=json_type)
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"
        assert bank.post("/v1/scores", json=ask(world)).status_code == 200
    assert bank.get("/v1/none").status_code == 404
    assert bank.get("/v1/scores").status_code == 405
    bare = httpx.post(f"{bank.base_url}/v1/scores", json=ask(world))
    assert bare.status_code == 401
    assert "bearer" in bare.headers["www-authenticate"].lower()


def test_the_log_of_the_process_holds_no_ids_and_no_keys(
    server: ServerProcess, bank: httpx.Client, world: SmallWorld
) -> None:
    person = {"subject": {"kind": "individual", "id": world.individuals[0]}, "purpose": "SELF"}
    bank.post("/v1/scores", json=person)
    bank.post("/v1/scores", json={**person, "purpose": world.individuals[0]})
    log = server.log.read_text(encoding="utf-8")
    keys = load_keys(world.workspace)
    for secret in (world.individuals[0], keys.api_key, keys.portal_password):
        assert secret not in log


def test_the_serve_command_prints_its_address_and_stops_on_ctrl_c(world: SmallWorld) -> None:
    port = free_port()
    command = [sys.executable, "-c", "from serving.cli import serve_app; serve_app()"]
    command += ["--workspace", str(world.workspace.root), "--port", str(port)]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert started.stdout is not None
        lines = [started.stdout.readline() for _ in range(5)]
        assert lines[0].split() == ["portal", f"http://127.0.0.1:{port}/portal"]
        assert httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
        keys = load_keys(world.workspace)
        assert not {keys.api_key, keys.portal_password} & set(" ".join(lines).split())
        started.send_signal(signal.SIGINT)
        assert started.wait(30) == 0
    finally:
        started.kill()
        started.wait()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/healthz")
