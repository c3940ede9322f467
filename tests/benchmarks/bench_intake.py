"""Judging repayment records: the engine beside row-by-row pydantic and pandera, in one run.

Run: python tests/benchmarks/bench_intake.py [--rows 1000000] [--dirty 0.02]

Legal histories with a share of rows made wrong. The engine applies every rule of ``credit_month`` (item
constraints, published record rules, identifiers, duplicates, continuity between months, the law) and writes
the quarantine: once with the rows decoded already, as the peers hold theirs, and from the file, decoding
included. pydantic validates with the contract's own class (items and their constraints, fewer rules);
pandera has the same item constraints as columns. Both peers read a part of the same rows. Read the ratios;
where the machine has other work, the CPU seconds.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import psutil  # type: ignore[import-untyped]
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts.catalogue import contract as contract_of
from data_contracts.intake import commit as commits
from data_contracts.intake import source as sources
from data_contracts.intake.engine import opened_session
from data_contracts.intake.judge import judge_all as tests_of
from data_contracts.intake.judge.judge_all import judge_all
from data_contracts.intake.judge.rows import FileRows, Part
from data_contracts.intake.lake import Lake
from data_contracts.intake.mapping.fit import own_mapping
from data_contracts.intake.mapping.plan import plan_mapping
from data_contracts.intake.mapping.tower import Days
from data_contracts.intake.readers import file_digest
from data_contracts.rules.history import legal_histories
from data_contracts.workspace import Workspace

SEED = 20260101
MONTHS = 36
ROW_GROUP = 122_880  # what a reader holds at a time; DuckDB's own choice
CONTRACT = contract_of("credit_month")


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    name: str
    rows: int
    seconds: float
    cpu: float
    fallen: int

    @property
    def speed(self) -> float:
        return self.rows / self.seconds


def make_rows(rows: int, dirty: float) -> pa.Table:
    """Legal histories; in a share of the rows one item breaks a constraint or a rule."""
    accounts = rows // (MONTHS * 3 // 4) + 1
    table = legal_histories(accounts, MONTHS, SEED)
    while table.num_rows < rows:
        accounts = int(accounts * rows / table.num_rows) + 1
        table = legal_histories(accounts, MONTHS, SEED)
    names = [column.name for column in CONTRACT.columns() if column.name in table.column_names]
    table = table.slice(0, rows).select(names).combine_chunks()
    rng = np.random.default_rng(SEED)
    hit = rng.random(rows) < dirty
    kind = rng.integers(0, 4, rows)
    changes: list[tuple[str, Any]] = [
        ("balance_cents", -10**17), ("account_status", "99"), ("status_24", "N"), ("currency", "yuan"),
    ]  # fmt: skip
    for place, (name, value) in enumerate(changes):
        mask = pa.array(hit & (kind == place))
        column = table.column(name)
        wrong = pc.if_else(mask, pa.scalar(value, column.type), column)
        table = table.set_column(table.column_names.index(name), name, wrong)
    return table


def engine(
    path: Path, folder: Path, batch: str, *, months: bool = True, memory: str | None = None
) -> tuple[int, int]:
    """Judge the file and write its quarantine, as the intake does before it commits.

    ``batch``: digest of the file, by which the intake has seen before that it is new; ``months``: with the
    rules between months; ``memory``: the database's limit.
    """
    if not months:
        with mock.patch.object(tests_of, "_between_batches"):
            return engine(path, folder, batch, memory=memory)
    workspace = Workspace(folder / "workspace")
    lake = Lake(workspace.lake_dir)
    with opened_session(workspace, dry_run=True) as connection:
        if memory is not None:
            connection.execute(f"SET memory_limit = '{memory}'")
        stored = sources.look_at(connection, path, CONTRACT)
        assert stored is not None
        mapping = own_mapping(CONTRACT, list(stored), path)
        plan = plan_mapping(mapping, CONTRACT, stored, path, Days(date.today()), mapping_file=None)
        rows = pq.ParquetFile(path).metadata.num_rows
        judged = judge_all(
            connection, plan, lake, public_source="benchmark", tell=lambda *_: None, opened=rows
        )
        reader = commits.quarantine_of(connection, [judged], batch, None)
        assert reader is not None, "no row fell: nothing to write"
        with pq.ParquetWriter(folder / "quarantine.parquet", reader.schema) as writer:
            for part in reader:
                writer.write_batch(part)
        return judged.verdict.rows, judged.verdict.quarantined


@contextmanager
def held_in_memory() -> Iterator[None]:
    """Rows of files are decoded once and held, so that a second run judges what stands in memory."""
    held: dict[tuple[Any, ...], list[Part]] = {}
    read = FileRows._read

    def once(
        rows: FileRows, group: int, line: int, columns: Collection[str], few: Collection[str]
    ) -> Iterator[Part]:
        key = rows.path, group, tuple(columns), frozenset(few)
        if key not in held:
            held[key] = list(read(rows, group, line, columns, few))
        yield from held[key]

    with mock.patch.object(FileRows, "_read", once):
        yield


def alone(path: Path, memory: str) -> tuple[float, float, int, int, int]:
    """Judge in a process of its own: seconds, CPU seconds, rows, fallen, and its peak of memory in MiB."""
    run = subprocess.run(
        [sys.executable, __file__, "--alone", str(path), "--memory", memory],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    seconds, cpu, rows, fallen, peak = run.stdout.split()
    return float(seconds), float(cpu), int(rows), int(fallen), int(peak)


def tell_alone(path: Path, memory: str) -> None:
    """Print what ``alone`` reads; the peak is over what the process held before it began."""
    with tempfile.TemporaryDirectory(prefix="xinqiao-bench-") as name:
        batch = file_digest(path)
        before = psutil.Process().memory_info().rss
        seconds, cpu, (rows, fallen) = best(
            1, lambda: engine(path, Path(name), batch, memory=memory)
        )
    # Not ru_maxrss: a child inherits its parent's.
    (held,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    peak = int(held) * 1024 - before
    print(seconds, cpu, rows, fallen, peak // 2**20)


def by_pydantic(rows: list[dict[str, Any]]) -> int:
    fallen = 0
    for row in rows:
        try:
            CONTRACT.model_validate(row)
        except ValueError:
            fallen += 1
    return fallen


def pandera_schema() -> Any:
    """Give the item constraints of the contract as a pandera schema."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pandera.pandas as pandera

    kinds = {str: "object", int: "Int64", float: "float64", bool: "boolean", date: "datetime64[s]"}
    columns = {}
    for column in CONTRACT.columns():
        item, tests = column.item, []
        if item.ge is not None:
            tests.append(pandera.Check.ge(item.ge if column.kind is not date else str(item.ge)))
        if item.le is not None:
            tests.append(pandera.Check.le(item.le if column.kind is not date else str(item.le)))
        if item.max_length is not None:
            tests.append(pandera.Check.str_length(max_value=item.max_length))
        if item.pattern is not None:
            tests.append(pandera.Check.str_matches(item.pattern))
        if item.codes:
            tests.append(pandera.Check.isin(list(item.codes)))
        columns[column.name] = pandera.Column(
            kinds[column.kind], tests, nullable=column.nullable, required=False
        )
    return pandera.DataFrameSchema(columns)


def by_pandera(schema: Any, frame: Any) -> int:
    import pandera.errors

    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
        return int(cases["index"].nunique())
    return 0


def frame_of(table: pa.Table) -> Any:
    frame = table.to_pandas()
    for column in CONTRACT.columns():
        if column.name not in frame:
            continue
        if column.kind is date:
            frame[column.name] = frame[column.name].astype("datetime64[s]")
        elif column.kind is int:
            frame[column.name] = frame[column.name].astype("Int64")
        else:
            frame[column.name] = frame[column.name].astype("object")
    return frame


def best(rounds: int, run: Callable[[], Any]) -> tuple[float, float, Any]:
    """Seconds of the fastest round, least CPU seconds of one, and what the last one gave."""
    seconds, cpu = [], []
    for _ in range(rounds):
        start, used = time.perf_counter(), time.process_time()
        value = run()
        seconds.append(time.perf_counter() - start)
        cpu.append(time.process_time() - used)
    return min(seconds), min(cpu), value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=4_000_000)
    parser.add_argument("--part", type=int, default=20_000, help="rows for the peers")
    parser.add_argument("--dirty", type=float, default=0.02)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--big", type=int, default=8_000_000, help="rows for bounded memory; 0: none"
    )
    parser.add_argument("--memory", default="256MB", help="limit for the big file")
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone is not None:
        tell_alone(given.alone, given.memory)
        return
    with tempfile.TemporaryDirectory(prefix="xinqiao-bench-") as name:
        folder = Path(name)
        table = make_rows(given.rows, given.dirty)
        path = folder / "credit_month.parquet"
        pq.write_table(table, path, compression="zstd", row_group_size=ROW_GROUP)
        batch = file_digest(path)
        with held_in_memory():
            engine(path, folder, batch)
            seconds, cpu, (rows, fallen) = best(given.rounds, lambda: engine(path, folder, batch))
        lines = [Line("engine, all rules, quarantine written", rows, seconds, cpu, fallen)]
        seconds, cpu, (rows, fallen) = best(given.rounds, lambda: engine(path, folder, batch))
        lines.append(Line("engine, the same from the Parquet file", rows, seconds, cpu, fallen))
        seconds, cpu, (rows, fallen) = best(
            given.rounds, lambda: engine(path, folder, batch, months=False)
        )
        lines.append(
            Line("engine, from the file, no rules between months", rows, seconds, cpu, fallen)
        )
        part = table.slice(0, given.part)
        schema, frame = pandera_schema(), frame_of(part)
        seconds, cpu, fallen = best(given.rounds, lambda: by_pandera(schema, frame))
        lines.append(Line("pandera, item constraints", len(frame), seconds, cpu, fallen))
        listed = part.to_pylist()
        seconds, cpu, fallen = best(given.rounds, lambda: by_pydantic(listed))
        lines.append(Line("pydantic, row by row", len(listed), seconds, cpu, fallen))
        held = ""
        if given.big:
            big = folder / "big.parquet"
            times = -(-given.big // given.rows)
            with pq.ParquetWriter(big, table.schema, compression="zstd") as writer:
                for turn in range(times):  # the same histories under other account numbers
                    place = table.column_names.index("account_no")
                    other = pc.binary_join_element_wise(table["account_no"], f"-{turn}", "")
                    more = table.set_column(place, table.schema.field(place), other)
                    writer.write_table(more, row_group_size=ROW_GROUP)
            seconds, cpu, rows, fallen, peak = alone(big, given.memory)
            lines.append(Line(f"engine, {given.memory} of memory", rows, seconds, cpu, fallen))
            held = f"{rows:,} rows under a limit of {given.memory}: peak {peak} MiB"
    print(
        f"{path.name}: {given.rows:,} rows, {len(table.column_names)} items, {given.dirty:.0%} dirtied"
    )
    print(
        f"{'':46} {'rows':>10} {'seconds':>8} {'CPU s':>8} {'fallen':>8} {'rows/s':>12} {'ratio':>7}"
    )
    for line in lines:
        ratio = lines[0].speed / line.speed
        print(
            f"{line.name:46} {line.rows:>10,} {line.seconds:>8.2f} {line.cpu:>8.2f} {line.fallen:>8,} "
            f"{line.speed:>12,.0f} {ratio:>6.1f}x"
        )
    if held:
        print(held)


if __name__ == "__main__":
    main()
