"""A candidate on its way through the gates, as an analyst and a reviewer take it there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from data_contracts.workspace import Workspace
from training.loop.plan import PIA, REVIEWER
from training.monitor.run import watched_version
from training.monitor.settings import MonitorSettings
from training.promote import attach_report, promote
from training.registry import Registry, State
from training.run import TrainingResult
from training.validation.evidence import ValidationSettings
from training.validation.of_run import evidence_of, run_of
from training.validation.report import write_report

UNPROVEN = dict.fromkeys(
    ("G-05", "G-06"), "demonstration on simulated records: too few bad outcomes to prove it"
)
"""Waived for the first model alone, when it fails them: without it there is nothing to watch."""


def put_forward(
    registry: Registry,
    workspace: Workspace,
    trained: TrainingResult,
    day: date,
    why: str,
    waived: Mapping[str, str] | None = None,
) -> None:
    """Put a run's candidate through every gate, with a validation report of its own, up to the champion's place.

    Raises
    ------
    TrainingError
        When a gate fails; the version stays in the state that it has reached.
    """
    name, number = trained.dataset.settings.model_name, trained.candidate

    def on(to: State, pia: str = "") -> None:
        promote(
            registry, name, number, to, by=REVIEWER, why=f"simulated loop: {why}", pia_id=pia,
            waived=waived,
        )  # fmt: skip

    on(State.TESTED)
    watched, _ = watched_version(registry, f"{name}/{number}", MonitorSettings())
    version = registry.version(name, number)
    made = run_of(registry, workspace, version, watched.model, dataset=trained.dataset)
    folder = workspace.root / "validation" / f"{name}-{number}"
    write_report(evidence_of(made, ValidationSettings()), folder, day)
    attach_report(registry, name, number, folder)
    on(State.REVIEWED)
    on(State.LIVE, PIA)
