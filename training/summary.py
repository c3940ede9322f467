"""How results are shown on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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
        title=f"Models 模型: {portfolio} (95 % bootstrap intervals)", box=None, padding=(0, 2, 0, 0)
    )
    for name in ("split", "kind", "lender", "bads", "AUC", "KS", "Brier", "slope", "v"):
        table.add_column(
            name, justify="left" if name in ("split", "kind") else "right", no_wrap=True
        )
    for row in rows:
        table.add_row(
            row["split"],
            row["kind"],
            "yes" if row["lender_history"] else "no",
            f"{row['bads']:,}",
            f"{_short(row['auc'])} [{_short(row['auc_low'])}, {_short(row['auc_high'])}]",
            _short(row["ks"]),
            f"{row['brier']:.4f}".removeprefix("0"),
            f"{row['calibration_slope']:.2f}",
            str(row["mlflow_version"]),
        )
    return table


def truth_line(name: str, portfolio: Mapping[str, Any]) -> str:
    """What could be reached on the loans of a simulated portfolio, beside its models; or why there are none.

    Parameters
    ----------
    name : str
    portfolio : mapping
        One of ``training.city.train_city``.
    """
    if "truth" not in portfolio:
        return f"{name}: {portfolio['not_trained']}"
    truth = portfolio["truth"]
    reached = [
        "{:.3f} [{:.3f}, {:.3f}]".format(
            *(truth[f"{of}_auc{end}"] for end in ("", "_low", "_high"))
        )
        for of in ("bayes", "observable")
    ]
    return (
        f"模拟数据 Simulated {name}: on the same loans ({truth['n']:,}, {truth['bads']:,} bad) the true "
        f"probabilities reach AUC {reached[0]}; what records tell of them {reached[1]}"
    )


def _short(value: float) -> str:
    """A figure below 1 without its leading zero, as such tables are read."""
    return f"{value:.3f}".removeprefix("0")
