"""The room's commands, run as a person runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from data_contracts.catalogue import all_contracts
from data_contracts.cli import app


@pytest.fixture
def run() -> Callable[..., Any]:
    """Run a command on a wide terminal."""
    runner = CliRunner(env={"COLUMNS": "220", "NO_COLOR": "1", "TERM": "dumb"})
    return lambda *args: runner.invoke(app, [str(arg) for arg in args])


def test_list_names_contracts_and_portfolios(run: Callable[..., Any]) -> None:
    result = run("list")
    assert result.exit_code == 0
    for name in (*all_contracts(), "sba", "cards", "CC BY 4.0", "贷款结果"):
        assert name in result.output


def test_show_lists_items_and_rules(run: Callable[..., Any]) -> None:
    result = run("show", "card_repayment")
    assert result.exit_code == 0
    for text in ("status_24", "TWD cents", "card_repayment.paid_cents.ge", "还款金额不得小于 0"):
        assert text in result.output


def test_show_prints_json_schema(run: Callable[..., Any]) -> None:
    schema = json.loads(run("show", "person", "--json-schema").output)
    assert schema["x-title-zh"] == "自然人基本信息"


def test_intake_commits_once(
    run: Callable[..., Any],
    tmp_path: Path,
    sba_row: Callable[..., Any],
    write_csv: Callable[..., Path],
) -> None:
    source = write_csv([sba_row(), sba_row(LoanNr_ChkDgt="2", MIS_Status="")])
    command = ("intake", "sba", "--source", source, "--workspace", tmp_path / "ws")
    dry = run(*command, "--dry-run")
    assert "2 rows, 1 accepted, 1 quarantined; judged, not committed" in dry.output
    assert not (tmp_path / "ws").exists()
    first = run(*command)
    assert first.exit_code == 0
    assert "1 quarantined; committed" in first.output
    assert "loan_outcome.status.required" in first.output
    assert "had been taken in before" in run(*command).output


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (("intake", "tax"), "no portfolio 'tax'"),
        (("intake", "sba", "--source", "/absent.csv"), "/absent.csv: the file cannot be read"),
        (("show", "tax"), "no contract 'tax'"),
        (("sample", "/absent.parquet", "/out.parquet"), "/absent.parquet"),
    ],
)
def test_an_error_is_one_sentence(
    run: Callable[..., Any], args: tuple[str, ...], text: str
) -> None:
    result = run(*args)
    assert result.exit_code == 1
    assert text in result.stderr
    assert "Traceback" not in result.output + result.stderr


def test_sample_writes_a_file(run: Callable[..., Any], tmp_path: Path) -> None:
    from data_contracts.portfolios import portfolio

    out = tmp_path / "sample.parquet"
    result = run("sample", portfolio("sba").shipped, out, "--max-bytes", "20000")
    assert result.exit_code == 0
    assert 0 < out.stat().st_size <= 20_000


def test_importing_the_commands_loads_nothing_heavy() -> None:
    code = (
        "import sys, data_contracts.cli; "
        "print([n for n in ('duckdb', 'pyarrow', 'pandas', 'numpy', 'typst', 'pydantic') if n in sys.modules])"
    )
    root = Path(__file__).parents[2]
    found = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert found.stdout.strip() == "[]"
