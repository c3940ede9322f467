"""What every challenger is asked and gives, and the one place that knows them all."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any, Protocol, cast

import pandas as pd
from numpy.typing import ArrayLike

from models.bins import Floats
from models.errors import ModelsError
from models.schema import Schema

# kind -> (module, function that fits it, class that loads it); imported when it is asked for, because
# some need libraries that take seconds to load.
_KNOWN: dict[str, tuple[str, str, str]] = {
    "logistic": ("models.challengers.logistic", "fit_logistic", "LogisticModel"),
    "tree": ("models.challengers.tree", "fit_tree", "DecisionTree"),
    "mlp": ("models.challengers.mlp", "fit_mlp", "NeuralNetwork"),
    "lightgbm": ("models.challengers.boosted", "fit_lightgbm", "TreeModel"),
    "ebm": ("models.challengers.ebm", "fit_ebm", "AdditiveModel"),
}

KINDS: tuple[str, ...] = tuple(_KNOWN)
"""Kinds of challengers, the simplest first."""


class Challenger(Protocol):
    """A fitted model of any kind."""

    @property
    def kind(self) -> str:
        """One of `KINDS`; for people and for the folder."""

    def probability(self, frame: pd.DataFrame) -> Floats:
        """Probability of going bad; columns by name, shape (n,)."""

    def save(self, folder: Path) -> None:
        """Write the model as a folder of data."""


def fit_challenger(
    kind: str,
    frame: pd.DataFrame,
    bad: ArrayLike,
    schema: Schema,
    *,
    weight: ArrayLike | None = None,
    seed: int = 0,
) -> Challenger:
    """Fit one challenger; whatever it chooses, it chooses inside the rows that it is given.

    Parameters
    ----------
    kind
        One of `KINDS`.
    frame, bad
        Rows with the schema's inputs by name, and labels (1 = bad); lengths n.
    schema
        Inputs. Their directions are passed over: only the glass box and the scorecard keep them.
    weight
        Weight of each row.

    Raises
    ------
    ModelsError
        For an unknown kind, a column that is missing or of the wrong type, or labels of one class.
    """
    if kind not in _KNOWN:
        raise ModelsError(f"There is no challenger {kind!r}; known are {', '.join(KINDS)}.")
    module, function, _ = _KNOWN[kind]
    fit = getattr(importlib.import_module(module), function)
    return cast(Challenger, fit(frame, bad, schema, weight=weight, seed=seed))


def load_model(folder: Path) -> Challenger:
    """Read any saved model, glass box and scorecard included, by what its manifest says.

    Raises
    ------
    ModelsError
        When the folder is not a whole saved model, or was altered.
    """
    try:
        manifest = json.loads((Path(folder) / "manifest.json").read_text(encoding="utf-8"))
        kind = str(manifest["kind"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelsError("The folder is not a whole saved model: no manifest.json.") from error
    if kind in ("glassbox", "scorecard"):
        from models.scorer import AdditiveModel

        return AdditiveModel.load(folder)
    if kind not in _KNOWN:
        raise ModelsError(f"The folder holds a model of the unknown kind {kind!r}.")
    module, _, name = _KNOWN[kind]
    loader: Any = getattr(importlib.import_module(module), name)
    return cast(Challenger, loader.load(folder))
