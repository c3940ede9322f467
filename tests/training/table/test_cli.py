"""The command as an analyst calls it: what it writes, what it says, what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.pandas import column, data_frames, range_indexes

from models.kinds import load_kind
from models.metrics import auc
from tests.training.table.tables import call, loans, metrics, said, written
from training.table.compare import FIGURES
from training.table.output import whole_folder


def test_figures_are_those_of_the_saved_model_on_the_test_rows(tmp_path: Path) -> None:
    path = written(loans(600), tmp_path, "loans.parquet")
    result = call(path, "--id", "loan_no", "--special", "-9", model="glassbox,logistic")
    assert result.exit_code == 0, said(result)
    found = metrics(path)
    assert list(found["models"]) == ["glassbox", "logistic"]
    for figures in found["models"].values():
        assert {*FIGURES, "fit_seconds"} <= figures.keys()
        assert all(isinstance(value, float | int) for value in figures.values())
        assert figures["auc_low"] < figures["auc"] < figures["auc_high"]
    out = tmp_path / "out"
    answers = pd.read_parquet(out / "predictions.parquet")
    assert list(answers.columns) == ["row", "id", "split", "label", "glassbox", "logistic"]
    assert answers["row"].tolist() == list(range(1, 601))
    assert answers["id"].tolist() == loans(600)["loan_no"].tolist()
    test = answers[answers["split"] == "test"]
    assert len(test) == found["rows"]["test"] == 180
    frame = loans(600).drop(columns="approved")
    frame["approved"] = (loans(600)["approved"] - pd.Timestamp("1970-01-01")).dt.days.astype(float)
    for kind in ("glassbox", "logistic"):
        model = load_kind(out / "models" / kind)
        assert model.probability(frame).tolist() == answers[kind].tolist()
        assert found["models"][kind]["auc"] == auc(test["label"], test[kind])
    assert found["inputs"]["use"] == {"kind": "number", "special": [-9.0]}
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert {"roc.png", "ks.png", "calibration.png", "shapes.png"} <= {
        plot.name for plot in (out / "plots").iterdir()
    }


def test_folds_give_figures_of_rows_not_seen_and_a_fit_on_all(tmp_path: Path) -> None:
    path = written(loans(), tmp_path)
    assert call(path, "--folds", "3", model="tree").exit_code == 0
    found = metrics(path)
    assert found["rows"] == {
        "read": 400,
        "used": 400,
        "train": 400,
        "train_bad": found["rows"]["test_bad"],
        "test": 400,
        "test_bad": int(loans()["bad"].sum()),
    }
    answers = pd.read_parquet(tmp_path / "out" / "predictions.parquet")
    assert set(answers["split"]) == {"fold 1", "fold 2", "fold 3"}
    assert found["models"]["tree"]["auc"] == auc(answers["label"], answers["tree"])


def test_a_dry_run_tells_all_and_writes_nothing(tmp_path: Path) -> None:
    frame = loans().assign(leak=lambda f: f["bad"] + 0.01 * f["use"], sex="m")
    path = written(frame, tmp_path)
    result = call(path, "--dry-run", "--time", "approved", model="all")
    text = said(result)
    assert result.exit_code == 0
    for words in (
        "400 读入 read",
        "out of time: approved up to",
        "sex (prohibited)",
        "loan_no (id)",
        "Column leak alone reaches an AUC of 1.000",
        "Would fit: glassbox, scorecard, logistic, tree, mlp, lightgbm, ebm",
    ):
        assert words in text
    assert not (tmp_path / "out").exists()


def test_help_teaches_by_examples() -> None:
    from typer.testing import CliRunner

    from training.table.cli import app

    text = " ".join(CliRunner().invoke(app, ["--help"]).output.split())
    for words in ("--holdout-after", "--folds 5 --special -7,-8,-9", "income: -1", "例 Examples"):
        assert words in text


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        ({"bad": 0}, (), "The label 'bad' holds one class only"),
        ({"bad": np.nan}, (), "'bad' is empty in every row"),
        ({"bad": 0.5}, (), "--bad"),
        ({}, ("--label", "badd"), "did you mean 'bad'?"),
        ({}, ("--drop", "incme"), "did you mean 'income'?"),
        ({}, ("--model", "forest"), "no model 'forest'"),
        ({}, ("--special", "a"), "'a' is no number"),
        ({}, ("--test", "nowhere.csv"), "nowhere.csv"),
        ({}, ("--directions", "nowhere.yaml"), "nowhere.yaml can not be read"),
        ({}, ("--holdout-after", "2020"), "add --time COLUMN"),
    ],
)
def test_what_can_not_be_done_is_said_in_one_sentence(
    tmp_path: Path, change: dict[str, Any], options: tuple[str, ...], words: str
) -> None:
    result = call(written(loans(60).assign(**change), tmp_path), *options)
    assert result.exit_code == 1
    assert words in said(result)
    assert [path.name for path in tmp_path.iterdir()] == ["loans.csv"]


def test_a_path_that_is_none_and_a_missing_option(tmp_path: Path) -> None:
    assert "nothing.csv: the file cannot be read" in said(call(tmp_path / "nothing.csv"))
    result = call(written(loans(60), tmp_path), "--folds", "many")
    assert result.exit_code == 2
    assert "--folds" in said(result)


def test_results_come_whole_beside_files_of_others(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("kept")
    for content in ("first", "second"):
        with whole_folder(out) as made:
            (made / "models").mkdir()
            (made / "models" / content).write_text("")
            (made / "metrics.json").write_text(content)
        assert (out / "metrics.json").read_text() == content
        assert [path.name for path in (out / "models").iterdir()] == [content]
    with pytest.raises(KeyboardInterrupt):
        _interrupted(out)
    assert (out / "metrics.json").read_text() == "second"
    assert (out / "mine.txt").read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def _interrupted(out: Path) -> None:
    with whole_folder(out) as made:
        (made / "metrics.json").write_text("half")
        raise KeyboardInterrupt


# ---- any table at all ------------------------------------------------------------------------

CELLS = st.one_of(
    st.none(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from(
        ["", "NA", "x", "2020-01-31", "1,000", "12%", "inf", "1e400", "缺失", "=1", "<b>"]
    ),
)
TABLES = data_frames(
    [
        column("a", elements=CELLS, dtype=object),
        column("b\n$_{", elements=CELLS, dtype=object),
        column("bad", elements=st.sampled_from(["0", "1", ""]), dtype=object),
    ],
    index=range_indexes(max_size=60),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    frame=TABLES, options=st.sampled_from([(), ("--folds", "2"), ("--time", "a"), ("--bad", "0")])
)
def test_any_table_gives_a_plan_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, frame: pd.DataFrame, options: tuple[str, ...]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    result = call(written(frame, folder), "--dry-run", *options)
    assert result.exit_code in (0, 1)
    assert said(result)


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), rows=st.integers(24, 120))
def test_any_small_table_is_fitted_whole_or_not_at_all(
    tmp_path_factory: pytest.TempPathFactory, seed: int, rows: int
) -> None:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"bad": random.integers(0, 2, rows)})
    for name, values in {
        "tiny": random.normal(size=rows) * 1e-300,
        "huge": random.normal(size=rows) * 1e300,
        "same": np.ones(rows),
        "few": random.choice([np.nan, -9, 1], rows),
        "level": random.choice(["x", "y", ""], rows),
    }.items():
        if random.random() < 0.8:
            frame[name] = values
    folder = tmp_path_factory.mktemp("small")
    path = written(frame, folder)
    result = call(path, "--special", "-9", model="scorecard,logistic,tree,mlp,lightgbm")
    assert result.exit_code in (0, 1), said(result)
    assert (folder / "out" / "metrics.json").exists() == (result.exit_code == 0)
    if result.exit_code == 0:
        assert len(metrics(path)["models"]) >= 1
    assert {p.name for p in folder.iterdir()} <= {"loans.csv", "out"}
