"""Promotion, suspension, rollback: a version changes its state only as the table allows and the gates pass."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from training.errors import TrainingError
from training.evidence import gather
from training.gates import Verdict, judge
from training.registry import CHAMPION, FALLBACK, SHADOW, TRANSITIONS, Registry, State, Version


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
    """Make a version the champion; the one before it is suspended, ready to return.

    The alias moves first: where the store dies in between, the same command again completes the rest.
    """
    registry.set_alias(version.name, CHAMPION, version.number)
    registry.move(version, State.LIVE, by=by, why=why, **more)
    for old in registry.versions(version.name):
        if old.state == State.LIVE and old.number != version.number:
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
    stand_in = _stand_in(registry, version) if CHAMPION in version.aliases else None
    for alias in version.aliases:
        # First of all the service stops to use it.
        if alias == CHAMPION:
            registry.set_alias(version.name, CHAMPION, stand_in.number if stand_in else None)
        elif to in (State.SUSPENDED, State.RETIRED):
            registry.set_alias(version.name, alias, None)
    registry.move(version, to, by=by, why=why, **more)
    if stand_in is None:
        return None
    said = f"stands in for version {version.number}, which became {to}"
    registry.move(stand_in, State.LIVE, by=by, why=said)
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


def run_in_shadow(registry: Registry, name: str, number: int | None, *, by: str, why: str) -> None:
    """Let a tested version score live requests beside the champion, never in the answer; None ends it.

    Raises
    ------
    TrainingError
        When it is not tested yet, retired, or the champion itself.
    """
    entry = {"name": name, "version": number, "alias": SHADOW}
    if number is not None:
        version = registry.version(name, number)
        if version.state in (State.DRAFT, State.RETIRED) or CHAMPION in version.aliases:
            raise TrainingError(
                f"{name} version {number} is {version.state} {' '.join(version.aliases)}".rstrip()
                + " and can not run in shadow.",
                "a tested version that is not the champion can",
            )
    registry.set_alias(name, SHADOW, number)
    registry.note(
        name, {**entry, "from": "", "to": "SHADOW" if number else "", "by": by, "why": why}
    )


def name_fallback(registry: Registry, name: str, number: int, *, by: str, why: str) -> None:
    """Name the reviewed version that takes over when the champion is suspended and none was live before (REG-56)."""
    version = registry.version(name, number)
    if version.state != State.REVIEWED:
        raise TrainingError(
            f"{name} version {number} is {version.state}.", "a fallback must be REVIEWED"
        )
    registry.set_alias(name, FALLBACK, number)
    registry.note(
        name, {"name": name, "version": number, "from": "", "to": "FALLBACK", "by": by, "why": why}
    )


def attach_report(registry: Registry, name: str, number: int, folder: Path) -> str:
    """Attach a validation report to a version: its files go to the version's run, its digest to the version.

    Returns
    -------
    str
        SHA-256 over the names and bytes of its files.

    Raises
    ------
    TrainingError
        When the folder holds no validation.json, or that is about another version.
    """
    try:
        about = json.loads((folder / "validation.json").read_text(encoding="utf-8"))["model"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(
            f"{folder} holds no validation report.",
            "xinqiao validate writes one with validation.json",
        ) from error
    version = registry.version(name, number)
    if about not in (f"{name}/{number}", f"{name} {number}"):
        raise TrainingError(f"The report is about {about}, not {name}/{number}.", "attach its own")
    total = sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    registry.tracking.log(version.run_id, folders={"validation": folder})
    registry.tag(version, "validation_report_sha256", total.hexdigest())
    return total.hexdigest()
