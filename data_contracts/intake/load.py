"""Intake of a portfolio: read, judge, commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from data_contracts.checks import sql_text
from data_contracts.errors import ContractsError
from data_contracts.intake.lake import Arrow, Commit, Lake
from data_contracts.intake.readers import Source, file_digest, open_source
from data_contracts.intake.spill import spill_folder
from data_contracts.intake.validate import Verdict, records, validate
from data_contracts.intake.versions import MEMORY_LIMIT
from data_contracts.portfolios import Portfolio, portfolio
from data_contracts.workspace import Workspace

Progress = Callable[[str, int, int], None]
"""Called with (step, done, total)."""


@dataclass(frozen=True)
class IntakeResult:
    """What became of a file: ``accepted + quarantined == rows``.

    ``by_rule`` counts rows by rule; a row that breaks two rules is counted under both. ``records`` are
    the records written by contract, ``unchanged`` those that equal what the lake already held; ``reviewed``
    counts accepted rows with a record under review.
    ``repeated`` says that the same file had been taken in before: the counts are those of then.
    """

    portfolio: str
    rows: int
    accepted: int
    quarantined: int
    by_rule: dict[str, int]
    records: dict[str, int]
    batch: str
    repeated: bool
    unchanged: dict[str, int]
    reviewed: dict[str, int] = field(default_factory=dict)


def load_portfolio(
    name: str,
    workspace: Workspace,
    source: Path | None = None,
    progress: Progress | None = None,
    *,
    received_on: date | None = None,
) -> IntakeResult:
    """Take a file of a portfolio into the workspace's lake, whole or not at all.

    Parameters
    ----------
    name
        Portfolio.
    workspace
        Where the lake is.
    source
        File to take in; the shipped one if omitted.
    progress
        Called with (step, done, total).
    received_on
        Day on which the file reached us (today in the workspace's zone): corrections of records that
        the lake holds already are known from then on.

    Raises
    ------
    ContractsError
        For an unknown portfolio or a file that cannot be used; the lake is unchanged.
    """
    declared = portfolio(name)
    path = Path(source) if source is not None else declared.shipped
    lake = Lake(workspace.lake_dir)
    opened = _open(declared, path)
    earlier = lake.commit_of(opened.digest)
    if earlier is not None:
        return _result(earlier, declared, repeated=True)
    tell = progress or (lambda step, done, total: None)
    with _judged(declared, opened, tell, workspace.lake_dir) as (verdict, connection):
        note = {
            "portfolio": declared.name,
            "file": path.name,
            "rows": verdict.rows,
            "accepted": verdict.accepted,
            "quarantined": verdict.quarantined,
            "by_rule": verdict.by_rule,
            "reviewed": verdict.reviewed,
        }
        if file_digest(path) != opened.digest:
            raise ContractsError(
                "the file changed while it was read.", file=path, hint="run the intake again"
            )
        total = len(declared.contracts)

        def counted() -> Iterator[tuple[str, Arrow]]:
            for done, pair in enumerate(records(connection, declared)):
                tell("commit", done, total)
                yield pair

        broken = connection.cursor().sql(
            f'SELECT {sql_text(opened.digest)} AS batch, line, rule_id, "column", value '
            'FROM broken ORDER BY line, told, "column"'
        )
        flagged = connection.cursor().sql(
            'SELECT contract, line, rule_id, item AS "column" FROM reviewed ORDER BY line, rule_id'
        )
        workspace.create()
        commit = lake.commit(
            counted(),
            opened.digest,
            quarantine=broken.to_arrow_reader() if verdict.quarantined else None,
            reviews=flagged.to_arrow_reader() if verdict.reviewed else None,
            received_on=received_on or workspace.today(),
            note=note,
        )
        tell("commit", total, total)
    return _result(commit, declared, repeated=False)


def check_portfolio(
    name: str, source: Path | None = None, progress: Progress | None = None
) -> IntakeResult:
    """Judge a file as :func:`load_portfolio` would and commit nothing."""
    declared = portfolio(name)
    path = Path(source) if source is not None else declared.shipped
    opened = _open(declared, path)
    with _judged(declared, opened, progress or (lambda *_: None)) as (verdict, _):
        return IntakeResult(
            declared.name, verdict.rows, verdict.accepted, verdict.quarantined,
            verdict.by_rule, {}, opened.digest, False, {}, verdict.reviewed,
        )  # fmt: skip


def _open(declared: Portfolio, path: Path) -> Source:
    return open_source(path, [column.name for column in declared.columns])


@contextmanager
def _judged(
    declared: Portfolio, opened: Source, tell: Progress, lake_dir: Path | None = None
) -> Iterator[tuple[Verdict, duckdb.DuckDBPyConnection]]:
    with spill_folder(lake_dir) as spill:
        config: dict[str, Any] = {"memory_limit": MEMORY_LIMIT, "temp_directory": spill}
        with duckdb.connect(config=config) as connection:
            done, made = 0, False
            for part in opened.parts:
                connection.register("part", part)
                head = "INSERT INTO raw" if made else "CREATE TABLE raw AS"
                connection.execute(f"{head} SELECT * FROM part")
                connection.unregister("part")
                made = True
                done += part.num_rows
                tell("read", done, opened.rows)
            verdict = validate(
                connection, declared, opened.path, lambda done, total: tell("check", done, total)
            )
            yield verdict, connection


def _result(commit: Commit, declared: Portfolio, *, repeated: bool) -> IntakeResult:
    note = commit.note
    if note.get("portfolio") != declared.name:
        raise ContractsError(
            f"this file was taken in as portfolio {note.get('portfolio')!r} before.",
            expected=f"a file of portfolio {declared.name!r}",
        )
    return IntakeResult(
        portfolio=declared.name,
        rows=note["rows"],
        accepted=note["accepted"],
        quarantined=note["quarantined"],
        by_rule=dict(note["by_rule"]),
        records=dict(commit.records),
        batch=commit.batch,
        repeated=repeated,
        unchanged=dict(commit.unchanged),
        reviewed=dict(note.get("reviewed", {})),
    )
