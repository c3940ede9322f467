"""`xinqiao validate` as a bank would use it on its own sample: good files, and bad ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from models.scorer import AdditiveModel
from tests.training.validation.conftest import portfolio
from training.validation.cli import app
from training.validation.sample_file import read_sample


@pytest.fixture(scope="module")
def folder(model: AdditiveModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("bank")
    model.save(place / "glassbox")
    frame, bad, _ = portfolio(1500, 7)
    random = np.random.default_rng(1)
    frame["status"] = np.where(bad == 1, "CHGOFF", "PIF")
    frame["decided"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(1500) % 400, "D")
    frame["sex"] = random.choice(["F", "M"], 1500)
    frame["age"] = random.integers(20, 70, 1500)
    frame.to_csv(place / "sample.csv", index=False)
    frame.to_parquet(place / "reference.parquet")
    return place


def run(
    folder: Path, *more: str, sample: str = "sample.csv", label: str = "status"
) -> tuple[int, str]:
    done = CliRunner().invoke(
        app,
        [str(folder / "glassbox"), "--sample", str(folder / sample), "--label", label,
         "--out", str(folder / "out"), *more],
    )  # fmt: skip
    return done.exit_code, done.output


def test_a_bank_validates_on_its_own_sample(folder: Path) -> None:
    code, said = run(
        folder, "--bad", "CHGOFF", "--time", "decided", "--segment", "trade", "--protected", "sex,age",
        "--reference", str(folder / "reference.parquet"), "--challenger", str(folder / "glassbox"),
    )  # fmt: skip
    assert code == 0, said
    figures = json.loads((folder / "out" / "validation.json").read_text(encoding="utf-8"))
    assert set(figures["sections"]) == {
        "population", "discrimination", "calibration", "stability", "stress", "benchmark", "shapes",
        "reasons", "fairness", "cutoff", "limits",
    }  # fmt: skip
    assert len(figures["sections"]["fairness"]["age"]) == 5
    challenger = figures["sections"]["benchmark"]["challengers"][0]
    assert (challenger["difference"], challenger["p"]) == (0.0, 1.0)
    for lang, word in (("zh", "校准"), ("en", "Calibration")):
        assert word in (folder / "out" / f"validation.{lang}.html").read_text(encoding="utf-8")
        pages = PdfReader(folder / "out" / f"validation.{lang}.pdf").pages
        assert len(pages) > 4


@pytest.mark.parametrize(
    ("more", "label", "said"),
    [
        (("--bad", "CHGOF"), "status", "never is 'CHGOF'"),
        (("--bad", "CHGOFF"), "statu", "did you mean 'status'"),
        (("--bad", "CHGOFF", "--time", "trade"), "status", "tells no day"),
        (("--bad", "CHGOFF", "--time", "sex"), "status", "holds no day in 1500 of 1500 rows"),
        (("--bad", "CHGOFF", "--protected", "trade"), "status", "can not be protected"),
        (("--bad", "farm"), "trade", "3 different values"),
    ],
)
def test_a_wrong_column_is_named(
    folder: Path, more: tuple[str, ...], label: str, said: str
) -> None:
    code, output = run(folder, *more, label=label)
    assert code == 1
    assert said in output
    assert "Traceback" not in output


def test_columns_are_read_as_the_model_learned_them(model: AdditiveModel, tmp_path: Path) -> None:
    path = tmp_path / "sample.jsonl"
    rows = [
        {
            "debt": "1.5",
            "income": None,
            "trade": 7,
            "noise": "oops",
            "paid": True,
            "day": "2024/3/1",
        },
        {"debt": 2, "income": None, "trade": None, "noise": 0.5, "paid": False, "day": "2024/3/31"},
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    sample = read_sample(path, model, label="paid", bad="0", time="day", segments=["trade"])
    assert sample.frame["debt"].tolist() == [1.5, 2.0]
    assert sample.frame["trade"].tolist() == ["7", np.nan]
    assert sample.frame[["income", "noise"]].isna().to_numpy().tolist() == [
        [True, True],
        [True, False],
    ]
    assert sample.bad.tolist() == [0, 1]
    assert [str(day) for day in sample.on if sample.on is not None] == ["2024-03-01", "2024-03-31"]
    assert sample.groups["trade"].tolist() == ["7", "—"]
    assert ["noise" in remark.en for remark in sample.remarks] == [True]


def test_a_sample_of_another_schema_is_refused(folder: Path) -> None:
    pd.read_csv(folder / "sample.csv").rename(columns={"debt": "debts"}).to_csv(
        folder / "other.csv", index=False
    )
    code, output = run(folder, "--bad", "CHGOFF", sample="other.csv")
    assert code == 1
    assert "debt" in output
    assert "did you mean 'debts'" in output


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "empty"),
        ("nothing.csv", b"status,debt,income,trade,noise\n", "no rows"),
        ("broken.parquet", b"PAR1 nonsense", "Parquet"),
        ("table.docx", b"x", ".parquet"),
        ("binary.csv", b"\xff\xfe\x00\x01\x02", "UTF-16"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    folder: Path, name: str, content: bytes, said: str
) -> None:
    (folder / name).write_bytes(content)
    code, output = run(folder, sample=name)
    assert code == 1
    assert said in output


def test_an_altered_model_is_refused(folder: Path) -> None:
    altered = folder / "altered"
    altered.mkdir()
    for name in ("model.json", "manifest.json"):
        (altered / name).write_bytes((folder / "glassbox" / name).read_bytes())
    with (altered / "model.json").open("a") as file:
        file.write(" ")
    done = CliRunner().invoke(
        app, [str(altered), "--sample", str(folder / "sample.csv"), "--label", "status"]
    )
    assert done.exit_code == 1
    assert "altered" in done.output
