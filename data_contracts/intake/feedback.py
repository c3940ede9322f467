"""Feedback for a supplier: what of its file was not taken in, in its own column names, and what to do.

A CSV that a spreadsheet opens: UTF-8 with a byte order mark, and no cell that it would run as a formula.
"""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import pyarrow.parquet as pq

from data_contracts.errors import ContractsError
from data_contracts.intake.lake import Commit, Lake

HEADER = (
    "行号 line", "列名 column", "原值 value", "规则 rule", "说明", "explanation", "处理建议", "hint",
)  # fmt: skip

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
        The file. Of a batch without quarantined rows it holds the header alone.

    Raises
    ------
    ContractsError
        For an unknown batch or a folder that cannot be written.
    """
    commit = find_batch(lake, batch)
    out = Path(out)
    path = out if out.suffix.lower() == ".csv" else out / _name(commit)
    texts = commit.note.get("texts", {})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + ".part")
        with draft.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(HEADER)
            if commit.quarantine:
                with pq.ParquetFile(lake.root / commit.quarantine) as file:
                    for part in file.iter_batches():
                        for row in part.to_pylist():
                            told = texts.get(row["rule_id"], ("", "", "", ""))
                            cells = (row["column"], row["value"] or "", row["rule_id"], *told)
                            writer.writerow([row["line"], *map(safe, cells)])
        os.replace(draft, path)
    except OSError as error:
        raise ContractsError(
            f"the feedback cannot be written: {error.strerror or 'a fault of the disk'}.", file=path
        ) from error
    return path


def _name(commit: Commit) -> str:
    identity = commit.identity
    about = (
        [identity.supplier, identity.contract, identity.period, identity.serial] if identity else []
    )
    label = "-".join(about) or str(commit.note.get("name", "batch"))
    return f"feedback-{re.sub(r'[^0-9A-Za-z一-鿿_.-]', '_', label)}-{commit.batch[:12]}.csv"
