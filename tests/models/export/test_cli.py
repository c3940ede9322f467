"""`xinqiao export`, run as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.export.cli import app
from models.export.json_form import schema_text, to_json, to_python
from models.export.sql import to_sql
from tests.models.rows import special_model


@pytest.fixture
def folder(tmp_path: Path) -> str:
    special_model().save(tmp_path / "model")
    return str(tmp_path / "model")


@pytest.mark.parametrize("to", ["duckdb", "spark", "postgres"])
def test_sql_on_the_terminal(folder: str, to: str) -> None:
    asked = [folder, "--to", to, "--table", "s.t", "--key", "a", "--key", "b", "--contributions"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0
    expected = to_sql(special_model(), to, table="s.t", keys=["a", "b"], contributions=True)
    assert done.stdout == expected


def test_files(folder: str, tmp_path: Path) -> None:
    model = special_model()
    for to, text in (
        ("json", to_json(model)),
        ("python", to_python(model)),
        ("schema", schema_text()),
    ):
        out = tmp_path / "made" / to
        assert CliRunner().invoke(app, [folder, "--to", to, "--out", str(out)]).exit_code == 0
        assert out.read_text(encoding="utf-8") == text
    assert json.loads((tmp_path / "made" / "json").read_text())["format"] == "xinqiao-scorer"


def test_an_altered_model_is_refused_in_one_sentence(folder: str) -> None:
    path = Path(folder, "model.json")
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    done = CliRunner().invoke(app, [folder, "--to", "json"])
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "altered" in done.stderr


def test_help_teaches() -> None:
    text = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "160"}).stdout
    for part in (
        "duckdb",
        "postgres",
        "python scorer.py < rows.jsonl",
        "--contributions",
        "导出形式",
    ):
        assert part in text
