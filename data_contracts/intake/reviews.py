"""Which hits of REVIEW rules stand: those that the newest word on their record brought.

A hit is bound to its record by the record's key. It stands as long as no later batch said anything of the
record, changed or unchanged: whoever speaks last of a record is judged last.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from data_contracts.catalogue import contract as contract_of
from data_contracts.checks import sql_name, sql_text
from data_contracts.contract import Contract
from data_contracts.intake.lake import Lake

STANDING = pa.schema(
    [
        ("batch", pa.string()), ("contract", pa.string()), ("line", pa.int64()),
        ("rule_id", pa.string()), ("column", pa.string()), ("record_key", pa.string()),
        ("received_on", pa.date32()),
    ]
)  # fmt: skip
"""``received_on`` is the day on which the newest version of the record reached us."""


def record_key_sql(contract: type[Contract], relation: str = "") -> str:
    """SQL of a record's key as waivers name it: its values joined by a vertical bar."""
    prefix = relation + "." if relation else ""
    parts = ", ".join(f"{prefix}{sql_name(name)}::VARCHAR" for name in contract.about.key)
    return f"concat_ws('|', {parts})"


def commits_table(lake: Lake) -> pa.Table:
    """The commits: batch, sequence, received_on, and whether no later one supersedes them."""
    standing = {commit.batch for commit in lake.standing()}
    commits = lake.commits()
    return pa.table(
        {
            "batch": pa.array([c.batch for c in commits], pa.string()),
            "sequence": pa.array([c.sequence for c in commits], pa.int64()),
            "received_on": pa.array([c.received_on for c in commits], pa.date32()),
            "standing": pa.array([c.batch in standing for c in commits], pa.bool_()),
        }
    )


def standing_reviews(lake: Lake, *, contract: str | None = None) -> pa.Table:
    """Hits that stand, each with the key of its record.

    Parameters
    ----------
    lake
        Where the records are.
    contract
        Only hits on records of this contract.

    Returns
    -------
    pyarrow.Table
        Columns of :data:`STANDING`.
    """
    hits = lake.reviews()
    names = sorted(set(hits["contract"].unique().to_pylist()))
    if contract is not None:
        contract_of(contract)
        names = [name for name in names if name == contract]
    found = [STANDING.empty_table()]
    with duckdb.connect() as connection:
        connection.register("commits", commits_table(lake))
        connection.register("hits", hits)
        for name in names:
            relation = lake.relation(name)
            if relation is not None:
                sql = _standing_sql(lake, contract_of(name), relation)
                found.append(connection.sql(sql).to_arrow_table().cast(STANDING))
    return pa.concat_tables(found)


def _standing_sql(lake: Lake, contract: type[Contract], relation: str) -> str:
    name = contract.about.name
    repeats = [str(lake.root / c.repeats[name]) for c in lake.standing() if name in c.repeats]
    # The file of a batch bears its digest as its name.
    listed = ", ".join(sql_text(file) for file in repeats)
    repeated = (
        f"UNION ALL SELECT {record_key_sql(contract)}, c.batch, c.sequence "
        f"FROM read_parquet([{listed}], filename = '_file') AS t "
        "JOIN commits AS c ON c.batch = parse_filename(t._file, true)"
        if repeats
        else ""
    )
    return (
        f"WITH versions AS (SELECT {record_key_sql(contract)} AS record_key, _batch, _line, _version, "
        f"_withdrawn FROM {relation} AS v), "
        # Hits of older lakes do not name their record: its place in the batch does.
        'mine AS (SELECT r.batch, r.contract, r.line, r.rule_id, r."column", '
        "coalesce(r.record, v.record_key) AS record_key FROM hits AS r LEFT JOIN versions AS v "
        "ON r.record IS NULL AND v._batch = r.batch AND v._line = r.line "
        f"WHERE r.contract = {sql_text(name)}), "
        "newest AS (SELECT record_key, arg_max(_batch, _version) AS batch, "
        "arg_max(_withdrawn, _version) AS withdrawn FROM versions SEMI JOIN mine USING (record_key) "
        "GROUP BY record_key), "
        "said AS (SELECT v.record_key, c.batch, c.sequence FROM versions AS v "
        f"JOIN commits AS c ON c.batch = v._batch WHERE c.standing {repeated}), "
        "last AS (SELECT record_key, arg_max(batch, sequence) AS batch FROM said "
        "SEMI JOIN mine USING (record_key) GROUP BY record_key) "
        "SELECT m.*, c.received_on FROM mine AS m JOIN last USING (record_key, batch) "
        "JOIN newest AS n ON n.record_key = m.record_key AND NOT n.withdrawn "
        "JOIN commits AS c ON c.batch = n.batch"
    )
