"""The engines that tests run on: DuckDB for each test, one Spark session for all tests of a process.

A test module that needs them imports the fixtures it names; `engine` runs a test once on every engine.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest

from features.engines.duckdb import DuckDBEngine
from features.engines.engine import ENGINES, Engine
from features.engines.python.few import PythonEngine
from features.engines.spark import SparkEngine

SMALL_DATA = {
    # Tests have a handful of rows: compiling Java for them would take longer than they do.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.driver.memory": "1g",
}


_opened: list[SparkEngine] = []


@pytest.fixture(scope="session")
def spark(request: pytest.FixtureRequest) -> Engine:
    """Spark on two threads of this machine; started by the first test that asks for it.

    A fixture is made anew for every module that imports it, and a process has one session: so it is kept
    here until the process's tests are over.
    """
    if not _opened:
        engine = SparkEngine("local[2]", SMALL_DATA)
        _opened.append(engine)
        request.config.add_cleanup(lambda: engine.__exit__(None, None, None))
    return _opened[0]


@pytest.fixture(params=[*ENGINES, "python"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Every engine in turn: DuckDB and Spark over the whole lake, plain Python over a subject's records."""
    if request.param == "spark":
        yield request.getfixturevalue("spark")
    else:
        with DuckDBEngine(few=-1) if request.param == "duckdb" else PythonEngine() as opened:
            yield opened


def assert_same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Every feature of every row alike: numbers within 1e-9 relative, the rest exactly, nulls alike."""
    assert list(found.columns) == list(expected.columns)
    for name in expected.columns:
        try:
            pd.testing.assert_series_equal(
                found[name], expected[name], rtol=1e-9, atol=1e-12, check_exact=False
            )
        except AssertionError as error:
            raise AssertionError(f"feature {name}: {error}") from error
