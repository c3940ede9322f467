"""How fast a network of relations becomes groups, and how well groups of the simulated city agree with its truth.

    python tests/benchmarks/bench_relations.py [--edges 1000000]
    python tests/benchmarks/bench_relations.py --city FOLDER --workspace FOLDER --as-of 2021-09-30

The first prints seconds of each step on a random network with hubs, beside the same groups found by a plain
union-find in Python (and by networkx, where it is installed). The second compares edges, groups and circles with
`truth/simulated_relations.parquet`. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from data_contracts.catalogue import contract as contract_of
from data_contracts.intake.lake import Lake
from features.relations.exposure import group_table
from features.relations.groups import Network, network
from features.relations.history import History, load_history
from features.relations.risk import default_weight, defaulted, neighbours
from features.relations.show import day_number
from tests.features.relations.truth import comparisons, plain_groups

T = TypeVar("T")

DAY = date(2022, 1, 1)
BEFORE = np.datetime64("2020-01-01", "D")


class OneFileLake(Lake):
    """A lake that reads each contract from one file."""

    def files(self, contract: str) -> list[str]:
        path = self.root / f"{contract}.parquet"
        return [str(path)] if path.is_file() else []


def random_lake(root: Path, edges: int, seed: int = 7) -> Lake:
    """Half of the edges are holdings, three tenths positions (a tenth by agents), the rest guarantees; a bill each."""
    rng = np.random.default_rng(seed)
    firms = max(edges * 2 // 5, 10)
    firm = np.char.add("USCC-9100000000", np.char.zfill(np.arange(firms).astype(str), 8)).astype(
        object
    )
    person = np.char.add("PID-", np.char.zfill(np.arange(firms).astype(str), 32)).astype(object)
    held, led, given = edges // 2, edges * 3 // 10, edges - edges // 2 - edges * 3 // 10
    by_firm = rng.random(held) < 0.3
    holder = np.where(
        by_firm, firm[rng.integers(0, firms, held)], person[rng.integers(0, firms, held)]
    )
    leader = rng.integers(0, firms, led)
    agents = rng.random(led) < 0.1
    leader[agents] = rng.integers(0, 50, int(agents.sum()))
    write(root, "shareholder", held, subject_id=firm[rng.integers(0, firms, held)], holder_id=holder,
          holder_kind=np.where(by_firm, "enterprise", "person").astype(object),
          share=np.round(rng.random(held), 4), since_on=np.full(held, BEFORE))  # fmt: skip
    write(root, "key_person", led, subject_id=firm[rng.integers(0, firms, led)],
          person_id=person[leader], position=np.full(led, "representative", object),
          since_on=np.full(led, BEFORE))  # fmt: skip
    number = np.arange(given).astype(str).astype(object)
    # Debtors are near their guarantors, so that there are circles as well as chains.
    giver = rng.integers(0, firms, given)
    debtor = (giver + rng.integers(-3, 4, given)) % firms
    write(root, "guarantee", given, guarantee_no=number, subject_id=firm[giver],
          guaranteed_id=firm[debtor], kind=np.full(given, "joint", object),
          amount_cents=rng.integers(1, 10**9, given), state=np.full(given, "live", object),
          from_on=np.full(given, BEFORE))  # fmt: skip
    write(root, "credit_month", firms, institution_code=np.full(firms, "C1", object),
          business=np.full(firms, "1", object), account_no=np.arange(firms).astype(str).astype(object),
          subject_id=firm, bill_on=np.full(firms, BEFORE), balance_cents=rng.integers(0, 10**9, firms),
          overdue_cents=rng.integers(0, 2, firms), currency=np.full(firms, "CNY", object),
          five_class=np.where(rng.random(firms) < 0.02, "3", "1").astype(object),
          account_status=np.full(firms, "1", object))  # fmt: skip
    return OneFileLake(root)


def write(root: Path, contract: str, rows: int, **columns: np.ndarray) -> None:
    """Write records; what is not told is null."""
    schema = contract_of(contract).arrow_schema(system=True)
    event = columns[contract_of(contract).about.event]
    columns |= {"_event": event, "_known": event, "_version": np.ones(rows, np.int64),
                "_withdrawn": np.zeros(rows, bool)}  # fmt: skip
    table = pa.table(
        {
            f.name: pa.array(columns[f.name], f.type)
            if f.name in columns
            else pa.nulls(rows, f.type)
            for f in schema
        }
    )
    pq.write_table(table, root / f"{contract}.parquet")


def pairs_of(history: History, found: Network) -> tuple[np.ndarray, np.ndarray]:
    """The links that join, for peers: control, common persons, guarantees."""
    given = found.guarantees
    left = [found.control.controller, found.common[0], given["guarantor"][found.joining]]
    right = [found.control.firm, found.common[1], given["debtor"][found.joining]]
    return np.concatenate(left), np.concatenate(right)


def speed(edges: int, console: Console) -> None:
    """Seconds of each step."""
    table = Table(title=f"{edges:,} edges", title_justify="left")
    table.add_column("step")
    table.add_column("seconds", justify="right")
    table.add_column("what")
    day = day_number(DAY)

    def timed(step: str, call: Callable[[], T], told: Callable[[T], str]) -> T:
        start = time.perf_counter()
        answer = call()
        table.add_row(step, f"{time.perf_counter() - start:.2f}", told(answer))
        return answer

    with tempfile.TemporaryDirectory() as folder:
        lake = random_lake(Path(folder), edges)
        start = time.perf_counter()
        history = timed("read", lambda: load_history(lake), lambda h: f"{len(h):,} subjects")
        found = timed(
            "groups, circles, chains", lambda: network(history, day),
            lambda n: f"{len(n.control.firm):,} control, {len(n.hubs)} hubs, "
            f"{int((n.circle >= 0).sum()):,} in circles, depth {int(n.depth.max())}",
        )  # fmt: skip
        timed(
            "one exposure per group",
            lambda: group_table(history, found, day),
            lambda t: f"{len(t):,} groups",
        )
        timed(
            "neighbours' defaults",
            lambda: default_weight(neighbours(found, history.firms, history.settings), defaulted(history, day)),
            lambda w: f"{int((w > 0).sum()):,} with one",
        )  # fmt: skip
        table.add_row("all", f"{time.perf_counter() - start:.2f}", "", style="bold")
        left, right = pairs_of(history, found)
        label = found.labels["risk"].tolist()
        timed("peer: union-find in Python", lambda: plain_groups(len(history), left.tolist(), right.tolist()),
              lambda peer: "equal groups" if peer == label else "DIFFERENT")  # fmt: skip
        try:
            import networkx
        except ImportError:
            table.add_row("peer: networkx", "-", "not installed")
        else:
            graph = networkx.Graph()
            timed("peer: networkx", lambda: (graph.add_edges_from(zip(left.tolist(), right.tolist(), strict=True)),
                  list(networkx.connected_components(graph)))[1], lambda g: f"{len(g):,} groups")  # fmt: skip
    console.print(table)


def agreement(city: Path, workspace: Path, day: date, console: Console) -> None:
    """Precision and recall of edges, groups and circles against a city's truth."""
    history = load_history(Lake(workspace / "lake"))
    found = network(history, day_number(day))
    table = Table(title=f"against the city's truth, {day}", title_justify="left")
    for column in ("what", "found", "true", "precision", "recall"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for name, mine, true in comparisons(history, found, city, day):
        both = len(mine & true)
        table.add_row(name, f"{len(mine):,}", f"{len(true):,}", *(
            f"{both / len(side):.3f}" if side else "-" for side in (mine, true)))  # fmt: skip
    console.print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--city", type=Path)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, default=date(2021, 9, 30))
    asked = parser.parse_args()
    if asked.city is None:
        speed(asked.edges, Console())
    else:
        agreement(asked.city, asked.workspace, asked.as_of, Console())
