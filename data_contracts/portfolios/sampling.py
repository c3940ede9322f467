"""The shipped sample of the sba portfolio: as many loans as fit a given size.

The loans are chosen by the hash of their numbers, lowest first, so that a smaller sample is part of a larger
one and nobody has picked them. Broken rows stay in as they fall. Order of rows and encoding of columns
were found by trial: sorted by state, lender's state and date a loan takes 14 bytes, unsorted 20.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.checks import sql_name
from data_contracts.errors import ContractsError
from data_contracts.intake.mapping.columns import SourceColumn
from data_contracts.intake.readers import open_source
from data_contracts.portfolios.sba import FIRST_APPROVAL, LAST_APPROVAL, SBA

MAX_BYTES = 2_000_000
STEP = 100
"""The number of loans is a multiple of this."""

SALT = "xinqiao"
ORDER = ("State", "BankState", "ApprovalDate", "LoanNr_ChkDgt")

# Text of digits without a leading zero takes less room as a number and reads the same.
_AS_INTEGER = {
    "LoanNr_ChkDgt": "BIGINT", "Zip": "INTEGER", "NAICS": "INTEGER", "FranchiseCode": "INTEGER",
    "NoEmp": "INTEGER", "NewExist": "INTEGER", "CreateJob": "INTEGER", "RetainedJob": "INTEGER",
    "UrbanRural": "INTEGER", "GrAppv": "INTEGER", "SBA_Appv": "INTEGER",
}  # fmt: skip

_ENCODING = {
    "LoanNr_ChkDgt": "BYTE_STREAM_SPLIT", "Zip": "BYTE_STREAM_SPLIT", "ApprovalDate": "BYTE_STREAM_SPLIT",
    "NoEmp": "BYTE_STREAM_SPLIT", "CreateJob": "BYTE_STREAM_SPLIT", "RetainedJob": "BYTE_STREAM_SPLIT",
    "ChgOffDate": "BYTE_STREAM_SPLIT", "UrbanRural": "BYTE_STREAM_SPLIT", "FranchiseCode": "PLAIN",
    "LowDoc": "DELTA_LENGTH_BYTE_ARRAY", "RevLineCr": "DELTA_LENGTH_BYTE_ARRAY",
}  # fmt: skip


def write_sample(
    source: Path,
    target: Path,
    max_bytes: int = MAX_BYTES,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write the largest sample of the sba source that has at most ``max_bytes``.

    Parameters
    ----------
    source
        The full file of the portfolio (Parquet or CSV).
    target
        Parquet file to write; replaced whole, or left alone on an error.
    max_bytes
        Size that must not be exceeded.
    progress
        Called with (loans tried, bytes) after each trial.

    Returns
    -------
    int
        Loans in the sample.

    Raises
    ------
    ContractsError
        When the source cannot be read or not even ``STEP`` loans fit.
    """
    rows = _chosen(source)
    report = progress or (lambda loans, size: None)
    with tempfile.TemporaryDirectory(prefix="xinqiao-sample-") as folder:
        trial = Path(folder) / "trial.parquet"

        def size_of(steps: int) -> int:
            _write(rows.slice(0, steps * STEP), trial)
            report(min(steps * STEP, rows.num_rows), trial.stat().st_size)
            return trial.stat().st_size

        fits, fails = 0, -(-rows.num_rows // STEP) + 1
        guess = min(fails - 1, max(1, max_bytes // (14 * STEP)))
        while fails - fits > 1:
            size = size_of(guess)
            if size <= max_bytes:
                fits = guess
            else:
                fails = guess
            # Sizes grow almost in proportion: aim there, but stay inside the bracket.
            guess = min(max(int(guess * max_bytes / size), fits + 1), fails - 1)
        if fits == 0:
            raise ContractsError(
                f"not even {STEP} loans fit {max_bytes} bytes.",
                expected="a larger size",
                file=target,
            )
        size_of(fits)
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(target.name + ".part")
        beside.write_bytes(trial.read_bytes())
        os.replace(beside, target)
    return min(fits * STEP, int(rows.num_rows))


def _chosen(source: Path) -> pa.Table:
    """All loans of the window, lowest hash first, in the columns and types of the sample."""
    names = [column.name for column in SBA.columns]
    opened = open_source(source, names)
    table = pa.concat_tables([part.drop(["_line"]) for part in opened.parts])
    with duckdb.connect() as connection:
        connection.register("source", table)
        parts = []
        for column in SBA.columns:
            kind = _AS_INTEGER.get(column.name, "DATE" if column.form == "date" else "VARCHAR")
            _refuse_loss(connection, source, column, kind)
            parts.append(f"{sql_name(column.name)}::{kind} AS {sql_name(column.name)}")
        return connection.sql(
            f"SELECT {', '.join(parts)} FROM source "
            f"WHERE ApprovalDate::DATE BETWEEN DATE '{FIRST_APPROVAL}' AND DATE '{LAST_APPROVAL}' "
            f"ORDER BY sha256('{SALT}' || LoanNr_ChkDgt::VARCHAR)"
        ).to_arrow_table()


def _refuse_loss(
    connection: duckdb.DuckDBPyConnection, source: Path, column: SourceColumn, kind: str
) -> None:
    """Refuse a value that would read otherwise once it is stored as ``kind``."""
    name = sql_name(column.name)
    same = "VARCHAR" if column.form == "text" else "DATE" if column.form == "date" else "DOUBLE"
    lost = connection.execute(
        f"SELECT count(*) FROM source WHERE {name} IS NOT NULL AND "
        f"TRY_CAST({name} AS {same}) IS DISTINCT FROM TRY_CAST({name} AS {kind})::{same}"
        f" OR ({name} IS NOT NULL AND TRY_CAST({name} AS {kind}) IS NULL)"
    ).fetchall()[0][0]
    if lost:
        raise ContractsError(
            f"{lost} values would change in the sample.",
            expected="dates as YYYY-MM-DD, whole numbers without leading zeros",
            file=source,
            column=column.name,
        )


def _write(rows: pa.Table, path: Path) -> None:
    table = rows.sort_by([(name, "ascending") for name in ORDER])
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=22,
        use_dictionary=[name for name in table.column_names if name not in _ENCODING],
        column_encoding=_ENCODING,
        row_group_size=table.num_rows,
        data_page_size=1 << 26,
        dictionary_pagesize_limit=1 << 24,
        write_statistics=False,
        store_schema=False,
    )


def write_cards(source: Path, target: Path) -> int:
    """Write the whole cards source compactly: its numbers are whole, so they are stored as such.

    Returns
    -------
    int
        Clients written.
    """
    table = pq.read_table(source)
    columns = [column.cast(pa.int32(), safe=True) for column in table.columns]
    compact = pa.table(dict(zip(table.column_names, columns, strict=True)))
    pq.write_table(
        compact,
        target,
        compression="zstd",
        compression_level=22,
        row_group_size=compact.num_rows,
        data_page_size=1 << 26,
        dictionary_pagesize_limit=1 << 24,
        write_statistics=False,
        store_schema=False,
    )
    return int(compact.num_rows)
