"""30 aggregates over windows of 3, 6, 12 and 24 months: the features engine beside its peers, in one run.

Run: python tests/benchmarks/bench_features.py [--rows 5000000] [--spark] [--no-linear]
     python tests/benchmarks/bench_features.py --big [--rows 50000000] [--limit 4GB]

Monthly card bills of N/24 subjects, asked as of one day each. The engine reads all versions of the records and
lets only those count that were known on the day; the peers are written for this table alone and look at event
and known day only, so that they do less. The scan reads the same columns from Parquet and keeps a maximum
of each. `--big` builds in a process of its own, prints its largest memory and what it wrote to disk.
Read the ratios, those of CPU seconds first: a shared machine is never the same twice.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import psutil  # type: ignore[import-untyped]
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts.catalogue import contract as contract_of
from data_contracts.intake.lake import Lake
from features.engines.duckdb import DuckDBEngine
from features.engines.engine import Engine
from features.expressions import Expression, Records
from features.point_in_time import build
from features.view import Feature, FeatureView

SEED = 20260101
MONTHS = 24
WINDOWS = (3, 6, 12, 24)
CONTRACT = "card_repayment"
AS_OF = date(2026, 1, 15)
COLUMNS = (
    "account_no", "subject_id", "bill_on", "billed_cents", "paid_cents",
    "_event", "_known", "_version", "_withdrawn",
)  # fmt: skip
TEXTS = {f"{p}_{x}": "-" for p in ("title", "null", "too_high", "too_low") for x in ("zh", "en")}


def asked() -> FeatureView:
    """A view of 30 aggregates."""
    bills = Records(CONTRACT)
    billed, paid = bills["billed_cents"], bills["paid_cents"]
    values: dict[str, Expression] = {}
    for n in WINDOWS:
        values[f"count_{n}"] = bills.count(months=n)
        for name, column in (("billed", billed), ("paid", paid)):
            values[f"{name}_sum_{n}"] = column.sum(months=n)
            values[f"{name}_mean_{n}"] = column.mean(months=n)
            values[f"{name}_max_{n}"] = column.largest(months=n)
    for n in (6, 12):
        values[f"short_{n}"] = bills.count(months=n, where=billed.more_than(paid))
    features = (
        Feature(name=k, theme="bench", value=v, unit="times", direction=0, **TEXTS)
        for k, v in values.items()
    )
    return FeatureView("bench", "individual", tuple(features))


class Folder(Lake):
    """A lake of files that were written here, without commits."""

    def files(self, contract: str) -> list[str]:
        """All files of the folder."""
        return sorted(map(str, self.root.glob("*.parquet"))) if contract == CONTRACT else []


def write(folder: Path, rows: int, chunk: int = 1_200_000) -> pd.DataFrame:
    """Write monthly bills in files of some 1.2 M rows, and give the subjects with their day."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(SEED)
    schema = contract_of(CONTRACT).arrow_schema(system=True)
    ends = pd.date_range(end=AS_OF, periods=MONTHS, freq="ME").to_numpy().astype("datetime64[D]")
    subjects = rows // MONTHS
    step = chunk // MONTHS
    for first in range(0, subjects, step):
        here = np.arange(first, min(first + step, subjects))
        numbers = pa.array(np.repeat(here, MONTHS)).cast(pa.string())
        days = pa.array(np.tile(ends, len(here)))
        billed = random.integers(0, 2_000_000, len(numbers))
        given: dict[str, Any] = {
            "account_no": numbers,
            "subject_id": pc.binary_join_element_wise("CARD", numbers, "-"),
            "bill_on": days,
            "billed_cents": billed,
            "paid_cents": (billed * random.random(len(numbers))).astype("int64"),
            "_event": days,
            "_known": days,
            "_version": np.ones(len(numbers), "int64"),
            "_withdrawn": np.zeros(len(numbers), bool),
            "_batch": ["bench"] * len(numbers),
            "_line": np.arange(len(numbers)),
            "status_24": ["N" * MONTHS] * len(numbers),
        }
        columns = [
            pa.array(given[f.name]).cast(f.type)
            if f.name in given
            else pa.nulls(len(numbers), f.type)
            for f in schema
        ]
        table = pa.table(columns, schema=schema)
        # in groups of as many rows as the lake's
        pq.write_table(
            table, folder / f"{first:012}.parquet", compression="zstd", row_group_size=65_536
        )
    names = pd.Series(np.arange(subjects)).astype(str)
    return pd.DataFrame({"subject_id": "CARD-" + names, "as_of": pd.Timestamp(AS_OF)})


# ---- the peers ----------------------------------------------------------------------------------


def starts() -> dict[int, date]:
    """First day whose record counts, by window: the engine's rule for this day of the month."""
    day = pd.Timestamp(AS_OF)
    return {n: (day - pd.DateOffset(months=n)).date() for n in WINDOWS}


def scan(files: list[str], limit: str) -> None:
    """Read the columns and keep a maximum of each."""
    columns = ", ".join(f"max({name})" for name in COLUMNS)
    with duckdb.connect(config={"memory_limit": limit}) as connection:
        connection.execute(f"SELECT {columns} FROM read_parquet({files!r})").fetchall()


def by_sql(files: list[str], spine: pd.DataFrame, limit: str) -> pd.DataFrame:
    """DuckDB's SQL as a person would write it."""
    parts = []
    for n in WINDOWS:
        chosen = f"FILTER (WHERE _event >= as_of - INTERVAL {n} MONTH)"
        parts.append(f"count(*) {chosen} AS count_{n}")
        for name in ("billed", "paid"):
            for sql, how in (("sum", "sum"), ("avg", "mean"), ("max", "max")):
                parts.append(f"{sql}({name}_cents) {chosen} AS {name}_{how}_{n}")
        if n in (6, 12):
            short = chosen.replace(")", " AND billed_cents > paid_cents)")
            parts.append(f"count(*) {short} AS short_{n}")
    with duckdb.connect(config={"memory_limit": limit}) as connection:
        connection.register("spine", spine)
        frame: pd.DataFrame = connection.execute(
            f"SELECT s.subject_id, {', '.join(parts)} FROM read_parquet({files!r}) r "
            "JOIN spine s ON r.subject_id = s.subject_id AND _event < as_of AND _known <= as_of "
            "GROUP BY 1"
        ).df()
    return frame


def by_polars(files: list[str]) -> Any:
    """One lazy query of polars."""
    import polars as pl

    records = pl.scan_parquet(files).filter(
        (pl.col("_event") < AS_OF) & (pl.col("_known") <= AS_OF)
    )
    parts = []
    for n, start in starts().items():
        chosen = pl.col("_event") >= start
        parts.append(chosen.sum().alias(f"count_{n}"))
        for name in ("billed", "paid"):
            value = pl.col(f"{name}_cents").filter(chosen)
            parts += [value.sum().alias(f"{name}_sum_{n}"), value.mean().alias(f"{name}_mean_{n}")]
            parts.append(value.max().alias(f"{name}_max_{n}"))
        if n in (6, 12):
            short = chosen & (pl.col("billed_cents") > pl.col("paid_cents"))
            parts.append(short.sum().alias(f"short_{n}"))
    return records.group_by("subject_id").agg(parts).collect(engine="streaming")


def by_pandas(files: list[str]) -> pd.DataFrame:
    """One group-by a window."""
    names = ["subject_id", "billed_cents", "paid_cents", "_event", "_known"]
    records = pd.concat([pd.read_parquet(file, columns=names) for file in files])
    records = records[(records["_event"] < AS_OF) & (records["_known"] <= AS_OF)]
    found = []
    for n, start in starts().items():
        part = records[records["_event"] >= start]
        part = part.assign(short=part["billed_cents"] > part["paid_cents"])
        how = {c: ["sum", "mean", "max"] for c in ("billed_cents", "paid_cents")}
        more = {"short": ["size", "sum"]} if n in (6, 12) else {"short": ["size"]}
        found.append(part.groupby("subject_id", sort=False).agg(how | more).add_suffix(f"_{n}"))
    return pd.concat(found, axis=1)


# ---- the table ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Took:
    """Seconds on the clock, and of all processors, of this process and its children."""

    wall: float
    cpu: float


def _cpu() -> float:
    children = psutil.Process().children(recursive=True)
    return time.process_time() + sum(sum(c.cpu_times()[:2]) for c in children)


def took(work: Callable[[], object], rounds: int = 2) -> Took:
    """Best of some rounds."""
    taken = []
    for _ in range(rounds):
        start, spent = time.perf_counter(), _cpu()
        work()
        taken.append(Took(time.perf_counter() - start, _cpu() - spent))
    return Took(min(t.wall for t in taken), min(t.cpu for t in taken))


def engine_took(
    view: FeatureView, lake: Lake, spine: pd.DataFrame, engine: Engine, rounds: int = 2
) -> Took:
    """Time of a build; the plan is compiled before, as it is kept between builds."""
    build(view, lake, spine.head(1), engine=engine)
    return took(lambda: build(view, lake, spine, engine=engine), rounds)


def refreshed(view: FeatureView, lake: Lake, spine: pd.DataFrame, rounds: int = 21) -> Took:
    """Median of a build for one subject, another each time, on an engine that stays open."""
    walls, cpus = [], []
    with DuckDBEngine() as engine:
        build(view, lake, spine.head(1), engine=engine)
        for row in np.random.default_rng(SEED).choice(len(spine), rounds):
            start, spent = time.perf_counter(), time.process_time()
            build(view, lake, spine.iloc[[row]], engine=engine)
            walls.append(time.perf_counter() - start)
            cpus.append(time.process_time() - spent)
    return Took(float(np.median(walls)), float(np.median(cpus)))


def compare(rows: int, limit: str, spark: bool, linear: bool) -> None:
    """Measure and print the table."""
    view = asked()
    with tempfile.TemporaryDirectory(prefix="xinqiao-bench-") as name:
        lake = Folder(Path(name) / "one")
        spine = write(lake.root, rows)
        files = lake.files(CONTRACT)
        with DuckDBEngine(limit) as engine:
            agree(build(view, lake, spine, engine=engine), by_sql(files, spine, limit))
            ours = engine_took(view, lake, spine, engine)
        base = took(lambda: scan(files, limit), 3)
        times = {
            "Parquet scan of the same columns": base,
            "features engine on DuckDB": ours,
            "hand-written DuckDB SQL": took(lambda: by_sql(files, spine, limit)),
            "polars": took(lambda: by_polars(files)),
            "pandas": took(lambda: by_pandas(files), 1),
        }
        if spark:
            from features.engines.spark import SparkEngine

            with SparkEngine("local[2]") as other:
                key = "features engine on Spark local[2]"
                times[key] = engine_took(view, lake, spine, other, 1)
        print(f"{rows:,} records, {len(spine):,} subjects, {len(view.names)} aggregates")
        print(f"{'':<42}{'s':>8}{'x scan':>8}{'CPU s':>8}{'x scan':>8}")
        for key, taken in times.items():
            line(key, taken, base)
        one = refreshed(view, lake, spine)
        print(f"one subject refreshed in {1e3 * one.wall:.1f} ms, {1e3 * one.cpu:.1f} ms of CPU")
        if linear:
            more = Folder(Path(name) / "four")
            people = write(more.root, 4 * rows)
            with DuckDBEngine(limit) as engine:
                four = engine_took(view, more, people, engine)
            line(
                "features engine, 4 times the records",
                four,
                took(lambda: scan(more.files(CONTRACT), limit)),
            )
            print(f"4 times the records take {four.wall / ours.wall:.1f} times as long", end="")
            print(f" ({four.cpu / ours.cpu:.1f} times the CPU)")


def line(name: str, taken: Took, base: Took) -> None:
    """Print one line of the table."""
    print(f"{name:<42}{taken.wall:>8.2f}{taken.wall / base.wall:>8.1f}", end="")
    print(f"{taken.cpu:>8.2f}{taken.cpu / base.cpu:>8.1f}")


def agree(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Refuse to compare times of different answers."""
    left = found.set_index("subject_id").sort_index()
    right = expected.set_index("subject_id").sort_index()
    names = list(right.columns)
    np.testing.assert_allclose(left[names].to_numpy(float), right[names].to_numpy(float), rtol=1e-9)


def big(rows: int, limit: str) -> None:
    """Build once in a process of its own and print what it held at most."""
    with tempfile.TemporaryDirectory(prefix="xinqiao-bench-") as name:
        spine = write(Path(name) / "lake", rows)
        size = sum(f.stat().st_size for f in (Path(name) / "lake").iterdir())
        spine.to_parquet(Path(name) / "spine.parquet")
        print(f"{rows:,} records, {len(spine):,} subjects, {size / 1e9:.2f} GB of Parquet")
        subprocess.run([sys.executable, __file__, "--inside", name, "--limit", limit], check=True)


def inside(folder: Path, limit: str) -> None:
    """Do the work of `--big`."""
    spine = pd.read_parquet(folder / "spine.parquet")
    start = time.perf_counter()
    with DuckDBEngine(limit) as engine:
        found = build(asked(), Folder(folder / "lake"), spine, engine=engine)
    taken = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"{len(found):,} vectors in {taken:.0f} s, at most {used.ru_maxrss / 2**20:.2f} GiB held",
        end="",
    )
    print(f" (DuckDB's limit {limit}), {used.ru_oublock * 512 / 1e9:.1f} GB written to disk")


def main() -> None:
    """Read the options and run."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int)
    options.add_argument("--limit", default="1500MB", help="memory limit of DuckDB")
    options.add_argument("--spark", action="store_true")
    options.add_argument("--no-linear", action="store_true")
    options.add_argument("--big", action="store_true")
    options.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.inside:
        inside(given.inside, given.limit)
    elif given.big:
        big(given.rows or 50_000_000, given.limit)
    else:
        compare(given.rows or 5_000_000, given.limit, given.spark, not given.no_linear)


if __name__ == "__main__":
    main()
