"""A real process killed with SIGKILL leaves the lake as before or after, never between."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data_contracts.intake.lake import Lake
from data_contracts.intake.load import load_portfolio
from data_contracts.workspace import Workspace

ROWS = 1500
TABLES = {"person": 1, "card_account": 1, "card_repayment": 6, "loan_outcome": 1}

CHILD = """
import sys
from pathlib import Path
from data_contracts.intake.load import load_portfolio
from data_contracts.workspace import Workspace
say = lambda step, done, total: print(step, done, flush=True)
load_portfolio("cards", Workspace(Path(sys.argv[1])), Path(sys.argv[2]), say)
print("end", flush=True)
"""


@pytest.mark.parametrize(
    ("mark", "delay"),
    [("check 12", 0.02), ("commit 0", 0.05), ("commit 3", 0.0), ("commit 4", 0.0)],
)
def test_a_killed_intake_leaves_all_or_nothing(
    tmp_path: Path,
    cards_row: Callable[..., dict[str, Any]],
    write_csv: Callable[..., Path],
    mark: str,
    delay: float,
) -> None:
    """Killed at and shortly after a step; then the same intake runs to its end on what is left."""
    source = write_csv(cards_row(ID=n) for n in range(1, ROWS + 1))
    workspace = Workspace(tmp_path / "ws")
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(workspace.root), str(source)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "TMPDIR": str(tmp_path)},  # a killed process leaves its spill folder
    )
    assert child.stdout is not None
    for line in child.stdout:
        if line.strip() == mark:
            time.sleep(random.Random(mark).uniform(0, delay))
            break
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()

    lake = Lake(workspace.lake_dir)
    before = {name: lake.read(name).num_rows for name in TABLES}
    assert before in (dict.fromkeys(TABLES, 0), {n: ROWS * k for n, k in TABLES.items()})
    result = load_portfolio("cards", workspace, source)
    assert result.repeated is bool(before["person"])
    assert result.accepted == ROWS
    assert {name: lake.read(name).num_rows for name in TABLES} == {
        n: ROWS * k for n, k in TABLES.items()
    }
    names = {path.name for path in lake.root.rglob("*.parquet")}
    assert names == {f"{result.batch}.parquet"}
