"""Intake of a fixed-width message: one batch, one record for each line, several contracts.

The class in the header decides: records (1 normal, 2 re-report, 3 correction), deletions (4) or changed
account keys (5). A record stands or falls as a whole with all of its segments. A segment that no contract
takes is told, never dropped in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.catalogue import contract as contract_of
from data_contracts.contract import Contract
from data_contracts.intake import commit as commits
from data_contracts.intake.batch import IntakeResult, batch_of, result_of
from data_contracts.intake.judge.judge_all import Judged, judge_all
from data_contracts.intake.judge.plan import Rule
from data_contracts.intake.lake import BatchIdentity, Commit, Lake
from data_contracts.intake.mapping.model import Mapping as FileMapping
from data_contracts.intake.mapping.model import Rekey, Source
from data_contracts.intake.mapping.plan import plan_mapping
from data_contracts.intake.mapping.tower import Days
from data_contracts.intake.message.convert import CLEAR_ID, convert
from data_contracts.intake.message.faults import BROKEN_RULES
from data_contracts.intake.message.name import is_message_name
from data_contracts.intake.message.reader import Message, open_message
from data_contracts.intake.originals import name_originals
from data_contracts.intake.source import Stored, described, loaded_on
from data_contracts.rules import ALL_RULES
from data_contracts.workspace import Workspace

CONTRACTS = ("credit_month", "borrower", "guarantor")
_TAGS = {
    "application": "S", "special_trade": "G", "credit_contract": "H", "investor": "T", "person": "P",
}  # fmt: skip
_KEPT = "message.segment.unkept"
_UNKEPT = Rule(
    _KEPT, "", "FALSE", "没有对应数据契约的段，未入库", "No contract takes this segment; it was not stored",
    hint_zh="请改用对应的契约报送", hint_en="send it in the form of a contract that takes it",
)  # fmt: skip


def is_message(path: Path, contract: str | None) -> bool:
    """Whether a file is to be read as a message: by its name, unless another contract is asked for."""
    return is_message_name(path) and contract in (None, "message", *CONTRACTS)


def intake_message(
    path: Path,
    workspace: Workspace,
    lake: Lake,
    sequence: int,
    *,
    public_source: str | None,
    received_on: date,
    dry_run: bool,
    tell: Callable[[str, int, int], None],
) -> IntakeResult:
    """Take a message into the lake; see :func:`data_contracts.intake.engine.intake_file`.

    ``lake`` is at ``sequence`` while it judges.
    """
    from data_contracts.intake.engine import opened_session  # the engine asks for messages first

    message = open_message(path)
    name = message.name
    batch, earlier = batch_of(lake, message.digest, "message", str(name), public_source or "")
    if earlier is not None and earlier.batch == batch and not dry_run:
        return result_of(lake, earlier, repeated=True)
    identity = BatchIdentity(name.supplier, "credit_month", name.period, name.batch_serial)
    # A correction says what is new of some accounts; only a re-report replaces the whole batch.
    standing = identity if message.header.message_class in ("1", "2") else None
    about = commits.Batch(
        batch, path.name, standing, received_on, public_source, name.supplier,
        replaces=earlier.batch if earlier is not None else None, judged_at=sequence,
    )  # fmt: skip
    with opened_session(workspace, dry_run=dry_run) as connection:
        loaded_on(connection, received_on)
        return _judge_and_commit(
            connection, message, workspace, lake, about, earlier, dry_run=dry_run, tell=tell
        )


def _judge_and_commit(
    connection: duckdb.DuckDBPyConnection,
    message: Message,
    workspace: Workspace,
    lake: Lake,
    about: commits.Batch,
    earlier: Commit | None,
    *,
    dry_run: bool,
    tell: Callable[[str, int, int], None],
) -> IntakeResult:
    kind = {"4": "delete", "5": "rekey"}.get(message.header.message_class, "records")
    before = str(lake.root / earlier.quarantine) if earlier and earlier.quarantine else None
    broken, warnings, made = _load(connection, message, tell)
    judged: list[Judged] = []
    for contract in made:
        connection.execute(f"USE {contract}")
        stored = {n: (f'"{n}"', k) for n, k in described(connection).items() if n != "_line"}
        mapping = _mapping(contract_of(contract), stored, kind)
        plan = plan_mapping(
            mapping, contract_of(contract), stored, message.path, Days(about.received_on),
            mapping_file=None,
        )  # fmt: skip
        judged.append(
            judge_all(
                connection, plan, lake, public_source=about.public_source, tell=tell,
                opened=message.records, schema=contract, before=before,
            )
        )  # fmt: skip
    connection.execute("USE main")
    places = name_originals(connection, message, judged, warnings)
    result = _result(connection, message, judged, broken, warnings, about.digest, dry_run)
    result = replace(result, identity=about.identity)
    if dry_run:
        return result
    if earlier is not None and commits.nothing_cured(connection, judged, lake, earlier, broken):
        return result_of(lake, earlier, repeated=True)
    workspace.create()
    return commits.commit(
        connection, lake, judged, result, about, tell,
        more_broken=broken, more_reviews=warnings, places=places,
    )  # fmt: skip


def _load(
    connection: duckdb.DuckDBPyConnection, message: Message, tell: Callable[[str, int, int], None]
) -> tuple[pa.Table, pa.Table, list[str]]:
    """Store the records of each contract as ``<contract>.raw``; what no plan will see is returned."""
    broken, warnings = [_BROKEN.empty_table()], [_REVIEWS.empty_table()]
    made: list[str] = []
    done = 0
    for part in message.parts():
        found = convert(part, message.layout)
        kept: set[int] = set()
        for tables in (found.tables, found.withdrawals, found.rekeys):
            for contract, table in tables.items():
                if contract in CONTRACTS and len(table):
                    kept.update(table["_line"].to_pylist())
                    _store(connection, contract, table, made)
        lost: dict[int, str] = {}
        for contract, table in found.tables.items():
            if contract not in CONTRACTS:
                lost.update(
                    (line, _TAGS.get(contract, contract))
                    for line in table["_line"].to_pylist()
                    if line not in kept
                )
                beside = sorted({line for line in table["_line"].to_pylist() if line in kept})
                warnings.append(_reviewed(beside, _KEPT, _TAGS.get(contract, contract)))
        rows = [(line, _KEPT, column, None) for line, column in sorted(lost.items())]
        rows += [
            (r["line"], r["rule_id"], f"{r['segment']}.{r['field']}" if r["field"] else r["segment"] or "",
             r["value"])
            for r in part.broken.to_pylist()
        ]  # fmt: skip
        columns = [[row[place] for row in rows] for place in range(len(_BROKEN))]
        broken.append(
            pa.table([pa.array(c, f.type) for c, f in zip(columns, _BROKEN, strict=True)], _BROKEN)
        )
        for name in set(found.warnings["rule_id"].to_pylist()):
            of_rule = found.warnings.filter(pc.equal(found.warnings["rule_id"], name))
            for item in set(of_rule["column"].to_pylist()):
                lines = of_rule.filter(pc.equal(of_rule["column"], item))["line"].to_pylist()
                warnings.append(_reviewed(lines, name, item))
        done += part.records
        tell("read", done, message.records)
    return pa.concat_tables(broken), pa.concat_tables(warnings), made


_BROKEN = pa.schema(
    [
        ("line", pa.int64()),
        ("rule_id", pa.string()),
        ("column", pa.string()),
        ("value", pa.string()),
    ]
)
_REVIEWS = pa.schema(
    [
        ("contract", pa.string()),
        ("line", pa.int64()),
        ("rule_id", pa.string()),
        ("column", pa.string()),
    ]
)


def _reviewed(lines: list[int], rule_id: str, column: str) -> pa.Table:
    return pa.table(
        {
            "contract": pa.array(["credit_month"] * len(lines), pa.string()),
            "line": pa.array(lines, pa.int64()),
            "rule_id": pa.array([rule_id] * len(lines), pa.string()),
            "column": pa.array([column] * len(lines), pa.string()),
        },
        schema=_REVIEWS,
    )


def _store(
    connection: duckdb.DuckDBPyConnection, contract: str, table: pa.Table, made: list[str]
) -> None:
    connection.register("part", table)
    columns = "*"
    if CLEAR_ID in table.column_names:
        columns = f"* EXCLUDE ({CLEAR_ID}), 'PID-' || xq_hmac({CLEAR_ID}) AS subject_id"
    if contract in made:
        connection.execute(f"INSERT INTO {contract}.raw BY NAME SELECT {columns} FROM part")
    else:
        connection.execute(f"CREATE SCHEMA {contract}")
        connection.execute(f"CREATE TABLE {contract}.raw AS SELECT {columns} FROM part")
        made.append(contract)
    connection.unregister("part")


def _mapping(contract: type[Contract], stored: Stored, kind: str) -> FileMapping:
    items = {c.name: Source(column=c.name) for c in contract.columns() if c.name in stored}
    about = {"name": "message", "contract": contract.about.name, "null_words": (), "message": kind}
    if kind == "rekey":
        moved = [n for n in contract.about.key if f"old_{n}" in stored]
        rekey = Rekey(
            old={n: Source(column=f"old_{n}") for n in moved},
            new={n: Source(column=f"new_{n}") for n in moved},
        )
        return FileMapping(**about, rekey=rekey)
    return FileMapping(**about, items=items)


def _result(
    connection: duckdb.DuckDBPyConnection,
    message: Message,
    judged: list[Judged],
    broken: pa.Table,
    warnings: pa.Table,
    batch: str,
    dry_run: bool,
) -> IntakeResult:
    """Counts by record: it falls once, whichever of its segments fall."""
    connection.register("broken_before", broken)
    lines = ["SELECT line AS _line FROM broken_before"]
    lines += [f"SELECT _line FROM {part.table('fallen')}" for part in judged]
    sql = f"SELECT count(DISTINCT _line) FROM ({' UNION ALL '.join(lines)})"
    fallen = int(connection.execute(sql).fetchall()[0][0])
    connection.unregister("broken_before")
    result = commits.counted(
        judged, "message", batch, message.records, dry_run=dry_run, fallen=fallen
    )
    by_rule = {**_counts(broken), **result.by_rule}
    reviewed = dict(result.reviewed)
    for rule, count in _counts(warnings).items():
        reviewed[rule] = reviewed.get(rule, 0) + count
    texts = {
        **{rule: (*BROKEN_RULES[rule], "", "") for rule in by_rule if rule in BROKEN_RULES},
        **{_KEPT: (_UNKEPT.text_zh, _UNKEPT.text_en, _UNKEPT.hint_zh, _UNKEPT.hint_en)},
        **_published(set(reviewed)),
        **result.texts,
    }
    texts = {rule: text for rule, text in texts.items() if rule in by_rule or rule in reviewed}
    return replace(result, by_rule=by_rule, reviewed=reviewed, texts=texts)


def _counts(table: pa.Table) -> dict[str, int]:
    found: dict[str, set[int]] = {}
    for line, rule in zip(table["line"].to_pylist(), table["rule_id"].to_pylist(), strict=True):
        found.setdefault(rule, set()).add(line)
    return {rule: len(lines) for rule, lines in sorted(found.items())}


def _published(rules: set[str]) -> Mapping[str, tuple[str, str, str, str]]:
    return {r.id: (r.text_zh, r.text_en, "", r.hint) for r in ALL_RULES if r.id in rules}
