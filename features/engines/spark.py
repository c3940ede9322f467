"""Apache Spark, on this machine or a cluster: the same plans where data outgrow one machine.

The only module that imports pyspark, and it does so when an engine is opened.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
import warnings
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import pandas as pd
import pyarrow as pa

from data_contracts.catalogue import contract as contract_of
from data_contracts.intake.lake import Lake
from features.engines.engine import LOCAL_MASTER, Progress, committed_files, in_order
from features.engines.spark_sql import spark_sql
from features.errors import FeaturesError
from features.plan import RESULT, Plan

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

DRIVER_MEMORY = "2g"
"""Heap of the driver, which on one machine does all the work (ours)."""

_LOG = """
rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c{1}: %m%n
"""
"""Errors only: Spark's warnings are about its own set-up."""

_SQL_TYPES = {
    pa.string(): "STRING", pa.int64(): "BIGINT", pa.int32(): "INT", pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN", pa.date32(): "DATE",
}  # fmt: skip


class SparkEngine:
    """Runs plans on lakes in one Spark session, which it starts and stops.

    Parameters
    ----------
    master : str
        `local[2]` for two threads here, or the URL of a cluster, whose nodes must see the lake's folder.
    settings : dict, optional
        Further settings of Spark, such as the memory of the executors.
    """

    name = "spark"

    def __init__(self, master: str = LOCAL_MASTER, settings: dict[str, str] | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="xinqiao-spark-")
        try:
            self._session = _session(master, Path(self._folder.name), settings or {})
        except BaseException:
            self._folder.cleanup()
            raise

    def __enter__(self) -> Self:
        """Enter the context."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the session and drop everything temporary."""
        self._session.stop()
        self._folder.cleanup()

    def run(
        self, plan: Plan, lake: Lake, spine: pa.Table, progress: Progress | None = None
    ) -> pd.DataFrame:
        """Run a plan for a spine, see :meth:`features.engines.engine.Engine.run`."""
        catalog = self._session.catalog
        names = ["spine", *(f"lake_{contract}" for contract in plan.contracts)]
        statements = spark_sql(plan)
        try:
            self._guarded("spine", lambda: self._spine(spine))
            for contract in plan.contracts:
                self._guarded(f"records {contract}", lambda c=contract: self._open(lake, c))
            for number, (step, sql) in enumerate(zip(plan.steps[:-1], statements, strict=False)):
                if progress is not None:
                    progress(f"features: {step.title}", number, len(plan.steps))

                def table(sql: str = sql, name: str = step.name) -> None:
                    self._kept(self._session.sql(sql)).createOrReplaceTempView(name)

                self._guarded(step.title, table)
                names.append(step.name)
            answer = self._guarded(
                RESULT,
                lambda: self._session.sql(statements[-1]).toArrow(),
            )
        finally:
            for name in names:
                catalog.dropTempView(name)
        if progress is not None:
            progress(f"features: {RESULT}", len(plan.steps), len(plan.steps))
        return in_order(answer)

    def _kept(self, table: DataFrame) -> DataFrame:
        """Compute a step once and forget how: a view's steps as one plan are more than Spark can plan."""
        if self._session.conf.get("spark.checkpoint.dir", None):
            return table.checkpoint()  # survives the loss of an executor
        return table.localCheckpoint()

    def _spine(self, spine: pa.Table) -> None:
        self._session.createDataFrame(spine).createOrReplaceTempView("spine")

    def _open(self, lake: Lake, contract: str) -> None:
        """Give a contract's committed records the name that plans read them by.

        Parquet is read by the names of the contract's present columns, so that a column which an
        earlier file lacks is null; records of a time without withdrawals are not withdrawn.
        """
        from pyspark.sql.functions import coalesce, col, lit

        columns = contract_of(contract).arrow_schema(system=True)
        schema = ", ".join(f"`{column.name}` {_SQL_TYPES[column.type]}" for column in columns)
        files = committed_files(lake, contract)
        if files:
            records = self._session.read.schema(schema).parquet(*map(_address, files))
            withdrawn = coalesce(col("_withdrawn"), lit(False))
            records = records.withColumn("_withdrawn", withdrawn)
        else:
            records = self._session.createDataFrame([], schema)
        records.createOrReplaceTempView(f"lake_{contract}")

    def _guarded(self, title: str, work: Any) -> Any:
        from py4j.protocol import Py4JError  # type: ignore[import-untyped]
        from pyspark.errors import PySparkException

        try:
            with warnings.catch_warnings():
                # pyspark warns of this pandas, which has no part in what is handed over: Arrow.
                warnings.filterwarnings("ignore", "PySpark does not yet fully", FutureWarning)
                return work()
        except (PySparkException, Py4JError) as error:
            # Spark's own words may hold values out of records, so they stay in the cause.
            raise FeaturesError(
                f"the engine failed at {title!r} ({type(error).__name__}).",
                hint="check the lake's files, the free disk and the memory of driver and executors",
            ) from error


def _address(file: str) -> str:
    return Path(file).resolve().as_uri()


def _session(master: str, folder: Path, settings: dict[str, str]) -> SparkSession:
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise FeaturesError(
            "Spark is not installed.", hint="pip install 'xinqiao[spark]', or use --engine duckdb"
        ) from error
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise FeaturesError(
            "Spark needs Java 17 or later, and there is no java on this machine.",
            hint="apt install openjdk-17-jre-headless, or set JAVA_HOME",
        )
    if SparkSession.getActiveSession() is not None:
        raise FeaturesError(
            "this process has a Spark session already.", hint="close the other engine first"
        )
    log = folder / "log4j2.properties"
    log.write_text(_LOG)
    chosen = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.caseSensitive": "true",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
        "spark.local.dir": str(folder),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={log.as_uri()}",
        "spark.driver.memory": DRIVER_MEMORY,
        # The step that joins all own aggregates sorts dozens of tables in one task, each in pages.
        "spark.buffer.pageSize": "1m",
    }
    if master.startswith("local"):
        # One machine: nobody else is to be reached, and little data need no hundreds of partitions.
        chosen |= {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.sql.shuffle.partitions": "8",
        }
    builder = SparkSession.builder.master(master).appName("xinqiao-features")
    for key, value in {**chosen, **settings}.items():
        builder = builder.config(key, value)
    handler = signal.getsignal(signal.SIGINT)
    try:
        session = builder.getOrCreate()
        if threading.current_thread() is threading.main_thread():
            # Spark puts its own in place and never takes it away; closing the engine ends its jobs too.
            signal.signal(signal.SIGINT, handler)
        return session
    except (PySparkException, OSError) as error:
        raise FeaturesError(
            f"Spark did not start on {master}.",
            hint="check the Java version (17 or later), the master and the free memory",
        ) from error
