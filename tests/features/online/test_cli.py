"""`materialise` and `verify`, run as a person would."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from features.cli import app
from features.online.store import OnlineStore
from features.online.vectors import vector_digest
from tests.features.online.cards import arrives, bill, cards, vector

WIDE = {"COLUMNS": "200"}


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path)
    cards(made.lake_dir)
    return made


def run(place: Workspace, *arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, [*arguments, "--workspace", str(place.root)], env=WIDE)
    assert result.exit_code == code, result.output
    return result.stdout if "--json" in arguments else result.output


def test_the_nightly_run_and_the_refresh(place: Workspace) -> None:
    # the one view whose records are there is found by itself
    assert "individual: 写入 written 2, 移除 removed 0" in run(place, "materialise")
    arrives(Lake(place.lake_dir), bill("1", "CARD-1", "2005-10-31", 10))
    assert "1 subjects" in run(place, "materialise", "--changed", "--dry-run")
    assert "written 1" in run(place, "materialise", "--changed")
    assert "written 0" in run(place, "materialise", "--changed")


def test_one_batch_as_of_a_day(place: Workspace) -> None:
    run(place, "materialise", "individual", "--as-of", "2005-10-01")
    commit = arrives(Lake(place.lake_dir), bill("2", "CARD-2", "2005-10-31", 10))
    shown = run(
        place, "materialise", "individual", "--as-of", "2005-11-01", "--batch", commit.batch[:12]
    )
    assert "written 1" in shown
    store = OnlineStore(place.online_store)
    days = [vector(store, subject).as_of.isoformat() for subject in ("CARD-1", "CARD-2")]
    assert days == ["2005-10-01", "2005-11-01"]


def test_a_dry_run_stores_nothing(place: Workspace) -> None:
    assert "2 subjects" in run(place, "materialise", "individual", "--dry-run")
    assert OnlineStore(place.online_store).count() == 0


def test_left_out_files_are_told(place: Workspace) -> None:
    file = Path(Lake(place.lake_dir).files("card_account")[0])
    file.chmod(0o600)
    file.write_bytes(b"gone")
    assert "Gone or damaged" in run(place, "materialise", "individual", code=1)
    assert f"Left out: tables/card_account/{file.name}" in run(
        place, "materialise", "individual", "--allow-partial"
    )


def test_following_the_lake(place: Workspace) -> None:
    """Another process refreshes whoever a batch is about, seconds after it was committed."""
    run(place, "materialise")
    command = [sys.executable, "-m", "xinqiao", "features", "materialise", "--follow", "0.2"]
    process = subprocess.Popen([*command, "-w", str(place.root)], stdout=subprocess.PIPE, text=True)
    try:
        store = OnlineStore(place.online_store)
        arrives(Lake(place.lake_dir), bill("1", "CARD-1", "2005-10-31", 10))
        until = time.monotonic() + 60
        while vector(store, "CARD-1").sequence != 2 and time.monotonic() < until:
            time.sleep(0.2)
        assert vector(store, "CARD-1").sequence == 2
        assert vector(store, "CARD-2").sequence == 1
    finally:
        process.send_signal(2)
        shown, _ = process.communicate(timeout=30)
    assert "已停止 Stopped." in shown
    assert process.returncode == 0


def test_verify_proves_and_counts(place: Workspace) -> None:
    run(place, "materialise")
    store = OnlineStore(place.online_store)
    true = vector(store, "CARD-1")
    store.log(true, "scr_1")
    assert "差异 Mismatches: 0" in run(place, "verify", "--all")

    values = {**true.values, "card_utilisation": 0.2}
    store.log(replace(true, values=values, digest=vector_digest(values)), "scr_2")
    shown = run(place, "verify", code=1)
    assert "card_utilisation" in shown
    assert "scr_2" in shown
    assert "arrears_now" not in shown, "features without a mismatch are listed with --all"

    out = place.root / "verified.json"
    found = json.loads(run(place, "verify", "--json", "--out", str(out), code=1))
    assert found == json.loads(out.read_text(encoding="utf-8"))
    assert (found["served"], found["mismatches"], found["true"]) == (2, 1, False)
    assert run(place, "verify", "--until", "2020-01-01")


def test_what_is_wrong_is_said(place: Workspace) -> None:
    assert "is no day" in run(place, "materialise", "--as-of", "yesterday", code=1)
    assert "no batch 'ffff'" in run(place, "materialise", "individual", "--batch", "ffff", code=1)
    assert "there is no view 'farmer'" in run(place, "verify", "farmer", code=1)
    assert "never materialised" in run(place, "materialise", "individual", "--changed", code=1)
    empty = Workspace(place.root / "empty")
    assert "no records of any view" in run(empty, "materialise", code=1)
