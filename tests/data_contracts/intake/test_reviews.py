"""A hit under review stands as long as nobody said anything later of its record."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_contracts.catalogue import contract as contract_of
from data_contracts.intake.engine import intake_file
from data_contracts.intake.lake import BatchIdentity, Lake
from data_contracts.intake.waive import reviews, waive
from data_contracts.workspace import Workspace
from tests.data_contracts.intake.message.samples import ACCOUNT, table, written

D1, D2, D3 = date(2024, 2, 1), date(2024, 2, 5), date(2024, 2, 9)
RULE = "LR-09"
SUSPECT = "/" * 11 + "*" + "N" * 11 + "2"
INSTITUTION = "C1010211000012"
KEY = f"{INSTITUTION}|1|A|2024-01-31"


def month(account: str, **changes: str) -> dict[str, str]:
    return {**ACCOUNT, "account_no": account, **changes}


def send(root: Path, folder: str, kind: str, rows: list[dict[str, str]], day: date) -> str:
    (root / folder).mkdir()
    path = written(root / folder, {"A": table(rows)}, kind)
    place = Workspace(root / "ws")
    return intake_file(path, None, place, public_source="x", received_on=day).batch


def hits(root: Path) -> list[tuple[Any, ...]]:
    found = reviews(Lake(root / "ws" / "lake")).to_pylist()
    return [
        (r["batch"], r["record_key"].split("|")[2], r["state"])
        for r in found
        if r["rule_id"] == RULE
    ]


def test_hits_of_resent_and_corrected_records(tmp_path: Path) -> None:
    first = send(tmp_path, "1", "1", [month("A", status_24=SUSPECT), month("B")], D1)
    assert hits(tmp_path) == [(first, "A", "REVIEW")]
    again = [month("A", status_24=SUSPECT), month("B", balance_yuan="50000")]
    second = send(tmp_path, "2", "2", again, D2)
    assert hits(tmp_path) == [
        (second, "A", "REVIEW")
    ]  # A is unchanged, its old batch is superseded
    lake = Lake(tmp_path / "ws" / "lake")
    waive(lake, RULE, reason="属实", by="甲", on=D2, institution=INSTITUTION, key=KEY)
    assert hits(tmp_path) == [(second, "A", "WAIVED")]
    other = [month("A", status_24=SUSPECT, balance_yuan="40000")]
    third = send(tmp_path, "3", "3", other, D3)
    assert hits(tmp_path) == [(third, "A", "REVIEW")]  # somebody has to look again
    waive(lake, RULE, reason="属实", by="甲", on=D3, institution=INSTITUTION, key=KEY)
    assert hits(tmp_path) == [(third, "A", "WAIVED")]
    send(tmp_path, "4", "3", [month("A")], D3)
    assert hits(tmp_path) == []


def test_a_hit_follows_its_record_to_another_key(tmp_path: Path) -> None:
    send(tmp_path, "1", "1", [month("A", status_24=SUSPECT), month("B")], D1)
    parts = {"institution_code": INSTITUTION, "business": "1"}
    sides = {f"{side}_{name}": value for side in ("old", "new") for name, value in parts.items()}
    (tmp_path / "2").mkdir()
    row = {**sides, "old_account_no": "A", "new_account_no": "A9"}
    path = written(tmp_path / "2", {"K": table([row])}, "5")
    moved = intake_file(path, None, Workspace(tmp_path / "ws"), received_on=D2).batch
    assert hits(tmp_path) == [(moved, "A9", "REVIEW")]


MAY, JUNE = (BatchIdentity("bank-1", "loan_outcome", f"2010-0{n}", "001") for n in (5, 6))


def outcome(account: str) -> pa.Table:
    contract = contract_of("loan_outcome")
    row = {
        "account_no": account, "subject_id": f"SBA-{account}", "institution": "BANK",
        "outcome_on": D1, "status": "DEFAULTED",
    }  # fmt: skip
    records = pa.Table.from_pylist([row], schema=contract.arrow_schema())
    records = records.append_column("_known", pa.array([D1]))
    return records.append_column("_line", pa.array([1], pa.int64()))


def looked_at(**more: list[str]) -> pa.Table:
    hit = {"contract": ["loan_outcome"], "line": [1], "rule_id": ["X-1"], "column": ["status"]}
    return pa.table({**hit, **more})


def test_hits_without_a_record_are_found_by_their_place(tmp_path: Path) -> None:
    """Files of older lakes: they lack the columns altogether."""
    lake = Lake(tmp_path)
    commit = lake.commit({"loan_outcome": outcome("1")}, "a" * 64, reviews=looked_at())
    assert commit.reviews is not None
    file = tmp_path / commit.reviews
    file.chmod(0o644)
    pq.write_table(pq.read_table(file).drop(["record", "source_column", "value"]), file)
    assert [(r["record_key"], r["state"]) for r in reviews(lake).to_pylist()] == [("1", "REVIEW")]


@pytest.mark.parametrize(("last", "expected"), [(MAY, 0), (JUNE, 1)])
def test_the_last_batch_that_stands_and_speaks_of_a_record_is_right(
    tmp_path: Path, last: BatchIdentity, expected: int
) -> None:
    """May and June bring the same record; when the sender of one takes it back, the other's word counts."""
    lake = Lake(tmp_path)
    named = looked_at(record=["1"])
    lake.commit({"loan_outcome": outcome("1")}, "a" * 64, identity=MAY, reviews=named)
    lake.commit({"loan_outcome": outcome("1")}, "b" * 64, identity=JUNE)
    assert reviews(lake).num_rows == 0
    lake.commit({"loan_outcome": outcome("2")}, "c" * 64, identity=last)
    assert reviews(lake).num_rows == expected
