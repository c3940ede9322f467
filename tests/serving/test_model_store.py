"""Local copies of champions: made from a real registry, used without it, replaced with a new run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from data_contracts.workspace import Workspace
from models.scorer import AdditiveModel
from serving.champions import Champions
from serving.errors import NotReady
from serving.model_store import SERVED, ModelStore
from tests.serving.workspace import SmallWorld, register, registry

pytestmark = pytest.mark.xdist_group("serving-world")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An artefact that is not the champion's."""
    made = tmp_path / "artefact"
    made.mkdir()
    (made / "note.txt").write_text("another")
    return made


@pytest.fixture
def workspace(world: SmallWorld, tmp_path: Path) -> Workspace:
    """A workspace with a registry and no local copies."""
    made = Workspace(tmp_path / "ws").create()
    shutil.copy(world.workspace.mlflow_db, made.mlflow_db)
    return made


def test_champions_are_copied_and_serve_without_the_registry(workspace: Workspace) -> None:
    store = ModelStore(workspace)
    pulled = store.pull()
    assert pulled == dict.fromkeys(SERVED, "1")
    workspace.mlflow_db.unlink()
    found = ModelStore(workspace).champions()
    assert set(found) == set(SERVED)
    assert AdditiveModel.load(found["individual-default"].folder).tables
    with pytest.raises(NotReady, match=r"no mlflow\.db"):
        store.pull()
    assert store.version("enterprise-default", "1").folder == found["enterprise-default"].folder
    with pytest.raises(NotReady):
        store.version("enterprise-default", "2")


def test_a_promotion_is_followed_and_the_old_version_stays(
    workspace: Workspace, folder: Path
) -> None:
    store = ModelStore(workspace)
    store.pull()
    register(workspace, "enterprise-default", folder)
    assert store.pull()["enterprise-default"] == "2"
    assert store.champions()["enterprise-default"].version == "2"
    old, new = (store.version("enterprise-default", n).folder for n in ("1", "2"))
    assert AdditiveModel.load(old).tables
    assert (new / "note.txt").read_text() == "another"


def test_a_retrained_registry_with_the_same_number_replaces_the_copy(
    workspace: Workspace, folder: Path
) -> None:
    store = ModelStore(workspace)
    store.pull()
    registry(workspace).delete_registered_model("enterprise-default")
    assert register(workspace, "enterprise-default", folder) == "1"
    assert store.pull()["enterprise-default"] == "1"
    copied = store.champions()["enterprise-default"].folder
    assert [path.name for path in copied.iterdir()] == ["note.txt"]
    left = [path.name for path in (workspace.models_dir / "served").iterdir()]
    assert not [name for name in left if name.startswith(".")]


def test_pulling_apart_equals_pulling(world: SmallWorld) -> None:
    store = ModelStore(world.workspace)
    store.pull_apart()
    assert {name: ref.version for name, ref in store.champions().items()} == {
        "enterprise-default": "1",
        "individual-default": "1",
        "enterprise-lender-ranking": "1",
    }


def test_an_empty_workspace_says_so(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path).create()
    with pytest.raises(NotReady, match="train a model first"):
        ModelStore(workspace).pull_apart()
    champions = Champions(ModelStore(workspace), lambda folder: None)
    champions.load()
    assert set(champions.faults) == {
        "enterprise-default",
        "individual-default",
        "enterprise-lender-ranking",
    }
    with pytest.raises(NotReady, match="enterprise-default"):
        champions.default_model("enterprise")


def test_an_altered_model_is_not_used(world: SmallWorld, tmp_path: Path) -> None:
    root = tmp_path / "ws"
    shutil.copytree(world.workspace.models_dir, root / "models")
    store = ModelStore(Workspace(root))
    folder = store.champions()["individual-default"].folder
    for path in folder.rglob("*.json"):
        text = path.read_text(encoding="utf-8")
        if '"intercept"' in text:
            content = json.loads(text)
            content["intercept"] = 0.0
            path.write_text(json.dumps(content), encoding="utf-8")
            break
    else:
        pytest.fail("the artefact names no intercept")
    champions = Champions(store, lambda folder: object())
    champions.load()
    assert set(champions.faults) == {"individual-default"}


def test_a_torn_list_of_champions_is_an_error_with_a_hint(tmp_path: Path) -> None:
    served = tmp_path / "models" / "served"
    served.mkdir(parents=True)
    (served / "champions.json").write_text("{")
    with pytest.raises(NotReady, match="remove it"):
        ModelStore(Workspace(tmp_path)).champions()
