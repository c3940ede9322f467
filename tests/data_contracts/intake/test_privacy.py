"""What a supplier's file tells of persons is sealed or refused on its way into the lake."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data_contracts.errors import ContractsError
from data_contracts.intake.engine import intake_file
from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace

RESIDENT, PHONE, CARD = "11010519491231002X", "13912345678", "6222021234567890128"
USCC = "91110000600037341L"
MAPPING = """
contract: penalty
supplier: {code: B, name_zh: 某局, name_en: A bureau}
public_source: 公报
items:
  subject_id: {subject: {uscc: 代码, name: 名称}}
  penalty_no: 文号
  authority: {const: 某局}
  decided_on: 日期
  facts: 事实
"""

Write = Callable[..., Path]


def take(workspace: Workspace, tmp_path: Path, write_csv: Write, **cells: str) -> Any:
    mapping = tmp_path / "m.yaml"
    mapping.write_text(MAPPING, encoding="utf-8")
    row = {"代码": USCC, "名称": "甲", "文号": "1号", "日期": "2024-01-02", "事实": "", **cells}
    return intake_file(
        write_csv([row]), None, workspace, mapping=mapping, received_on=date(2024, 2, 1)
    )


def record(workspace: Workspace) -> dict[str, Any]:
    with duckdb.connect() as connection:
        sql = f"SELECT * FROM {Lake(workspace.lake_dir).latest_sql('penalty')}"
        (row,) = connection.sql(sql).to_arrow_table().to_pylist()
    return dict(row)


def test_numbers_of_persons_in_prose_are_masked(tmp_path: Path, write_csv: Write) -> None:
    workspace = Workspace(tmp_path / "ws")
    told = f"张某({RESIDENT}),电话{PHONE}/{PHONE},卡号{CARD},罚款12345678901元"
    assert take(workspace, tmp_path, write_csv, 事实=told).accepted == 1
    assert record(workspace)["facts"] == (
        "张某(110***********002X),电话139****5678/139****5678,卡号622202*********0128,罚款12345678901元"
    )
    everything = b"".join(p.read_bytes() for p in workspace.root.rglob("*") if p.is_file())
    for number in (RESIDENT, PHONE, CARD):
        assert number.encode() not in everything


def test_a_masked_key_stays_a_key(tmp_path: Path, write_csv: Write) -> None:
    """Two numbers with the same first and last characters do not become one record."""
    other = "11010519500101002X"
    for number in (RESIDENT, other):
        take(Workspace(tmp_path / "ws"), tmp_path, write_csv, 文号=f"罚{number}")
    with duckdb.connect() as connection:
        sql = f"SELECT penalty_no FROM {Lake(tmp_path / 'ws' / 'lake').latest_sql('penalty')}"
        keys = {row[0] for row in connection.sql(sql).fetchall()}
    assert len(keys) == 2
    assert all(key.startswith("罚110***********002X#") for key in keys)


def test_a_subject_in_clear_falls(tmp_path: Path, write_csv: Write) -> None:
    workspace = Workspace(tmp_path / "ws")
    row = {
        "subject_id": f"PERSON-{RESIDENT}", "penalty_no": "1", "authority": "某局",
        "decided_on": "2024-01-02",
    }  # fmt: skip
    result = intake_file(write_csv([row]), "penalty", workspace, public_source="公报")
    assert (result.accepted, result.by_rule) == (0, {"penalty.subject_id.sealed": 1})
    everything = b"".join(p.read_bytes() for p in workspace.root.rglob("*") if p.is_file())
    assert RESIDENT.encode() not in everything


def test_a_prohibited_column_is_not_taken_under_another_name(
    tmp_path: Path, write_csv: Write
) -> None:
    mapping = tmp_path / "m.yaml"
    mapping.write_text(MAPPING.replace("facts: 事实", "facts: 血型"), encoding="utf-8")
    row = {"代码": USCC, "名称": "甲", "文号": "1号", "日期": "2024-01-02", "血型": "A"}
    with pytest.raises(ContractsError, match="REG-02") as caught:
        intake_file(write_csv([row]), None, Workspace(tmp_path / "ws"), mapping=mapping)
    assert caught.value.column == "血型"


def test_a_mapping_that_is_no_plain_file_is_refused(tmp_path: Path, write_csv: Write) -> None:
    fifo = tmp_path / "m.yaml"
    os.mkfifo(fifo)
    with pytest.raises(ContractsError):
        intake_file(write_csv([{"a": "1"}]), None, Workspace(tmp_path / "ws"), mapping=fifo)
