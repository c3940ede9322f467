"""What a bank reports back: once for a score, only on its own, audited, exported as records of the contracts."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import select

from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from serving.app import create_app
from serving.audit import Caller
from serving.bodies import BankDecisionRequest, OutcomeRequest
from serving.errors import NotFound
from serving.returns_export import Lender, records_of, take_in, write_records
from serving.services import Services
from serving.tables import account_outcomes, audit, bank_decisions
from tests.serving.helpers import BANK
from tests.serving.inprocess import TestClient
from tests.serving.workspace import SmallWorld
from training.labels import current

pytestmark = pytest.mark.xdist_group("serving-world")


def opened(services: Services, **changes: Any) -> dict[str, Any]:
    today = services.workspace.today()
    body: dict[str, Any] = {
        "decision": "approved",
        "method": "assisted",
        "decided_on": today.isoformat(),
        "amount_cents": 5_000_000,
        "rate_bp": 435,
        "term_months": 12,
        "account_no": "LN-1",
        "opened_on": today.isoformat(),
    }
    return {k: v for k, v in (body | changes).items() if v is not None}


def score(client: TestClient, subject: str) -> str:
    body = {"subject": {"kind": "enterprise", "id": subject}, "purpose": "LOAN_APPROVAL"}
    found: str = client.post("/v1/scores", json=body).json()["score_id"]
    return found


@pytest.fixture
def bank(own: Services) -> TestClient:
    return TestClient(create_app(own), headers={"X-API-Key": own.keys.api_key})


def test_a_decision_and_its_outcome_are_kept_once_and_audited(
    own: Services, bank: TestClient, world: SmallWorld
) -> None:
    score_id = score(bank, world.enterprises[0])
    place, body = f"/v1/scores/{score_id}/decision", opened(own)
    first = bank.post(place, json=body)
    assert first.status_code == 201
    assert first.json()["score_id"] == score_id
    again = bank.post(place, json=body)
    assert (again.status_code, again.content) == (200, first.content)
    other = bank.post(place, json=body | {"rate_bp": 500})
    assert other.status_code == 422
    assert other.json()["errors"][0]["field"] == "decision"

    day = own.workspace.today() + timedelta(days=200)
    stands = {"status": "PERFORMING", "outcome_on": day.isoformat()}
    ended = {"status": "CHARGED_OFF", "outcome_on": day.isoformat(), "loss_cents": 1_000_000}
    answers = [bank.post("/v1/accounts/LN-1/outcome", json=b) for b in (stands, stands, ended)]
    assert [a.status_code for a in answers] == [201, 200, 201]
    early = (day - timedelta(days=1)).isoformat()
    for wrong, field in (({"status": "PERFORMING"}, "status"),):
        refused = bank.post("/v1/accounts/LN-1/outcome", json=ended | wrong | {"outcome_on": early})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == field
    with own.database.read() as connection:
        actions = list(connection.execute(select(audit.c.action).order_by(audit.c.seq)).scalars())
        assert len(connection.execute(select(bank_decisions)).all()) == 1
        assert len(connection.execute(select(account_outcomes)).all()) == 2
    assert actions[-3:] == ["AA-12", "AA-13", "AA-13"]
    assert own.audit.verify().ok


def test_a_changed_row_shows_in_the_chain(
    own: Services, bank: TestClient, world: SmallWorld
) -> None:
    bank.post(f"/v1/scores/{score(bank, world.enterprises[0])}/decision", json=opened(own))
    with own.database.write() as connection:
        connection.execute(bank_decisions.update().values(decision="rejected"))
    assert any("was changed" in fault for fault in own.audit.verify().faults)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"decision": "maybe"}, "decision"),
        ({"decision": "rejected"}, "account_no"),
        ({"decision": "rejected", "account_no": None, "opened_on": None}, "reasons"),
        ({"opened_on": None}, "opened_on"),
        ({"opened_on": "2001-01-01"}, "opened_on"),
        ({"decided_on": "2001-01-01"}, "decided_on"),
        ({"amount_cents": -1}, "amount_cents"),
        ({"account_no": "a b"}, "account_no"),
        ({"subject_name": "x"}, "subject_name"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(
    own: Services,
    bank: TestClient,
    world: SmallWorld,
    changes: dict[str, Any],
    field: str,
) -> None:
    body = opened(own, **changes)
    answer = bank.post(f"/v1/scores/{score(bank, world.enterprises[1])}/decision", json=body)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert error["detail_zh"]
    assert error["detail"]


def test_another_banks_score_and_account_are_not_found(
    own: Services, bank: TestClient, world: SmallWorld
) -> None:
    score_id = score(bank, world.enterprises[2])
    body = BankDecisionRequest.model_validate_json(json.dumps(opened(own)))
    stranger = Caller("another-bank")
    with pytest.raises(NotFound):
        own.returns.decide(score_id, body, stranger)
    own.returns.decide(score_id, body, BANK)
    day = own.workspace.today()
    with pytest.raises(NotFound):
        own.returns.end("LN-1", OutcomeRequest(status="PERFORMING", outcome_on=day), stranger)
    assert bank.post("/v1/accounts/LN-2/outcome", json={}).status_code == 422
    missing = {"status": "PERFORMING", "outcome_on": day.isoformat()}
    assert bank.post("/v1/accounts/LN-2/outcome", json=missing).status_code == 404
    assert bank.post("/v1/scores/nothing/decision", json=opened(own)).status_code == 404


def test_an_account_number_opens_one_loan(
    own: Services, bank: TestClient, world: SmallWorld
) -> None:
    for number, status in ((0, 201), (1, 422)):
        place = f"/v1/scores/{score(bank, world.enterprises[number])}/decision"
        answer = bank.post(place, json=opened(own))
        assert answer.status_code == status
    assert answer.json()["errors"][0]["field"] == "account_no"


def test_the_month_comes_back_as_records_and_a_second_export_replaces_the_first(
    own: Services, bank: TestClient, world: SmallWorld, tmp_path: Path
) -> None:
    day = own.workspace.today()
    for number, more in enumerate(({}, {"decision": "rejected", "reasons": ["SCORE_LOW"]})):
        body = opened(own, **more)
        if "decision" in more:
            body = {k: v for k, v in body.items() if k not in ("account_no", "opened_on")}
        place = f"/v1/scores/{score(bank, world.enterprises[number])}/decision"
        assert bank.post(place, json=body).status_code == 201
    stands = {"status": "PERFORMING", "outcome_on": day.isoformat()}
    assert bank.post("/v1/accounts/LN-1/outcome", json=stands).status_code == 201
    lender = Lender("demo-bank", "C1990244000011")
    month = f"{day:%Y-%m}"
    records = records_of(own.database, lender, month)
    assert {name: len(rows) for name, rows in records.items()} == {
        "credit_decision": 2,
        "loan_account": 1,
        "loan_outcome": 1,
    }
    assert records["credit_decision"][0]["model_version"] == "enterprise-default/1"
    (loan,) = records["loan_account"]
    assert loan["application_no"] == records["credit_decision"][0]["application_no"]
    workspace = Workspace(tmp_path / "lake").create()
    # Nothing proves that these subjects are no natural persons, and no consent is on file: REG-01 holds.
    files = write_records(records, tmp_path / "out")
    taken = take_in(files.items(), workspace, lender, month)
    assert all("REG-01" in one.by_rule for one in taken.values())
    for rows in records.values():
        for row in rows:
            row["subject_id"] = "USCC-91420106XQ4TD7JF59"  # an organisation's
    for again in (False, True):
        files = write_records(records, tmp_path / "out")
        taken = take_in(files.items(), workspace, lender, month)
        assert sum(one.quarantined for one in taken.values()) == 0
        assert all(one.repeated is again for one in taken.values())
    with duckdb.connect() as connection:
        lake = Lake(workspace.lake_dir)
        found = connection.execute(
            f"SELECT account_no, status FROM {current(lake, 'loan_outcome', 'account_no')}"
        ).fetchall()
    assert found == [("LN-1", "PERFORMING")]
    assert records_of(own.database, Lender("another", "x"), month)["credit_decision"] == []
