"""Two intakes at once see each other; a killed one leaves the lake as before or after."""

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

from data_contracts.intake.engine import intake_file
from data_contracts.intake.lake import Lake, LakeMoved
from data_contracts.intake.message import MessageName, write_message
from data_contracts.workspace import Workspace
from tests.data_contracts.intake.message.samples import ACCOUNT, GENERATED, table

ROOT = Path(__file__).parents[3]
WAITING = """
import sys, time
from pathlib import Path
from data_contracts.intake.engine import intake_file
from data_contracts.workspace import Workspace
go = Path(sys.argv[3])
def tell(step, done, total):
    if step.startswith("check") and done == total:
        print("judged", flush=True)
        while not go.exists():
            time.sleep(0.05)
intake_file(sys.argv[2], None, Workspace(Path(sys.argv[1])), public_source="x", progress=tell)
"""
SIMPLE = """
import sys
from pathlib import Path
from data_contracts.intake.engine import intake_file
from data_contracts.workspace import Workspace
say = lambda step, done, total: print(step, done, flush=True)
intake_file(sys.argv[2], "person", Workspace(Path(sys.argv[1])), public_source="x", progress=say)
"""


def started(code: str, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


def message(folder: Path, period: str, **changes: str) -> Path:
    folder.mkdir()
    name = MessageName("C1010211000012", period, "001", "1")
    segments = {"A": table([{**ACCOUNT, **changes}])}
    return write_message(folder, name, segments, generated=GENERATED)


def test_february_sees_a_january_that_came_while_it_was_judged(tmp_path: Path) -> None:
    january = message(tmp_path / "1", "202401")
    february = message(
        tmp_path / "2", "202402", bill_on="20240229", status_24="/" * 11 + "*" + "N" * 11 + "1"
    )
    workspace = Workspace(tmp_path / "ws")
    child = started(WAITING, workspace.root, february, tmp_path / "go")
    assert child.stdout is not None
    assert child.stdout.readline() == "judged\n"
    intake_file(january, None, workspace, public_source="x")
    (tmp_path / "go").touch()
    child.stdout.read()
    child.stdout.close()
    assert child.wait() == 0
    lake = Lake(workspace.lake_dir)
    assert len(lake.commits()) == 2
    rules = lake.reviews().to_pylist()
    (hit,) = [r for r in rules if r["rule_id"] == "XM-01"]
    assert (hit["source_column"], hit["value"]) == ("A.status_24", "/" * 11 + "*" + "N" * 11 + "1")


def test_a_lake_that_moved_refuses_what_was_judged_before(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit({}, "a" * 64, judged_at=0)
    with pytest.raises(LakeMoved):
        lake.commit({}, "b" * 64, judged_at=0)
    assert [c.batch for c in Lake(tmp_path).commits()] == ["a" * 64]
    with lake.locked():
        lake.commit({}, "b" * 64, judged_at=lake.sequence())
    assert lake.sequence() == 2


def test_who_is_overtaken_again_and_again_judges_under_the_lock(
    tmp_path: Path, write_csv: Callable[..., Path]
) -> None:
    path = write_csv([{"subject_id": "PID-" + "1" * 32, "age": "40", "observed_on": "2024-05-01"}])
    workspace = Workspace(tmp_path / "ws")
    judged: list[int] = []

    def overtaken(step: str, done: int, total: int) -> None:
        if step.startswith("check") and done == total:
            judged.append(len(judged))
            if len(judged) <= 3:  # another writer; the fourth time it would have to wait
                Lake(workspace.lake_dir).commit({}, f"{len(judged)}" * 64)

    result = intake_file(path, "person", workspace, public_source="x", progress=overtaken)
    assert (result.accepted, len(judged)) == (1, 4)
    assert Lake(workspace.lake_dir).sequence() == 4


def test_a_killed_intake_leaves_the_lake_as_before_or_after(
    tmp_path: Path, write_csv: Callable[..., Path]
) -> None:
    people: list[dict[str, Any]] = [
        {"subject_id": f"PID-{n:032}", "age": "40", "observed_on": "2024-05-01"} for n in range(500)
    ]
    path = write_csv(people)
    chance = random.Random(7)
    for number, mark in enumerate(("read 500", "check person 4", "commit 0", "commit 0")):
        workspace = Workspace(tmp_path / f"ws{number}")
        child = started(SIMPLE, workspace.root, path)
        assert child.stdout is not None
        for line in child.stdout:
            if line.strip() == mark:
                time.sleep(chance.uniform(0, 0.05))
                break
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        lake = Lake(workspace.lake_dir)
        before = lake.read("person").num_rows
        assert before in (0, 500)
        result = intake_file(path, "person", workspace, public_source="x")
        assert (result.repeated, result.accepted) == (bool(before), 500)
        assert lake.read("person").num_rows == 500
        lake.commit({}, "a" * 64)  # the next writer sweeps what the killed one spilt
        assert list(workspace.lake_dir.glob("spill-*")) == []
        assert lake.verify() == []
