"""A workspace is made in one place and closed where it must be."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from data_contracts.errors import ContractsError
from data_contracts.workspace import Workspace


def test_nothing_is_written_before_create(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "a" / "b")
    assert not workspace.root.exists()
    assert workspace.create() is workspace
    assert workspace.root.is_dir()
    assert stat.S_IMODE(workspace.secrets_dir.stat().st_mode) == 0o700
    workspace.create()


def test_all_places_lie_below_the_root(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    names = [n for n in vars(Workspace) if isinstance(vars(Workspace)[n], property)]
    told = [getattr(workspace, name) for name in names]
    places = [place for place in told if isinstance(place, Path)]
    assert len(set(places)) == len(places) == 12
    # Finished fits lie beside the models on their way to the registry.
    assert all(place.parent in (tmp_path, workspace.models_dir) for place in places)
    assert [str(one) for one in told if not isinstance(one, Path)] == [
        f"sqlite:///{workspace.mlflow_db.resolve()}"
    ]


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ContractsError, match="cannot make the workspace"):
        Workspace(tmp_path / "file").create()


def test_an_unknown_time_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractsError, match="time zone"):
        Workspace(tmp_path, timezone="Mars/Olympus")
