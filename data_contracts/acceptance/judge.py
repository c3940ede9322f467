"""From figures to a result: every reason is told, not the first one alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from data_contracts.acceptance.figures import Measured
from data_contracts.acceptance.findings import Finding, State, find
from data_contracts.acceptance.settings import Thresholds
from data_contracts.errors import ContractsError
from data_contracts.rules import ALL_RULES
from data_contracts.rules.comparison import CAUSES, Cause

Result = Literal["ACCEPTED", "NOT_ACCEPTED", "PENDING"]
PROCEDURES = ("GL-02", "GL-07", "XM-04")
"""What people must see done: never passed by a programme."""


@dataclass(frozen=True)
class Confirmation:
    """Who saw a procedure done, and when."""

    rule_id: str
    by: str
    on: date


@dataclass(frozen=True)
class Judgement:
    """The result with everything that led to it; ``unused`` are causes that no deviation asked for."""

    result: Result
    findings: tuple[Finding, ...]
    unused: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """What stands against acceptance."""
        return tuple(found for found in self.findings if found.state != "excused")


def parse_causes(given: Iterable[str]) -> dict[str, Cause]:
    """Read ``RULE=CAUSE`` or ``RULE:SUBJECT=CAUSE``.

    Examples
    --------
    >>> parse_causes(["DI-06=BUSINESS", "BI-03:employer=program"])
    {'DI-06': 'BUSINESS', 'BI-03:employer': 'PROGRAM'}
    """
    found: dict[str, Cause] = {}
    for text in given:
        name, _, cause = (part.strip() for part in text.partition("="))
        named = next((c for c in CAUSES if c == cause.upper()), None)
        rule = name.partition(":")[0]
        if named is None or rule not in {r.id for r in ALL_RULES}:
            raise ContractsError(
                "this is no cause of a deviation.",
                expected=f"RULE=CAUSE with a published rule and {', '.join(CAUSES)}",
                hint="for example --cause DI-06=BUSINESS or --cause BI-03:employer=PROGRAM",
                column="--cause",
            )
        if found.get(name, named) != named:
            raise ContractsError(f"{name} has two causes.", expected="one", column="--cause")
        found[name] = named
    return found


def parse_confirmations(given: Iterable[str]) -> dict[str, Confirmation]:
    """Read ``RULE=NAME@YYYY-MM-DD`` for the procedures.

    Examples
    --------
    >>> parse_confirmations(["GL-02=李四@2024-04-20"])["GL-02"].on
    datetime.date(2024, 4, 20)
    """
    found = {}
    for text in given:
        parts = re.fullmatch(r"\s*([A-Z0-9-]+)\s*=\s*([^@=]{1,60}?)\s*@\s*([0-9-]{10})\s*", text)
        try:
            if parts is None or parts[1] not in PROCEDURES:
                raise ValueError
            found[parts[1]] = Confirmation(parts[1], parts[2], date.fromisoformat(parts[3]))
        except ValueError:
            raise ContractsError(
                "this confirms no procedure.",
                expected=f"RULE=NAME@YYYY-MM-DD with {', '.join(PROCEDURES)}",
                column="--confirm",
            ) from None
    return found


def judge(
    measured: Measured,
    thresholds: Thresholds | None = None,
    causes: Mapping[str, Cause] | None = None,
) -> Judgement:
    """Judge the figures.

    Any reason that blocks gives NOT_ACCEPTED; otherwise a deviation without cause, or something that could
    not be judged, gives PENDING.
    """
    limits, causes = thresholds or Thresholds(), causes or {}
    findings = tuple(_decided(found, causes, limits) for found in find(measured, limits))
    states = {found.state for found in findings}
    result: Result = (
        "NOT_ACCEPTED" if "blocks" in states else "PENDING" if "pending" in states else "ACCEPTED"
    )
    asked = {name for found in findings for name in (found.key, found.rule_id)}
    return Judgement(result, findings, tuple(sorted(set(causes) - asked)))


def _decided(found: Finding, causes: Mapping[str, Cause], limits: Thresholds) -> Finding:
    cause = causes.get(found.key, causes.get(found.rule_id))
    state: State = {"block": "blocks", "wanting": "pending", "deviation": "pending"}[found.weight]  # type: ignore[assignment]
    if found.weight == "deviation" and cause is not None:
        state = "excused" if cause in limits.excusing_causes else "blocks"
    return Finding(found.rule_id, found.subject, found.weight, found.text, state, cause)
