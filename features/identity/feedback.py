"""Errors of codes and names told to the supplier: which record, what it gave, what is right (C12)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_contracts.catalogue import all_contracts
from data_contracts.checks import sql_name
from data_contracts.intake.lake import Lake
from features.identity.claims import Claim
from features.identity.codes import agreement, scheme
from features.identity.exact import Index, registration_number
from features.identity.names import key_of

COLUMNS = (
    "supplier", "contract", "batch", "line", "name_given", "code_given", "name_right", "code_right",
    "error_zh", "error_en", "score",
)  # fmt: skip

ERRORS = {
    "code": ("代码与该名称的企业不符", "The code is not that of the enterprise of this name"),
    "slip": ("代码书写有误", "The code is miswritten"),
    "name": ("名称与该代码的企业不符", "The name is not that of the enterprise of this code"),
    "missing": ("缺少统一社会信用代码", "The unified social credit code is missing"),
    "old": ("使用旧代码，请改用统一社会信用代码", "An old code stands instead of the unified one"),
}


@dataclass(frozen=True)
class Error:
    """What is wrong with one record."""

    supplier: str
    contract: str
    batch: str
    line: int
    name_given: str
    code_given: str
    name_right: str
    code_right: str
    kind: str
    score: float


def errors(
    lake: Lake, index: Index, pairs: list[Claim], supplier: str | None = None
) -> Iterator[Error]:
    """Records whose code or name differs from that of the enterprise they are about.

    Parameters
    ----------
    lake : Lake
    index : Index
        The evidence of the run.
    pairs
        Links and doubts of the run: subject and enterprise.
    supplier : str, optional
        Only batches of this supplier.
    """
    told = {c.subject: c for c in pairs if scheme(c.target) == "USCC"}
    by_batch = {c.batch: c.identity.supplier if c.identity else "" for c in lake.commits()}
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE asked (subject VARCHAR)")
        connection.executemany("INSERT INTO asked VALUES (?)", [(s,) for s in told] or [("",)])
        for contract, declared in all_contracts().items():
            if not {"subject_name", "subject_code"} <= set(declared.model_fields):
                continue
            if not lake.files(contract):
                continue
            rows = connection.execute(
                f"SELECT {sql_name(declared.about.subject)}, subject_name, subject_code, _batch, _line "
                f"FROM {lake.latest_sql(contract)} JOIN asked ON subject = {sql_name(declared.about.subject)} "
                f"ORDER BY _batch, _line"
            ).fetchall()
            for subject, name, code, batch, line in rows:
                if supplier is None or by_batch.get(batch, "") == supplier:
                    yield _error(
                        index,
                        told[subject],
                        by_batch.get(batch, ""),
                        contract,
                        batch,
                        line,
                        name,
                        code,
                    )


def _error(
    index: Index, claim: Claim, supplier: str, contract: str, batch: str, line: int,
    name: str | None, code: str | None,
) -> Error:  # fmt: skip
    number = claim.target[5:]
    current = [a for a in index.names.get(claim.target, ()) if not a.former]
    right = max(current, key=lambda a: (a.since, a.name)).name if current else ""
    stands = agreement(code, number, registration_number(index, claim.target))
    known = {alias.key for alias in index.names.get(claim.target, ())}
    if stands == "differs":
        kind = "code"
    elif stands == "near":
        kind = "slip"
    elif claim.against == "other name" or (name and known and key_of(name) not in known):
        kind = "name"
    else:
        kind = "old" if stands in ("same", "unlike") else "missing"
    return Error(
        supplier, contract, batch, line, name or "", code or "", right, number, kind, claim.score
    )


def write_errors(path: Path, found: list[Error]) -> Path:
    """Write errors as CSV with a byte order mark, so that a spreadsheet reads the Chinese.

    Returns
    -------
    Path
        The file.
    """
    with Path(path).open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for e in found:
            writer.writerow(
                [
                    e.supplier, e.contract, e.batch, e.line, plain(e.name_given), plain(e.code_given),
                    plain(e.name_right), e.code_right, *ERRORS[e.kind], e.score,
                ]
            )  # fmt: skip
    return Path(path)


def plain(text: str) -> str:
    """A text that a spreadsheet takes for no formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
