"""The house keeps its shape: rooms come from this checkout, imports point down, nothing odd lies at the top."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("data_contracts", "features", "models", "training", "serving")
TOP = {
    *ROOMS,
    "notebooks",
    "tests",
    "pyproject.toml",
    "README.md",
    "xinqiao.py",
    "Makefile",
    "constraints.txt",
    "LICENSE",
    "CHANGELOG.md",
}


def tracked() -> list[str]:
    found = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in found.stdout.split("\0") if name]


@pytest.mark.parametrize("room", ROOMS)
def test_room_is_loaded_from_this_checkout(room: str) -> None:
    module = importlib.import_module(room)
    assert Path(str(module.__file__)).resolve().is_relative_to(ROOT)


@pytest.mark.parametrize("room", [*ROOMS, "xinqiao"])
def test_no_other_distribution_owns_the_name(room: str) -> None:
    assert set(packages_distributions().get(room, [])) <= {"xinqiao"}


def test_top_level_is_the_agreed_one() -> None:
    top = {name.split("/")[0] for name in tracked()}
    assert {name for name in top if not name.startswith(".")} <= TOP


@pytest.mark.parametrize("room", [*ROOMS, "notebooks"])
def test_every_room_has_a_readme(room: str) -> None:
    text = (ROOT / room / "README.md").read_text(encoding="utf-8")
    assert len(text) > 400


def test_no_submodule_shadows_a_room() -> None:
    for room in ROOMS:
        names = {path.stem for path in (ROOT / room).rglob("*.py")}
        assert not names & {"models", "features", "utils"}, room


def test_imports_are_absolute() -> None:
    relative = re.compile(r"^\s*from\s+\.", re.MULTILINE)
    for name in tracked():
        if name.endswith(".py") and (ROOT / name).exists():
            assert not relative.search((ROOT / name).read_text(encoding="utf-8")), name


def test_files_fit_in_one_sitting() -> None:
    long = {
        name: count
        for name in tracked()
        if name.endswith(".py")
        and not name.startswith("tests/")
        and (ROOT / name).exists()
        and (count := (ROOT / name).read_text(encoding="utf-8").count("\n")) > 400
    }
    assert not long


def test_no_absolute_path_and_no_package_index_is_tracked() -> None:
    forbidden = re.compile(
        r"/(?:home|root|Users)/\w+/|index[-_]url\s*[:=]?\s*https?:|find-links\s*=?\s*https?:"
    )
    for name in tracked():
        path = ROOT / name
        if path.suffix in {".py", ".toml", ".txt", ".md", ".cfg", ".yaml", ""} and path.is_file():
            if name == "tests/test_house.py":
                continue
            assert not forbidden.search(path.read_text(encoding="utf-8", errors="replace")), name


def test_directions_of_import_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([str(linter)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_help_imports_no_room_and_no_heavy_library() -> None:
    code = (
        "import sys\n"
        "sys.argv = ['xinqiao', '--help']\n"
        "import xinqiao\n"
        "try:\n    xinqiao.main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'pandas', 'numpy', 'duckdb', 'mlflow', 'bentoml', 'lightgbm', 'sqlalchemy'} & set(sys.modules)\n"
        f"rooms = set({ROOMS!r}) & set(sys.modules)\n"
        "assert not heavy and not rooms, (heavy, rooms)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    for command in ("demo", "contracts", "features", "training", "serve"):
        assert command in result.stdout


@pytest.mark.parametrize("room", ["data_contracts", "features", "training", "serving"])
def test_a_rooms_command_line_is_light(room: str) -> None:
    code = (
        f"import sys, {room}.cli\n"
        "heavy = {'pandas', 'duckdb', 'mlflow', 'bentoml', 'lightgbm', 'sqlalchemy', 'ibis'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
