"""A candidate on its way through the gates, as an analyst and a reviewer take it there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from training.loop.plan import PIA, REVIEWER
from training.promote import promote
from training.registry import Registry, State
from training.run import TrainingResult
from training.validation.evidence import ValidationSettings
from training.validation.find_model import find_model
from training.validation.of_run import report_on

UNPROVEN = dict.fromkeys(
    ("G-05", "G-06"), "demonstration on simulated records: too few bad outcomes to prove it"
)
"""Waived for the first model alone, when it fails them: without it there is nothing to watch."""


def put_forward(
    registry: Registry,
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
    model, version = find_model(f"{name}/{number}", registry)
    assert version is not None
    folder = registry.tracking.workspace.root / "validation" / f"{name}-{number}"
    report_on(
        registry, version, model, folder, ValidationSettings(),
        dataset=trained.dataset, on=day,
    )  # fmt: skip
    on(State.REVIEWED)
    on(State.LIVE, PIA)
