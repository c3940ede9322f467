"""A message goes the same way: records, corrections, deletions and changed keys by its class."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from data_contracts.errors import ContractsError
from data_contracts.intake.engine import IntakeResult, intake_file
from data_contracts.intake.lake import Lake
from data_contracts.sealing import SealKey
from data_contracts.workspace import Workspace
from tests.data_contracts.intake.message.samples import ACCOUNT, table, written

PERSON = "11010519491231002X"
GUARANTOR = {
    "name": "李四", "id_kind": "0", "id_number": "110101199003071233", "amount_yuan": "52000", "state": "1",
}  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "ws")


def counts(result: IntakeResult) -> tuple[int, ...]:
    return (
        result.rows, result.accepted, result.quarantined, result.unchanged, result.deleted,
        result.rekeyed,
    )  # fmt: skip


def send(workspace: Workspace, folder: Path, kind: str, segments: Any, **more: Any) -> IntakeResult:
    folder.mkdir(parents=True, exist_ok=True)
    path = written(folder, segments, kind)
    return intake_file(path, None, workspace, public_source="测试", **more)


def accounts(workspace: Workspace) -> dict[str, int]:
    lake = Lake(workspace.lake_dir)
    import duckdb

    with duckdb.connect() as connection:
        sql = f"SELECT account_no, balance_cents FROM {lake.latest_sql('credit_month')}"
        return dict(connection.sql(sql).fetchall())


def month(**changes: str) -> dict[str, str]:
    return {**ACCOUNT, **changes}


def test_records_of_a_message_stand_or_fall_as_a_whole(
    workspace: Workspace, tmp_path: Path
) -> None:
    months = [
        month(), month(account_no="ACC-2", five_class="8"), month(account_no="ACC-3"),
        month(account_no="ACC-4"),
    ]  # fmt: skip
    guarantees = [{**GUARANTOR, "_line": 3}, {**GUARANTOR, "_line": 4, "id_number": "暂缺"}]
    guarantees[1]["id_number"] = "X"
    result = send(workspace, tmp_path / "1", "1", {"A": table(months), "E": table(guarantees)})
    assert result.rows == 4
    assert result.by_rule["credit_month.five_class.codes"] == 1
    assert "BI-04" in result.by_rule  # a guarantor without a number is an error
    assert counts(result) == (4, 2, 2, 0, 0, 0)
    assert set(accounts(workspace)) == {"ACC-1", "ACC-3"}
    lake = Lake(workspace.lake_dir)
    assert {r["line"] for r in lake.quarantine().to_pylist()} == {2, 4}
    (guarantor,) = lake.read("guarantor").to_pylist()
    key = SealKey.of(workspace)
    assert guarantor["subject_id"] == f"PID-{key.hmac(GUARANTOR['id_number'])}"
    assert guarantor["id_no_hmac"] == key.hmac(GUARANTOR["id_number"])
    assert guarantor["name_masked"] == "李*"
    everything = b"".join(p.read_bytes() for p in workspace.root.rglob("*") if p.is_file())
    for clear in (PERSON, GUARANTOR["id_number"], "李四", "张三"):
        assert clear.encode() not in everything
    again = send(workspace, tmp_path / "again", "1", {"A": table(months), "E": table(guarantees)})
    assert again.repeated
    assert counts(again) == counts(result)


def test_classes_decide(workspace: Workspace, tmp_path: Path) -> None:
    rows = [month(), month(account_no="ACC-2"), month(account_no="ACC-3")]
    send(workspace, tmp_path / "1", "1", {"A": table(rows)})
    corrected = [month(balance_yuan="50000")]
    result = send(workspace, tmp_path / "3", "3", {"A": table(corrected)})
    assert counts(result) == (1, 1, 0, 0, 0, 0)
    assert accounts(workspace) == {"ACC-1": 5_000_000, "ACC-2": 5_200_000, "ACC-3": 5_200_000}
    key = {"institution_code": "C1010211000012", "business": "1", "bill_on": "20240131"}
    gone = [{**key, "account_no": "ACC-2"}, {**key, "account_no": "ACC-9"}]
    result = send(workspace, tmp_path / "4", "4", {"X": table(gone)})
    assert counts(result) == (2, 0, 1, 0, 1, 0)
    assert set(accounts(workspace)) == {"ACC-1", "ACC-3"}
    moved = {
        "old_institution_code": "C1010211000012", "old_business": "1", "old_account_no": "ACC-3",
        "new_institution_code": "C1010211000012", "new_business": "1", "new_account_no": "ACC-33",
    }  # fmt: skip
    result = send(workspace, tmp_path / "5", "5", {"K": table([moved])})
    assert counts(result) == (1, 0, 0, 0, 0, 1)
    assert set(accounts(workspace)) == {"ACC-1", "ACC-33"}
    repeat = [month(), month(account_no="ACC-2")]
    result = send(workspace, tmp_path / "2", "2", {"A": table(repeat)})
    assert result.supersedes
    assert result.rows == result.accepted + result.unchanged == 2


def test_an_institution_touches_its_own_accounts_alone(
    workspace: Workspace, tmp_path: Path
) -> None:
    """A record, a deletion and a key change of another institution fall, whatever the message's name."""
    other = "C1010311000014"
    both = [month(), month(account_no="ACC-2", institution_code=other)]
    result = send(workspace, tmp_path / "1", "1", {"A": table(both)})
    assert (result.accepted, result.by_rule) == (1, {"MSG-11": 1})
    gone = {
        "institution_code": other,
        "business": "1",
        "account_no": "ACC-1",
        "bill_on": ACCOUNT["bill_on"],
    }
    result = send(workspace, tmp_path / "4", "4", {"X": table([gone])})
    assert (result.deleted, result.by_rule) == (0, {"MSG-11": 1})
    moved = {
        "old_institution_code": ACCOUNT["institution_code"], "old_business": "1", "old_account_no": "ACC-1",
        "new_institution_code": other, "new_business": "1", "new_account_no": "ACC-9",
    }  # fmt: skip
    result = send(workspace, tmp_path / "5", "5", {"K": table([moved])})
    assert (result.rekeyed, result.by_rule) == (0, {"MSG-11": 1})
    assert set(accounts(workspace)) == {"ACC-1"}


def test_a_segment_that_no_contract_takes_is_told(workspace: Workspace, tmp_path: Path) -> None:
    asked = {"application_no": "S-1", "institution_code": "C1010211000012", "name": "张三",
             "id_kind": "0", "id_number": PERSON, "applied_on": "20240105"}  # fmt: skip
    result = send(
        workspace, tmp_path / "1", "1", {"A": table([month()]), "S": table([{**asked, "_line": 2}])}
    )
    assert counts(result) == (2, 1, 1, 0, 0, 0)
    assert result.by_rule == {"message.segment.unkept": 1}
    dry = send(
        workspace, tmp_path / "x", "3", {"A": table([month(balance_yuan="1")])}, dry_run=True
    )
    assert counts(dry) == (1, 1, 0, 0, 0, 0)
    assert accounts(workspace) == {"ACC-1": 5_200_000}


def test_a_damaged_message_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    path = written(tmp_path, {"A": table([month(), month(account_no="B")])})
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(ContractsError):
        intake_file(path, None, workspace)
    assert not workspace.root.exists()
