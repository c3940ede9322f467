"""From judged rows to one commit: records, withdrawals, changed keys, quarantine, reviews and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from data_contracts.checks import sql_name, sql_text
from data_contracts.intake.batch import IntakeResult, Texts, result_of
from data_contracts.intake.engine_tests import Judged
from data_contracts.intake.lake import Arrow, BatchIdentity, Lake

_ROWS_A_PART = 65_536


@dataclass(frozen=True)
class Batch:
    """What a commit says of its batch."""

    digest: str
    file: str
    identity: BatchIdentity | None
    received_on: date
    public_source: str | None
    supplier: str | None


def counted(
    judged: Sequence[Judged],
    name: str,
    batch: str,
    rows: int,
    *,
    dry_run: bool,
    fallen: int | None = None,
) -> IntakeResult:
    """Counts before the commit: what stands is accepted until the lake says that it is nothing new."""
    by_rule: dict[str, int] = {}
    reviewed: dict[str, int] = {}
    for part in judged:
        for total, counts in ((by_rule, part.verdict.by_rule), (reviewed, part.verdict.reviewed)):
            for rule, count in counts.items():
                total[rule] = total.get(rule, 0) + count
    quarantined = sum(p.verdict.quarantined for p in judged) if fallen is None else fallen
    deleted, rekeyed = (sum(_count(p, kind) for p in judged) for kind in ("deleted", "rekeyed"))
    return IntakeResult(
        name=name,
        contract="+".join(part.contract for part in judged),
        batch=batch,
        rows=rows,
        accepted=rows - quarantined - deleted - rekeyed,
        quarantined=quarantined,
        deleted=deleted,
        rekeyed=rekeyed,
        by_rule=by_rule,
        reviewed=reviewed,
        texts=texts_of(judged, {*by_rule, *reviewed}),
        dry_run=dry_run,
    )


def texts_of(judged: Sequence[Judged], rules: set[str]) -> dict[str, Texts]:
    """Texts and hints of the rules that were hit."""
    return {
        rule.rule_id: (rule.text_zh, rule.text_en, rule.hint_zh, rule.hint_en)
        for part in judged
        for rule in part.judge.rules
        if rule.rule_id in rules
    }


def commit(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    judged: Sequence[Judged],
    result: IntakeResult,
    about: Batch,
    tell: Callable[[str, int, int], None],
    *,
    more_broken: pa.Table | None = None,
    more_reviews: pa.Table | None = None,
) -> IntakeResult:
    """Commit what stands and what fell, and count what the lake made of it.

    Parameters
    ----------
    connection, judged
        The judge's tables.
    lake
        Where to.
    result, about
        Counts and names for the manifest.
    tell
        Called with (step, done, total).
    more_broken
        Rows of the quarantine (line, rule_id, column, value) that broke before any plan saw them.
    more_reviews
        Records under review (contract, line, rule_id, column) for what no plan sees.
    """
    total = len(judged) + 1

    def tables() -> Iterator[tuple[str, Arrow]]:
        for done, part in enumerate(judged):
            tell("commit", done, total)
            if part.mapped.message == "records":
                names = ", ".join(
                    sql_name(n)
                    for n in [*(c.name for c in part.mapped.contract.columns()), "_known", "_line"]
                )
                rows = f"SELECT {names} FROM {_standing(part, judged)} WHERE {part.mapped.bringing}"
                yield part.contract, connection.cursor().sql(rows).to_arrow_reader(_ROWS_A_PART)

    withdrawals = {p.contract: _deletions(connection, p, judged) for p in judged if _deletes(p)}
    rekeys = {
        p.contract: _rekeys(connection, p, judged) for p in judged if p.mapped.message == "rekey"
    }
    note = {
        "name": result.name,
        "contract": result.contract,
        "file": about.file,
        "supplier": about.supplier,
        "public_source": about.public_source,
        "rows": result.rows,
        "standing": result.accepted,
        "quarantined": result.quarantined,
        "deleted": result.deleted,
        "rekeyed": result.rekeyed,
        "by_rule": dict(result.by_rule),
        "reviewed": dict(result.reviewed),
        "texts": {rule: list(texts) for rule, texts in result.texts.items()},
        "columns": {p.contract: p.mapped.blamed for p in judged if p.verdict.reviewed},
    }
    committed = lake.commit(
        tables(),
        about.digest,
        quarantine=quarantine_of(connection, judged, about.digest, more_broken),
        reviews=_reviews(connection, judged, more_reviews) if result.reviewed else None,
        withdrawals={name: table for name, table in withdrawals.items() if len(table)},
        rekeys={name: table for name, table in rekeys.items() if len(table)},
        identity=about.identity,
        received_on=about.received_on,
        note=note,
    )
    tell("commit", total, total)
    return result_of(lake, committed, repeated=False)


def _standing(part: Judged, judged: Sequence[Judged]) -> str:
    """Typed rows of lines of which no part fell: a line of a message stands or falls as a whole."""
    fallen = " UNION ALL ".join(f"SELECT _line FROM {p.table('fallen')}" for p in judged)
    return f"(SELECT * FROM {part.table('typed')} ANTI JOIN ({fallen}) AS f USING (_line))"


def _deletes(part: Judged) -> bool:
    return part.mapped.acts or part.mapped.message == "delete"


def _count(part: Judged, kind: str) -> int:
    if kind == "rekeyed":
        return part.verdict.accepted if part.mapped.message == "rekey" else 0
    if not _deletes(part):
        return 0
    rows = f"{part.table('typed')} ANTI JOIN {part.table('fallen')} USING (_line)"
    sql = f"SELECT count(*) FROM {rows} WHERE {part.mapped.deleting}"
    return int(part.judge.connection.execute(sql).fetchall()[0][0])


def _deletions(
    connection: duckdb.DuckDBPyConnection, part: Judged, judged: Sequence[Judged]
) -> pa.Table:
    names = ", ".join(sql_name(name) for name in (*part.mapped.contract.about.key, "_line"))
    rows = f"SELECT {names} FROM {_standing(part, judged)} WHERE {part.mapped.deleting}"
    return connection.sql(rows).to_arrow_table()


def _rekeys(
    connection: duckdb.DuckDBPyConnection, part: Judged, judged: Sequence[Judged]
) -> pa.Table:
    moved = [f"{side}_{name}" for name in part.mapped.moved for side in ("old", "new")]
    names = ", ".join(sql_name(name) for name in (*moved, *part.mapped.narrowed, "_line"))
    return connection.sql(f"SELECT {names} FROM {_standing(part, judged)}").to_arrow_table()


def quarantine_of(
    connection: duckdb.DuckDBPyConnection,
    judged: Sequence[Judged],
    batch: str,
    more: pa.Table | None,
) -> pa.RecordBatchReader | None:
    """Rows of the quarantine in order, or None where nothing fell."""
    cursor = connection.cursor()
    columns = 'line, rule_id, "column", value'
    parts = [
        f"SELECT {columns}, told FROM {p.table('broken')}" for p in judged if p.verdict.quarantined
    ]
    if more is not None and len(more):
        cursor.register("more_broken", more)
        parts.append(f"SELECT {columns}, -1 AS told FROM more_broken")
    if not parts:
        return None
    rows = " UNION ALL ".join(parts)
    return cursor.sql(
        f'SELECT {sql_text(batch)} AS batch, {columns} FROM ({rows}) ORDER BY line, told, "column"'
    ).to_arrow_reader(_ROWS_A_PART)


def _reviews(
    connection: duckdb.DuckDBPyConnection, judged: Sequence[Judged], more: pa.Table | None
) -> pa.RecordBatchReader:
    cursor = connection.cursor()
    fallen = " UNION ALL ".join(f"SELECT _line AS line FROM {p.table('fallen')}" for p in judged)
    parts = [
        f'SELECT contract, line, rule_id, item AS "column" FROM {p.table("reviewed")}'
        for p in judged
    ]
    if more is not None and len(more):
        cursor.register("more_reviews", more)
        parts.append("SELECT * FROM more_reviews")
    rows = (
        f"SELECT DISTINCT * FROM ({' UNION ALL '.join(parts)}) "
        f"{f'ANTI JOIN ({fallen}) AS f USING (line)' if fallen else ''} ORDER BY line, rule_id"
    )
    return cursor.sql(rows).to_arrow_reader(_ROWS_A_PART)
