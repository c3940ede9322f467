"""The way of a demonstration's model from draft to champion: a real validation report, and what is waived by name."""

from __future__ import annotations

from collections.abc import Callable

from training.dataset import Dataset
from training.promote import promote
from training.registry import Registry, State
from training.validation.evidence import ValidationSettings
from training.validation.find_model import find_model
from training.validation.of_run import report_on

WAIVED: dict[str, str] = dict.fromkeys(
    ("G-04", "G-05", "G-06", "G-08"),
    "demonstration on public or simulated records: nobody is decided on",
)
"""Gates whose findings are written down but not held against a version by the demo."""


def put_live(registry: Registry, name: str, number: int, *, reviewer: str, why: str) -> None:
    """All the way from draft to champion; every gate is asked and what it found is kept."""
    for state in (State.TESTED, State.REVIEWED, State.LIVE):
        promote(registry, name, number, state, by=reviewer, why=why, waived=WAIVED)


def validate_and_put_live(
    registry: Registry,
    dataset: Dataset,
    number: int,
    *,
    reviewer: str,
    why: str,
    progress: Callable[[str, int, int], None] | None = None,
) -> None:
    """Write and attach the validation report of a version on the test rows of its run, then put it live.

    Parameters
    ----------
    dataset : Dataset
        What the version's run was made from.
    """
    name = dataset.settings.model_name
    model, version = find_model(f"{name}/{number}", registry)
    assert version is not None
    out = registry.tracking.workspace.root / "validation" / name
    report_on(registry, version, model, out, ValidationSettings(), progress, dataset=dataset)
    put_live(registry, name, number, reviewer=reviewer, why=why)
