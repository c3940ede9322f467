"""Promotion, suspension, rollback: a version changes its state only as the table allows and the gates pass."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from features.catalogue import VIEWS
from features.policy import refused_input
from models.errors import ModelsError
from models.glassbox.certificate import certify
from models.inference import delong
from models.kinds import load_kind
from models.schema import Schema
from models.scorer import AdditiveModel
from training.config_files import load_config
from training.errors import TrainingError
from training.gates import Evidence, Verdict, judge
from training.record import column_of
from training.registry import CHAMPION, FALLBACK, TRANSITIONS, Registry, State, Version
from training.settings import GateLimits

DEMONSTRATION: dict[str, str] = dict.fromkeys(
    ("G-04", "G-05", "G-06", "G-08", "G-09"),
    "demonstration on public or simulated records: nobody is decided on",
)
"""Gates whose findings are written down but not held against a version by the demo."""


def promote(
    registry: Registry,
    name: str,
    number: int,
    to: State,
    *,
    by: str,
    why: str,
    pia_id: str = "",
    waived: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> list[Verdict]:
    """Move a version to a state; to LIVE also moves the champion alias.

    Parameters
    ----------
    registry : Registry
    name, number
        The version.
    to : State
    by : str
        Who answers for it: the reviewer of REVIEWED and LIVE.
    why : str
    pia_id : str
        Id of the impact assessment, needed for LIVE.
    waived : mapping, optional
        As in `gates.judge`.
    dry_run : bool
        Ask everything, change nothing.

    Returns
    -------
    list of Verdict
        What each gate found.

    Raises
    ------
    TrainingError
        When the table has no such transition, nobody or no reason is named, or a gate fails; it names every failing
        gate with what was found and needed, and nothing has changed.

    Notes
    -----
    Separate development and review follow the internet-lending measures (REG-53).
    """
    version = registry.version(name, number)
    _may(version, to, by, why)
    # Back to LIVE after a suspension asks all that it once asked, but not to be better than what replaced it.
    verdicts: list[Verdict] = []
    if to in (State.TESTED, State.REVIEWED, State.LIVE):
        evidence, limits = gather(registry, version, reviewer=by, pia_id=pia_id)
        verdicts = judge(evidence, to, limits, waived)
    failing = [v for v in verdicts if not v.passed and not v.waived]
    if failing:
        raise TrainingError(
            f"{name} version {number} does not become {to}: "
            + "; ".join(
                f"{v.gate.id} {v.gate.text_zh} {v.gate.text_en}: {v.found}, needed {v.needed}"
                for v in failing
            )
            + ".",
            "mend what the gates name and put the version forward again",
        )
    if dry_run:
        return verdicts
    found = [v.as_dict() for v in verdicts]
    more = {"pia_id": pia_id} if pia_id else {}
    if to == State.LIVE:
        go_live(registry, version, by=by, why=why, gates=found, **more)
    else:
        leave(registry, version, to, by=by, why=why, gates=found, **more)
    return verdicts


def _may(version: Version, to: State, by: str, why: str) -> None:
    if not by.strip() or not why.strip():
        raise TrainingError("Every transition says who and why.", "--by NAME --why TEXT")
    allowed = TRANSITIONS[version.state]
    if to not in allowed:
        raise TrainingError(
            f"{version.name} version {version.number} is {version.state} and can not become {to}.",
            f"it may become {', '.join(allowed) or 'nothing else'}",
        )


def go_live(registry: Registry, version: Version, *, by: str, why: str, **more: object) -> None:
    """Make a version the champion; the one before it is suspended, ready to return."""
    before = registry.champion(version.name)
    registry.move(version, State.LIVE, by=by, why=why, **more)
    registry.set_alias(version.name, CHAMPION, version.number)
    if before is not None and before != version.number:
        old = registry.version(version.name, before)
        if old.state == State.LIVE:
            said = f"superseded by version {version.number}"
            registry.move(old, State.SUSPENDED, by=by, why=said, superseded_by=version.number)


def leave(
    registry: Registry, version: Version, to: State, *, by: str, why: str, **more: object
) -> int | None:
    """Move a version to another state than LIVE; a champion's place is taken by its stand-in at once (REG-56).

    Returns
    -------
    int or None
        The stand-in's version, when the champion left and there is one: the newest version that was live and was
        superseded, else the one with the alias `fallback`. Without any the service refuses to score.
    """
    was_champion = CHAMPION in version.aliases
    registry.move(version, to, by=by, why=why, **more)
    if not was_champion:
        for alias in version.aliases if to == State.RETIRED else ():
            registry.set_alias(version.name, alias, None)
        return None
    stand_in = _stand_in(registry, version)
    if stand_in is None:
        registry.set_alias(version.name, CHAMPION, None)
        return None
    said = f"stands in for version {version.number}, which became {to}"
    registry.move(stand_in, State.LIVE, by=by, why=said)
    registry.set_alias(version.name, CHAMPION, stand_in.number)
    return stand_in.number


def _stand_in(registry: Registry, leaving: Version) -> Version | None:
    versions = registry.versions(leaving.name)
    superseded = [
        (v.history[-1]["at"], v.number, v)
        for v in versions
        if v.number != leaving.number
        and v.state == State.SUSPENDED
        and v.history
        and "superseded_by" in v.history[-1]
    ]
    if superseded:
        return max(superseded, key=lambda one: one[:2])[2]
    fallback = [v for v in versions if FALLBACK in v.aliases and v.number != leaving.number]
    return fallback[0] if fallback and fallback[0].state == State.REVIEWED else None


def rollback(registry: Registry, name: str, *, by: str, why: str) -> tuple[int, int]:
    """Put the previous live version back in the champion's place.

    Returns
    -------
    tuple of int
        The version that left and the one that is champion now.

    Raises
    ------
    TrainingError
        When there is no champion, or none was live before it.
    """
    number = registry.champion(name)
    if number is None:
        raise TrainingError(f"{name} has no champion.", "xinqiao registry list shows the models")
    version = registry.version(name, number)
    _may(version, State.SUSPENDED, by, why)
    if _stand_in(registry, version) is None:
        raise TrainingError(
            f"No version of {name} was live before version {number}.",
            "to stop it, xinqiao promote NAME VERSION --to SUSPENDED",
        )
    stand_in = leave(registry, version, State.SUSPENDED, by=by, why=f"rolled back: {why}")
    assert stand_in is not None
    return number, stand_in


def put_live(
    registry: Registry,
    name: str,
    number: int,
    *,
    reviewer: str,
    why: str,
    waived: Mapping[str, str],
) -> None:
    """All the way from draft to champion, for the demonstration; every gate is asked and what it found is kept."""
    for state in (State.TESTED, State.REVIEWED, State.LIVE):
        promote(registry, name, number, state, by=reviewer, why=why, waived=waived)


# --- evidence -------------------------------------------------------------------------------------------------------


def gather(
    registry: Registry, version: Version, *, reviewer: str, pia_id: str
) -> tuple[Evidence, GateLimits]:
    """What the gates look at: the run's record, and the certificate computed again from the version's tables."""
    tags = version.tags
    base = Evidence(
        kind=tags.get("kind", ""),
        developer=tags.get("developer", ""),
        reviewer=reviewer,
        chosen_on=tags.get("chosen_on", "not chosen"),
        pia_id=pia_id,
        report=tags.get("validation_report_sha256", ""),
    )
    if base.kind == "ranking":
        return base, GateLimits()
    with tempfile.TemporaryDirectory(prefix="xinqiao-gates-") as place:
        folder = Path(place)
        faults, prohibited, schema_now = _proved(registry, version, folder)
        record = registry.tracking.artefact(tags.get("training_run", ""), "record", folder)
        limits = load_config(record / "config.yaml").gates
        metrics = json.loads((record / "metrics.json").read_text(encoding="utf-8"))
        figures = [
            row
            for row in metrics["models"]
            if row["mlflow_version"] == version.number and row["split"] == tags.get("split")
        ]
        champion, lead, p = _against_champion(registry, version, record, metrics)
    return Evidence(
        **{
            **base.__dict__,
            "faults": faults,
            "prohibited": prohibited,
            "schema_now": schema_now,
            "slope": figures[0]["calibration_slope"] if figures else None,
            "psi": figures[0].get("psi") if figures else None,
            "champion": champion,
            "lead": lead,
            "lead_p": p,
        }
    ), limits


def _proved(
    registry: Registry, version: Version, folder: Path
) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Faults of the certificate, prohibited inputs, and whether the inputs are declared as they were."""
    path = registry.tracking.artefact(version.run_id, "model", folder)
    try:
        model = load_kind(path)
    except ModelsError as error:
        return (str(error),), (), True
    schema = getattr(model, "schema", None)
    if not isinstance(schema, Schema):
        return ("its inputs are not told",), (), False
    prohibited = tuple(
        one.name for one in schema if refused_input(one.name, one.title_zh, one.title_en)
    )
    view = VIEWS.get(version.tags.get("view", ""))
    names = set(schema.names)
    now = Schema.from_spec([s for s in view.spec() if s["name"] in names]) if view else None
    faults = (
        certify(model).faults
        if isinstance(model, AdditiveModel)
        else ("this kind has no certificate and may only be a challenger",)
    )
    return faults, prohibited, now is not None and now.digest == schema.digest


def _against_champion(
    registry: Registry, version: Version, record: Path, metrics: Mapping[str, object]
) -> tuple[int | None, float | None, float | None]:
    """The champion's version, the lead over it on the same test rows and its one-sided p."""
    number = registry.champion(version.name)
    if number is None or number == version.number:
        return None, None, None
    champion = registry.version(version.name, number)
    column = "p_champion"
    if champion.tags.get("training_run") == version.tags.get("training_run"):
        column = _column(champion)
    elif metrics.get("champion_version") != number:
        return number, None, None  # the champion has changed since: the comparison is of another
    table = pd.read_parquet(record / "predictions.parquet")
    table = table[table["split"] == version.tags.get("split")]
    if column not in table or table[column].isna().any():
        return number, None, None
    paired = delong(
        table["bad"].to_numpy(), table[_column(version)].to_numpy(), table[column].to_numpy()
    )
    p = paired.p / 2 if paired.difference > 0 else 1 - paired.p / 2
    return number, float(paired.difference), float(np.clip(p, 0.0, 1.0))


def _column(version: Version) -> str:
    return column_of(
        version.tags.get("kind", ""), version.tags.get("lender_history", "true") == "true"
    )
