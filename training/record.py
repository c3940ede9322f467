"""What a training run leaves in MLflow beside its models, so that a report can be made later without fitting again.

| artefact of the run | what it holds |
|---|---|
| `record/config.yaml` | the effective configuration |
| `record/dataset.json` | digests of data, features and configuration, versions of code and libraries |
| `record/waterfall.json` | how many decisions each step left |
| `record/splits.json` | per split: rows, bads, first and last day of training and test part |
| `record/metrics.json` | every figure with its interval, also by segment; score bins and PSI; registered versions |
| `record/predictions.parquet` | per test row: position in the data set, split, month, label, segments, probabilities |
| `record/certificate.json` | certificate of each additive model of the newest split |
| `record/reference.json` | counts by bin of the test rows of the same models: what monitoring expects |
| `plots/*.png` | waterfall, ROC, calibration, AUC by split |

A row's position is that in `load_dataset` of the same configuration on the same data (same digest): whoever has the
lake finds the features again; whoever has only MLflow learns nothing of a person.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from features.online.declared import feature_digests
from models.glassbox.certificate import certify
from models.metrics import evaluate
from models.scorer import AdditiveModel
from training import plots
from training.config_files import show_config
from training.dataset import Dataset
from training.evaluate import Evaluation, Split, stable_seed
from training.fit import MINIMUM_BADS
from training.monitor.watched import Reference
from training.waterfall import meets

_LIBRARIES = ("lightgbm", "numpy", "pandas", "scikit-learn", "optbinning", "duckdb", "pyarrow")


def digest_of(content: Any) -> str:
    """SHA-256 of JSON-able content."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return sha256(text.encode()).hexdigest()


def dataset_facts(dataset: Dataset, code: str) -> dict[str, Any]:
    """Digests and versions that a run can be repeated by."""
    versions = feature_digests(dataset.view)
    return {
        "portfolio": dataset.settings.portfolio,
        "simulated": dataset.settings.simulated,
        "rows": len(dataset.frame),
        "bads": int(dataset.bad.sum()),
        "data_sha256": dataset.digest,
        "config_sha256": digest_of(dataset.settings.model_dump(mode="json")),
        "features_sha256": digest_of(versions),
        "feature_versions": versions,
        "code_version": code,
        "libraries": {name: version(name) for name in _LIBRARIES},
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "seed": dataset.settings.seed,
    }


def column_of(kind: str, lender_history: bool) -> str:
    """Name of a model's column in predictions.parquet.

    >>> column_of("glassbox", False)
    'p_glassbox_without_lender_history'
    """
    return f"p_{kind}" + ("" if lender_history else "_without_lender_history")


def predictions(
    dataset: Dataset, evaluations: Sequence[Evaluation], champion: np.ndarray | None
) -> pd.DataFrame:
    """Per test row of each split: position, split, month, label, segments and every model's probability.

    Parameters
    ----------
    dataset : Dataset
    evaluations : sequence of Evaluation
    champion : ndarray, optional
        Probabilities of the present champion for all rows of the data set, shape (n,).
    """
    flags = {
        name: meets(dataset.frame, conditions)
        for name, conditions in dataset.settings.segments.items()
        if conditions
    }
    parts = []
    for split in _splits(evaluations):
        rows = split.test
        part = pd.DataFrame(
            {
                "row": rows.astype("int64"),
                "split": split.name,
                "month": dataset.frame["as_of"].iloc[rows].dt.strftime("%Y-%m").to_numpy(),
                "bad": dataset.bad.iloc[rows].to_numpy("int8"),
            }
        )
        for name, flag in flags.items():
            part[f"segment_{name}"] = flag[rows]
        for one in evaluations:
            if one.split is split:
                part[column_of(one.kind, one.lender_history)] = one.probability
        if champion is not None:
            part["p_champion"] = champion[rows]
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def segment_rows(dataset: Dataset, evaluations: Sequence[Evaluation]) -> list[dict[str, Any]]:
    """Figures by segment; segments with too few of a class in a test part are named without figures."""
    found = []
    for name, conditions in dataset.settings.segments.items():
        flag = meets(dataset.frame, conditions)
        for one in evaluations:
            inside = flag[one.split.test]
            bad = dataset.bad.to_numpy()[one.split.test][inside]
            row: dict[str, Any] = {
                "segment": name,
                "kind": one.kind,
                "split": one.split.name,
                "lender_history": one.lender_history,
                "n": int(inside.sum()),
                "bads": int(bad.sum()),
            }
            if MINIMUM_BADS <= bad.sum() <= len(bad) - MINIMUM_BADS:
                seed = stable_seed(dataset.settings.seed, one.split.name, name)
                metrics = evaluate(
                    bad, one.probability[inside], seed=seed, resamples=dataset.settings.bootstrap
                )
                row |= metrics.as_dict()
            found.append(row)
    return found


def score_bins(evaluations: Sequence[Evaluation]) -> list[dict[str, Any]]:
    """Bins of each model's probability over its training rows, their counts, and the PSI of the test rows."""
    return [
        {
            "kind": one.kind,
            "split": one.split.name,
            "lender_history": one.lender_history,
            "edges": one.score_edges.tolist(),
            "training_counts": one.score_counts.tolist(),
            "psi": one.psi,
        }
        for one in evaluations
    ]


def write_record(
    folder: Path,
    dataset: Dataset,
    evaluations: Sequence[Evaluation],
    newest: Split,
    rows: Sequence[Mapping[str, Any]],
    *,
    code: str,
    champion: np.ndarray | None,
    champion_version: int | None,
    choice: Mapping[str, float],
) -> dict[str, Path]:
    """Write record and plots below a folder; artefact path -> folder, as `Tracking.log` takes them."""
    record, pictures = folder / "record", folder / "plots"
    record.mkdir(parents=True)
    (record / "config.yaml").write_text(show_config(dataset.settings), encoding="utf-8")
    tables = {
        column_of(one.kind, one.lender_history): one.fitted.model
        for one in evaluations
        if one.split is newest and isinstance(one.fitted.model, AdditiveModel)
    }
    test, bad = dataset.frame.iloc[newest.test], dataset.bad.to_numpy()[newest.test]
    contents: dict[str, Any] = {
        "dataset": dataset_facts(dataset, code),
        "waterfall": [one.as_dict() for one in dataset.waterfall],
        "splits": [_split_facts(dataset, split) for split in _splits(evaluations)],
        "metrics": {
            "newest": newest.name,
            "models": list(rows),
            "segments": segment_rows(dataset, evaluations),
            "scores": score_bins(evaluations),
            "champion_version": champion_version,
            "choice": dict(choice),
        },
        "certificate": {column: certify(model).to_json() for column, model in tables.items()},
        "reference": {
            "split": newest.name,
            **{
                column: Reference.of(model, test, bad).to_json() for column, model in tables.items()
            },
        },
    }
    for name, content in contents.items():
        text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=True)
        (record / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    predictions(dataset, evaluations, champion).to_parquet(
        record / "predictions.parquet", index=False
    )
    _draw(pictures, dataset, evaluations, newest)
    return {"record": record, "plots": pictures}


def _draw(folder: Path, dataset: Dataset, evaluations: Sequence[Evaluation], newest: Split) -> None:
    """Pictures: the waterfall; the newest out-of-time (or the only) split with all kinds side by side."""
    side_by_side: dict[str, np.ndarray] = {
        e.kind: e.probability for e in evaluations if e.split is newest and e.lender_history
    }
    bad = dataset.bad.to_numpy()[newest.test]
    rows = [
        {"kind": e.kind, "split": e.split.name, **e.metrics.as_dict()}
        for e in evaluations
        if e.lender_history
    ]
    plots.roc_and_ks(bad, side_by_side, folder / "roc.png")
    plots.calibration(bad, side_by_side, folder / "calibration.png")
    plots.auc_by_split(rows, folder / "auc_by_split.png")
    if dataset.waterfall:
        plots.waterfall(dataset.waterfall, folder / "waterfall.png")


def _splits(evaluations: Sequence[Evaluation]) -> list[Split]:
    return list({one.split.name: one.split for one in evaluations}.values())


def _split_facts(dataset: Dataset, split: Split) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": split.name}
    for name, rows in (("train", split.train), ("test", split.test)):
        days = dataset.frame["as_of"].iloc[rows]
        facts[name] = {
            "rows": len(rows),
            "bads": int(dataset.bad.iloc[rows].sum()),
            "from": f"{days.min():%Y-%m-%d}",
            "to": f"{days.max():%Y-%m-%d}",
        }
    return facts
