"""What an engine is, and how one is chosen by its name.

A plan holds no data and knows no engine (:mod:`features.plan`), so that an engine is all there is between
one definition and the machine that computes it. Every engine gives the same value for every feature.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.intake.lake import Lake
from features.errors import FeaturesError
from features.plan import Plan

Progress = Callable[[str, int, int], None]

ENGINES = ("duckdb", "spark")
"""Names of the engines; the first is the default."""

LOCAL_MASTER = "local[2]"
"""Spark on two threads of this machine, unless another master is named."""


class Engine(Protocol):
    """Runs plans on lakes; a context manager, because what it holds goes with it.

    Attributes
    ----------
    name : str
        One of :data:`ENGINES`.
    """

    name: str

    def __enter__(self) -> Self:
        """Enter the context."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of everything temporary."""

    def run(
        self, plan: Plan, lake: Lake, spine: pa.Table, progress: Progress | None = None
    ) -> pd.DataFrame:
        """Run a plan for a spine.

        Parameters
        ----------
        plan : Plan
        lake : Lake
        spine : pyarrow.Table
            Columns `_row`, `_subject`, `_as_of`, as :data:`features.subjects.SPINE` has them.
        progress : callable(step, done, total), optional

        Returns
        -------
        DataFrame
            The plan's result in the order of `_row`, without it.

        Raises
        ------
        FeaturesError
            When a committed file is gone or broken, or the engine fails.
        """


def engine_of(name: str = ENGINES[0], master: str = LOCAL_MASTER) -> Engine:
    """Give an engine by its name.

    Parameters
    ----------
    name : str
        One of :data:`ENGINES`.
    master : str
        Where Spark runs: `local[2]` or the URL of a cluster (`spark://host:7077`).

    Examples
    --------
    >>> engine_of().name
    'duckdb'
    >>> engine_of("abacus")
    Traceback (most recent call last):
    features.errors.FeaturesError: there is no engine 'abacus'. Expected: duckdb, spark.
    """
    if name == "duckdb":
        from features.engines.duckdb import DuckDBEngine

        return DuckDBEngine()
    if name == "spark":
        from features.engines.spark import SparkEngine

        return SparkEngine(master)
    raise FeaturesError(f"there is no engine {name!r}.", expected=", ".join(ENGINES))


def committed_footers(lake: Lake, contract: str) -> dict[str, pq.FileMetaData]:
    """Give the footers of the committed files of a contract, by file: see :func:`footers_of`."""
    return footers_of(contract, lake.files(contract))


def footers_of(contract: str, files: list[str]) -> dict[str, pq.FileMetaData]:
    """Give the footers of some committed files of a contract, by file.

    Raises
    ------
    FeaturesError
        When a file is gone or is no Parquet file any more; it is named.
    """
    lost = [file for file in files if not Path(file).is_file()]
    if lost:
        raise FeaturesError(
            f"{len(lost)} committed file(s) of {contract} are gone, the first is {lost[0]}.",
            hint="restore the lake from a backup",
        )
    footers = {}
    for file in files:
        try:
            footers[file] = pq.read_metadata(file)
        except (pa.ArrowException, OSError) as error:
            raise FeaturesError(
                f"a committed file of {contract} can not be read: {file}.",
                hint="restore the lake from a backup",
            ) from error
    return footers


def committed_files(lake: Lake, contract: str) -> list[str]:
    """Give the committed files of a contract, after a look at the end of each, as :func:`committed_footers`."""
    return list(committed_footers(lake, contract))


def may_correct(footer: pq.FileMetaData) -> bool:
    """Whether a file may hold corrections or withdrawals: versions above 1, which is each record's first."""
    about: Any = footer
    place = about.schema.names.index("_version")
    groups = [about.row_group(number).column(place) for number in range(about.num_row_groups)]
    return any(
        not (g.is_stats_set and g.statistics.has_min_max) or g.statistics.max > 1 for g in groups
    )


def in_order(answer: pa.Table) -> pd.DataFrame:
    """Give a plan's result in the order of `_row`, without it.

    Engines hand it over in any order: one number is sorted here instead of whole rows there.
    """
    order = np.argsort(answer["_row"].to_numpy(), kind="stable")
    frame: pd.DataFrame = (
        answer.drop_columns(["_row"]).take(pa.array(order)).to_pandas(split_blocks=True)
    )
    return frame
