"""One month of monitoring of a registered version: read, measure, write."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from data_contracts.workspace import Workspace
from features.catalogue import view as feature_view
from training.config_files import load_config
from training.errors import TrainingError
from training.monitor.false_alarms import measure_false_alarms
from training.monitor.measure import Figures, measure
from training.monitor.months import month_range, months_of
from training.monitor.report import write_month
from training.monitor.settings import MonitorSettings
from training.monitor.watched import Month, Reference, Watched
from training.record import column_of
from training.registry import Registry, Version
from training.settings import TrainingSettings
from training.validation.find_model import find_model
from training.validation.of_run import suppliers_of

Progress = Callable[[str, int, int], None]


def watched_version(
    registry: Registry, named: str, limits: MonitorSettings
) -> tuple[Watched, TrainingSettings]:
    """A registered version as it is watched, and the configuration it was trained by.

    Raises
    ------
    TrainingError
        When it is no registered model of tables, or its run left no reference.
    """
    model, version = find_model(named, registry)
    if version is None:
        raise TrainingError(
            f"{named} is a folder; only a registered version can be watched.",
            "name it as NAME or NAME/VERSION",
        )
    reference, settings = _record(registry, version)
    suppliers = suppliers_of(feature_view(settings.view), model)
    return Watched(
        model, f"{version.name}/{version.number}", reference, suppliers, limits
    ), settings


def _record(registry: Registry, version: Version) -> tuple[Reference, TrainingSettings]:
    with tempfile.TemporaryDirectory(prefix="xinqiao-record-") as folder:
        record = registry.tracking.artefact(
            version.tags.get("training_run", ""), "record", Path(folder)
        )
        references = record / "reference.json"
        written = json.loads(references.read_text(encoding="utf-8")) if references.is_file() else {}
        tags = version.tags
        column = column_of(tags.get("kind", ""), tags.get("lender_history", "true") == "true")
        found = written.get(column) if written.get("split") == tags.get("split") else None
        if found is None:
            raise TrainingError(
                f"The run of {version.name} version {version.number} left no reference to watch it by.",
                "watch the version that the run put forward, or train it again",
            )
        return Reference.from_json(found), load_config(record / "config.yaml")


def watch(
    registry: Registry,
    workspace: Workspace,
    named: str,
    month: str,
    *,
    months: int = 12,
    approve_at: int | None = None,
    false_alarms: int = 0,
    out: Path | None = None,
    progress: Progress | None = None,
) -> tuple[dict[str, Any], Path]:
    """Watch a version in one month, with the months before it as history.

    Returns
    -------
    figures, folder
        What ``monitor.json`` holds, and where it was written.
    """
    limits = MonitorSettings(approve_at=approve_at)
    watched, settings = watched_version(registry, named, limits)
    found = months_of(workspace, settings, month_range(month, months), progress)
    if found[-1].month != month:
        raise TrainingError(
            f"{settings.portfolio} has no decision in {month}.",
            f"the last month with decisions before it is {found[-1].month}",
        )
    history = measured(watched, found)
    rates = (
        measure_false_alarms(
            watched,
            pd.concat([m.frame for m in found], ignore_index=True),
            rows=len(found[-1].frame),
            months=false_alarms,
            progress=progress,
        )
        if false_alarms
        else []
    )
    folder = out or workspace.root / "monitoring" / watched.name.replace("/", "-") / month
    figures = write_month(
        watched, history, folder, workspace.today(), rates, simulated=settings.simulated
    )
    return figures, folder


def measured(watched: Watched, months: list[Month]) -> list[Figures]:
    """Measure months in order; each knows the errors of the estimates before it."""
    history: list[Figures] = []
    for one in months:
        history.append(measure(watched, one, history))
    return history
