"""Firms written by hand, with valid codes, in a real lake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from data_contracts.identifiers import organisation_code, uscc
from data_contracts.intake.lake import Lake
from data_contracts.intake.mapping.subject import name_subject
from tests.features.lakes import lake_of

DAY = date(2024, 1, 10)
LATER = date(2024, 6, 10)
NOW = date(2025, 1, 1)


def organisation(number: int) -> str:
    """A valid organisation code."""
    body = f"{number:08d}"
    return body + organisation_code.check_digit(body)


def unified(number: int, area: str = "110105") -> str:
    """A valid unified social credit code that contains `organisation(number)`."""
    body = f"91{area}{organisation(number)}"
    return body + uscc.check_character(body)


def firm(number: int, name: str, day: date = DAY, **more: Any) -> dict[str, Any]:
    """A registration record."""
    code = unified(number)
    return {
        "subject_id": f"USCC-{code}", "uscc": code, "name": name, "industry_scheme": "GBT4754",
        "registered_on": day, "known": day, "employees": None, "franchise": None,
    } | more  # fmt: skip


def listed(
    name: str, day: date = DAY, code: str | None = None, subject: str | None = None
) -> dict[str, Any]:
    """A record of the list of abnormal operations that carries a name."""
    return {
        "subject_id": subject or name_subject(name), "subject_name": name, "subject_code": code,
        "published_on": day, "known": day,
    }  # fmt: skip


def lake_with(
    root: Path, firms: Sequence[Mapping[str, Any]], lists: Sequence[Mapping[str, Any]], **more: Any
) -> Lake:
    """A lake with registrations and a list."""
    records: dict[str, Any] = {"registration": list(firms), "abnormal_operation": list(lists)}
    return lake_of(root, records | more)
