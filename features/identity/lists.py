"""A city's open lists, taken in with the mappings that are shipped for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import data_contracts
from data_contracts.intake.engine import intake_file
from data_contracts.workspace import Workspace
from features.errors import FeaturesError


def take_in(
    folder: Path,
    place: Workspace,
    progress: Callable[[str, int, int], None] | None = None,
    received_on: date | None = None,
) -> int:
    """Take every list of a folder in for which a mapping of its name is shipped.

    Parameters
    ----------
    folder : Path
        Its Parquet files are named as the mappings.
    place : Workspace
    progress : callable(step, done, total), optional
    received_on : date, optional
        Today if absent.

    Returns
    -------
    int
        How many lists were taken in; those that the lake holds already count too.

    Raises
    ------
    FeaturesError
        When the folder holds none.
    """
    shipped = sorted((Path(data_contracts.__file__).parent / "mappings").glob("*.yaml"))
    pairs = [(folder / f"{one.stem}.parquet", one) for one in shipped]
    found = [(table, mapping) for table, mapping in pairs if table.is_file()]
    if not found:
        raise FeaturesError(
            f"{folder} holds no list that a mapping is shipped for.",
            expected="Parquet files such as abnormal_operations.parquet",
            hint="data_contracts/mappings lists the names",
        )
    for number, (table, mapping) in enumerate(found):
        if progress is not None:
            progress(f"lists: {table.stem}", number, len(found))
        intake_file(table, None, place, mapping=mapping, received_on=received_on or place.today())
    if progress is not None:
        progress("lists", len(found), len(found))
    return len(found)
