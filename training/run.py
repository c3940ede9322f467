"""One training run of a portfolio: fit and test everything, log it, register it, put the chosen glass box forward."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from data_contracts.workspace import Workspace
from models.glassbox.certificate import certify
from models.scorer import AdditiveModel
from training import plots
from training.dataset import Dataset, load_dataset
from training.evaluate import (
    Evaluation,
    MeanOfYears,
    choose_lender_history,
    evaluate_all,
    means,
)
from training.promote import Candidate, promote
from training.settings import TrainingSettings
from training.tracking import Tracking

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class TrainingResult:
    """What a run leaves behind.

    Attributes
    ----------
    rows : list of dict
        One per model kind, split and set of inputs: portfolio, kind, split, lender_history, the metrics with their 95 %
        intervals, n, bads, fit_seconds and the registered version that gave the figure (for the mean of the years: the
        newest year's).
    champion : int
        The registered version that carries the champion alias.
    dataset : Dataset
    choice : dict
        Validation figures behind the choice of the champion's inputs.
    """

    rows: list[dict[str, Any]]
    champion: int
    dataset: Dataset
    choice: dict[str, float]


def _row(
    settings: TrainingSettings,
    scored: Evaluation | MeanOfYears,
    split: str,
    version: int,
    seconds: float,
) -> dict[str, Any]:
    return {
        "portfolio": settings.portfolio,
        "kind": scored.kind,
        "split": split,
        "lender_history": scored.lender_history,
        **scored.metrics.as_dict(),
        "fit_seconds": round(seconds, 2),
        "mlflow_version": version,
    }


def _log(
    tracking: Tracking, dataset: Dataset, evaluation: Evaluation, figures: dict[str, Path]
) -> int:
    """Log one evaluated model as a run and register it; its version number."""
    settings, split = dataset.settings, evaluation.split
    days = dataset.frame["as_of"].iloc[split.train]
    tags = {
        "kind": evaluation.kind,
        "split": split.name,
        "lender_history": str(evaluation.lender_history).lower(),
        "portfolio": settings.portfolio,
        "data_sha256": dataset.digest,
        "trained_from": f"{days.min():%Y-%m-%d}",
        "trained_to": f"{days.max():%Y-%m-%d}",
    }
    with tempfile.TemporaryDirectory(prefix="xinqiao-model-") as folder:
        evaluation.fitted.model.save(Path(folder))
        run = tracking.log_run(
            settings.registered_name,
            f"{evaluation.kind} {split.name}"
            + ("" if evaluation.lender_history else " without lender history"),
            params={
                "label": settings.label.title_en,
                "inputs": len(evaluation.fitted.inputs),
                "rows": len(split.train),
                "bads": int(dataset.bad.iloc[split.train].sum()),
                "seed": settings.seed,
            },
            metrics={k: v for k, v in evaluation.metrics.as_dict().items() if np.isfinite(v)},
            tags=tags,
            model=Path(folder),
            figures=figures,
        )
    return tracking.register(settings.registered_name, run, tags, settings.title_en)


def _figures(
    workspace: Workspace, dataset: Dataset, evaluations: list[Evaluation]
) -> dict[str, Path]:
    """Pictures of the newest out-of-time (or the only) split, all kinds side by side."""
    settings = dataset.settings
    newest = _newest(evaluations)
    side_by_side: dict[str, np.ndarray] = {
        e.kind: e.probability for e in evaluations if e.split is newest.split and e.lender_history
    }
    bad = dataset.bad.to_numpy()[newest.split.test]
    folder = workspace.plots_dir / settings.registered_name
    rows = [
        {"kind": e.kind, "split": e.split.name, **e.metrics.as_dict()}
        for e in evaluations
        if e.lender_history
    ]
    return {
        "roc.png": plots.roc_and_ks(bad, side_by_side, folder / "roc.png"),
        "calibration.png": plots.calibration(bad, side_by_side, folder / "calibration.png"),
        "auc_by_split.png": plots.auc_by_split(rows, folder / "auc_by_split.png"),
    }


def _newest(evaluations: list[Evaluation]) -> Evaluation:
    """An evaluation of the split that serving's model comes from: the last out-of-time one, else the only one."""
    in_time = [e for e in evaluations if e.split.name.startswith("oot-")]
    return (in_time or evaluations)[-1]


def train_portfolio(
    workspace: Workspace,
    settings: TrainingSettings,
    *,
    developer: str,
    reviewer: str,
    dataset: Dataset | None = None,
    progress: Progress | None = None,
) -> TrainingResult:
    """Train, evaluate and register every kind of model; promote the glass box that validation data chose.

    Parameters
    ----------
    workspace : Workspace
    settings : TrainingSettings
    developer, reviewer : str
        Written beside the champion; they must differ.
    dataset : Dataset, optional
        When it was already built.
    progress : callable(step, done, total), optional

    Returns
    -------
    TrainingResult

    Raises
    ------
    TrainingError
        Too few outcomes, an empty lake, or a failing gate.
    """
    tracking = Tracking(workspace)
    dataset = dataset or load_dataset(workspace, settings, progress)
    history, choice = choose_lender_history(dataset)
    evaluations = list(evaluate_all(dataset, progress))
    figures = _figures(workspace, dataset, evaluations)
    newest = _newest(evaluations).split
    rows: list[dict[str, Any]] = []
    versions: dict[tuple[str, bool], int] = {}
    champion: tuple[int, Evaluation] | None = None
    for done, evaluation in enumerate(evaluations):
        if progress:
            progress(f"{settings.portfolio} registered in MLflow", done, len(evaluations))
        version = _log(tracking, dataset, evaluation, figures if evaluation.split is newest else {})
        rows.append(
            _row(settings, evaluation, evaluation.split.name, version, evaluation.fitted.seconds)
        )
        if evaluation.split is newest:
            versions[evaluation.kind, evaluation.lender_history] = version
            if evaluation.kind == "glassbox" and evaluation.lender_history == history:
                champion = version, evaluation
    for mean in means(dataset, evaluations):
        seconds = sum(
            e.fitted.seconds
            for e in evaluations
            if (e.kind, e.lender_history) == (mean.kind, mean.lender_history)
            and e.split.name.startswith("oot-")
        )
        rows.append(
            _row(settings, mean, "oot-mean", versions[mean.kind, mean.lender_history], seconds)
        )
    if progress:
        progress(f"{settings.portfolio} registered in MLflow", len(evaluations), len(evaluations))
    assert (
        champion is not None
    )  # every split fits a glass box with and, where asked, without the history
    version, chosen = champion
    assert isinstance(chosen.fitted.model, AdditiveModel)
    promote(
        tracking,
        Candidate(
            name=settings.registered_name,
            version=version,
            kind="glassbox",
            developer=developer,
            reviewer=reviewer,
            chosen_on="validation",
            certificate_holds=certify(chosen.fitted.model).holds,
        ),
        why="glass box with the inputs that did better on the validation year"
        if choice
        else "glass box by structure: exact reasons and a certificate",
    )
    return TrainingResult(rows, version, dataset, choice)
