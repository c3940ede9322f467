"""From the segments of a message to records of contracts, and back.

Amounts in yuan become cents, dates and numbers get their types, blanks stay null. What the contract seals
(items with ``seal``) stands in its column in clear here, and the clear form of ``subject_id`` in
:data:`CLEAR_ID`: the intake seals both before anything is stored. None of it belongs in a log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.intake.message.layout import Field, Layout
from data_contracts.intake.message.parts import Part
from data_contracts.intake.message.standard import CARD_KINDS, STANDARD

CLEAR_ID = "_clear_id"
"""Whom a record is about, in clear: the resident identity number for certificates 0 and 7, else the
certificate's kind, a colon and its number. ``subject_id`` is ``PID-`` and the keyed HMAC of this text."""

RESIDENT_KINDS = ("0", "7")
"""Kinds of certificate whose number is the resident identity number."""

PERSONAL_TABLES = ("application", "special_trade", "credit_contract", "investor", "person")
"""Tables that no contract takes: columns as in the layout, numbers and dates typed, persons in clear."""

WARNINGS_SCHEMA = pa.schema(
    [
        pa.field("line", pa.int64(), nullable=False),
        pa.field("rule_id", pa.string(), nullable=False),
        pa.field("column", pa.string(), nullable=False),
    ]
)


@dataclass(frozen=True)
class Converted:
    """What the good records of a part become.

    Parameters
    ----------
    tables
        Contract (``credit_month``, ``borrower``, ``guarantor``) or one of :data:`PERSONAL_TABLES` ->
        records with ``_line``. Contract tables lack ``subject_id`` and have :data:`CLEAR_ID`.
    withdrawals
        ``credit_month`` -> key columns of the account months that a deletion message withdraws.
    rekeys
        ``credit_month`` -> ``old_`` and ``new_`` institution_code, business and account_no: all
        months of the account change their key.
    warnings
        line, rule_id, column of what was put right: LR-15, a zero where the letter O is meant.
    """

    tables: Mapping[str, pa.Table]
    withdrawals: Mapping[str, pa.Table]
    rekeys: Mapping[str, pa.Table]
    warnings: pa.Table


def convert(part: Part, layout: Layout = STANDARD) -> Converted:
    """Turn the good records of a part into records of contracts."""
    segments = part.tables
    tables: dict[str, pa.Table] = {}
    warnings = WARNINGS_SCHEMA.empty_table()
    if "A" in segments:
        tables["credit_month"], warnings = _credit_months(segments["A"], layout)
    borrowers = _borrowers(segments, layout)
    if borrowers is not None:
        tables["borrower"] = borrowers
    if "E" in segments:
        tables["guarantor"] = _guarantors(segments["E"], layout)
    for tag, name in (("S", "application"), ("G", "special_trade"), ("H", "credit_contract"),
                      ("T", "investor"), ("P", "person")):  # fmt: skip
        if tag in segments:
            tables[name] = _plain(segments[tag], tag, layout)
    withdrawals, rekeys = {}, {}
    if "X" in segments:
        withdrawals["credit_month"] = _plain(segments["X"], "X", layout)
    if "K" in segments:
        rekeys["credit_month"] = _plain(segments["K"], "K", layout)
    return Converted(
        MappingProxyType(tables), MappingProxyType(withdrawals), MappingProxyType(rekeys), warnings
    )


def typed(column: pa.Array | pa.ChunkedArray, field: Field) -> pa.ChunkedArray:
    """A text column of the reader in the type of its item."""
    array = pa.chunked_array([column]) if isinstance(column, pa.Array) else column
    if field.kind == "number":
        number = pc.cast(array, pa.int64())
        return pc.multiply(number, 100) if field.yuan else number
    if field.kind == "date":
        return pc.cast(pc.strptime(array, format="%Y%m%d", unit="s"), pa.date32())
    return array


def clear_id(kind: pa.ChunkedArray, number: pa.ChunkedArray) -> pa.ChunkedArray:
    """The text whose keyed HMAC names the subject; null without a number."""
    resident = pc.is_in(kind, value_set=pa.array(RESIDENT_KINDS))
    other = pc.binary_join_element_wise(pc.fill_null(kind, ""), number, ":")
    return pc.utf8_upper(pc.if_else(resident, number, other))


def business_of(detail: pa.ChunkedArray) -> pa.ChunkedArray:
    """``1`` loan or ``2`` card of a kind of business."""
    return pc.if_else(pc.is_in(detail, value_set=pa.array(sorted(CARD_KINDS))), "2", "1")


# ---- the contracts ---------------------------------------------------------------------------


def _credit_months(table: pa.Table, layout: Layout) -> tuple[pa.Table, pa.Table]:
    columns = {"_line": table["_line"]}
    for field in layout.segments["A"].fields:
        if field.name not in ("name", "id_kind", "id_number"):
            columns[field.item] = typed(table[field.name], field)
    columns["business"] = business_of(table["business_detail"])
    columns["account_type"] = pa.nulls(table.num_rows, pa.string())
    columns["format_generation"] = pa.repeat(pa.scalar(layout.generation), table.num_rows)
    columns[CLEAR_ID] = clear_id(table["id_kind"], table["id_number"])
    found = []
    for name in ("months_total", "months_left"):
        columns[name], lines = _letters(columns["frequency"], columns[name], table["_line"])
        found.append(
            pa.table(
                {
                    "line": lines,
                    "rule_id": pa.repeat(pa.scalar("LR-15"), len(lines)),
                    "column": pa.repeat(pa.scalar(name), len(lines)),
                },
                schema=WARNINGS_SCHEMA,
            )
        )
    return pa.table(columns), pa.concat_tables(found).sort_by("line")


def _letters(
    frequency: pa.ChunkedArray, months: pa.ChunkedArray, lines: pa.ChunkedArray
) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """Fill letters in their canonical form: one capital; LR-15: paid at once is O, not zero."""
    months = pc.utf8_upper(months)
    filled = pc.match_substring_regex(months, "^(O+|U+|X+)$")
    months = pc.if_else(filled, pc.utf8_slice_codeunits(months, 0, 1), months)
    zero = pc.and_(pc.equal(frequency, "07"), pc.match_substring_regex(months, "^0+$"))
    zero = pc.fill_null(zero, False)
    return pc.if_else(zero, "O", months), lines.filter(zero)


def _borrowers(segments: Mapping[str, pa.Table], layout: Layout) -> pa.Table | None:
    """One record for each record that has B, C or D; what it lacks of them is null."""
    present = [tag for tag in "BCD" if tag in segments]
    if not present:
        return None
    keys = pa.concat_tables(
        [
            segments[tag].select(
                ["_line", *(n for n in segments[tag].column_names if n.startswith("base_"))]
            )
            for tag in present
        ]
    )
    lines = keys["_line"].to_numpy()
    once, first = np.unique(lines, return_index=True)
    keys = keys.take(pa.array(first))
    columns = {
        "_line": keys["_line"],
        **_account_key(keys, layout),
        "consent_no": keys["base_consent_no"],
        "name_masked": keys["base_name"],
        "id_kind": keys["base_id_kind"],
    }
    resident = pc.is_in(keys["base_id_kind"], value_set=pa.array(RESIDENT_KINDS))
    nothing = pa.scalar(None, pa.string())
    number = keys["base_id_number"]
    for item, taken in (("resident_id", resident), ("other_id", pc.invert(resident))):
        for form in ("hmac", "masked"):
            columns[f"{item}_{form}"] = pc.if_else(taken, number, nothing)
    for tag in "BCD":
        table = segments.get(tag)
        rows: pa.Array | None = None
        if table is not None:
            place = pc.index_in(pa.array(once), value_set=table["_line"].combine_chunks())
            rows = place
        for field in layout.segments[tag].fields:
            if table is None or rows is None:
                values = pa.chunked_array([pa.nulls(len(once), pa.string())])
            else:
                values = table[field.name].take(rows)
            columns[field.item] = typed(values, field)
    columns["spouse_id_masked"] = columns["spouse_id_hmac"]
    columns[CLEAR_ID] = clear_id(keys["base_id_kind"], number)
    return pa.table(columns)


def _guarantors(table: pa.Table, layout: Layout) -> pa.Table:
    lines = table["_line"].to_numpy()
    begins = np.flatnonzero(np.diff(lines, prepend=-1))
    number = np.arange(len(lines)) - np.repeat(begins, np.diff(begins, append=len(lines))) + 1
    fields = layout.segments["E"]
    # A guarantor without a number must still be met by BI-04, not by the lack of a subject.
    named = pc.binary_join_element_wise("name", table["name"], ":")
    return pa.table(
        {
            "_line": table["_line"],
            **_account_key(table, layout),
            "guarantor_no": pa.array(number, pa.int64()),
            "consent_no": pa.nulls(len(lines), pa.string()),
            "name_masked": table["name"],
            "id_kind": table["id_kind"],
            "id_no_hmac": table["id_number"],
            "id_no_masked": table["id_number"],
            "amount_cents": typed(table["amount_yuan"], fields.field("amount_yuan")),
            "state": table["state"],
            CLEAR_ID: pc.coalesce(clear_id(table["id_kind"], table["id_number"]), named),
        }
    )


def _account_key(keys: pa.Table, layout: Layout) -> dict[str, pa.ChunkedArray]:
    bill = layout.segments["A"].field("bill_on")
    return {
        "institution_code": keys["base_institution_code"],
        "business": business_of(keys["base_business_detail"]),
        "account_no": keys["base_account_no"],
        "reported_on": typed(keys["base_bill_on"], bill),
    }


def _plain(table: pa.Table, tag: str, layout: Layout) -> pa.Table:
    columns = {"_line": table["_line"]}
    fields = layout.segments[tag].fields
    for field in fields:
        columns[field.item if field.yuan else field.name] = typed(table[field.name], field)
    for name in table.column_names:
        if name.startswith("base_") and name != "base_segment":
            columns[name] = table[name]
    if "id_number" in columns:
        columns[CLEAR_ID] = clear_id(table["id_kind"], table["id_number"])
    return pa.table(columns)
