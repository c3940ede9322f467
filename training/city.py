"""The simulated city as a portfolio: build it, take it in, train on it, hold the model against the truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from data_contracts.city.build import build_city
from data_contracts.city.clock import Settings
from data_contracts.city.load import load_city
from data_contracts.workspace import Workspace
from training.run import train_portfolio
from training.settings import CITY_DEFAULT
from training.truth import against_truth

SEED, MONTHS, START = 1, 60, "2019-01"
"""Ours; the test year of the settings must lie within these months."""


def train_city(
    workspace: Workspace,
    subjects: int,
    *,
    developer: str = "demo-analyst",
    reviewer: str = "demo-reviewer",
    progress: Callable[[str, int, int], None] | None = None,
) -> dict[str, Any]:
    """Build a city in ``files`` below the workspace, unless it is there, and train on it.

    Returns
    -------
    dict
        simulated (always true), rows, accepted, quarantined of its intake, models (as
        ``TrainingResult.rows``), and the figures of :func:`training.truth.against_truth`.

    Raises
    ------
    TrainingError
        Too few subjects for a model.
    """
    workspace.create()
    files = workspace.root / "files"
    if not files.exists():
        build_city(Settings(subjects, SEED, MONTHS, START), files, progress=progress)
    taken = load_city(files, workspace, progress)
    trained = train_portfolio(
        workspace, CITY_DEFAULT, developer=developer, reviewer=reviewer, progress=progress
    )
    return {
        "simulated": True,
        "rows": sum(one.rows for one in taken.values()),
        "accepted": sum(one.accepted for one in taken.values()),
        "quarantined": sum(one.quarantined for one in taken.values()),
        "models": trained.rows,
        **against_truth(trained.dataset, files),
    }
