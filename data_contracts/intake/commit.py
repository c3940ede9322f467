"""From judged rows to one commit: records, withdrawals, changed keys, quarantine, reviews and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import duckdb
import pyarrow as pa

from data_contracts.checks import sql_name, sql_text
from data_contracts.intake.batch import IntakeResult, Texts, result_of
from data_contracts.intake.judge.judge_all import Judged
from data_contracts.intake.lake import Arrow, BatchIdentity, Commit, Lake
from data_contracts.intake.reviews import record_key_sql, standing_reviews

_ROWS_A_PART = 65_536

Places = Mapping[str, Mapping[str, str]]
"""Contract -> column -> how the supplier names it, where that differs."""


@dataclass(frozen=True)
class Batch:
    """What a commit says of its batch."""

    digest: str
    file: str
    identity: BatchIdentity | None
    received_on: date
    public_source: str | None
    supplier: str | None
    replaces: str | None = None
    judged_at: int | None = None


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
    deleted, rekeyed, done = (
        sum(_count(p, kind) for p in judged) for kind in ("deleted", "rekeyed", "done")
    )
    return IntakeResult(
        name=name,
        contract="+".join(part.contract for part in judged),
        batch=batch,
        rows=rows,
        accepted=rows - quarantined - deleted - rekeyed - done,
        quarantined=quarantined,
        unchanged=done,
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


def texts_by_column(
    judged: Sequence[Judged], rules: set[str], places: Places
) -> dict[str, dict[str, Texts]]:
    """Texts of rules that say different things of different columns, by rule and the supplier's column."""
    found: dict[str, dict[str, Texts]] = {}
    for part in judged:
        named = places.get(part.contract, {})
        for rule in part.judge.rules:
            if rule.rule_id in rules:
                texts = (rule.text_zh, rule.text_en, rule.hint_zh, rule.hint_en)
                column = named.get(rule.column, rule.column)
                found.setdefault(rule.rule_id, {})[column] = texts
    return {rule: told for rule, told in found.items() if len(set(told.values())) > 1}


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
    places: Places = MappingProxyType({}),
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
    places
        Contract -> column -> how the supplier names it; with them the connection holds ``originals``.
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
        "done_before": result.unchanged,
        "by_rule": dict(result.by_rule),
        "reviewed": dict(result.reviewed),
        "texts": {rule: list(texts) for rule, texts in result.texts.items()},
        "texts_by_column": texts_by_column(judged, {*result.by_rule, *result.reviewed}, places),
    }
    committed = lake.commit(
        tables(),
        about.digest,
        quarantine=quarantine_of(connection, judged, about.digest, more_broken),
        reviews=reviews_of(connection, judged, more_reviews, places)
        if result.reviewed
        else _carried(connection, lake, judged),
        withdrawals={name: table for name, table in withdrawals.items() if len(table)},
        rekeys={name: table for name, table in rekeys.items() if len(table)},
        identity=about.identity,
        received_on=about.received_on,
        note=note,
        replaces=about.replaces,
        judged_at=about.judged_at,
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
    """Rows that delete, rekey, or ask again for what the same file has done before."""
    if part.mapped.message == "rekey":
        asking = "rekeyed"
    elif _deletes(part):
        asking = "deleted"
    else:
        return 0
    if kind not in (asking, "done"):
        return 0
    rows = f"{part.table('typed')} ANTI JOIN {part.table('fallen')} USING (_line)"
    where = "TRUE" if asking == "rekeyed" else part.mapped.deleting
    done = part.done_sql(part.table("raw"))
    rows += f" {'SEMI' if kind == 'done' else 'ANTI'} JOIN ({done}) AS done USING (_line)"
    sql = f"SELECT count(*) FROM {rows} WHERE {where}"
    return int(part.judge.connection.execute(sql).fetchall()[0][0])


def _asking(part: Judged, judged: Sequence[Judged]) -> str:
    """Standing rows that ask for something that the same file has not done before."""
    done = part.done_sql(part.table("raw"))
    return f"{_standing(part, judged)} AS standing ANTI JOIN ({done}) AS done USING (_line)"


def _deletions(
    connection: duckdb.DuckDBPyConnection, part: Judged, judged: Sequence[Judged]
) -> pa.Table:
    names = ", ".join(sql_name(name) for name in (*part.mapped.contract.about.key, "_line"))
    rows = f"SELECT {names} FROM {_asking(part, judged)} WHERE {part.mapped.deleting}"
    return connection.sql(rows).to_arrow_table()


def _rekeys(
    connection: duckdb.DuckDBPyConnection, part: Judged, judged: Sequence[Judged]
) -> pa.Table:
    moved = [f"{side}_{name}" for name in part.mapped.moved for side in ("old", "new")]
    names = ", ".join(sql_name(name) for name in (*moved, *part.mapped.narrowed, "_line"))
    return connection.sql(f"SELECT {names} FROM {_asking(part, judged)}").to_arrow_table()


def nothing_cured(
    connection: duckdb.DuckDBPyConnection,
    judged: Sequence[Judged],
    lake: Lake,
    earlier: Commit,
    more: pa.Table | None = None,
) -> bool:
    """Whether a file that is judged again falls just as it fell before."""
    reader = quarantine_of(connection, judged, earlier.batch, more)
    if reader is None or earlier.quarantine is None:
        return (reader is None) == (earlier.quarantine is None)
    cursor = connection.cursor()
    cursor.register("now", reader.read_all())
    columns = 'line, rule_id, "column"'
    before = f"read_parquet({sql_text(str(lake.root / earlier.quarantine))})"
    pairs = (("now", before), (before, "now"))
    return not any(
        cursor.execute(
            f"SELECT 1 FROM (SELECT {columns} FROM {one} EXCEPT SELECT {columns} FROM {other}) LIMIT 1"
        ).fetchall()
        for one, other in pairs
    )


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


def reviews_of(
    connection: duckdb.DuckDBPyConnection,
    judged: Sequence[Judged],
    more: pa.Table | None,
    places: Places,
) -> pa.RecordBatchReader:
    """Hits under review, each with its record's key and with what the supplier wrote."""
    cursor = connection.cursor()
    fallen = " UNION ALL ".join(f"SELECT _line AS line FROM {p.table('fallen')}" for p in judged)
    parts = [_reviewed(p) for p in judged if p.verdict.reviewed]
    if more is not None and len(more):
        cursor.register("more_reviews", more)
        keys = " UNION ALL ".join(
            f"SELECT {sql_text(p.contract)} AS contract, _line AS line, "
            f"{record_key_sql(p.mapped.contract)} AS record FROM {p.table('typed')}"
            for p in judged
            if p.mapped.message == "records"
        )
        joined = f"LEFT JOIN ({keys}) AS k USING (contract, line)" if keys else ""
        parts.append(
            'SELECT m.contract, m.line, m.rule_id, m."column", m."column" AS source_column, '
            f"NULL::VARCHAR AS value, {'k.record' if keys else 'NULL::VARCHAR'} AS record "
            f"FROM more_reviews AS m {joined}"
        )
    rows = " UNION ALL BY NAME ".join(parts)
    if places:
        rows = (
            "SELECT r.* REPLACE (coalesce(o.place, r.source_column) AS source_column, "
            f"coalesce(o.value, r.value) AS value) FROM ({rows}) AS r LEFT JOIN originals AS o "
            "ON o.contract = r.contract AND o.line = r.line AND o.col = r.source_column"
        )
    rows = f"SELECT DISTINCT * FROM ({rows}) ANTI JOIN ({fallen}) AS f USING (line)"
    return cursor.sql(f'{rows} ORDER BY line, rule_id, "column"').to_arrow_reader(_ROWS_A_PART)


def _carried(
    connection: duckdb.DuckDBPyConnection, lake: Lake, judged: Sequence[Judged]
) -> pa.Table | None:
    """Hits of records that get another key: they stand under the new one, and want a look there."""
    found = []
    for part in judged:
        if part.mapped.message != "rekey":
            continue
        contract, moved = part.mapped.contract, part.mapped.moved
        hits = standing_reviews(lake, contract=part.contract)
        if not len(hits):
            continue
        same = [f"t.{sql_name('old_' + n)} = l.{sql_name(n)}" for n in moved]
        same += [f"t.{sql_name(n)} = l.{sql_name(n)}" for n in part.mapped.narrowed]
        key = ", ".join(
            (f"t.{sql_name('new_' + n)}" if n in moved else f"l.{sql_name(n)}") + "::VARCHAR"
            for n in contract.about.key
        )
        cursor = connection.cursor()
        cursor.register("hits_before", hits)
        found.append(
            cursor.sql(
                'SELECT DISTINCT h.contract, t._line AS line, h.rule_id, h."column", '
                f"concat_ws('|', {key}) AS record FROM hits_before AS h "
                f"JOIN {lake.latest_sql(part.contract)} AS l "
                f"ON {record_key_sql(contract, 'l')} = h.record_key "
                f"JOIN (SELECT * FROM {_asking(part, judged)}) AS t ON {' AND '.join(same)} "
                "ORDER BY line, rule_id, record"
            ).to_arrow_table()
        )
    return pa.concat_tables(found) if any(len(table) for table in found) else None


def _reviewed(part: Judged) -> str:
    """SELECT of one contract's hits under review."""
    judge = part.judge
    columns = {(r.rule_id, r.item): r.column for r in judge.rules if r.severity == "REVIEW"}
    listed = ", ".join(
        f"({sql_text(rule)}, {sql_text(item)}, {sql_text(column)})"
        for (rule, item), column in columns.items()
    )
    named = f"(VALUES {listed}) AS named(rule_id, item, col)"
    said = (
        f"(SELECT r.contract, r.line, r.rule_id, r.item, named.col FROM {part.table('reviewed')} AS r "
        f"JOIN {named} USING (rule_id, item)) AS said"
    )
    value = judge.value_sql(columns.values())
    if part.schema != "main":  # several rows of a message may have one line
        value = f"string_agg(DISTINCT {value}, ' / ')"
    shown = (
        f"SELECT said.*, {value} AS value FROM {said} "
        f"JOIN {part.table('raw')} AS raw ON raw._line = said.line"
        + (" GROUP BY ALL" if part.schema != "main" else "")
    )
    # An item made of several columns may come from another one than the one that is named first.
    declared = part.mapped.contract
    items = sorted({item for _, item in columns} & set(declared.model_fields))
    stored = " ".join(
        f"WHEN {sql_text(item)} THEN t.{sql_name(item)}::VARCHAR"
        for item in items
        if not declared.column(item).item.masked
    )
    otherwise = f"CASE s.item {stored} END" if stored else "NULL::VARCHAR"
    return (
        'SELECT s.contract, s.line, s.rule_id, s.item AS "column", s.col AS source_column, '
        f"coalesce(nullif(trim(s.value), ''), {otherwise}) AS value, "
        f"{record_key_sql(declared, 't')} AS record "
        f"FROM ({shown}) AS s JOIN {part.table('typed')} AS t ON t._line = s.line"
    )
