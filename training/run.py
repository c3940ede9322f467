"""One training run of a portfolio: fit and test everything, log it as one run, register drafts of all models."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from data_contracts.interrupts import held_back
from data_contracts.workspace import Workspace
from models.errors import ModelsError
from models.kinds import load_kind
from models.schema import Schema
from training.dataset import Dataset, load_dataset
from training.evaluate import (
    Evaluation,
    MeanOfYears,
    Split,
    choose_lender_history,
    evaluate_all,
    means,
)
from training.fit_store import FitStore, code_digest
from training.record import column_of, dataset_facts, digest_of, write_record
from training.registry import Registry
from training.settings import TrainingSettings
from training.tracking import Tracking, code_version

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class TrainingResult:
    """What a run leaves behind.

    Attributes
    ----------
    rows : list of dict
        One per model kind, split and set of inputs: portfolio, kind, split, lender_history, the metrics with their 95 %
        intervals, n, bads, psi, fit_seconds and the registered version that gave the figure (for the mean of the years:
        the newest year's).
    candidate : int
        The registered version that may be put forward: the configured kind, with the inputs that validation data chose.
    run_id : str
        MLflow's run that holds everything.
    dataset : Dataset
    choice : dict
        Validation figures behind the choice of the candidate's inputs.
    """

    rows: list[dict[str, Any]]
    candidate: int
    run_id: str
    dataset: Dataset
    choice: dict[str, float]


def run_key(dataset: Dataset) -> str:
    """SHA-256 over configuration, data, features and fitting code: runs of one key give the same tables."""
    facts = dataset_facts(dataset, "")
    names = ("config_sha256", "data_sha256", "features_sha256")
    return digest_of([*(facts[name] for name in names), code_digest()])


def train_portfolio(
    workspace: Workspace,
    settings: TrainingSettings,
    *,
    developer: str,
    dataset: Dataset | None = None,
    progress: Progress | None = None,
    tracking: Tracking | None = None,
    fresh: bool = False,
) -> TrainingResult:
    """Train, evaluate and register every kind of model as drafts; nothing is promoted here.

    Parameters
    ----------
    workspace : Workspace
    settings : TrainingSettings
    developer : str
        Written beside every version; the reviewer must be another.
    dataset : Dataset, optional
        When it was already built.
    progress : callable(step, done, total), optional
    tracking : Tracking, optional
        Another store than the workspace's.
    fresh : bool
        Fit everything again instead of taking finished fits over.

    Returns
    -------
    TrainingResult

    Raises
    ------
    TrainingError
        Too few outcomes, an empty lake, or an MLflow store that does not answer. Interrupted or failed, the run is
        marked so and nothing of it is registered; the next one takes its finished fits over.
    """
    tracking = tracking or Tracking(workspace)
    name = settings.model_name
    tracking.experiment(name)  # before hours of fitting: does the store answer?
    dataset = dataset or load_dataset(workspace, settings, progress)
    store = None if fresh else FitStore(workspace.fits_dir)
    key = run_key(dataset)
    for left in tracking.runs(name, run_key=key):
        if left.status == "RUNNING":  # its store died, or its machine
            tracking.end_run(left.id, "KILLED")
    tags = _run_tags(dataset, developer, key)
    with tracking.run(name, f"{settings.portfolio} {settings.segment}".strip(), tags) as run_id:
        history, choice = choose_lender_history(dataset, store)
        evaluations = list(evaluate_all(dataset, progress, store))
        newest = newest_split(evaluations)
        champion_version, champion = _champion(Registry(tracking), dataset)
        children = []
        for done, one in enumerate(evaluations):
            if progress:
                progress(f"{settings.portfolio} logged in MLflow", done, len(evaluations))
            chosen = one.split is newest and (one.kind, one.lender_history) == (
                settings.candidate,
                history,
            )
            children.append(_log(tracking, dataset, one, run_id, developer, chosen))
        if progress:
            progress(f"{settings.portfolio} logged in MLflow", len(evaluations), len(evaluations))
        with held_back():
            versions = [
                Registry(tracking).register(name, child, made, settings.title_en)
                for child, made in children
            ]
            rows = _rows(dataset, evaluations, versions, newest)
            _log_record(
                tracking,
                run_id,
                dataset,
                evaluations,
                newest,
                rows,
                champion=champion,
                champion_version=champion_version,
                choice=choice,
            )
    candidate = next(
        version
        for version, (_, made) in zip(versions, children, strict=True)
        if made["chosen_on"] == "validation"
    )
    return TrainingResult(rows, candidate, run_id, dataset, choice)


def newest_split(evaluations: Sequence[Evaluation]) -> Split:
    """The split that a candidate comes from: the last out-of-time one, else the only one."""
    in_time = [e.split for e in evaluations if e.split.name.startswith("oot-")]
    return (in_time or [e.split for e in evaluations])[-1]


def _run_tags(dataset: Dataset, developer: str, key: str) -> dict[str, str]:
    facts = dataset_facts(dataset, "")
    names = ("portfolio", "data_sha256", "config_sha256", "features_sha256")
    return {
        "kind": "training",
        **{name: str(facts[name]) for name in names},
        "simulated": str(dataset.settings.simulated).lower(),
        "segment": dataset.settings.segment or "all",
        "developer": developer,
        "run_key": key,
    }


def _champion(registry: Registry, dataset: Dataset) -> tuple[int | None, np.ndarray | None]:
    """The present champion's probabilities on these rows; None where it needs other inputs than the view has."""
    name = dataset.settings.model_name
    version = registry.champion(name)
    if version is None:
        return None, None
    run = registry.version(name, version).run_id
    with tempfile.TemporaryDirectory(prefix="xinqiao-champion-") as folder:
        try:
            model = load_kind(registry.tracking.artefact(run, "model", Path(folder)))
            return version, model.probability(dataset.frame)
        except ModelsError:
            return version, None


def _log(
    tracking: Tracking,
    dataset: Dataset,
    evaluation: Evaluation,
    parent: str,
    developer: str,
    chosen: bool,
) -> tuple[str, dict[str, str]]:
    """Log one evaluated model below the run; its run and the tags of its version."""
    settings, split = dataset.settings, evaluation.split
    days = dataset.frame["as_of"].iloc[split.train]
    inputs = set(evaluation.fitted.inputs)
    schema = Schema.from_spec([s for s in dataset.view.spec() if s["name"] in inputs])
    tags = {
        "kind": evaluation.kind,
        "split": split.name,
        "lender_history": str(evaluation.lender_history).lower(),
        "portfolio": settings.portfolio,
        "view": settings.view,
        "data_sha256": dataset.digest,
        "schema_sha256": schema.digest,
        "trained_from": f"{days.min():%Y-%m-%d}",
        "trained_to": f"{days.max():%Y-%m-%d}",
        "developer": developer,
        "training_run": parent,
        "chosen_on": "validation" if chosen else "not chosen",
    }
    with tempfile.TemporaryDirectory(prefix="xinqiao-model-") as folder:
        evaluation.fitted.model.save(Path(folder))
        run = tracking.log_run(
            settings.model_name,
            f"{evaluation.kind} {split.name}"
            + ("" if evaluation.lender_history else " without lender history"),
            params={
                "label": settings.label.title_en,
                "inputs": len(inputs),
                "rows": len(evaluation.fit_rows),
                "bads": int(dataset.bad.iloc[evaluation.fit_rows].sum()),
                "seed": settings.seed,
                **{f"settings.{k}": v for k, v in settings.models[evaluation.kind].items()},
            },
            metrics=_finite({**evaluation.metrics.as_dict(), "psi": evaluation.psi}),
            tags=tags,
            model=Path(folder),
            parent=parent,
        )
    return run, tags


def _rows(
    dataset: Dataset, evaluations: Sequence[Evaluation], versions: Sequence[int], newest: Split
) -> list[dict[str, Any]]:
    def row(
        scored: Evaluation | MeanOfYears, split: str, version: int, seconds: float
    ) -> dict[str, Any]:
        return {
            "portfolio": dataset.settings.portfolio,
            "kind": scored.kind,
            "split": split,
            "lender_history": scored.lender_history,
            **scored.metrics.as_dict(),
            **({"psi": scored.psi} if isinstance(scored, Evaluation) else {}),
            "fit_seconds": round(seconds, 2),
            "mlflow_version": version,
        }

    rows = [
        row(one, one.split.name, version, one.fitted.seconds)
        for one, version in zip(evaluations, versions, strict=True)
    ]
    of_newest = {
        column_of(one.kind, one.lender_history): version
        for one, version in zip(evaluations, versions, strict=True)
        if one.split is newest
    }
    for mean in means(dataset, list(evaluations)):
        column = column_of(mean.kind, mean.lender_history)
        seconds = sum(
            e.fitted.seconds
            for e in evaluations
            if column_of(e.kind, e.lender_history) == column and e.split.name.startswith("oot-")
        )
        rows.append(row(mean, "oot-mean", of_newest[column], seconds))
    return rows


def _log_record(
    tracking: Tracking,
    run_id: str,
    dataset: Dataset,
    evaluations: Sequence[Evaluation],
    newest: Split,
    rows: Sequence[Mapping[str, Any]],
    **more: Any,
) -> None:
    with tempfile.TemporaryDirectory(prefix="xinqiao-record-") as folder:
        folders = write_record(
            Path(folder), dataset, evaluations, newest, rows, code=code_version(), **more
        )
        figures = {
            f"{column_of(e.kind, e.lender_history)[2:]}.{name}": value
            for e in evaluations
            if e.split is newest
            for name, value in {**e.metrics.as_dict(), "psi": e.psi}.items()
        }
        settings = dataset.settings.model_dump(mode="json")
        tracking.log(
            run_id,
            params={k: str(v)[:5000] for k, v in settings.items()},
            metrics=_finite(figures),
            folders=folders,
        )


def _finite(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in figures.items() if np.isfinite(value)}
