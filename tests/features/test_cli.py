"""The room's command line, run as a person would."""

from __future__ import annotations

import html
import json
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


def test_show_tells_suppliers_and_labels_in_both_languages() -> None:
    result = run(app, ["show", "legal_form"], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    assert "市场监督管理部门 Market regulation authority" in result.stdout
    assert "{'zh'" not in result.stdout


def test_every_feature_can_be_shown() -> None:
    from features.cli import _shown

    for view in VIEWS.values():
        for feature in view.features:
            for value in feature.spec().values():
                assert "{'zh'" not in _shown(value), feature.name


def test_show_and_list_as_json() -> None:
    shown = json.loads(run(app, ["show", "card_utilisation", "--json"]).stdout)
    assert [one["view"] for one in shown] == ["individual"]
    listed = json.loads(run(app, ["list", "individual", "--json"]).stdout)
    assert [one["name"] for one in listed] == list(VIEWS["individual"].names)


def test_list_of_one_theme() -> None:
    theme = VIEWS["firm"].features[0].theme
    result = run(app, ["list", "firm", "--theme", theme], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    named = {feature.name for feature in VIEWS["firm"].features if feature.theme == theme}
    assert all(name in result.stdout for name in named)
    wrong = run(app, ["list", "firm", "--theme", "weather"])
    assert wrong.exit_code == 1
    assert theme in wrong.stderr


def test_the_catalogue_page_names_every_feature_in_both_languages(tmp_path: Path) -> None:
    result = run(app, ["list", "--html", str(tmp_path / "page")])
    assert result.exit_code == 0, result.stderr
    for language in ("zh", "en"):
        page = (tmp_path / "page" / f"features.{language}.html").read_text(encoding="utf-8")
        assert f'<html lang="{language}' in page
        assert "<script" not in page
        assert 'scope="row"' in page
        text = html.unescape(page).replace("<wbr>", "")
        for view in VIEWS.values():
            for feature in view.features:
                assert feature.name in text
                assert getattr(feature, f"title_{language}") in text


def test_the_lineage_is_a_tree_and_json() -> None:
    result = run(app, ["lineage", "card_utilisation"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    for text in ("card_repayment", "billed_cents", "credit_limit_cents"):
        assert text in result.stdout
    fed = json.loads(run(app, ["lineage", "card_account.credit_limit_cents", "--json"]).stdout)
    assert "card_utilisation" in [one["feature"] for one in fed]
    assert fed[0]["contracts"][0]["supplier"]["zh"]


def test_identity_and_relations_are_mounted() -> None:
    for name, command in (("identity", "link"), ("relations", "groups")):
        result = run(app, [name, "--help"])
        assert result.exit_code == 0
        assert command in result.stdout


@pytest.mark.parametrize("name", ["list", "show", "lineage", "build", "materialise", "verify"])
def test_help_teaches_by_example(name: str) -> None:
    result = run(app, [name, "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert f"xinqiao features {name}" in result.stdout


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


def test_build_on_spark_is_the_same(workspace: Path) -> None:
    """Each in a process of its own, as a command is: a process holds one session of Spark."""
    found = []
    for engine in ("duckdb", "spark"):
        out = workspace / f"{engine}.parquet"
        options = ["--workspace", str(workspace), "--out", str(out), "--engine", engine]
        command = [sys.executable, "-m", "xinqiao", "features", "build", "individual", *options]
        result = subprocess.run(command, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        found.append(pd.read_parquet(out))
    pd.testing.assert_frame_equal(*found, rtol=1e-9)


def test_build_dry_run_writes_nothing(workspace: Path) -> None:
    before = sorted(workspace.rglob("*"))
    result = run(app, ["build", "individual", "--workspace", str(workspace), "--dry-run"])
    assert result.exit_code == 0, result.stderr
    assert "1 rows x" in result.stdout
    assert "card_account" in result.stdout
    assert sorted(workspace.rglob("*")) == before


def test_build_leaves_damaged_files_out_when_asked(workspace: Path) -> None:
    file = next((workspace / "lake" / "tables" / "card_account").iterdir())
    file.chmod(0o600)
    file.write_bytes(b"gone")
    out = workspace / "individual.parquet"
    options = ["build", "individual", "--workspace", str(workspace), "--out", str(out)]
    refused = run(app, options)
    assert refused.exit_code == 1
    assert file.name in refused.stderr.replace("\n", "")  # however the line is broken
    result = run(app, [*options, "--allow-partial", "--supplied"], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.stderr
    assert f"Left out: tables/card_account/{file.name}" in result.stdout
    found = pd.read_parquet(out)
    assert found["_supplied_card_account"].tolist() == [False]
    assert found["card_utilisation"].isna().all()


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
