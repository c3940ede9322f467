"""Records under review and their waivers: a hit that is real business is said to be so, by whom and when."""

from __future__ import annotations

import hashlib
from datetime import date

import duckdb
import pyarrow as pa

from data_contracts.catalogue import contract as contract_of
from data_contracts.errors import ContractsError
from data_contracts.intake.feedback import find_batch
from data_contracts.intake.lake import Lake
from data_contracts.intake.reviews import record_key_sql, standing_reviews

__all__ = ["record_key_sql", "reviews", "waive"]


def reviews(lake: Lake, *, contract: str | None = None) -> pa.Table:
    """Records under review with their key and what became of the hit.

    A waiver covers a hit only as long as the record stays what it was when somebody looked at it: a version
    that reached us after the waiver's day needs a new look.

    Returns
    -------
    pyarrow.Table
        batch, contract, line, rule_id, column, record_key, state (``REVIEW`` or ``WAIVED``), reason,
        waived_by, waived_on; only hits that the newest word on their record brought.
    """
    standing = standing_reviews(lake, contract=contract)
    waivers = lake.latest_sql("waiver")
    with duckdb.connect() as connection:
        connection.register("hits", standing)
        found = connection.sql(
            "SELECT h.* EXCLUDE (received_on), "
            "CASE WHEN w.rule_id IS NULL THEN 'REVIEW' ELSE 'WAIVED' END AS state, "
            "w.reason, w.waived_by, w.waived_on FROM hits AS h "
            f"LEFT JOIN {waivers} AS w ON w.contract = h.contract AND w.rule_id = h.rule_id "
            "AND w.record_key = h.record_key AND h.received_on <= w.waived_on "
            "AND coalesce(w.valid_until >= current_date, TRUE) "
            "ORDER BY h.contract, h.rule_id, h.batch, h.line"
        ).to_arrow_table()
    return found.cast(_EMPTY)


_EMPTY = pa.schema(
    [
        ("batch", pa.string()), ("contract", pa.string()), ("line", pa.int64()),
        ("rule_id", pa.string()), ("column", pa.string()), ("record_key", pa.string()),
        ("state", pa.string()), ("reason", pa.string()), ("waived_by", pa.string()),
        ("waived_on", pa.date32()),
    ]
)  # fmt: skip


def waive(
    lake: Lake,
    rule_id: str,
    *,
    reason: str,
    by: str,
    on: date,
    institution: str,
    batch: str | None = None,
    line: int | None = None,
    contract: str | None = None,
    key: str | None = None,
    valid_until: date | None = None,
) -> str:
    """Record that a hit of a rule is real business.

    Parameters
    ----------
    lake
        Where the record is, and the waiver goes.
    rule_id
        The rule.
    reason, by, on, institution
        Why, by whom, when, and 14-digit code of the reporting institution.
    batch, line
        The record by its place in a batch; or
    contract, key
        by its contract and key values joined by a vertical bar.
    valid_until
        Last day of the waiver.

    Returns
    -------
    str
        Digest of the waiver's batch.

    Raises
    ------
    ContractsError
        When no record under review by the rule is named.
    """
    commit = find_batch(lake, batch) if batch is not None else None
    found = [
        row
        for row in reviews(lake).to_pylist()
        if row["rule_id"] == rule_id
        and (commit is None or (row["batch"], row["line"]) == (commit.batch, line))
        and (key is None or row["record_key"] == key)
        and (contract is None or row["contract"] == contract)
    ]
    if (commit is None or line is None) and key is None:
        raise ContractsError("nothing says which record.", expected="a batch and line, or a key")
    if not found:
        raise ContractsError(
            f"no record under review by {rule_id} is there.", hint="`reviews` lists them"
        )
    waiver = contract_of("waiver")
    rows = {
        (row["contract"], row["record_key"]): {
            "contract": row["contract"],
            "rule_id": rule_id,
            "record_key": row["record_key"],
            "subject_id": f"INST-{institution}",
            "institution_code": institution,
            "reason": reason,
            "waived_by": by,
            "waived_on": on,
            "valid_until": valid_until,
        }
        for row in found
    }
    for row in rows.values():
        try:
            waiver.model_validate(row)
        except ValueError as error:  # pydantic's own error may repeat values
            raise ContractsError(
                "the waiver is not complete.",
                expected="a reason (at most 500 characters), a name and a 14-digit institution code",
            ) from error
    table = pa.Table.from_pylist(list(rows.values()), schema=waiver.arrow_schema())
    table = table.append_column("_known", pa.array([on] * len(table), pa.date32()))
    table = table.append_column("_line", pa.array(range(1, len(table) + 1), pa.int64()))
    digest = hashlib.sha256(repr(sorted(map(repr, rows.values()))).encode()).hexdigest()
    lake.commit({"waiver": table}, digest, received_on=on, note={"name": "waiver"})
    return digest
