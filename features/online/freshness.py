"""How new the records behind a vector are: for each contract, the newest day on which one became known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

import duckdb
import pandas as pd

from data_contracts.catalogue import contract as contract_of
from data_contracts.checks import sql_name
from data_contracts.intake.lake import Lake
from features.errors import FeaturesError

Freshness = dict[tuple[str, date], dict[str, date]]
"""Subject and day -> contract -> newest known day."""

_KEPT = 1_000  # sets of files whose SQL is remembered; ours


def freshness(lake: Lake, contracts: Iterable[str], spine: pd.DataFrame) -> Freshness:
    """Newest known day of the subjects' own records, by contract.

    Parameters
    ----------
    lake : Lake
    contracts : iterable of str
    spine : DataFrame
        subject_id and as_of: only records with ``event < as_of`` and ``known <= as_of`` count.

    Returns
    -------
    dict
        Contracts without such a record are absent.

    Raises
    ------
    FeaturesError
        When a file of the lake can not be read.
    """
    found: Freshness = {}
    parts = [_newest(lake, name) for name in contracts if lake.files(name)]
    if not parts:
        return found
    asked = pd.DataFrame({
        "subject_id": spine["subject_id"].astype(str).to_numpy(object),
        "as_of": pd.to_datetime(spine["as_of"]).to_numpy("datetime64[us]"),
    })  # fmt: skip
    with _engine().cursor() as connection:
        connection.register("given", asked)
        connection.execute(
            "CREATE TEMP TABLE spine AS SELECT DISTINCT subject_id, as_of::DATE AS as_of FROM given"
        )
        try:
            rows = connection.execute(" UNION ALL ".join(parts)).fetchall()
        except duckdb.Error as error:
            raise FeaturesError(
                f"the lake can not be read ({type(error).__name__}).",
                hint="check its files with `xinqiao contracts verify`",
            ) from error
        finally:
            connection.execute("DROP TABLE spine")
    for subject_id, as_of, contract, newest in rows:
        found.setdefault((subject_id, as_of), {})[contract] = newest
    return found


def _newest(lake: Lake, contract: str) -> str:
    subject = sql_name(contract_of(contract).about.subject)
    relation = _relation(lake, contract, tuple(lake.files(contract)))
    return (
        f"SELECT s.subject_id, s.as_of, '{contract}' AS contract, max(r._known) AS newest "
        f"FROM spine s JOIN {relation} r ON r.{subject} = s.subject_id AND r._event < s.as_of "
        "AND r._known <= s.as_of AND NOT r._withdrawn GROUP BY 1, 2"
    )


_KNOWN: dict[tuple[str, ...], str] = {}


def _relation(lake: Lake, contract: str, files: tuple[str, ...]) -> str:
    """SQL of a contract's files. They are never altered, so that each set is looked at once."""
    if files not in _KNOWN:
        if len(_KNOWN) >= _KEPT:
            _KNOWN.clear()
        _KNOWN[files] = str(lake.relation(contract))
    return _KNOWN[files]


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """One DuckDB for all calls, each with its own cursor: opening one costs more than a subject's answer."""
    made = duckdb.connect()
    made.execute("SET parquet_metadata_cache = true")
    return made
