"""The model that is meant: a folder, or a name in the workspace's registry."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from models.kinds import load_kind
from models.scorer import AdditiveModel
from training.errors import TrainingError
from training.registry import Registry, Version
from training.table.read import read_table
from training.table.texts import Kind
from training.validation.evidence import Floats
from training.validation.sample_file import kinds_of


def find_model(named: str, registry: Registry) -> tuple[AdditiveModel, Version | None]:
    """Load the model that is named, with its certificate checked again.

    Parameters
    ----------
    named
        A folder of a saved model, or ``NAME`` (the champion) or ``NAME/VERSION`` of the registry.
    registry
        Asked only when no folder is named.

    Returns
    -------
    model, version
        The version is None for a folder.

    Raises
    ------
    TrainingError
        When there is no such folder and no such version, or it is no model of tables.
    """
    folder = Path(named)
    if folder.is_dir():
        return AdditiveModel.load(folder), None
    tracking = registry.tracking
    if tracking.uri.startswith("sqlite") and not tracking.workspace.mlflow_db.exists():
        raise TrainingError(
            f"{named} is no folder, and the workspace {tracking.workspace.root} has no registry.",
            "give the folder of a saved model, or the right --workspace",
        )
    name, _, number = named.partition("/")
    wanted = int(number) if number.isdigit() else registry.champion(name)
    if wanted is None:
        known = ", ".join(registry.names()) or "nothing yet"
        raise TrainingError(
            f"{named} is no folder, and the registry has no champion of that name.",
            f"it knows {known}; name a version, such as enterprise-default/12",
        )
    version = registry.version(name, wanted)
    with tempfile.TemporaryDirectory(prefix="xinqiao-model-") as place:
        model = load_kind(registry.tracking.artefact(version.run_id, "model", Path(place)))
    if not isinstance(model, AdditiveModel):
        raise TrainingError(
            f"{named} is a {version.tags.get('kind', 'model')}, which has no tables to report on.",
            "it appears as a challenger in the report of the glass box of the same run",
        )
    return model, version


def challengers_on(folders: Sequence[Path], sample: Path) -> dict[str, Floats]:
    """Probability of going bad of each row of the sample, by saved challenger.

    Any kind of model; the columns it needs must be in the sample.
    """
    found: dict[str, Floats] = {}

    @cache  # models that were fitted on one table share their inputs
    def rows(kinds: tuple[tuple[str, Kind | None], ...]) -> pd.DataFrame:
        return read_table(sample, dict(kinds)).frame

    for folder in folders:
        manifest = folder / "manifest.json"
        if not manifest.is_file():
            raise TrainingError(
                f"{folder} holds no saved model.", "give the folder with manifest.json"
            )
        kind = str(json.loads(manifest.read_text(encoding="utf-8")).get("kind", folder.name))
        model = load_kind(folder)
        name = kind if kind not in found else f"{kind} ({folder.name})"
        found[name] = np.asarray(model.probability(rows(tuple(kinds_of(model).items()))))
    return found
