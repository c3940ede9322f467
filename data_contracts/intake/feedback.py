"""Feedback for a supplier: what of its file fell, what is under review, in its own column names, and what to do.

A CSV that a spreadsheet opens: UTF-8 with a byte order mark, and no cell that it would run as a formula.
"""

from __future__ import annotations

import csv
import os
import re
import secrets
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts.catalogue import contract as contract_of
from data_contracts.errors import ContractsError
from data_contracts.intake.lake import Commit, Lake
from data_contracts.rules import ALL_RULES

HEADER = (
    "状态 state", "行号 line", "列名 column", "原值 value", "规则 rule", "说明", "explanation", "处理建议", "hint",
)  # fmt: skip

FALLEN, REVIEWED = "隔离 quarantined", "待核 under review"

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?[0-9]+([.][0-9]+)?")


def safe(cell: str) -> str:
    """Give a cell that no spreadsheet runs as a formula.

    Examples
    --------
    >>> safe("=cmd|'/c calc'!A0"), safe("北京"), safe("-1.5"), safe("-1+1")
    ("'=cmd|'/c calc'!A0", '北京', '-1.5', "'-1+1")
    """
    runs = cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell)
    return "'" + cell if runs else cell


def find_batch(lake: Lake, batch: str | None) -> Commit:
    """Find the commit of a batch by the first digits of its digest; the latest one if None.

    Raises
    ------
    ContractsError
        When no batch or more than one fits.
    """
    commits = lake.commits()
    if batch is None:
        if not commits:
            raise ContractsError("no batch was taken in yet.", hint="run an intake first")
        return commits[-1]
    if not re.fullmatch(r"[0-9a-f]{4,64}", batch):
        raise ContractsError(
            "this is no digest of a batch.", expected="its first digits (0-9, a-f), four or more"
        )
    found = [commit for commit in commits if commit.batch.startswith(batch)]
    if len(found) != 1:
        raise ContractsError(
            f"{len(found)} batches begin with these digits.", hint="`batches` lists them"
        )
    return found[0]


def write_feedback(lake: Lake, batch: str, out: Path) -> Path:
    """Write the feedback of a batch.

    Parameters
    ----------
    lake
        Where the batch was taken in.
    batch
        Its digest.
    out
        Folder, or the ``.csv`` file itself; made if absent.

    Returns
    -------
    Path
        The file: quarantined rows with their original values, then rows that stand under review with
        the values of the record. Without either it holds the header alone.

    Raises
    ------
    ContractsError
        For an unknown batch or a folder that cannot be written.
    """
    commit = find_batch(lake, batch)
    out = Path(out)
    path = out if out.suffix.lower() == ".csv" else out / _name(commit)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
        try:
            with draft.open("x", encoding="utf-8-sig", newline="") as stream:
                writer = csv.writer(stream)
                writer.writerow(HEADER)
                writer.writerows(_rows(FALLEN, commit, _fallen(lake, commit)))
                writer.writerows(_rows(REVIEWED, commit, _reviewed(lake, commit)))
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise ContractsError(
            f"the feedback cannot be written: {error.strerror or 'a fault of the disk'}.", file=path
        ) from error
    return path


_Told = tuple[int, str, str, str]
"""Line, column, value and rule."""


def _rows(state: str, commit: Commit, told: Iterator[_Told]) -> Iterator[list[object]]:
    texts = commit.note.get("texts", {})
    by_column = commit.note.get("texts_by_column", {})
    for line, column, value, rule in told:
        found = by_column.get(rule, {}).get(column) or texts.get(rule) or _published(rule)
        yield [state, line, *map(safe, (column, value, rule, *found))]


@cache
def _published(rule: str) -> tuple[str, str, str, str]:
    """Texts of a rule whose hit came along with a record that got another key."""
    found = next((r for r in ALL_RULES if r.id == rule), None)
    return (found.text_zh, found.text_en, "", found.hint) if found else ("", "", "", "")


def _fallen(lake: Lake, commit: Commit) -> Iterator[_Told]:
    if commit.quarantine:
        with pq.ParquetFile(lake.root / commit.quarantine) as file:
            for part in file.iter_batches():
                for row in part.to_pylist():
                    yield row["line"], row["column"], row["value"] or "", row["rule_id"]


def _reviewed(lake: Lake, commit: Commit) -> Iterator[_Told]:
    if not commit.reviews:
        return
    columns = commit.note.get("columns", {})
    with pq.ParquetFile(lake.root / commit.reviews) as file:
        new = "source_column" in file.schema_arrow.names
        for part in file.iter_batches():
            rows = part.to_pylist()
            stored = {} if new else _stored(lake, commit, rows)
            for row in rows:
                contract, item = row["contract"], row["column"]
                value = row["value"] if new else stored.get((contract, row["line"], item))
                named = row["source_column"] if new else None
                column = named or columns.get(contract, {}).get(item) or item
                yield row["line"], column, value or "", row["rule_id"]


def _stored(
    lake: Lake, commit: Commit, rows: list[dict[str, Any]]
) -> dict[tuple[str, int, str], str]:
    """What the records hold, for hits that were stored without what the supplier wrote."""
    found: dict[tuple[str, int, str], str] = {}
    for name in {row["contract"] for row in rows} & set(commit.files):
        declared = contract_of(name)
        mine = [row for row in rows if row["contract"] == name]
        shown = sorted(
            item
            for item in {row["column"] for row in mine} & set(declared.model_fields)
            if not declared.column(item).item.masked
        )
        lines = [row["line"] for row in mine]
        table = pq.read_table(
            lake.root / commit.files[name], columns=[*shown, "_line"],
            filters=[("_line", ">=", min(lines)), ("_line", "<=", max(lines))],
        )  # fmt: skip
        table = table.filter(pc.is_in(table["_line"], pa.array(lines, pa.int64())))
        for record in table.to_pylist():
            found |= {
                (name, record["_line"], item): str(record[item])
                for item in shown
                if record[item] is not None
            }
    return found


def _name(commit: Commit) -> str:
    identity = commit.identity
    about = (
        [identity.supplier, identity.contract, identity.period, identity.serial] if identity else []
    )
    label = "-".join(about) or str(commit.note.get("name", "batch"))
    return f"feedback-{re.sub(r'[^0-9A-Za-z一-鿿_.-]', '_', label)}-{commit.batch[:12]}.csv"
