"""The features on the real records that are not shipped, through the command that anybody runs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from training.cli import app

pytestmark = pytest.mark.real


def test_the_report_on_real_records(tmp_path: Path) -> None:
    data = os.environ["XINQIAO_DATA"]
    sets = [f"--only={name}" for name in ("invoices", "exits", "sba")]
    done = CliRunner().invoke(
        app, ["real", "--data", data, "--out", str(tmp_path), "--repeats", "1", *sets]
    )
    assert done.exit_code == 0, done.output
    rows = {
        (row["set"], row["group"], row["kind"]): row
        for row in json.loads((tmp_path / "real.json").read_text())
    }
    assert len(rows) == 3 * 4

    invoices = rows["invoices", "all", "logistic"]
    assert (invoices["records"], invoices["subjects"], invoices["positives"]) == (368_192, 123, 27)
    assert len(invoices["features"]) == 5
    assert invoices["low"] > 0.6
    assert invoices["high"] - invoices["low"] > 0.1  # 27 defaults can not tell more

    everybody, known = (rows["exits", group, "glassbox"] for group in ("all", "with records"))
    assert (everybody["subjects"], everybody["positives"]) == (218_264, 29_680)
    assert (known["subjects"], known["positives"]) == (5_085, 668)
    # With an exit's date, or with records of later months, it would be near 1.
    assert 0.5 < everybody["auc"] < 0.52
    assert 0.5 < known["low"] < known["auc"] < 0.65

    assert rows["sba", "all", "glassbox"]["low"] > 0.6
    assert "27" in (tmp_path / "real.zh.html").read_text()
