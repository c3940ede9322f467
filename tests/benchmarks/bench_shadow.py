"""What a challenger in shadow adds to the latency of live requests, over HTTP against real services.

Run ``python tests/benchmarks/bench_shadow.py``; see the README beside this file. Three services run side by side on
the same small workspace: without a challenger, with a glass box, with LightGBM in shadow. Blocks of requests go
to them in turn, so that whatever else the machine does falls on all alike.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import duckdb
import httpx
import numpy as np
import psutil
from sqlalchemy import func, select

from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from features.catalogue import view
from features.point_in_time import build
from models.kinds import fit_kind
from models.schema import Schema
from models.scorer import AdditiveModel
from serving.database import Database
from serving.keys import load_keys
from serving.model_store import ENTERPRISE_DEFAULT, ModelStore
from serving.process import ServerProcess
from serving.tables import shadow_scores
from tests.serving.workspace import ENTERPRISES, SmallWorld, build_world, register, registry

BLOCK = 100  # requests to one service before the next one's turn


def challenger(kind: str, world: SmallWorld, folder: Path) -> None:
    """Fit and save a challenger of the small workspace's enterprises."""
    if kind == "glassbox":
        champion = ModelStore(world.workspace).champions()[ENTERPRISE_DEFAULT].folder
        AdditiveModel.load(champion).recalibrated(0.8, 0.4).save(folder)
        return
    lake = Lake(world.workspace.lake_dir)
    files = {"account": lake.files("loan_account"), "outcome": lake.files("loan_outcome")}
    with duckdb.connect() as connection:
        spine = connection.execute(ENTERPRISES, files).df()
    frame = build(view("enterprise"), lake, spine[["subject_id", "as_of"]])
    schema = Schema.from_spec(view("enterprise").spec())
    fit_kind(kind, frame, spine["bad"], schema, seed=1).save(folder)


def shadowed(world: SmallWorld, kind: str, root: Path) -> Workspace:
    """A copy of the workspace, with a challenger of a kind in shadow; none if empty."""
    leave = shutil.ignore_patterns("xinqiao.db*", "secrets", "reports", "bentoml")
    shutil.copytree(world.workspace.root, root, ignore=leave)
    workspace = Workspace(root)
    if kind:
        challenger(kind, world, root.with_name(f"{root.name}-model"))
        number = register(workspace, ENTERPRISE_DEFAULT, root.with_name(f"{root.name}-model"))
        client = registry(workspace)
        client.set_registered_model_alias(ENTERPRISE_DEFAULT, "champion", "1")
        client.set_registered_model_alias(ENTERPRISE_DEFAULT, "shadow", number)
    return workspace


def ask(bank: httpx.Client, subjects: Iterator[str], callers: int) -> list[float]:
    """Milliseconds of each request of one block, by so many callers at once."""

    def one(subject: str) -> float:
        body = {"subject": {"kind": "enterprise", "id": subject}, "purpose": "LOAN_APPROVAL"}
        began = time.perf_counter()
        answer = bank.post("/v1/scores", json=body)
        took = (time.perf_counter() - began) * 1000
        answer.raise_for_status()
        return took

    asked = [next(subjects) for _ in range(BLOCK)]
    with ThreadPoolExecutor(callers) as pool:
        return list(pool.map(one, asked))


def cpu_seconds(process: psutil.Process) -> float:
    """Of a service with its workers."""
    return sum(sum(p.cpu_times()[:2]) for p in [process, *process.children(recursive=True)])


def main() -> None:
    """Measure one caller at a time and four at once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=20, help="blocks for each service")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="xinqiao-bench-") as folder, ExitStack() as open_:
        world = build_world(Path(folder) / "world")
        ModelStore(world.workspace).pull()
        served: dict[str, tuple[httpx.Client, psutil.Process, Workspace]] = {}
        for name, kind in {"alone": "", "glassbox": "glassbox", "lightgbm": "lightgbm"}.items():
            workspace = shadowed(world, kind, Path(folder) / name)
            server = open_.enter_context(ServerProcess(workspace, ready_seconds=300))
            headers = {"X-API-Key": load_keys(workspace).api_key}
            bank = open_.enter_context(httpx.Client(base_url=server.url, headers=headers))
            assert server._process is not None
            served[name] = bank, psutil.Process(server._process.pid), workspace
        subjects = iter(world.enterprises * (asked.blocks * 10 * BLOCK))
        for bank, _, _ in served.values():  # whatever is made at first use is made now
            ask(bank, subjects, 4)
        for callers in (1, 4):
            took: dict[str, list[float]] = {name: [] for name in served}
            cpu = dict.fromkeys(served, 0.0)
            for _ in range(asked.blocks):
                for name, (bank, process, _) in served.items():
                    before = cpu_seconds(process)
                    took[name] += ask(bank, subjects, callers)
                    cpu[name] += cpu_seconds(process) - before
            _tell(callers, took, cpu)
        time.sleep(1)  # the shadow writes what waits
        for name, (_, _, workspace) in served.items():
            kept = Database(f"sqlite:///{workspace.database}")
            with kept.read() as connection:
                rows = connection.execute(select(func.count()).select_from(shadow_scores)).scalar()
            print(f"{name}: {rows} shadow scores kept")


def _tell(callers: int, took: dict[str, list[float]], cpu: dict[str, float]) -> None:
    print(f"{callers} at once: ms p50, p99, against no challenger; CPU ms of the service")
    alone = np.percentile(took["alone"], [50, 99])
    for name, times in took.items():
        low, high = np.percentile(times, [50, 99])
        print(
            f"  {name:10s}{low:8.2f}{high:9.2f}{low / alone[0]:8.2f}{high / alone[1]:7.2f}"
            f"{1000 * cpu[name] / len(times):8.2f}  ({len(times)} requests)",
            flush=True,
        )


if __name__ == "__main__":
    main()
