"""Manifests: what a commit is, written once and never altered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

from data_contracts.errors import ContractsError

_FORMAT = 2
_READABLE = (1, 2)
"""Formats of manifests that are read; 1 had no identity, reviews, repeats or digests."""


@dataclass(frozen=True)
class BatchIdentity:
    """What a supplier means by "this batch": sent again, it replaces the one of the same identity."""

    supplier: str
    contract: str
    period: str
    serial: str


@dataclass(frozen=True)
class Commit:
    """One committed batch, as its manifest tells it.

    ``records`` counts the versions that say something new, ``unchanged`` what the lake held already,
    ``withdrawn`` and ``rekeyed`` the records that a message deleted or moved to another key, ``ended``
    those that a superseded batch had brought and this one does not repeat; all by contract.
    """

    batch: str
    sequence: int
    received_on: date
    files: Mapping[str, str]
    records: Mapping[str, int]
    unchanged: Mapping[str, int]
    quarantine: str | None
    note: Mapping[str, Any] = field(default_factory=dict)
    identity: BatchIdentity | None = None
    supersedes: str | None = None
    reviews: str | None = None
    repeats: Mapping[str, str] = field(default_factory=dict)
    withdrawn: Mapping[str, int] = field(default_factory=dict)
    rekeyed: Mapping[str, int] = field(default_factory=dict)
    ended: Mapping[str, int] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def paths(self) -> set[str]:
        """Every file of the batch, below the lake's root."""
        others = {path for path in (self.quarantine, self.reviews) if path}
        return {*self.files.values(), *self.repeats.values(), *others}


def manifest_text(commit: Commit) -> str:
    """JSON of a manifest."""
    known = {"format": _FORMAT, **asdict(commit), "received_on": commit.received_on.isoformat()}
    return json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read_manifest(path: Path) -> Commit:
    """Read a manifest of any readable format.

    Raises
    ------
    ContractsError
        For a manifest that is damaged or of a later format.
    """
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        if given["format"] not in _READABLE:
            raise ContractsError(
                f"the manifest has format {given['format']}.",
                expected=" or ".join(map(str, _READABLE)),
                hint="a later version of the programme wrote this lake",
                file=path,
            )
        values = {f.name: given[f.name] for f in fields(Commit) if f.name in given}
        values["received_on"] = date.fromisoformat(given["received_on"])
        if values.get("identity") is not None:
            values["identity"] = BatchIdentity(**values["identity"])
        return Commit(**values)
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise ContractsError(
            "a manifest of the lake cannot be read.", file=path, hint="restore it from a backup"
        ) from error
