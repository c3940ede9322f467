"""`xinqiao contracts accept` as a person runs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from data_contracts.cli import app
from tests.data_contracts.acceptance.lakes import (
    INSTITUTION,
    accounts,
    fill,
    own_counts,
    write_own,
)

runner = CliRunner(env={"COLUMNS": "160"})


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    records = accounts()
    fill(folder, records)
    write_own(folder / "own.csv", own_counts(records))
    return folder


def run(root: Path, *arguments: str) -> tuple[int, str]:
    result = runner.invoke(app, ["accept", *arguments, "--workspace", str(root)])
    return result.exit_code, result.output


def test_result_figures_and_files(root: Path) -> None:
    code, text = run(root, INSTITUTION, "--own-table", str(root / "own.csv"), "--by", "赵六")
    assert code == 0
    for told in ("ACCEPTED", "2024-01", "22", "Recorded", ".zh.pdf"):
        assert told in text, told
    reports = sorted(p.suffix for p in (root / "reports" / "acceptance").iterdir())
    assert reports == [".html", ".html", ".pdf", ".pdf"]


def test_a_dry_run_tells_what_is_wanting_and_writes_nothing(root: Path) -> None:
    before = sorted(p.name for p in root.rglob("*"))
    code, text = run(
        root, INSTITUTION, "--months", "2024-01..2024-03", "--dry-run", "--cause", "DI-05=BUSINESS"
    )
    assert code == 0
    for told in ("PENDING", "DI-04:own-table", "To be supplied", "nothing was recorded", "DI-05"):
        assert told in text, told
    assert sorted(p.name for p in root.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["C1099944000099"], INSTITUTION),
        ([INSTITUTION, "--months", "2030-01..2030-03"], "2024-01 to 2024-03"),
        ([INSTITUTION, "--cause", "DI-06=LUCK"], "EXTRACT, PROGRAM, BUSINESS"),
        ([INSTITUTION, "--confirm", "GL-01=x@2024-01-01"], "GL-02, GL-07, XM-04"),
        ([INSTITUTION, "--own-table", "nowhere.csv"], "nowhere.csv"),
        ([INSTITUTION, "--by", " "], "1 to 60 characters"),
    ],
)
def test_what_is_wrong_is_one_sentence(root: Path, arguments: list[str], told: str) -> None:
    code, text = run(root, *arguments)
    assert code == 1
    assert told in " ".join(text.split())
    assert "Traceback" not in text
