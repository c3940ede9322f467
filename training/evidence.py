"""What the gates look at: the record of a version's run, and what its tables prove today."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from features.catalogue import VIEWS
from features.policy import refused_input
from models.errors import ModelsError
from models.glassbox.certificate import certify
from models.inference import delong
from models.kinds import load_kind
from models.schema import Schema
from models.scorer import AdditiveModel
from training.config_files import load_config
from training.gates import Evidence
from training.record import column_of
from training.registry import Registry, Version
from training.settings import GateLimits


def gather(
    registry: Registry, version: Version, *, reviewer: str, pia_id: str
) -> tuple[Evidence, GateLimits]:
    """What the gates look at: the run's record, and the certificate computed again from the version's tables."""
    tags = version.tags
    base = Evidence(
        kind=tags.get("kind", ""),
        developer=tags.get("developer", ""),
        reviewer=reviewer,
        chosen_on=tags.get("chosen_on", "not chosen"),
        pia_id=pia_id,
        report=tags.get("validation_report_sha256", ""),
    )
    if base.kind == "ranking":
        return base, GateLimits()
    with tempfile.TemporaryDirectory(prefix="xinqiao-gates-") as place:
        folder = Path(place)
        faults, prohibited, schema_now = _proved(registry, version, folder)
        record = registry.tracking.artefact(tags.get("training_run", ""), "record", folder)
        limits = load_config(record / "config.yaml").gates
        metrics = json.loads((record / "metrics.json").read_text(encoding="utf-8"))
        figures = [
            row
            for row in metrics["models"]
            if row["mlflow_version"] == version.number and row["split"] == tags.get("split")
        ]
        compared = _against_champion(registry, version, record, metrics)
    found = replace(
        base,
        faults=faults,
        prohibited=prohibited,
        schema_now=schema_now,
        slope=figures[0]["calibration_slope"] if figures else None,
        psi=figures[0].get("psi") if figures else None,
        **compared,
    )
    return found, limits


def _proved(
    registry: Registry, version: Version, folder: Path
) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Faults of the certificate, prohibited inputs, and whether the inputs are declared as they were."""
    path = registry.tracking.artefact(version.run_id, "model", folder)
    try:
        model = load_kind(path)
    except ModelsError as error:
        return (str(error),), (), True
    schema = getattr(model, "schema", None)
    if not isinstance(schema, Schema):
        return ("its inputs are not told",), (), False
    prohibited = tuple(
        one.name for one in schema if refused_input(one.name, one.title_zh, one.title_en)
    )
    view = VIEWS.get(version.tags.get("view", ""))
    names = set(schema.names)
    now = [one for one in view.spec() if one["name"] in names] if view else []
    faults = (
        certify(model).faults
        if isinstance(model, AdditiveModel)
        else ("this kind has no certificate and may only be a challenger",)
    )
    return faults, prohibited, bool(now) and Schema.from_spec(now).digest == schema.digest


def _against_champion(
    registry: Registry, version: Version, record: Path, metrics: Mapping[str, object]
) -> dict[str, Any]:
    """The champion's version; lead in AUC and gain in log loss on the same test rows, with their one-sided p."""
    number = registry.champion(version.name)
    if number is None or number == version.number:
        return {}
    champion = registry.version(version.name, number)
    column = "p_champion"
    if champion.tags.get("training_run") == version.tags.get("training_run"):
        column = _column(champion)
    elif metrics.get("champion_version") != number:
        return {"champion": number}  # the champion has changed since: the comparison is of another
    table = pd.read_parquet(record / "predictions.parquet")
    table = table[table["split"] == version.tags.get("split")]
    if column not in table or table[column].isna().any():
        return {"champion": number}
    bad, own, other = (
        table[name].to_numpy("float64") for name in ("bad", _column(version), column)
    )
    paired = delong(bad, own, other)
    gain, gain_p = log_loss_gain(bad, own, other)
    return {
        "champion": number,
        "lead": float(paired.difference),
        "lead_p": paired.p / 2 if paired.difference > 0 else 1 - paired.p / 2,
        "gain": gain,
        "gain_p": gain_p,
    }


def log_loss_gain(bad: np.ndarray, own: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """By how much the mean log loss is smaller than another's on the same rows, and the one-sided p of no gain.

    The log loss is least for the true probabilities, so that it tells a wrong level that the AUC does not see; the
    test is the paired t test of the rows' losses (normal for so many rows).

    >>> gain, p = log_loss_gain(np.array([1.0, 0.0]), np.array([0.5, 0.5]), np.array([0.25, 0.25]))
    >>> round(gain, 6)  # (log 4 + log 4/3) / 2 - log 2
    0.143841
    """
    from scipy.stats import norm

    def loss(probability: np.ndarray) -> np.ndarray:
        p = np.clip(probability, 1e-12, 1 - 1e-12)
        return np.asarray(-np.where(bad == 1, np.log(p), np.log1p(-p)))

    saved = loss(other) - loss(own)
    error = float(saved.std(ddof=1) / np.sqrt(len(saved)))
    gain = float(saved.mean())
    return gain, float(norm.sf(gain / error)) if error > 0 else float(gain <= 0)


def _column(version: Version) -> str:
    return column_of(
        version.tags.get("kind", ""), version.tags.get("lender_history", "true") == "true"
    )
