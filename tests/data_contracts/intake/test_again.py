"""The same file again: nothing happens, unless what it fell for may be cured by now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from data_contracts.catalogue import contract as contract_of
from data_contracts.intake.engine import IntakeResult, intake_file
from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from tests.data_contracts.intake.message.samples import ACCOUNT, table, written

DAY = date(2024, 6, 1)
ONE, TWO = "PID-" + "1" * 32, "PID-" + "2" * 32


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "ws")


def counts(result: IntakeResult) -> tuple[int, ...]:
    return (
        result.rows, result.accepted, result.quarantined, result.unchanged, result.deleted,
        result.rekeyed,
    )  # fmt: skip


def consent(lake: Lake, subject: str, digest: str) -> None:
    declared = contract_of("consent")
    row = {
        "consent_no": f"SQ-{digest}", "subject_id": subject, "kind": "written",
        "legal_basis": "consent", "purposes": "LOAN_APPROVAL", "item_classes": "person",
        "recipient": "PLATFORM", "adverse_notice": True, "notice_version": "1",
        "granted_on": date(2024, 1, 1),
    }  # fmt: skip
    records = pa.Table.from_pylist([row], schema=declared.arrow_schema())
    records = records.append_column("_known", pa.array([DAY]))
    records = records.append_column("_line", pa.array([1], pa.int64()))
    lake.commit({"consent": records}, digest * 64)


@pytest.mark.parametrize("named", [{}, {"supplier": "S", "period": "2024-05"}])
def test_a_file_is_judged_again_when_its_consents_came(
    workspace: Workspace,
    write_csv: Callable[..., Path],
    tree_digest: Callable[..., Any],
    named: dict[str, Any],
) -> None:
    people = [{"subject_id": s, "age": "40", "observed_on": "2024-05-01"} for s in (ONE, TWO)]
    path = write_csv(people)
    lake = Lake(workspace.lake_dir)
    consent(lake, ONE, "a")

    def take() -> IntakeResult:
        return intake_file(path, "person", workspace, received_on=DAY, **named)

    first = take()
    assert (counts(first), first.by_rule) == ((2, 1, 1, 0, 0, 0), {"REG-01": 1})
    before = tree_digest(workspace.root)
    assert take().repeated  # nothing was cured
    assert tree_digest(workspace.root) == before
    consent(lake, TWO, "b")
    second = take()
    assert (counts(second), second.repeated) == ((2, 1, 0, 1, 0, 0), False)
    assert second.supersedes == first.batch
    assert lake.quarantine().num_rows == 0
    assert lake.read("person").num_rows == 2  # no record twice
    before = tree_digest(workspace.root)
    assert take().repeated
    assert tree_digest(workspace.root) == before


def test_a_public_source_or_another_period_make_another_batch(
    workspace: Workspace, write_csv: Callable[..., Path]
) -> None:
    path = write_csv([{"subject_id": ONE, "age": "40", "observed_on": "2024-05-01"}])
    assert intake_file(path, "person", workspace).quarantined == 1
    assert intake_file(path, "person", workspace, public_source="网站").accepted == 1
    again = intake_file(
        path, "person", workspace, public_source="网站", supplier="S", period="2024-05"
    )
    assert (again.repeated, again.unchanged) == (False, 1)
    assert again.identity is not None


def send(workspace: Workspace, folder: Path, kind: str, segments: Any) -> IntakeResult:
    folder.mkdir(parents=True, exist_ok=True)
    path = written(folder, segments, kind)
    return intake_file(path, None, workspace, public_source="测试", received_on=DAY)


def accounts(workspace: Workspace) -> dict[str, int]:
    with duckdb.connect() as connection:
        latest = Lake(workspace.lake_dir).latest_sql("credit_month")
        sql = f"SELECT account_no, balance_cents // 100 FROM {latest}"
        return dict(connection.sql(sql).fetchall())


def month(account: str, **changes: str) -> dict[str, str]:
    return {**ACCOUNT, "account_no": account, **changes}


def moved(old: str, new: str) -> dict[str, str]:
    parts = {"institution_code": "C1010211000012", "business": "1"}
    sides = {f"{side}_{name}": value for side in ("old", "new") for name, value in parts.items()}
    return {**sides, "old_account_no": old, "new_account_no": new}


def test_a_key_that_is_taken_is_not_moved_onto(workspace: Workspace, tmp_path: Path) -> None:
    """Account A stays where it is; once B is deleted, the same message moves it."""
    rows = [month("A", balance_yuan="10"), month("B", balance_yuan="20"), month("C")]
    send(workspace, tmp_path / "1", "1", {"A": table(rows)})
    moves = {"K": table([moved("A", "B"), moved("C", "D"), moved("Z", "Y")])}
    first = send(workspace, tmp_path / "2", "5", moves)
    assert counts(first) == (3, 0, 2, 0, 0, 1)
    assert first.by_rule == {"message.rekey.unknown": 1, "message.rekey.taken": 1}
    told = Lake(workspace.lake_dir).quarantine().to_pylist()
    assert {(r["line"], r["rule_id"], r["column"]) for r in told} == {
        (1, "message.rekey.taken", "K.new_account_no"),
        (3, "message.rekey.unknown", "K.old_account_no"),
    }
    assert accounts(workspace) == {"A": 10, "B": 20, "D": 52000}
    key = {"institution_code": "C1010211000012", "business": "1", "bill_on": "20240131"}
    send(workspace, tmp_path / "3", "4", {"X": table([{**key, "account_no": "B"}])})
    second = send(workspace, tmp_path / "4", "5", moves)
    assert counts(second) == (3, 0, 1, 1, 0, 1)  # C was moved before
    assert accounts(workspace) == {"B": 10, "D": 52000}
    assert Lake(workspace.lake_dir).quarantine().num_rows == 1
