"""Whom a committed batch is about: accepted, corrected, withdrawn and moved records alike.

Whatever a batch says of a record is the next version of it in the batch's own files, a withdrawal too. Two
subjects can be concerned by one version: the one that it names, and the one that the version before it
named, from whom the correction or the new key takes the record away.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.catalogue import contract as contract_of
from data_contracts.checks import sql_name
from data_contracts.intake.lake import Lake, committed_table
from data_contracts.intake.manifest import Commit
from features.errors import FeaturesError


def touched(lake: Lake, commits: Iterable[Commit], contracts: Iterable[str]) -> set[str]:
    """Subjects that batches say something new of.

    Parameters
    ----------
    lake : Lake
    commits : iterable of Commit
        The batches.
    contracts : iterable of str
        Contracts that matter, those of consents and repairs among them (``Plan.contracts``).

    Raises
    ------
    FeaturesError
        When a file of the lake can not be read.
    """
    batches = list(commits)
    found: set[str | None] = set()
    for name in sorted(set(contracts)):
        about = contract_of(name).about
        files = [str(lake.root / c.files[name]) for c in batches if name in c.files]
        moves = about.subject not in about.key
        try:
            # A batch is one small file: reading it takes less than planning a query over it.
            tables = [committed_table(file) for file in files]
            for table in tables:
                found.update(table[about.subject].unique().to_pylist())
            if moves and any((pc.max(table["_version"]).as_py() or 0) > 1 for table in tables):
                found.update(_earlier(lake, name, files))
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise FeaturesError(
                f"a batch of {name} can not be read ({type(error).__name__}).",
                hint="check the lake's files with `xinqiao contracts verify`",
            ) from error
    return {subject for subject in found if subject is not None}


def _earlier(lake: Lake, name: str, files: list[str]) -> list[str | None]:
    """Whom earlier versions of the records in some files name."""
    about = contract_of(name).about
    key = ", ".join(sql_name(part) for part in about.key)
    new = lake.relation_of(name, files)
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT DISTINCT {sql_name(about.subject)} FROM {lake.relation(name)} "
            f"SEMI JOIN (SELECT {key} FROM {new} WHERE _version > 1) USING ({key})"
        ).fetchall()
    return [subject for (subject,) in rows]
