"""One training run of the lender ranking: fit, test out of time, log, register, put forward."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from training.dataset import data_digest
from training.demonstrate import put_live
from training.ranking import RankingFrames, RankingSettings, train_ranking
from training.registry import Registry
from training.tracking import Tracking

Progress = Callable[[str, int, int], None]


def run_ranking(
    workspace: Workspace,
    *,
    developer: str,
    reviewer: str,
    settings: RankingSettings | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Train the ranking on the workspace's loans and promote it.

    Parameters
    ----------
    workspace : Workspace
    developer, reviewer : str
        Written beside the champion; they must differ.
    settings : RankingSettings, optional
    progress : callable(step, done, total), optional

    Returns
    -------
    dict
        The metrics of `RankingResult`, and the registered `mlflow_version`.

    Raises
    ------
    TrainingError
        Too few borrowers, an empty lake, or a failing gate.
    """
    settings = settings or RankingSettings()
    lake = Lake(workspace.lake_dir)
    result = train_ranking(RankingFrames.read(lake), settings, progress=progress)
    metrics = result.metrics
    tracking = Tracking(workspace)
    tags = {
        "kind": "ranking",
        "split": f"oot-{settings.test_year}",
        "portfolio": settings.portfolio,
        "data_sha256": data_digest(lake, ["loan_account", "loan_application", "registration"]),
        "baseline": str(metrics["baseline_name"]),
        "developer": developer,
        "chosen_on": "validation",
    }
    with tempfile.TemporaryDirectory(prefix="xinqiao-ranking-") as folder:
        result.ranking.save(Path(folder))
        run = tracking.log_run(
            settings.registered_name,
            f"ranking oot-{settings.test_year}",
            params=settings.model_dump(mode="json"),
            metrics={k: v for k, v in metrics.items() if isinstance(v, float)},
            tags=tags,
            model=Path(folder),
        )
    registry = Registry(tracking)
    version = registry.register(settings.registered_name, run, tags, settings.title_en)
    put_live(
        registry,
        settings.registered_name,
        version,
        reviewer=reviewer,
        why="learned order behind the eligibility rules; trees and baselines chosen on the validation year",
    )
    return {**metrics, "mlflow_version": version}
