"""The simulated city as two portfolios: build it, take it in, train on it, hold the models against the truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from data_contracts.city.build import build_city
from data_contracts.city.clock import Settings
from data_contracts.city.load import load_city
from data_contracts.workspace import Workspace
from training.config_files import settings_for
from training.dataset import load_dataset
from training.demonstrate import validate_and_put_live
from training.errors import TrainingError
from training.evaluate import out_of_time_splits
from training.registry import Registry
from training.run import train_portfolio
from training.tracking import Tracking
from training.truth import against_truth, beyond_truth, what_themes_tell

SEED, MONTHS, START = 1, 60, "2019-01"
"""Ours; the test years of the settings must lie within these months."""


def train_city(
    workspace: Workspace,
    subjects: int,
    *,
    developer: str = "demo-analyst",
    reviewer: str = "demo-reviewer",
    progress: Callable[[str, int, int], None] | None = None,
) -> dict[str, Any]:
    """Build a city in ``files`` below the workspace, unless it is there, and train on its firms and households.

    Returns
    -------
    dict
        simulated (always true), rows, accepted, quarantined of its intake, and portfolios: by name, models (as
        ``TrainingResult.rows``), truth (:func:`training.truth.against_truth`), beyond_truth (whether a feature
        leaks, :func:`training.truth.beyond_truth`) and themes (:func:`training.truth.what_themes_tell`); or
        not_trained (why) for households of whom too few went bad.

    Raises
    ------
    TrainingError
        Too few subjects for a model of the firms.
    """
    workspace.create()
    files = workspace.root / "files"
    if not files.exists():
        build_city(Settings(subjects, SEED, MONTHS, START), files, progress=progress)
    taken = load_city(files, workspace, progress)
    portfolios: dict[str, dict[str, Any]] = {}
    for settings in map(settings_for, ("city-firms", "city-households")):
        dataset = load_dataset(workspace, settings, progress)
        try:
            out_of_time_splits(dataset)
        except TrainingError as error:
            if settings.portfolio == "city-firms":
                raise
            # Few persons and farmers of a small city borrow; its firms can still be learned from.
            portfolios[settings.portfolio] = {"not_trained": str(error)}
            continue
        trained = train_portfolio(
            workspace,
            settings,
            developer=developer,
            dataset=dataset,
            progress=progress,
        )
        validate_and_put_live(
            Registry(Tracking(workspace)),
            dataset,
            trained.candidate,
            reviewer=reviewer,
            why="simulated city",
            progress=progress,
        )
        portfolios[settings.portfolio] = {
            "models": trained.rows,
            "truth": against_truth(dataset, files),
            "beyond_truth": beyond_truth(dataset, files),
            "themes": what_themes_tell(dataset, files),
        }
    return {
        "simulated": True,
        "rows": sum(one.rows for one in taken.values()),
        "accepted": sum(one.accepted for one in taken.values()),
        "quarantined": sum(one.quarantined for one in taken.values()),
        "portfolios": portfolios,
    }
