"""A part of a portfolio's shipped file, for a first look, a notebook or a test."""

from __future__ import annotations

from pathlib import Path

import duckdb

from data_contracts.checks import sql_name, sql_text
from data_contracts.errors import ContractsError
from data_contracts.portfolios.portfolio import Portfolio

SALT = "xinqiao-part"


def write_part(declared: Portfolio, target: Path, rows: int) -> Path:
    """Write some rows of a portfolio's shipped file, as they are.

    Rows are chosen by the hash of their key, lowest first: always the same ones, nobody has picked them, and a smaller
    part lies within a larger one.

    Parameters
    ----------
    declared
        The portfolio.
    target
        Parquet file to write, for ``load_portfolio(name, workspace, target)``.
    rows
        How many; all where the file has fewer.

    Returns
    -------
    Path
        The target.

    Raises
    ------
    ContractsError
        When not even one row is asked for.
    """
    if rows < 1:
        raise ContractsError("a part needs rows.", expected="at least one row")
    key = ", ".join(f"{sql_name(column)}::VARCHAR" for column in declared.key)
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_parquet({sql_text(str(declared.shipped))}) "
            f"ORDER BY md5(concat_ws('|', {sql_text(SALT)}, {key})), {key} LIMIT {int(rows)}) "
            f"TO {sql_text(str(target))} (FORMAT parquet)"
        )
    return target
