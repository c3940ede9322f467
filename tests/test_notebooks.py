"""Notebooks hold no outputs and no paths, define nothing that belongs in a room, and import the rooms alone.

That they run is shown by executing them (`make test`); here is what execution does not see.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ROOMS = {"data_contracts", "features", "models", "training", "serving"}
ALLOWED = ROOMS | {"numpy", "pandas", "matplotlib"} | set(sys.stdlib_module_names)
LONGEST_CELL = 45
WANTED = {
    "data_tour",
    "retrain_and_read",
    "explain_one_decision",
    "cut_offs",
    "matching",
}


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def cells(path: Path, kind: str) -> list[str]:
    return ["".join(c["source"]) for c in read(path)["cells"] if c["cell_type"] == kind]


def code(path: Path) -> ast.Module:
    """All code cells as one module; lines that begin with % are Jupyter's own."""
    lines = "\n".join(cells(path, "code")).splitlines()
    return ast.parse("\n".join(line for line in lines if not line.startswith("%")))


def imported(tree: ast.Module) -> set[str]:
    """Top-level names of all that is imported."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or ".").split(".")[0])
    return found


def defined(tree: ast.Module) -> list[str]:
    """Names of classes and functions, and of lambdas that get a name."""
    made = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    named = [
        ast.unparse(node.targets[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda)
    ]
    return made + named


def test_the_five_walks_are_there() -> None:
    assert {path.stem for path in NOTEBOOKS} >= WANTED


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_outputs_and_no_traces_of_a_machine(path: Path) -> None:
    content = read(path)
    assert content["nbformat"] == 4
    for cell in content["cells"]:
        assert not cell.get("outputs"), cell["id"]
        assert cell.get("execution_count") is None, cell["id"]
        assert not cell["metadata"], cell["id"]
    assert set(content["metadata"]) <= {"kernelspec", "language_info"}
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.*])/(?:home|root|tmp|work|Users|usr|var|opt)/|[A-Z]:\\\\", text)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_only_the_rooms_are_imported_and_nothing_is_defined(path: Path) -> None:
    tree = code(path)
    names = imported(tree)
    assert names <= ALLOWED, names - ALLOWED
    assert names & ROOMS
    assert defined(tree) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_teaches_in_both_languages_with_short_cells(path: Path) -> None:
    told = cells(path, "markdown")
    assert len(told) >= 6
    assert re.match(r"# [一-鿿].*[A-Za-z]", told[0]), "Chinese first, English beside it"
    assert all(re.search(r"[一-鿿]", text) and re.search(r"[A-Za-z]{3}", text) for text in told)
    assert max(text.count("\n") + 1 for text in cells(path, "code")) <= LONGEST_CELL


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_works_in_a_temporary_workspace_and_is_listed(path: Path) -> None:
    text = "\n".join(cells(path, "code"))
    assert "tempfile.TemporaryDirectory" in text
    assert "mkdtemp" not in text, "a folder that nobody removes"
    assert f"`{path.name}`" in (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")


def test_the_checks_see_what_they_are_for() -> None:
    tree = ast.parse(
        "import mlflow.x\nfrom torch import y\ndef f(): pass\nclass C: pass\ng = lambda: 1"
    )
    assert imported(tree) == {"mlflow", "torch"}
    assert sorted(defined(tree)) == ["C", "f", "g"]
