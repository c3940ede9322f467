"""Files of the lake that can not be read: named, and left out only when that was asked for.

An altered or lost file is a breach of the lake (REG-33). `build` stops and names it; with `allow_partial`
the records of the other files are used, and the answer names what was left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq

from data_contracts.intake.draft import file_sha256
from data_contracts.intake.lake import Lake
from data_contracts.lawful import CONSENT
from features.errors import FeaturesError
from features.policy import REPAIR

Stamp = tuple[str, int, int]
"""A committed file with its time and size: one that was damaged since is another one."""


def stamped(path: str) -> Stamp:
    """Stamp of a committed file, for those who keep in memory what they made of it."""
    try:
        told = os.stat(path)
    except OSError:
        return path, 0, 0  # whoever reads it tells
    return path, told.st_mtime_ns, told.st_size


def damaged_files(lake: Lake, contracts: Iterable[str]) -> tuple[str, ...]:
    """Committed files of these contracts that are gone, unreadable or altered, below the lake's root.

    Every file is read through and compared with its digest in the manifest, so that damage is found
    wherever it lies; files without a digest must at least read as Parquet. It costs one reading of the
    files, and is done only when something failed or a part of the lake is allowed to be missing.
    """
    digests = {
        str(lake.root / path): digest
        for commit in lake.commits()
        for path, digest in commit.digests.items()
    }
    found: dict[str, None] = {}
    for contract in contracts:
        for file in lake.files(contract):
            if not _sound(Path(file), digests.get(file)):
                found[_below(lake, file)] = None
    return tuple(found)


def skippable_files(lake: Lake, contracts: Iterable[str]) -> tuple[str, ...]:
    """Damaged files of these contracts, all of which may be left out.

    Raises
    ------
    FeaturesError
        When one holds consents or repairs: a consent that was withdrawn would be in force again (REG-03),
        a repaired record would be back (REG-60).
    """
    found = {contract: damaged_files(lake, [contract]) for contract in contracts}
    vital = [file for contract in (CONSENT, REPAIR) for file in found.get(contract, ())]
    if vital:
        raise FeaturesError(
            f"{', '.join(vital)} can not be left out: it tells what may not be seen.",
            hint="restore the lake from a backup",
        )
    return tuple(file for files in found.values() for file in files)


class PartialLake(Lake):
    """A lake without some of its files, for reading alone.

    Parameters
    ----------
    lake : Lake
    skipped : iterable of str
        Files below the lake's root that are left out.
    """

    def __init__(self, lake: Lake, skipped: Iterable[str]) -> None:
        super().__init__(lake.root)
        self._lake = lake
        self.skipped = tuple(skipped)

    def files(self, contract: str) -> list[str]:
        """Committed files of a contract that are not left out."""
        return [f for f in self._lake.files(contract) if _below(self._lake, f) not in self.skipped]


def _sound(file: Path, digest: str | None) -> bool:
    try:
        if digest is not None:
            return file_sha256(file) == digest
        pq.ParquetFile(file).read()
    except (OSError, ValueError):  # pyarrow's own errors are of these two families
        return False
    return True


def _below(lake: Lake, file: str) -> str:
    path = Path(file)
    return path.relative_to(lake.root).as_posix() if path.is_relative_to(lake.root) else file
