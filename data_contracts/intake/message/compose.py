"""From records of contracts to the segments of a message: the reverse of convert."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.errors import ContractsError
from data_contracts.intake.message.convert import CLEAR_ID
from data_contracts.intake.message.layout import Field, Layout
from data_contracts.intake.message.standard import STANDARD

_TAGS = {
    "application": "S",
    "special_trade": "G",
    "credit_contract": "H",
    "investor": "T",
    "person": "P",
}


def compose(
    tables: Mapping[str, pa.Table],
    *,
    withdrawals: pa.Table | None = None,
    rekeys: pa.Table | None = None,
    layout: Layout = STANDARD,
) -> dict[str, pa.Table]:
    """Make the segments of a message.

    Parameters
    ----------
    tables
        As :class:`~data_contracts.intake.message.convert.Converted` has them: sealed items in clear.
        ``credit_month`` may have the columns name, id_kind and id_number of the account's owner; the
        latter two are taken from ``_clear_id`` where they are missing. ``_line`` joins
        borrower and guarantor to their account.
    withdrawals, rekeys
        Records of a deletion message, of a message that changes account keys.
    layout
        Fields and widths.

    Returns
    -------
    dict
        Segment tag -> table for :func:`~data_contracts.intake.message.writer.write_message`. Cents are
        rounded to whole yuan, halves away from zero.
    """
    found: dict[str, pa.Table] = {}
    months = tables.get("credit_month")
    if months is not None:
        found["A"] = _segment(_with_owner(months), "A", layout)
    borrowers = tables.get("borrower")
    if borrowers is not None:
        for tag in "BCD":
            found[tag] = _filled(_segment(borrowers, tag, layout))
    guarantors = tables.get("guarantor")
    if guarantors is not None:
        renamed = {"name_masked": "name", "id_no_hmac": "id_number"}
        names = [renamed.get(name, name) for name in guarantors.column_names]
        found["E"] = _segment(guarantors.rename_columns(names), "E", layout)
    for name, tag in _TAGS.items():
        if name in tables:
            found[tag] = _segment(tables[name], tag, layout)
    for table, tag in ((withdrawals, "X"), (rekeys, "K")):
        if table is not None:
            found[tag] = _segment(table, tag, layout)
    return found


def yuan_of(cents: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole yuan of cents, halves away from zero, in whole numbers throughout."""
    half = pc.multiply(pc.sign(cents), 50)
    return pc.divide(pc.add(cents, half), 100)


def _segment(table: pa.Table, tag: str, layout: Layout) -> pa.Table:
    if "_line" not in table.column_names:
        raise ContractsError(
            f"the records for segment {tag} have no record numbers.", expected="a column _line"
        )
    columns = {"_line": table["_line"]}
    for field in layout.segments[tag].fields:
        columns[field.name] = _value(table, field)
    return pa.table(columns)


def _value(table: pa.Table, field: Field) -> pa.ChunkedArray | pa.Array:
    if field.item in table.column_names and field.item:
        column = table[field.item]
        return yuan_of(column) if field.yuan else column
    if field.name in table.column_names:
        return table[field.name]
    return pa.nulls(table.num_rows, pa.string())


def _filled(table: pa.Table) -> pa.Table:
    """Only the rows that say something."""
    says: pa.Array | None = None
    for name in table.column_names:
        if name != "_line":
            valid = pc.is_valid(table[name])
            says = valid if says is None else pc.or_(says, valid)
    return table.filter(says)


def _with_owner(months: pa.Table) -> pa.Table:
    if CLEAR_ID not in months.column_names or "id_number" in months.column_names:
        return months
    clear = months[CLEAR_ID]
    other = pc.match_substring(clear, ":")
    kind = pc.if_else(other, pc.replace_substring_regex(clear, "^([^:]*):.*$", r"\1"), "0")
    number = pc.replace_substring_regex(clear, "^[^:]*:", "")
    return months.append_column("id_kind", kind).append_column("id_number", number)
