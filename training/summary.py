"""How results are shown on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table


def model_table(rows: Sequence[dict[str, Any]]) -> Table:
    """One line per split and kind, with the 95 % interval of the AUC.

    Parameters
    ----------
    rows : sequence of dict
        As `TrainingResult.rows` holds them.
    """
    table = Table(title="Models 模型 (95 % bootstrap intervals)")
    for name in (
        "portfolio",
        "split",
        "kind",
        "lender history",
        "n",
        "bads",
        "AUC",
        "KS",
        "Brier",
        "slope",
        "version",
    ):
        table.add_column(
            name, justify="left" if name in ("portfolio", "split", "kind") else "right"
        )
    for row in rows:
        table.add_row(
            row["portfolio"],
            row["split"],
            row["kind"],
            "yes" if row["lender_history"] else "no",
            f"{row['n']:,}",
            f"{row['bads']:,}",
            f"{row['auc']:.3f} [{row['auc_low']:.3f}, {row['auc_high']:.3f}]",
            f"{row['ks']:.3f}",
            f"{row['brier']:.4f}",
            f"{row['calibration_slope']:.2f}",
            str(row["mlflow_version"]),
        )
    return table
