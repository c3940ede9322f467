"""Take a whole city into a workspace's lake, through the intake that every supplier's file goes through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts.catalogue import all_contracts
from data_contracts.city.write import LABEL, PREFIX
from data_contracts.errors import ContractsError
from data_contracts.intake.batch import IntakeResult
from data_contracts.intake.engine import intake_file
from data_contracts.workspace import Workspace

Progress = Callable[[str, int, int], None]
SOURCE = "simulated"
"""What stands where a supplier names its public source: no consent is needed for nobody's data."""


def load_city(
    folder: Path, workspace: Workspace, progress: Progress | None = None
) -> dict[str, IntakeResult]:
    """Take the files of a city in, consents first, corrections last.

    The city's known dates are kept, so that features as of a past day see what was known then. Dirty
    records are judged as any supplier's are: quarantined or flagged for review. Run again, it changes
    nothing.

    Parameters
    ----------
    folder
        Where the city was written.
    workspace
        Whose lake is filled.
    progress
        Called with (step, done, total).

    Returns
    -------
    dict
        Results by the file's path below the folder.

    Raises
    ------
    ContractsError
        When the folder holds no city, or a file in it is not labelled as simulated.
    """
    folder = Path(folder)
    tell = progress or (lambda step, done, total: None)
    files = sorted(
        folder.glob(f"{PREFIX}*.parquet"), key=lambda path: (_name(path) != "consent", path)
    )
    later = sorted((folder / "corrections").glob(f"{PREFIX}*.parquet"))
    if not files:
        raise ContractsError("this folder holds no city.", file=folder, hint="xinqiao city build")
    known = all_contracts()
    for path in (*files, *later):
        if _name(path) not in known:
            raise ContractsError(f"the catalogue has no contract {_name(path)!r}.", file=path)
        metadata = pq.read_schema(path).metadata or {}
        if metadata.get(b"simulated") != LABEL[b"simulated"]:
            raise ContractsError("this file is not labelled as simulated.", file=path)
    results: dict[str, IntakeResult] = {}
    for done, path in enumerate((*files, *later)):
        tell(f"load {_name(path)}", done, len(files) + len(later))
        results[path.relative_to(folder).as_posix()] = intake_file(
            path,
            _name(path),
            workspace,
            supplier=SOURCE,
            public_source=SOURCE,
            received_on=_first_known(path) if path.parent != folder else None,
        )
    tell("load", len(files) + len(later), len(files) + len(later))
    return results


def _first_known(path: Path) -> date:
    """The lake lets a correction be known no earlier than it was received: the first day that stands in it."""
    found: date = pc.min(pq.read_table(path, columns=["_known"])["_known"]).as_py()
    return found


def _name(path: Path) -> str:
    return path.stem.removeprefix(PREFIX)
