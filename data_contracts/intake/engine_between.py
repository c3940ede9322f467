"""The rules between the months of an account: the quick way, which finds the rows, and the plain one.

Both end with the rules' own SQL. The quick way hands it only the records that may be hit and the record before
each of them; that record is the latest one before, of all, so it is so among the few as well.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import numpy as np
import pyarrow as pa

from data_contracts.checks import sql_name
from data_contracts.contract import Contract
from data_contracts.intake.engine_judge import Judge
from data_contracts.intake.engine_months import Months
from data_contracts.intake.engine_plan import Rule
from data_contracts.intake.engine_rows import Array
from data_contracts.intake.engine_screen import KEPT, ROW_BYTES, memory_of
from data_contracts.rules.binding import ACCOUNT, CrossCheck

_QUICK = {"XM-01", "XM-03", "DR-03", "GL-04"}
_NOBODY = "SELECT NULL::BIGINT AS _line WHERE FALSE"


def columns_of(contract: type[Contract], checks: tuple[CrossCheck, ...]) -> list[str]:
    """Columns that the rules between records read."""
    names = [column.name for column in contract.columns()]
    if {check.rule_id for check in checks} <= _QUICK:
        read = {*ACCOUNT, "bill_on", *KEPT}
        names = [name for name in names if name in read]
    return names


def quickly(
    judge: Judge,
    checks: tuple[CrossCheck, ...],
    rule_of: Callable[[CrossCheck], Rule],
    latest: str,
) -> bool:
    """Judge the rules between months by what the screen kept.

    Parameters
    ----------
    judge
        Its rows; what broke so far is noted.
    checks, rule_of
        The rules, and how they are told.
    latest
        Relation of the records that the lake holds.

    Returns
    -------
    bool
        False where that is not possible: nothing is noted then.
    """
    own = judge.months
    if own is None or not {check.rule_id for check in checks} <= _QUICK:
        return False
    months = _with_earlier(judge.connection, own, latest)
    if months is None:
        return False
    standing = np.ones(months.rows, bool)
    standing[judge.fallen_lines() - 1] = False
    found = _may_be_hit(months, standing)
    if found is None:
        return False
    rows, needed = found
    names = [name for name in (*months.account, months.event, *KEPT) if name in months.names]
    needed = np.unique(needed)
    of_batch = needed < months.rows - months.earlier
    run = judge.connection.execute
    for name, places in (("incoming", needed[of_batch]), ("previous", needed[~of_batch])):
        judge.connection.register("part", months.table(places, names))
        run(f"CREATE TEMP TABLE {name} AS SELECT * FROM part")
        judge.connection.unregister("part")
    for check in checks:
        hit = rows[check.rule_id]
        if not hit.size:
            judge.note(rule_of(check), _NOBODY)
            continue
        judge.lines("may_be_hit", hit + 1)
        sql = check.sql("incoming", "previous")
        judge.note(rule_of(check), f"SELECT _line FROM ({sql}) SEMI JOIN may_be_hit USING (_line)")
    run("DROP TABLE incoming; DROP TABLE previous")
    return True


def _may_be_hit(months: Months, standing: Array) -> tuple[dict[str, Array], Array] | None:
    """Places of the rows that each rule may hit, and of all records that its SQL needs for them."""
    pairs, twice = months.beside(standing)
    hit: dict[str, Array] = {"XM-03": twice[twice < months.rows - months.earlier]}
    before = [twice]
    if "status_24" in months.names:
        shift = months.broken_shift(pairs, "status_24")
        if shift is None:
            return None
        over = months.ends_in(pairs.before, "status_24", "CG")
        hit |= {"XM-01": pairs.rows[shift], "DR-03": pairs.rows[over]}
        before += [pairs.before[shift], pairs.before[over]]
    if "account_status" in months.names:
        settled = months.is_one_of(pairs.before, "account_status", ("3", "4"))
        hit["GL-04"] = pairs.rows[settled]
        before.append(pairs.before[settled])
    return hit, np.concatenate([*hit.values(), *before])


def _with_earlier(connection: duckdb.DuckDBPyConnection, own: Months, latest: str) -> Months | None:
    """Add what the lake holds of the batch's accounts; None where that is too much to hold."""
    if not connection.execute(f"SELECT 1 FROM {latest} AS l LIMIT 1").fetchall():
        return own
    name = own.account[-1]
    accounts = pa.table({name: own.texts[name]})
    connection.register("accounts", accounts)
    listed = ", ".join(sql_name(n) for n in own.names)
    found = f"FROM {latest} AS l SEMI JOIN accounts USING ({sql_name(name)})"
    try:
        (count,) = connection.execute(f"SELECT count(*) {found}").fetchall()[0]
        if not count:
            return own
        if (own.rows + count) * ROW_BYTES > memory_of(connection) // 2:
            return None
        earlier = connection.sql(f"SELECT {listed} {found}").to_arrow_table()
    finally:
        connection.unregister("accounts")
    parts = [*own.parts, *earlier.combine_chunks().to_batches()]
    joined = Months(parts, own.account, own.event, len(earlier))
    return joined if joined.fits else None
