"""The spill folder lies below the lake, and is swept when its process is gone."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from data_contracts.intake.lake import Lake
from data_contracts.intake.spill import spill_folder, sweep_spill

GONE = 2**22 + 1
"""No process has this number: it is above the kernel's highest."""


def test_it_leaves_nothing_behind(tmp_path: Path) -> None:
    lake_dir = tmp_path / "ws" / "lake"
    with spill_folder(lake_dir) as place:
        assert Path(place).parent == lake_dir
        (Path(place) / "rows.tmp").write_bytes(b"x")
        sweep_spill(lake_dir)
        assert (Path(place) / "rows.tmp").exists()  # its process lives
    assert list(tmp_path.iterdir()) == []


def test_it_keeps_a_folder_that_came_into_use(tmp_path: Path) -> None:
    lake_dir = tmp_path / "ws" / "lake"
    with spill_folder(lake_dir):
        Lake(lake_dir).commit({}, "a" * 64)
    assert Lake(lake_dir).has("a" * 64)
    assert list(lake_dir.glob("spill-*")) == []


@pytest.mark.parametrize("locked_before", [True, False])
def test_the_next_writer_sweeps_what_a_killed_process_left(
    tmp_path: Path, locked_before: bool
) -> None:
    left, strange = tmp_path / f"spill-{GONE}-abc", tmp_path / "spill-notes"
    for folder in (left, strange):
        folder.mkdir()
        (folder / "rows.tmp").write_bytes(b"x")
    if locked_before:
        (left / "lock").touch()
    Lake(tmp_path).commit({}, "a" * 64)
    assert not left.exists()
    assert strange.exists()


def test_a_dry_run_makes_no_lake(tmp_path: Path) -> None:
    with spill_folder(tmp_path / "ws" / "lake", dry_run=True) as place:
        assert Path(place).parent == Path(tempfile.gettempdir())
    assert not (tmp_path / "ws").exists()
