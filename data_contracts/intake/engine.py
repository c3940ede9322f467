"""Intake of one supplier's file: read, judge, commit, whole or not at all.

Every file goes the same way, whether it comes with a mapping, in the contract's own form or as a
fixed-width message: a plan, the judge, the law, the rules between batches, one commit.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.catalogue import contract as contract_of
from data_contracts.contract import Contract
from data_contracts.errors import ContractsError
from data_contracts.intake import commit as commits
from data_contracts.intake import source as sources
from data_contracts.intake.batch import (
    IntakeResult,
    batch_of,
    days_of,
    identity_of,
    result_of,
)
from data_contracts.intake.judge.judge_all import judge_all
from data_contracts.intake.lake import BatchIdentity, Lake
from data_contracts.intake.mapping import functions as mapping_functions
from data_contracts.intake.mapping.fit import own_mapping
from data_contracts.intake.mapping.model import Mapping, Source, load_mapping
from data_contracts.intake.mapping.plan import plan_mapping
from data_contracts.intake.mapping.tower import Days
from data_contracts.intake.readers import ReadOptions, file_digest, open_source
from data_contracts.intake.spill import spill_folder
from data_contracts.intake.turn import in_turn
from data_contracts.intake.versions import MEMORY_LIMIT
from data_contracts.workspace import Workspace

__all__ = ["IntakeResult", "Progress", "intake_file"]

Progress = Callable[[str, int, int], None]
"""Called with (step, done, total)."""


def intake_file(
    path: Path | str,
    contract: str | None,
    workspace: Workspace,
    *,
    mapping: Path | None = None,
    supplier: str | None = None,
    period: str | None = None,
    serial: str | None = None,
    public_source: str | None = None,
    received_on: date | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    options: ReadOptions | None = None,
) -> IntakeResult:
    """Take a supplier's file into the lake of a workspace.

    Parameters
    ----------
    path
        Delimited text, workbook, JSON Lines, Parquet, or a fixed-width message by its name.
    contract
        Contract of the records; None when the mapping or the message says it.
    workspace
        Where the lake and the seal key are.
    mapping
        Mapping file. Without one the file's columns are the contract's items, amounts in cents.
    supplier, period, serial
        What the supplier calls the batch; a batch sent again under the same names replaces the first.
        Without a period the batch replaces none.
    public_source
        Where the records were lawfully published; persons then need no consent (REG-01).
    received_on
        Day on which the file reached us; today in the workspace's zone if omitted.
    dry_run
        Judge and commit nothing.
    progress
        Called with (step, done, total).
    options
        How a file without a mapping is read: its sheet, encoding, header row.

    Returns
    -------
    IntakeResult
        Counts that add up to the rows of the file.

    Raises
    ------
    ContractsError
        For a file, mapping or contract that cannot be used; the lake is then unchanged.
    """
    from data_contracts.intake.message import intake as messages  # the message is a room of its own

    path = Path(path)
    day = received_on or workspace.today()
    tell = progress or (lambda step, done, total: None)
    lake = Lake(workspace.lake_dir)
    if mapping is None and messages.is_message(path, contract):
        _refuse_options(options, path, "a message says itself how it is read.")
        return in_turn(
            lake,
            lambda sequence: messages.intake_message(
                path, workspace, lake, sequence, public_source=public_source, received_on=day,
                dry_run=dry_run, tell=tell,
            ),
        )  # fmt: skip
    declared_mapping = load_mapping(mapping) if mapping is not None else None
    if declared_mapping is not None:
        _refuse_options(options, mapping, "the mapping says how its files are read.")
        options = sources.options_of(declared_mapping)
    declared = _contract(contract, declared_mapping, mapping)
    meant = hashlib.sha256(Path(mapping).read_bytes()).hexdigest() if mapping is not None else ""
    if declared_mapping is not None:
        sender = declared_mapping.supplier
        period = period or declared_mapping.period
        serial = serial or declared_mapping.serial
        supplier = supplier or (sender.code if sender else None)
        public_source = public_source or declared_mapping.public_source
    identity = identity_of(declared.about.name, supplier, period, serial)
    if declared_mapping is not None and declared_mapping.message == "rekey":
        identity = None  # keys that were changed stay changed, whatever is sent later
    asked = _Asked(
        path, mapping, declared, declared_mapping, options or ReadOptions(), meant, supplier, period,
        serial, public_source, identity, day, dry_run,
    )  # fmt: skip
    return in_turn(lake, lambda sequence: _attempt(asked, workspace, lake, sequence, tell))


@dataclass(frozen=True)
class _Asked:
    """A file and all that it is judged by."""

    path: Path
    mapping_file: Path | None
    contract: type[Contract]
    mapping: Mapping | None
    options: ReadOptions
    meant: str
    supplier: str | None
    period: str | None
    serial: str | None
    public_source: str | None
    identity: BatchIdentity | None
    day: date
    dry_run: bool

    def parts(self, digest: str) -> tuple[str, ...]:
        """What makes a batch of the file: its bytes, and what its verdict hangs on."""
        named = (self.supplier, self.period, self.serial, self.public_source)
        read = "" if self.mapping is not None else repr(self.options)
        return (digest, self.contract.about.name, self.meant, read, *(n or "" for n in named))


def _attempt(
    asked: _Asked, workspace: Workspace, lake: Lake, sequence: int, tell: Progress
) -> IntakeResult:
    path, declared, mapping = asked.path, asked.contract, asked.mapping_file
    opened = open_source(path, None, options=asked.options)
    used = asked.mapping or own_mapping(declared, opened.names, path)
    used = _with_consent(used, declared, mapping)
    batch, earlier = batch_of(lake, *asked.parts(opened.digest))
    if earlier is not None and earlier.batch == batch and not asked.dry_run:
        return result_of(lake, earlier, repeated=True)
    before = str(lake.root / earlier.quarantine) if earlier and earlier.quarantine else None
    days = Days(*days_of(asked.period, asked.day))
    with (
        opened_session(workspace, dry_run=asked.dry_run) as connection,
        sources.damage_told(path),
    ):
        sources.loaded_on(connection, asked.day)
        stored = None
        if mapping is None:
            stored = sources.look_at(connection, path, declared)
        if stored is None:
            stored = sources.load_raw(connection, opened, sources.needed(used, opened.names), tell)
        plan = plan_mapping(used, declared, stored, path, days, mapping_file=mapping)
        judged = judge_all(
            connection, plan, lake, public_source=asked.public_source, tell=tell,
            opened=opened.rows, before=before,
        )  # fmt: skip
        if file_digest(path) != opened.digest:
            raise ContractsError(
                "the file changed while it was read.", file=path, hint="run the intake again"
            )
        result = commits.counted(
            [judged], used.name, batch, judged.verdict.rows, dry_run=asked.dry_run
        )
        result = replace(result, identity=asked.identity)
        if asked.dry_run:
            return result
        if earlier is not None and commits.nothing_cured(connection, [judged], lake, earlier):
            return result_of(lake, earlier, repeated=True)
        about = commits.Batch(
            batch, path.name, asked.identity, asked.day, asked.public_source, asked.supplier,
            replaces=earlier.batch if earlier is not None else None, judged_at=sequence,
        )  # fmt: skip
        workspace.create()
        return commits.commit(connection, lake, [judged], result, about, tell)


def _refuse_options(options: ReadOptions | None, file: Path | None, why: str) -> None:
    if options is not None:
        raise ContractsError(why, expected="no sheet, encoding or header row beside it", file=file)


_LONGEST_NAME = 60


def _contract(name: str | None, mapping: Mapping | None, path: Path | None) -> type[Contract]:
    if name is not None and len(name) > _LONGEST_NAME:
        name = name[:_LONGEST_NAME] + "…"
    if mapping is not None and name is not None and mapping.contract != name:
        raise ContractsError(
            f"the mapping is for the contract {mapping.contract}, not for {name}.",
            expected=name,
            file=path,
            column="contract",
        )
    wanted = name or (mapping.contract if mapping else None)
    if wanted is None:
        raise ContractsError(
            "nothing says what the records are.", expected="a contract (--contract) or a mapping"
        )
    try:
        return contract_of(wanted)
    except ContractsError as error:
        raise ContractsError(
            error.problem, expected=error.expected, file=path, column="contract" if path else None
        ) from error


def _with_consent(mapping: Mapping, contract: type[Contract], file: Path | None) -> Mapping:
    """A consent that the mapping names holds for each record (REG-01)."""
    if mapping.consent is None:
        return mapping
    if "consent_no" not in contract.model_fields or "consent_no" in mapping.items:
        raise ContractsError(
            "the mapping names a consent that its records cannot carry.",
            expected="a contract with the item consent_no, which the mapping does not map itself",
            file=file,
            column="consent",
        )
    items = {**mapping.items, "consent_no": Source(const=mapping.consent)}
    return mapping.model_copy(update={"items": items})


@contextmanager
def opened_session(workspace: Workspace, *, dry_run: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection with bounded memory and the functions that intake needs.

    The seal key of the workspace is made when a value is first sealed. A dry run in a workspace without
    one uses a key that is thrown away.
    """
    from data_contracts.sealing import SealKey

    @cache
    def key() -> SealKey:
        if dry_run and not workspace.secrets_dir.exists():
            return SealKey(secrets.token_bytes(32))
        return SealKey.of(workspace)

    def hmac(values: pa.ChunkedArray) -> pa.Array:
        return key().hmac_array(values)

    with (
        spill_folder(workspace.lake_dir, dry_run=dry_run) as spill,
        duckdb.connect(config=sources.settings(spill, MEMORY_LIMIT)) as connection,
    ):
        connection.execute("SET parquet_metadata_cache = true")  # a file is asked many questions
        mapping_functions.register(connection)
        SealKey(bytes(32)).register(connection)  # masks need no key
        connection.remove_function("xq_hmac")
        made: Any = connection.create_function
        made("xq_hmac", hmac, ["VARCHAR"], "VARCHAR", type="arrow")
        yield connection
