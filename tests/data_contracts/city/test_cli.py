"""The command line builds, shows and refuses."""

from __future__ import annotations

from typer.testing import CliRunner

from data_contracts.city.cli import app

RUN = CliRunner()


def test_build_and_show(tmp_path):
    out = tmp_path / "city"
    done = RUN.invoke(
        app, ["build", "--subjects", "60", "--months", "6", "--dirty", "0.05", "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert "Bayes-optimal AUC" in done.output
    shown = RUN.invoke(app, ["show", str(out)])
    assert shown.exit_code == 0
    assert "credit_month" in shown.output


def test_a_wrong_month_is_refused_with_one_sentence(tmp_path):
    done = RUN.invoke(app, ["build", "--start", "2021", "--out", str(tmp_path / "city")])
    assert done.exit_code == 1
    assert "YYYY-MM" in done.output
    assert not (tmp_path / "city").exists()


def test_show_refuses_a_folder_without_a_city(tmp_path):
    assert RUN.invoke(app, ["show", str(tmp_path)]).exit_code == 1
