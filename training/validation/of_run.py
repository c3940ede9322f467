"""The evidence of a registered version, put together again from the record of its training run.

The record names rows by their position in the data set; whoever has the lake finds the features again, and the
digest shows whether they are the same.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data_contracts.documents import Text
from data_contracts.workspace import Workspace
from features.view import FeatureView
from models.scorer import AdditiveModel
from training.config_files import load_config
from training.dataset import Dataset, load_dataset
from training.errors import TrainingError
from training.evaluate import all_splits
from training.promote import attach_report
from training.record import column_of
from training.registry import Registry, Version
from training.validation.evidence import Evidence, Labels, Sample, Step, ValidationSettings
from training.validation.report import write_report
from training.waterfall import meets

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Run:
    """What a version's training run left, and the data set it was made from, built again."""

    version: Version
    model: AdditiveModel
    dataset: Dataset
    facts: dict[str, Any]
    predictions: pd.DataFrame


def run_of(
    registry: Registry,
    workspace: Workspace,
    version: Version,
    model: AdditiveModel,
    progress: Progress | None = None,
    dataset: Dataset | None = None,
) -> Run:
    """Read the record of a version's run and build its data set again.

    Raises
    ------
    TrainingError
        When the version has no record, or the lake no longer gives the same data.
    """
    run_id = version.tags.get("training_run", "")
    if not run_id:
        raise TrainingError(
            f"{version.name} version {version.number} has no record of its training run.",
            "train it again with `xinqiao train`, or give a sample with --sample",
        )
    with tempfile.TemporaryDirectory(prefix="xinqiao-record-") as folder:
        record = registry.tracking.artefact(run_id, "record", Path(folder))
        settings = load_config(record / "config.yaml")
        facts = json.loads((record / "dataset.json").read_text(encoding="utf-8"))
        predictions = pd.read_parquet(record / "predictions.parquet")
    dataset = dataset or load_dataset(workspace, settings, progress)
    if dataset.digest != facts["data_sha256"]:
        raise TrainingError(
            "The lake no longer holds the data that this version was trained on.",
            "train it again on the data of today, or validate on a sample with --sample",
        )
    return Run(version, model, dataset, facts, predictions)


def evidence_of(run: Run, settings: ValidationSettings, refits: int = 0) -> Evidence:
    """Evidence on the test rows of the version's own split, which neither fit nor choice has seen.

    Parameters
    ----------
    refits
        How often the glass box is fitted again with other seeds, for the stability of its reasons.
    """
    tags, dataset = run.version.tags, run.dataset
    split = tags.get("split", "")
    table = run.predictions[run.predictions["split"] == split]
    if table.empty:
        raise TrainingError(f"The run holds no predictions of the split {split!r}.")
    rows = table["row"].to_numpy()
    own = column_of(tags.get("kind", ""), tags.get("lender_history", "true") == "true")
    challengers = {
        name.removeprefix("p_"): table[name].to_numpy()
        for name in table.columns
        if name.startswith("p_") and name != own and table[name].notna().all()
    }
    train = next(one.train for one in all_splits(dataset) if one.name == split)
    return Evidence(
        run.model,
        f"{run.version.name}/{run.version.number}",
        _sample(dataset, rows),
        development=_sample(dataset, train),
        challengers=challengers,
        waterfall=(
            *(Step(Text(s.title_zh, s.title_en), s.rows) for s in dataset.waterfall),
            Step(Text(f"检验：{split}", f"Test: {split}"), len(rows)),
        ),
        refits=_refits(dataset, run.model, train, refits),
        suppliers=suppliers_of(dataset.view, run.model),
        about={
            "run": tags.get("training_run", ""),
            "split": split,
            "data SHA-256": run.facts["data_sha256"][:16],
            "code": run.facts["code_version"],
            "developer": tags.get("developer", ""),
            "label": dataset.settings.label.title_en,
        },
        simulated=bool(run.facts["simulated"]),
        settings=settings,
    )


def report_on(
    registry: Registry,
    version: Version,
    model: AdditiveModel,
    out: Path,
    settings: ValidationSettings,
    progress: Progress | None = None,
    *,
    dataset: Dataset | None = None,
    refits: int = 0,
    on: date | None = None,
) -> dict[str, Any]:
    """Write the report of a registered version on the test rows of its run, and attach it to the version.

    Parameters
    ----------
    out
        Folder of the report.
    dataset
        What the run was made from, when it was already built.
    refits
        As in `evidence_of`.
    on
        Day of the report; today if omitted.

    Returns
    -------
    dict
        As `write_report`.
    """
    run = run_of(registry, registry.tracking.workspace, version, model, progress, dataset)
    figures = write_report(evidence_of(run, settings, refits), out, on or date.today(), progress)
    attach_report(registry, version.name, version.number, out)
    return figures


def suppliers_of(view: FeatureView, model: AdditiveModel) -> dict[str, tuple[str, ...]]:
    """Inputs of a model by who supplies what they are made from."""
    found: dict[str, list[str]] = {}
    for feature in view.features:
        if feature.name in model.inputs:
            for zh, en in feature.suppliers:
                found.setdefault(f"{zh} {en}", []).append(feature.name)
    return {supplier: tuple(names) for supplier, names in found.items()}


def _sample(dataset: Dataset, rows: np.ndarray) -> Sample:
    frame = dataset.frame.iloc[rows].reset_index(drop=True)
    groups: dict[str, Labels] = {}
    for name, conditions in dataset.settings.segments.items():
        if conditions:
            inside = meets(frame, conditions)
            groups[f"细分 segment: {name}"] = np.where(inside, "是 yes", "否 no").astype(object)
    return Sample(
        frame,
        dataset.bad.to_numpy()[rows].astype(np.int8),
        frame["as_of"].to_numpy().astype("datetime64[D]"),
        groups,
    )


def _refits(
    dataset: Dataset, model: AdditiveModel, rows: np.ndarray, count: int
) -> tuple[AdditiveModel, ...]:
    from models.glassbox.fit import fit_glassbox

    if not count or model.kind != "glassbox":
        return ()
    frame, bad = dataset.frame.iloc[rows], dataset.bad.to_numpy()[rows]
    return tuple(
        fit_glassbox(frame, bad, model.schema, seed=1000 + number) for number in range(count)
    )
