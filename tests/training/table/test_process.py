"""The real command in a process of its own: every model, and an interrupt."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from models.kinds import KINDS, load_kind
from tests.training.table.tables import loans, written

ROOT = Path(__file__).resolve().parents[3]
COMMAND = [sys.executable, str(ROOT / "xinqiao.py"), "fit"]


def test_every_model_side_by_side(tmp_path: Path) -> None:
    """A table as it comes: Chinese text in GB18030, codes, missing cells, an infinite one, a leak, a person's sex."""
    frame = loans(400).assign(
        状态=lambda f: np.where(f["bad"] == 1, "违约", "正常"),
        性别="女",
        months=lambda f: f["use"] * 7,
    )
    frame = frame.drop(columns="bad")
    frame.loc[3, "months"] = np.inf
    path = written(frame, tmp_path, encoding="gb18030")
    directions = tmp_path / "directions.csv"
    directions.write_text("arrears,+1\nincome,down\n", encoding="utf-8")
    out = tmp_path / "deep" / "out"
    options = ["--label", "状态", "--bad", "违约", "--id", "loan_no", "--special", "-9,-8"]
    options += ["--directions", str(directions), "--time", "approved"]
    options += ["--holdout-after", "2020-10-01", "--seed", "3", "--out", str(out)]
    done = subprocess.run(
        [*COMMAND, str(path), *options],
        capture_output=True,
        text=True,
        timeout=500,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    metrics = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    assert list(metrics["models"]) == list(KINDS)
    assert not metrics["not_fitted"]
    assert metrics["split"]["last_training_day"] == "2020-10-01"
    assert metrics["inputs"]["arrears"]["direction"] == 1
    assert metrics["left_out"]["性别"] == "prohibited"
    assert {"infinite", "prohibited"} <= {remark["code"] for remark in metrics["warnings"]}
    answers = pd.read_parquet(out / "predictions.parquet")
    assert [*answers.columns] == ["row", "id", "split", "label", *KINDS]
    assert answers[[*KINDS]].to_numpy().min() > 0
    for kind in KINDS:
        load_kind(out / "models" / kind)
    monotone = json.loads((out / "models" / "glassbox" / "manifest.json").read_text())
    assert set(monotone["certificate"]["monotone"]) <= {"arrears", "income"}
    assert len(list((out / "plots").glob("*.png"))) >= 6


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    path = written(loans(3000), tmp_path)
    command = [*COMMAND, str(path), "--label", "bad", "--out", str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        for _ in range(600):
            if any(child.name.startswith(".out-") for child in tmp_path.iterdir()):
                break
            time.sleep(0.1)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Interrupted" in told.decode()
    assert [child.name for child in tmp_path.iterdir()] == ["loans.csv"]
