"""Whom a committed batch is about: accepted, corrected, withdrawn and moved records alike.

Whatever a batch says of a record is the next version of it in the batch's own files, a withdrawal too. Two
subjects can be concerned by one version: the one that it names, and the one that the version before it
named, from whom the correction or the new key takes the record away.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from data_contracts.catalogue import contract as contract_of
from data_contracts.checks import sql_name, sql_text
from data_contracts.intake.lake import Lake
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
    found: set[str] = set()
    with duckdb.connect() as connection:
        for name in sorted(set(contracts)):
            files = [str(lake.root / c.files[name]) for c in batches if name in c.files]
            if files:
                try:
                    rows = connection.execute(_subjects(lake, name, files)).fetchall()
                except duckdb.Error as error:
                    raise FeaturesError(
                        f"a batch of {name} can not be read ({type(error).__name__}).",
                        hint="check the lake's files with `xinqiao contracts verify`",
                    ) from error
                found.update(subject for (subject,) in rows if subject is not None)
    return found


def _subjects(lake: Lake, name: str, files: list[str]) -> str:
    about = contract_of(name).about
    listed = ", ".join(sql_text(file) for file in files)
    subject = sql_name(about.subject)
    new = f"read_parquet([{listed}], union_by_name = true)"
    query = f"SELECT DISTINCT {subject} FROM {new}"
    if about.subject in about.key:
        return query
    key = ", ".join(sql_name(part) for part in about.key)
    return (
        f"{query} UNION SELECT DISTINCT {subject} FROM {lake.relation(name)} "
        f"SEMI JOIN (SELECT {key} FROM {new} WHERE _version > 1) USING ({key})"
    )
