"""Invented tables and a way to call the command as an analyst does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from click.testing import Result
from typer.testing import CliRunner

from training.table.cli import app
from training.table.request import Request
from training.table.run import Plan, make_plan


def loans(n: int = 400, seed: int = 0) -> pd.DataFrame:
    """Invented loans: numbers, a category, missing values, a code -9, a date, and the label `bad`."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "loan_no": [f"L{i:06d}" for i in range(n)],
            "income": random.lognormal(9, 1, n).round(2),
            "arrears": random.poisson(0.5, n),
            "use": random.random(n).round(3),
            "region": random.choice(["北京", "上海", "其他"], n),
            "approved": pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(n) % 700, "D"),
        }
    )
    z = -1.5 + 1.2 * frame["arrears"] - 0.4 * np.log(frame["income"] / 8000) + frame["use"]
    frame["bad"] = (random.random(n) < 1 / (1 + np.exp(-z))).astype(int)
    frame.loc[random.random(n) < 0.1, "use"] = -9.0
    frame.loc[random.random(n) < 0.05, "income"] = np.nan
    return frame


def written(frame: pd.DataFrame, folder: Path, name: str = "loans.csv", **options: Any) -> Path:
    """The table as a file; its suffix says of which kind."""
    path = folder / name
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    else:
        frame.to_csv(path, index=False, **options)
    return path


def call(path: Path, *options: str, label: str = "bad", model: str = "logistic") -> Result:
    """Call the command through its function; results go to `out` beside the table."""
    out = str(path.parent / "out")
    return CliRunner().invoke(
        app, [str(path), "--label", label, "--out", out, "--model", model, *options]
    )


def said(result: Result) -> str:
    """All that was told, in one line."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return " ".join(result.output.split())


def metrics(path: Path) -> dict[str, Any]:
    """What metrics.json holds."""
    found: dict[str, Any] = json.loads((path.parent / "out" / "metrics.json").read_text("utf-8"))
    return found


def plan(path: Path, label: str = "bad", **options: Any) -> Plan:
    """What would be fitted."""
    return make_plan(Request(table=path, label=label, out=path.parent / "out", **options))


def codes(made: Plan) -> set[tuple[str, str]]:
    """Code and column of every remark."""
    return {(remark.code, remark.column) for remark in made.remarks}
