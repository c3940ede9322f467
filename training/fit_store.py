"""Finished fits of a workspace by their digest: an interrupted run takes them over instead of fitting again."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import models
from models.errors import ModelsError
from models.kinds import load_kind
from models.schema import canonical
from training.fit import Fitted

_LIBRARIES = ("lightgbm", "numpy", "pandas", "scikit-learn", "optbinning", "scipy")


@cache
def code_digest() -> str:
    """SHA-256 over all that decides a fit beside its data: the models room, this room's fit, library versions."""
    total = hashlib.sha256()
    room = Path(models.__file__).parent
    for path in [*sorted(room.rglob("*.py")), Path(__file__).with_name("fit.py")]:
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    total.update(" ".join(version(name) for name in _LIBRARIES).encode())
    return total.hexdigest()


def fit_digest(
    frame: pd.DataFrame, bad: np.ndarray, weight: np.ndarray | None, settings: Mapping[str, Any]
) -> str:
    """SHA-256 over everything that a fit depends on.

    Parameters
    ----------
    frame : DataFrame, shape (n, inputs)
    bad, weight : ndarray, shape (n,)
    settings : mapping
        JSON-able: kind, its settings, metadata of the inputs, seed.
    """
    total = hashlib.sha256(canonical({**settings, "code": code_digest()}).encode())
    total.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    total.update(np.ascontiguousarray(bad, dtype=np.int8).tobytes())
    if weight is not None:
        total.update(np.ascontiguousarray(weight, dtype=np.float64).tobytes())
    return total.hexdigest()


@dataclass(frozen=True)
class FitStore:
    """Model folders below a folder of the workspace, each named by its digest and written whole or not at all."""

    folder: Path

    def find(self, digest: str) -> Fitted | None:
        """The fit of that digest, or None when there is none that is whole."""
        place = self.folder / digest
        try:
            told = json.loads((place / "fit.json").read_text(encoding="utf-8"))
            model = load_kind(place / "model")
            return Fitted(told["kind"], tuple(told["inputs"]), model, float(told["seconds"]))
        except (OSError, ValueError, KeyError, ModelsError):
            return None

    def keep(self, digest: str, fitted: Fitted) -> Fitted:
        """Write a fit; what is given back was read again, so that a later run computes with the same model."""
        place = self.folder / digest
        part = self.folder / f".{digest[:16]}-{secrets.token_hex(4)}"
        try:
            fitted.model.save(part / "model")
            told = {"kind": fitted.kind, "inputs": list(fitted.inputs), "seconds": fitted.seconds}
            (part / "fit.json").write_text(canonical(told), encoding="utf-8")
            shutil.rmtree(place, ignore_errors=True)
            os.replace(part, place)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return Fitted(fitted.kind, fitted.inputs, load_kind(place / "model"), fitted.seconds)
