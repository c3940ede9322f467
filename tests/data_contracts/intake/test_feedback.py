"""Feedback says of each value what is wrong with it, where the supplier wrote it and as it was written."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data_contracts.intake.engine import intake_file
from data_contracts.intake.feedback import safe, write_feedback
from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from tests.data_contracts.intake.message.samples import ACCOUNT, table, written


def told(workspace: Workspace, batch: str, out: Path) -> list[list[str]]:
    path = write_feedback(Lake(workspace.lake_dir), batch, out)
    return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))[1:]


def test_a_rule_says_of_each_column_its_own(tmp_path: Path, write_csv: Callable[..., Path]) -> None:
    mapping = tmp_path / "tax.yaml"
    mapping.write_text(
        "contract: tax_payment\nitems:\n  subject_id: 人\n  tax_kind: {const: vat}\n"
        "  period_start: 起\n  period_end: 止\n  declared_sales_cents: 销售额\n  paid_cents: 实缴\n",
        encoding="utf-8",
    )
    from data_contracts.catalogue import contract as contract_of

    names = {c.name: c for c in contract_of("tax_payment").columns()}
    lines = ["contract: tax_payment", "known: received", "items:"]
    row: dict[str, Any] = {}
    for name, column in names.items():
        if column.nullable and not column.item.written_consent:
            continue
        lines.append(f"  {name}: 列{name}")
        codes = list(column.item.codes or ())
        row[f"列{name}"] = (
            "PID-" + "1" * 32 if name == "subject_id"
            else codes[0] if codes
            else "2024-05-01" if column.kind is date
            else "100" if column.kind is int
            else "1"
        )  # fmt: skip
    mapping.write_text("\n".join(lines), encoding="utf-8")
    workspace = Workspace(tmp_path / "ws")
    result = intake_file(write_csv([row]), None, workspace, mapping=mapping)
    rows = [r for r in told(workspace, result.batch, tmp_path / "f.csv") if r[4] == "REG-03"]
    assert len(rows) >= 2
    for cells in rows:
        title = names[cells[2].removeprefix("列")].item.title_zh
        assert cells[5] == f"{title}须有书面授权，并已告知不良后果"


def test_a_message_is_told_in_its_own_words(tmp_path: Path) -> None:
    rows = [
        {**ACCOUNT, "overdue_periods": "1"},
        {**ACCOUNT, "account_no": "ACC-2", "five_class": "8", "balance_yuan": "-5"},
        {**ACCOUNT, "account_no": "ACC-3", "frequency": "07", "months_total": "000"},
    ]
    workspace = Workspace(tmp_path / "ws")
    path = written(tmp_path, {"A": table(rows)})
    result = intake_file(path, None, workspace, public_source="x")
    cells = told(workspace, result.batch, tmp_path / "f.csv")
    found = {(r[0][:2], r[1], r[2], r[3], r[4]) for r in cells}
    assert ("隔离", "2", "A.five_class", "8", "credit_month.five_class.codes") in found
    assert ("待核", "1", "A.overdue_yuan", "0000000000", "LR-01") in found
    assert ("待核", "3", "A.months_total", "000", "LR-15") in found
    text = "".join(map(str, cells))
    assert ACCOUNT["id_number"] not in text
    assert ACCOUNT["name"] not in text


def test_reviewed_values_are_told_as_they_were_written(
    tmp_path: Path, write_csv: Callable[..., Path]
) -> None:
    """Not the item of the contract (a date, in another form) but the supplier's own text."""
    mapping = tmp_path / "m.yaml"
    mapping.write_text(
        "contract: penalty\npublic_source: x\nknown: received\nitems:\n"
        "  subject_id: {subject: {name: 名称}}\n  penalty_no: 文号\n  authority: {const: 局}\n"
        "  decided_on: {column: 日期, dates: [YYYY年M月D日]}\n"
        "  ends_on: {column: 止, dates: [YYYY年M月D日]}\n",
        encoding="utf-8",
    )
    row = {"名称": "甲公司", "文号": "1", "日期": "2024年5月7日", "止": "2024年1月2日"}
    workspace = Workspace(tmp_path / "ws")
    result = intake_file(write_csv([row]), None, workspace, mapping=mapping)
    ((state, line, column, value, rule, *_),) = told(workspace, result.batch, tmp_path / "f.csv")
    assert (state[:2], line, column, value, rule) == (
        "待核", "2", "日期", "2024年5月7日", "penalty.order",
    )  # fmt: skip


def test_values_of_persons_stay_hidden_under_review(
    tmp_path: Path, write_csv: Callable[..., Path]
) -> None:
    mapping = tmp_path / "m.yaml"
    mapping.write_text(
        "contract: penalty\npublic_source: x\nknown: received\nitems:\n"
        "  subject_id: {subject: {taxpayer_no: 税号, name: 名称}}\n  subject_code: 税号\n  penalty_no: 文号\n"
        "  authority: {const: 局}\n  decided_on: 日期\n",
        encoding="utf-8",
    )
    number = "11010519491231002X"
    row = {"名称": "甲", "税号": number + "01", "文号": "1", "日期": "2024-05-07"}
    workspace = Workspace(tmp_path / "ws")
    result = intake_file(write_csv([row]), None, workspace, mapping=mapping)
    cells = told(workspace, result.batch, tmp_path / "f.csv")
    assert number not in str(cells)
    everything = b"".join(p.read_bytes() for p in workspace.root.rglob("*") if p.is_file())
    assert number.encode() not in everything


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("-1.5", "-1.5"), ("+7", "+7"), ("-1.5.2", "'-1.5.2"), ("-", "'-"), ("-1+cmd", "'-1+cmd"),
        ("=1", "'=1"), ("@x", "'@x"), ("+٣", "'+٣"), ("\t1", "'\t1"), ("-1\n", "'-1\n"),
    ],
)  # fmt: skip
def test_only_what_a_spreadsheet_would_run_is_prefixed(cell: str, shown: str) -> None:
    assert safe(cell) == shown


def test_a_failed_feedback_leaves_no_draft(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    commit = lake.commit({}, "a" * 64, note={"texts": {}})
    target = tmp_path / "out.csv"
    (tmp_path / "out.csv.part").write_text("somebody else's")
    assert write_feedback(lake, commit.batch, target) == target
    assert (tmp_path / "out.csv.part").read_text() == "somebody else's"
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"lake", "out.csv", "out.csv.part"}
