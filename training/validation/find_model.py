"""The model that is meant: a folder, or a name in the workspace's registry."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data_contracts.workspace import Workspace
from models.scorer import AdditiveModel
from training.errors import TrainingError
from training.validation.evidence import Floats
from training.validation.sample_file import read_table


def find_model(named: str, workspace: Path) -> tuple[AdditiveModel, str]:
    """Load the model that is named, with its certificate checked again.

    Parameters
    ----------
    named
        A folder of a saved model, or ``NAME`` (the champion) or ``NAME/VERSION`` of the registry.
    workspace
        Where the registry is.

    Raises
    ------
    TrainingError
        When there is no such folder and no such version.
    """
    folder = Path(named)
    if folder.is_dir():
        return AdditiveModel.load(folder), folder.name if folder.name != "model" else named
    if not Workspace(workspace).mlflow_db.exists():
        raise TrainingError(
            f"{named} is no folder, and the workspace {workspace} has no registry.",
            "give the folder of a saved model, or the right --workspace",
        )
    from training.tracking import Tracking

    name, _, version = named.partition("/")
    tracking = Tracking(Workspace(workspace))
    number = int(version) if version.isdigit() else tracking.champion(name)
    if number is None:
        raise TrainingError(
            f"The registry has no champion of {name!r}.",
            "name a version, such as enterprise-default/12; `xinqiao training mlflow` shows them",
        )
    return AdditiveModel.load(tracking.model_folder(name, number)), f"{name}/{number}"


def challengers_on(folders: Sequence[Path], sample: Path) -> dict[str, Floats]:
    """Probability of going bad of each row of the sample, by saved challenger.

    Folders may hold additive models; the columns they need must be in the sample.
    """
    found: dict[str, Floats] = {}
    frame = read_table(sample) if folders else None
    for folder in folders:
        manifest = folder / "manifest.json"
        if frame is None or not manifest.is_file():
            raise TrainingError(
                f"{folder} holds no saved model.", "give the folder with manifest.json"
            )
        kind = str(json.loads(manifest.read_text(encoding="utf-8")).get("kind", folder.name))
        model = AdditiveModel.load(folder)
        name = kind if kind not in found else f"{kind} ({folder.name})"
        found[name] = np.asarray(model.probability(frame))
    return found
