"""The room's commands, run as a person runs them."""

from __future__ import annotations

import json
import re
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
    names = [f"{found.about.name} {found.about.version}" for found in all_contracts().values()]
    for name in (*names, "sba", "cards", "CC BY 4.0", "贷款结果"):
        assert name in result.output
    for room in ("Government bureaux", "Lenders and other sources", "The platform"):
        assert room in result.output
    assert f"{len(names)} of {len(names)} contracts" in result.output


def test_list_stands_in_the_order_of_the_catalogue(run: Callable[..., Any]) -> None:
    output = run("list").output
    ids = re.findall(r"│ ([CX]\d*-\d+) +│", output)
    assert len(ids) >= 40
    assert ids == sorted(ids, key=lambda text: (text[0], *map(int, re.findall(r"\d+", text))))


@pytest.mark.parametrize(
    ("filters", "shown", "hidden"),
    [
        (("--supplier", "tax authority"), "tax_grade", "penalty"),
        (("--supplier", "税务"), "tax_grade", "loan_product"),
        (("--subject", "institution"), "acceptance", "tax_grade"),
        (("--personal",), "identity_check", "client_risk_notice"),
        (("--no-personal",), "client_risk_notice", "identity_check"),
        (("--no-personal", "--supplier", "Platform"), "acceptance", "client_risk_notice"),
    ],
)
def test_list_filters(
    run: Callable[..., Any], filters: tuple[str, ...], shown: str, hidden: str
) -> None:
    result = run("list", *filters)
    assert result.exit_code == 0
    assert f" {shown} " in result.output
    assert f" {hidden} " not in result.output
    assert "CC BY 4.0" not in result.output


def test_show_teaches_the_contract(run: Callable[..., Any]) -> None:
    result = run("show", "card_repayment")
    assert result.exit_code == 0
    for text in (
        "status_24", "TWD cents", "card_repayment.paid_cents.ge", "还款金额不得小于 0", "ERROR",
        "24 characters of / * N 1-7", "bill_on (key, event, end)", "Financial institution",
        "5 years from bill_on", "31 days", "monthly", "cards",
        "persons: a consent or a public source",
    ):  # fmt: skip
        assert text in result.output


def test_show_names_the_severity_and_the_seal(run: Callable[..., Any]) -> None:
    output = run("show", "platform_trade").output
    assert "REVIEW" in output
    assert "stored as a keyed hash alone" in output
    assert "X-4" in output


def test_export_writes_to_a_folder(run: Callable[..., Any], tmp_path: Path) -> None:
    out = tmp_path / "contracts"
    result = run("export", "consent", "waiver", "--format", "odcs", "--out", out)
    assert result.exit_code == 0
    assert "2 files of 2 contracts" in result.output
    assert sorted(path.name for path in out.iterdir()) == ["consent.odcs.yaml", "waiver.odcs.yaml"]
    assert run("export", "consent", "--out", out).exit_code == 0
    assert (out / "consent.schema.json").exists()
    assert "信息主体授权" in (out / "contracts.zh.html").read_text(encoding="utf-8")


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
        (("intake", "tax"), "nothing says what the records are"),
        (("intake", "sba", "--source", "/absent.csv"), "/absent.csv: the file cannot be read"),
        (("show", "tax"), "no contract 'tax'"),
        (("export", "tax"), "no contract 'tax'"),
        (("export", "--format", "xml"), "no format 'xml'"),
        (("list", "--subject", "bank"), "no kind of subject 'bank'"),
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


def test_verify_tells_what_was_altered(
    run: Callable[..., Any],
    tmp_path: Path,
    sba_row: Callable[..., Any],
    write_csv: Callable[..., Path],
) -> None:
    workspace = tmp_path / "ws"
    run("intake", "sba", "--source", write_csv([sba_row()]), "--workspace", workspace)
    whole = run("verify", "--workspace", workspace)
    assert whole.exit_code == 0
    assert "1 commits are whole" in whole.output
    altered = sorted(workspace.rglob("*.parquet"))[0]
    altered.write_bytes(altered.read_bytes() + b"x")
    found = run("verify", "--workspace", workspace)
    assert found.exit_code == 1
    assert altered.name in found.output
    assert "1 files of the lake are not as they were committed" in found.stderr
