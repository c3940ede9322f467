"""The full file of loans goes through intake and features within memory (needs data that is not shipped)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import json, resource, sys
from pathlib import Path
from data_contracts.intake.load import load_portfolio
from data_contracts.workspace import Workspace
from training.dataset import load_dataset
from training.evaluate import out_of_time_splits
from training.config_files import settings_for

workspace = Workspace(Path(sys.argv[1]))
taken = load_portfolio("sba", workspace, Path(sys.argv[2]))
data = load_dataset(workspace, settings_for("sba"))
print(json.dumps({
    "rows": taken.rows,
    "accepted": taken.accepted,
    "quarantined": taken.quarantined,
    "built": len(data.frame),
    "bads": int(data.bad.sum()),
    "splits": [s.name for s in out_of_time_splits(data)],
    "gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
}))
"""


@pytest.mark.real
def test_the_full_file_runs_within_four_gib(tmp_path: Path) -> None:
    source = Path(os.environ["XINQIAO_DATA"]) / "sba_loans" / "loans.parquet"
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "workspace"), str(source)],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["rows"] == 820_395
    assert told["accepted"] + told["quarantined"] == told["rows"]
    assert told["built"] == told["accepted"]
    assert told["splits"] == [f"oot-{year}" for year in range(2000, 2008)]
    assert told["gib"] < 4
