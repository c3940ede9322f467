"""The room's command line, run as a person would."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from data_contracts.workspace import Workspace
from features.catalogue import VIEWS
from features.cli import app
from tests.features.lakes import lake_of
from tests.features.test_definitions import CARD

run = CliRunner().invoke


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    lake_of(Workspace(tmp_path).lake_dir, CARD)
    return tmp_path


def test_list_names_every_feature() -> None:
    result = run(app, ["list"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    for view in VIEWS.values():
        for feature in view.features:
            assert feature.name in result.stdout
            assert feature.title_zh in result.stdout


def test_show_explains_one() -> None:
    result = run(app, ["show", "card_utilisation"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    for text in (
        "信用卡额度使用率",
        "card_repayment.billed_cents",
        "card_account.credit_limit_cents",
    ):
        assert text in result.stdout


def test_show_of_an_unknown_name_says_what_is_near() -> None:
    result = run(app, ["show", "card_utilization"])
    assert result.exit_code == 1
    assert "card_utilisation" in result.stderr


def test_build_writes_the_vectors_of_every_decision(workspace: Path) -> None:
    out = workspace / "individual.parquet"
    result = run(app, ["build", "individual", "--workspace", str(workspace), "--out", str(out)])
    assert result.exit_code == 0, result.stderr
    found = pd.read_parquet(out)
    assert found["as_of"].tolist() == [pd.Timestamp("2005-10-01")]
    assert found["card_utilisation"].tolist() == [1.1]


def test_build_as_of_another_day(workspace: Path) -> None:
    out = workspace / "individual.parquet"
    options = ["--workspace", str(workspace), "--out", str(out), "--as-of", "2005-09-01"]
    assert run(app, ["build", "individual", *options, "--subject", "CARD-1"]).exit_code == 0
    assert pd.read_parquet(out)["arrears_now"].tolist() == [1]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["individual", "--as-of", "yesterday"], "is no day"),
        (["individual", "--subject", "CARD-9"], "nobody to compute features for"),
        (["enterprise"], "holds no loan_account records"),
        (["farmer"], "there is no view 'farmer'"),
    ],
)
def test_build_says_what_is_wrong(workspace: Path, arguments: list[str], expected: str) -> None:
    out = workspace / "out.parquet"
    result = run(app, ["build", *arguments, "--workspace", str(workspace), "--out", str(out)])
    assert result.exit_code == 1
    assert expected in result.stderr
    assert not out.exists()


def test_the_command_line_imports_nothing_heavy() -> None:
    code = (
        "import sys, features.cli\n"
        "assert not {'pandas', 'numpy', 'duckdb', 'ibis', 'sqlalchemy', 'pyarrow'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
