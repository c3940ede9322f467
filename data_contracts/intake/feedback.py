"""Feedback for a supplier: what of its file fell, what is under review, in its own column names, and what to do.

A CSV that a spreadsheet opens: UTF-8 with a byte order mark, and no cell that it would run as a formula.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts.catalogue import contract as contract_of
from data_contracts.errors import ContractsError
from data_contracts.intake.lake import Commit, Lake

HEADER = (
    "状态 state", "行号 line", "列名 column", "原值 value", "规则 rule", "说明", "explanation", "处理建议", "hint",
)  # fmt: skip

FALLEN, REVIEWED = "隔离 quarantined", "待核 under review"

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(cell: str) -> str:
    """Give a cell that no spreadsheet runs as a formula.

    Examples
    --------
    >>> safe("=cmd|'/c calc'!A0"), safe("北京")
    ("'=cmd|'/c calc'!A0", '北京')
    """
    return "'" + cell if cell.startswith(_FORMULA) else cell


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
        draft = path.with_name(path.name + ".part")
        with draft.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(HEADER)
            writer.writerows(_rows(FALLEN, commit, _fallen(lake, commit)))
            writer.writerows(_rows(REVIEWED, commit, _reviewed(lake, commit)))
        os.replace(draft, path)
    except OSError as error:
        raise ContractsError(
            f"the feedback cannot be written: {error.strerror or 'a fault of the disk'}.", file=path
        ) from error
    return path


_Told = tuple[int, str, str, str]
"""Line, column, value and rule."""


def _rows(state: str, commit: Commit, told: Iterator[_Told]) -> Iterator[list[object]]:
    texts = commit.note.get("texts", {})
    for line, column, value, rule in told:
        cells = (column, value, rule, *texts.get(rule, ("", "", "", "")))
        yield [state, line, *map(safe, cells)]


def _fallen(lake: Lake, commit: Commit) -> Iterator[_Told]:
    if commit.quarantine:
        with pq.ParquetFile(lake.root / commit.quarantine) as file:
            for part in file.iter_batches():
                for row in part.to_pylist():
                    yield row["line"], row["column"], row["value"] or "", row["rule_id"]


def _reviewed(lake: Lake, commit: Commit) -> Iterator[_Told]:
    if not commit.reviews:
        return
    hits = pq.read_table(lake.root / commit.reviews)
    columns = commit.note.get("columns", {})
    for name in sorted(set(hits["contract"].to_pylist())):
        mine = hits.filter(pc.equal(hits["contract"], name))
        declared = contract_of(name)
        shown = sorted(
            item
            for item in set(mine["column"].to_pylist()) & set(declared.model_fields)
            if not declared.column(item).item.masked
        )
        records = {}
        if name in commit.files:
            table = pq.read_table(lake.root / commit.files[name], columns=[*shown, "_line"])
            table = table.filter(pc.is_in(table["_line"], mine["line"].combine_chunks()))
            records = {row["_line"]: row for row in table.to_pylist()}
        for hit in mine.to_pylist():
            item = hit["column"]
            value = records.get(hit["line"], {}).get(item) if item in shown else None
            column = columns.get(name, {}).get(item) or item
            yield hit["line"], column, "" if value is None else str(value), hit["rule_id"]


def _name(commit: Commit) -> str:
    identity = commit.identity
    about = (
        [identity.supplier, identity.contract, identity.period, identity.serial] if identity else []
    )
    label = "-".join(about) or str(commit.note.get("name", "batch"))
    return f"feedback-{re.sub(r'[^0-9A-Za-z一-鿿_.-]', '_', label)}-{commit.batch[:12]}.csv"
