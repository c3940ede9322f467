"""Records that arrive one by one in a simulated city, and how long each refresh of the vectors concerned takes.

The clock runs from the committed record to the sealed vector in the store: whom the record concerns, its way to the
shelf, the evaluation and the write. Only refreshes that wrote a vector count. The intake before has its own benchmark.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from data_contracts.catalogue import contract as contract_of
from data_contracts.city.build import build_city
from data_contracts.city.clock import Settings
from data_contracts.city.load import load_city
from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from features.catalogue import view
from features.identity.resolve import store_of
from features.online.refresh import materialise, refresh
from features.online.store import OnlineStore

SEED = 5
ORDINARY = (
    "tax_payment", "invoice_month", "social_security", "electricity_bill", "penalty", "court_case",
    "credit_enquiry", "platform_trade",
)  # fmt: skip
RELATIONS = ("guarantee", "credit_month")  # they tell the groups of the view's features


@dataclass(frozen=True)
class Taken:
    """Milliseconds of refreshes that wrote, by the clock and of this process's processor time."""

    wall: list[float]
    cpu: list[float]

    def line(self) -> str:
        """Median and 95th percentile by the clock, median of the processor's."""
        found = [*np.percentile(self.wall, [50, 95]), float(np.median(self.cpu))]
        return "".join(f"{value:>9,.1f}" for value in found) + f"{len(self.wall):>9,}"


class City:
    """A simulated city whose firms' vectors are in a store, and to which records arrive."""

    def __init__(self, folder: Path, subjects: int) -> None:
        self._place = Workspace(folder / "workspace")
        if not self._place.lake_dir.exists():
            build_city(Settings(subjects, SEED, 36, "2021-01"), folder / "files")
            self._place.create()
            load_city(folder / "files", self._place)
        self._lake = Lake(self._place.lake_dir)
        self._review = store_of(self._place.features_dir)
        newest = max(commit.received_on for commit in self._lake.commits())
        self._day = max(newest, date(2024, 1, 1)) + timedelta(days=1)
        self._random = np.random.default_rng(SEED)

    def refreshes(self, store: OnlineStore, contracts: tuple[str, ...], times: int) -> Taken:
        """Let records of some contracts in turn arrive, and refresh after each; the first one warms up."""
        firm, wall, cpu = view("firm"), list[float](), list[float]()
        if store.position(firm.name) is None:
            materialise(firm, self._lake, store, self._day, review=self._review)
        for turn in range(times + 1):
            self._arrive(contracts[turn % len(contracts)], store)
            started, worked = time.perf_counter(), time.process_time()
            done = refresh(firm, self._lake, store, self._day, review=self._review)
            if turn and done.written:
                wall.append(1e3 * (time.perf_counter() - started))
                cpu.append(1e3 * (time.process_time() - worked))
        return Taken(wall, cpu)

    def _arrive(self, contract: str, store: OnlineStore) -> None:
        """Commit one more record like one that is there, of a firm that has a vector, some days after it."""
        about = contract_of(contract).about
        table = self._lake.read(contract)
        mine = np.isin(table[about.subject].to_pylist(), store.subjects("firm"))
        chosen = table.slice(int(self._random.choice(np.flatnonzero(mine))), 1)
        number = self._lake.sequence()
        schema, columns = contract_of(contract).arrow_schema(), {}
        for field in schema:
            value = chosen[field.name][0].as_py()
            if field.name == about.event:
                value = self._day - timedelta(days=2 + number % 25)
            elif field.name in about.key and isinstance(value, str) and field.name.endswith("_no"):
                value = f"{value[:12]}-{number}"
            columns[field.name] = pa.array([value], field.type)
        columns["_known"] = pa.array([self._day - timedelta(days=1)], pa.date32())
        columns["_line"] = pa.array([1], pa.int64())
        batch = hashlib.sha256(f"{contract} {number}".encode()).hexdigest()
        self._lake.commit({contract: pa.table(columns)}, batch, received_on=self._day)
