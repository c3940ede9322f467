"""Every kind of model: how it is fitted, read back and set; a new kind is one line of the table."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pydantic import BaseModel, ValidationError

from models.errors import ModelsError
from models.schema import Schema


class Fitted(Protocol):
    """What every kind of model can do."""

    @property
    def schema(self) -> Schema:
        """Declared inputs."""

    def probability(self, frame: pd.DataFrame) -> np.ndarray:
        """Probability of the bad outcome, shape (n,); higher is riskier."""

    def save(self, folder: Path) -> None:
        """Write the model as a folder of data with a manifest.json that names its kind."""


@dataclass(frozen=True)
class Kind:
    """Where the parts of a kind are, as "module:attribute"; nothing is imported until it is used.

    Attributes
    ----------
    fit
        ``fit(frame, bad, schema, *, weight, settings, seed)``.
    load
        Class whose ``load(folder)`` reads what ``save`` wrote.
    settings
        Frozen pydantic class of its settings.
    held_out
        Whether the fit can take ``valid=(rows, labels)`` and ``valid_weight`` that stop and calibrate it.
    """

    fit: str
    load: str
    settings: str = ""
    held_out: bool = False

    def check(self, changes: Mapping[str, Any]) -> BaseModel | None:
        """The settings with some changed; a ValueError names a key or value that is refused."""
        if not self.settings:
            if changes:
                raise ValueError(f"this kind has no settings, so {', '.join(changes)} is unknown")
            return None
        kind: type[BaseModel] = _part(self.settings)
        for key in changes:
            if key not in kind.model_fields:
                close = get_close_matches(key, kind.model_fields, 1)
                meant = f"; did you mean {close[0]!r}?" if close else ""
                raise ValueError(f"{key} is unknown{meant}")
        try:
            return kind(**changes)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise ValueError(f"{place}: {first['msg']}") from None


# The first is the champion's kind by design; the order is that of tables and pictures.
KINDS: dict[str, Kind] = {
    "glassbox": Kind(
        "models.glassbox.fit:fit_glassbox",
        "models.scorer:AdditiveModel",
        "models.glassbox.settings:GlassBoxSettings",
    ),
    "scorecard": Kind(
        "models.scorecard:fit_scorecard",
        "models.scorer:AdditiveModel",
        "models.scorecard:ScorecardSettings",
    ),
    "logistic": Kind(
        "models.challengers.logistic:fit_logistic",
        "models.challengers.logistic:LogisticModel",
        "models.challengers.logistic:LogisticSettings",
    ),
    "tree": Kind(
        "models.challengers.tree:fit_tree",
        "models.challengers.tree:DecisionTree",
        "models.challengers.tree:TreeSettings",
    ),
    "mlp": Kind(
        "models.challengers.mlp:fit_mlp",
        "models.challengers.mlp:NeuralNetwork",
        "models.challengers.mlp:NetworkSettings",
    ),
    "lightgbm": Kind(
        "models.challengers.boosted:fit_lightgbm",
        "models.challengers.boosted:TreeModel",
        "models.challengers.boosted:LightGBMSettings",
        held_out=True,
    ),
    "ebm": Kind(
        "models.challengers.ebm:fit_ebm",
        "models.scorer:AdditiveModel",
        "models.challengers.ebm:EBMSettings",
    ),
}


def fit_kind(
    kind: str,
    frame: pd.DataFrame,
    bad: ArrayLike,
    schema: Schema,
    *,
    weight: ArrayLike | None = None,
    changes: Mapping[str, Any] | None = None,
    valid: tuple[pd.DataFrame, ArrayLike, ArrayLike | None] | None = None,
    seed: int = 0,
) -> Fitted:
    """Fit one model of a kind.

    Parameters
    ----------
    kind
        A key of `KINDS`.
    frame, bad, weight
        Rows with the schema's inputs by name, labels (1 = bad), weight of each row; lengths n.
    changes
        Settings that differ from the kind's defaults.
    valid
        Rows, labels and weights that stop and calibrate kinds which take some (`Kind.held_out`); without them
        such a kind leaves out folds of its own rows.
    seed
        The same rows, settings and seed give the same model.

    Raises
    ------
    ModelsError
        As the kind's own fit does.
    """
    one = KINDS[kind]
    more: dict[str, Any] = {}
    if one.held_out and valid is not None:
        more = {"valid": valid[:2], "valid_weight": valid[2]}
    settings = one.check(changes or {})
    if settings is not None:
        more["settings"] = settings
    made: Fitted = _part(one.fit)(frame, bad, schema, weight=weight, seed=seed, **more)
    return made


def load_kind(folder: Path) -> Fitted:
    """Read a saved model of any kind by its manifest.

    Raises
    ------
    ModelsError
        When the folder is no whole saved model, was altered, or is of an unknown kind.
    """
    try:
        kind = json.loads((Path(folder) / "manifest.json").read_text(encoding="utf-8"))["kind"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelsError("The folder holds no saved model with a manifest.json.") from error
    if kind not in KINDS:
        raise ModelsError(f"No kind {kind!r} of model is known; known are {', '.join(KINDS)}.")
    made: Fitted = _part(KINDS[kind].load).load(folder)
    return made


def _part(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)
