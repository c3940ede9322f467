"""The commands of intake on real files: a table of counts, the feedback, reviews and a waiver."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from data_contracts.intake import cli

MAPPING = (
    "contract: penalty\nsupplier: {code: B1, name_zh: 局, name_en: Bureau}\npublic_source: x\nitems:\n"
    "  subject_id: {subject: {name: 名称}}\n  subject_code: 代码\n  penalty_no: 文号\n"
    "  authority: {const: 局}\n  decided_on: 日期\n"
)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Any]:
    app = typer.Typer()
    for name in ("intake", "feedback", "batches", "reviews", "waive"):
        app.command(name)(getattr(cli, name))
    runner = CliRunner(env={"COLUMNS": "200"})
    return lambda *words: runner.invoke(app, [*words, "-w", str(tmp_path / "ws")])


def test_from_intake_to_waiver(
    run: Callable[..., Any], tmp_path: Path, write_csv: Callable[..., Path]
) -> None:
    mapping = tmp_path / "m.yaml"
    mapping.write_text(MAPPING, encoding="utf-8")
    rows = [
        {"名称": "甲公司", "代码": "123", "文号": "1", "日期": "2024-01-02"},
        {"名称": "乙公司", "代码": "", "文号": "2", "日期": "昨天"},
    ]
    path = write_csv(rows)
    shown = run("intake", str(path), "--mapping", str(mapping), "--feedback", str(tmp_path / "out"))
    assert shown.exit_code == 0, shown.output
    assert "2 rows, 1 accepted, 1 quarantined" in shown.output
    assert "m.decided_on.form" in shown.output
    assert "penalty.subject_code.organisation_no" in shown.output
    (made,) = (tmp_path / "out").iterdir()
    assert "昨天" in made.read_text(encoding="utf-8-sig")
    assert run("feedback", "--latest", "--out", str(tmp_path / "two.csv")).exit_code == 0
    assert (tmp_path / "two.csv").read_bytes() == made.read_bytes()
    assert "stands" in run("batches").output
    listed = run("reviews", "--rule", "penalty.subject_code.organisation_no").output
    assert "REVIEW" in listed
    batch = made.stem.split("-")[-1]
    waived = run(
        "waive", "penalty.subject_code.organisation_no", "--reason", "旧代码", "--by", "审核员", "--institution",
        "C1010211000012", "--batch", batch, "--line", "2",
    )  # fmt: skip
    assert waived.exit_code == 0, waived.output
    assert "WAIVED" in run("reviews").output
    wrong = run("waive", "LR-01", "--reason", "x", "--by", "y", "--institution", "z", "--key", "q")
    assert wrong.exit_code == 1
    assert "no record under review" in wrong.output
    assert run("feedback").exit_code == 1
    assert run("intake", str(path), "--contract", "nothing").exit_code == 1


def test_a_dry_run_and_a_portfolio(
    run: Callable[..., Any],
    tmp_path: Path,
    write_csv: Callable[..., Path],
    sba_row: Callable[..., Any],
) -> None:
    source = write_csv([sba_row(), sba_row(LoanNr_ChkDgt="2", GrAppv="abc")])
    shown = run("intake", "sba", "--source", str(source), "--dry-run")
    assert shown.exit_code == 0, shown.output
    assert "2 rows, 1 accepted, 1 quarantined; judged, not committed" in shown.output
    assert not (tmp_path / "ws").exists()


def test_how_a_file_without_mapping_is_read(
    run: Callable[..., Any], tmp_path: Path, write_csv: Callable[..., Path]
) -> None:
    """A header on the second line in GB18030; a mapping says such things itself."""
    path = tmp_path / "people.csv"
    text = f"人员表\nsubject_id,age,observed_on\nPID-{'1' * 32},40,2024-05-01\n"
    path.write_bytes(text.encode("gb18030"))
    words = ("intake", str(path), "--contract", "person", "--public-source", "x")
    assert run(*words).exit_code == 1
    shown = run(*words, "--header-row", "2", "--encoding", "gb18030")
    assert "1 rows, 1 accepted" in shown.output
    mapping = tmp_path / "m.yaml"
    mapping.write_text(MAPPING, encoding="utf-8")
    refused = run("intake", str(path), "--mapping", str(mapping), "--sheet", "x")
    assert refused.exit_code == 1
    assert "the mapping says how" in refused.output


def test_a_long_name_of_a_contract_is_cut(run: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\n1\n", encoding="utf-8")
    shown = run("intake", str(path), "--contract", "x" * 5000)
    assert shown.exit_code == 1
    assert "x" * 60 in shown.output
    assert "x" * 61 not in shown.output.replace("\n", "")
