"""Counts of the real tables under their shipped mappings, as they stand in COUNTS.md.

Anyone who has the tables writes the page anew with

    XINQIAO_DATA=<folder> python -m tests.data_contracts.mappings.counts
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import data_contracts
from data_contracts.intake.engine import IntakeResult, intake_file
from data_contracts.intake.mapping.model import load_mapping
from data_contracts.workspace import Workspace

FOLDER = Path(data_contracts.__file__).parent / "mappings"
PAGE = FOLDER / "COUNTS.md"
DAY = date(2025, 6, 30)
"""Day of receipt in the counts: after every day in the tables."""

OTHERS = {
    "cumcm2020c_invoices/credit_history_input_invoice": "cumcm_invoices_in",
    "cumcm2020c_invoices/credit_history_output_invoice": "cumcm_invoices_out",
    "cumcm2020c_invoices/no_credit_history_input_invoice": "cumcm_invoices_in",
    "cumcm2020c_invoices/no_credit_history_output_invoice": "cumcm_invoices_out",
    "bdci2017_enterprise_exit/lawsuit": "bdci_lawsuits",
    "bdci2017_enterprise_exit/breakfaith": "bdci_breakfaith",
}
"""Tables of the two contests and their mappings."""

REASONS = {
    "court_seizures": (
        "44 rows repeat an earlier row's project and court document (or its lack of one); no number "
        "tells whether they are several seizures. The first of equal rows stands."
    ),
    "land_deals": (
        "19,947 rows carry only a unit code and a time of update, no deal at all: the filter says so "
        "of each. Of the 778 deals one falls, whose price cannot be."
    ),
    "tax_arrears": (
        "29 rows repeat taxpayer, tax, amount and address. They may be several periods of one tax; "
        "the notice gives neither period nor row number, so only the first of equal rows can stand."
    ),
}
"""Why more than one row in twenty falls."""

HEAD = """# What became of the real tables

Counts of the open records of a city's bureaux and of two contests under the mappings of this folder, written by

    XINQIAO_DATA=<folder of the tables> python -m tests.data_contracts.mappings.counts

which judges every table without committing it (`dry_run`), received on {day}. The same numbers are asserted
by `tests/data_contracts/mappings/test_real_tables.py` (mark `real`). `accepted + quarantined = rows` in every
line. A row may be counted under several rules. The tables themselves are not shipped.
"""

NOTES = """
Under REVIEW stand mostly numbers whose check digits prove no organisation: taxpayer numbers, registration
numbers of 13 digits, masked ones (`9104****5702`), codes that a spreadsheet rounded (`9.111E+17`). Unified social
credit codes, organisation codes and registration numbers of 15 digits are accepted. Such a row enters the
lake; its subject is the next number that is valid, else the name. Under `key.unique` fall equal rows after the
first, and all rows that contradict each other under one key.
"""


def tables() -> Iterator[tuple[str, str]]:
    """Tables and the names of their mappings."""
    contests = set(OTHERS.values())
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.stem not in contests:
            yield f"beijing_open_records/{path.stem}", path.stem
    yield from OTHERS.items()


def judged(root: Path, table: str, mapping: str) -> IntakeResult:
    """Judge one table and commit nothing."""
    with tempfile.TemporaryDirectory() as folder:
        return intake_file(
            root / f"{table}.parquet",
            None,
            Workspace(Path(folder) / "ws"),
            mapping=FOLDER / f"{mapping}.yaml",
            received_on=DAY,
            dry_run=True,
        )


def page(results: Mapping[str, tuple[str, IntakeResult]]) -> str:
    """Write the page from table -> (mapping, result)."""
    lines = [
        HEAD.format(day=DAY),
        "| table | title | contract | rows | accepted | quarantined | % |",
    ]
    lines.append("|---|---|---|---:|---:|---:|---:|")
    rules = ["| table | quarantined by rule | under review by rule |", "|---|---|---|"]
    for table, (mapping, result) in results.items():
        short = table.removeprefix("beijing_open_records/")
        title = load_mapping(FOLDER / f"{mapping}.yaml").title_zh
        share = f"{result.quarantined / result.rows:.2%}"
        lines.append(
            f"| {short} | {title} | {result.contract} | {result.rows:,} | {result.accepted:,} | "
            f"{result.quarantined:,} | {share} |"
        )
        if result.by_rule or result.reviewed:
            rules.append(f"| {short} | {_listed(result.by_rule)} | {_listed(result.reviewed)} |")
    total = [result for _, result in results.values()]
    rows, accepted = sum(r.rows for r in total), sum(r.accepted for r in total)
    fallen = sum(r.quarantined for r in total)
    lines.append(f"| **all** | | | {rows:,} | {accepted:,} | {fallen:,} | {fallen / rows:.2%} |")
    why = [f"- `{name}`: {reason}" for name, reason in REASONS.items()]
    return "\n".join(
        [*lines, "", "## By rule", "", *rules, "", "## Where more than 5 % fall", "", *why, NOTES]
    )


def _listed(counts: Mapping[str, int]) -> str:
    return "<br>".join(f"`{rule}` {count:,}" for rule, count in counts.items())


if __name__ == "__main__":
    root = Path(os.environ["XINQIAO_DATA"])
    found = {table: (mapping, judged(root, table, mapping)) for table, mapping in tables()}
    PAGE.write_text(page(found), encoding="utf-8")
