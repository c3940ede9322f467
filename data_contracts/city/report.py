"""A city in figures: subjects by kind, default rate, Bayes-optimal AUC, records by contract."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from data_contracts.checks import sql_text
from data_contracts.city.truth import BayesAuc, bayes_auc
from data_contracts.city.write import PREFIX, file_of


@dataclass(frozen=True)
class Report:
    """Figures of a city that was written.

    ``kinds`` are applications, loans and defaults within twelve months by kind of subject; ``aucs`` those of
    p_true and p_observable; ``ledger`` counts entries by kind.
    """

    subjects: int
    kinds: dict[str, tuple[int, int, int]]
    aucs: tuple[BayesAuc, BayesAuc]
    contracts: dict[str, int]
    ledger: dict[str, int]


def report(folder: Path) -> Report:
    """Read the figures off a city's files."""
    folder = Path(folder)
    aucs = (bayes_auc(folder), bayes_auc(folder, "p_observable"))
    truth = folder / "truth"
    with duckdb.connect() as connection:
        applications = sql_text(str(file_of(truth, "applications")))
        kinds = connection.execute(
            "SELECT kind, count(*), count(*) FILTER (loan), count(*) FILTER (default_within_12) "
            f"FROM read_parquet({applications}) GROUP BY kind ORDER BY kind"
        ).fetchall()
        ledger = connection.execute(
            f"SELECT kind, count(*) FROM read_parquet({sql_text(str(file_of(truth, 'ledger')))}) "
            "GROUP BY kind ORDER BY kind"
        ).fetchall()
    contracts = {
        path.stem.removeprefix(PREFIX): pq.read_metadata(path).num_rows
        for path in sorted(folder.glob(f"{PREFIX}*.parquet"))
    }
    return Report(
        subjects=contracts.get("consent", 0),
        kinds={kind: (asked, lent, bad) for kind, asked, lent, bad in kinds},
        aucs=aucs,
        contracts=contracts,
        ledger=dict(ledger),
    )
