"""How results are shown on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.table import Table


def model_table(rows: Sequence[dict[str, Any]]) -> Table:
    """One line per split and kind of one portfolio, with the 95 % interval of the AUC; fits 80 columns.

    Parameters
    ----------
    rows : sequence of dict
        As `TrainingResult.rows` holds them.
    """
    portfolio = rows[0]["portfolio"] if rows else ""
    table = Table(
        title=f"Models 模型: {portfolio} (95 % bootstrap intervals)", box=box.SIMPLE, padding=(0, 1)
    )
    for name in ("split", "kind", "lender\nhistory", "bads", "AUC", "KS", "Brier", "slope", "v"):
        table.add_column(
            name,
            justify="left" if name in ("split", "kind") else "right",
            no_wrap=name != "lender\nhistory",
        )
    for row in rows:
        table.add_row(
            row["split"],
            row["kind"],
            "yes" if row["lender_history"] else "no",
            f"{row['bads']:,}",
            f"{row['auc']:.3f} [{row['auc_low']:.3f}, {row['auc_high']:.3f}]",
            f"{row['ks']:.3f}",
            f"{row['brier']:.4f}",
            f"{row['calibration_slope']:.2f}",
            str(row["mlflow_version"]),
        )
    return table
