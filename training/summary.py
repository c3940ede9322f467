"""How results are shown on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from training.registry import CHAMPION, FALLBACK, SHADOW, STATE_TITLES, Registry
from training.waterfall import Step


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


def waterfall_table(steps: Sequence[Step]) -> Table:
    """One line per step: what it asks, what it left out, what is left."""
    table = Table(title="样本瀑布图 Waterfall", box=None, padding=(0, 2, 0, 0))
    for name in ("step", "left out", "rows", "bads"):
        table.add_column(name, justify="left" if name == "step" else "right", overflow="fold")
    for one in steps:
        title = f"{one.title_zh} {one.title_en}"
        table.add_row(title, f"{one.left_out:,}", f"{one.rows:,}", f"{one.bads:,}")
    return table


def models_table(registry: Registry) -> Table:
    """One line per registered model: versions, champion, shadow, fallback."""
    table = Table(title="登记的模型 Registered models", box=None, padding=(0, 2, 0, 0))
    for name in ("model", "versions", "champion 在用", "shadow 影子", "fallback 后备"):
        table.add_column(name, justify="left" if name == "model" else "right")
    for name in registry.names():
        aliases = registry.aliases(name)
        marks = [str(aliases.get(alias, "-")) for alias in (CHAMPION, SHADOW, FALLBACK)]
        table.add_row(name, str(len(registry.versions(name))), *marks)
    return table


def versions_table(registry: Registry, name: str) -> Table:
    """One line per version of a model: state, aliases, kind, split, who developed it."""
    table = Table(title=f"{name}", box=None, padding=(0, 2, 0, 0))
    for column in ("v", "state 状态", "alias", "kind", "split", "lender", "chosen on", "developer"):
        table.add_column(column, justify="right" if column == "v" else "left")
    for one in registry.versions(name):
        table.add_row(
            str(one.number),
            f"{one.state} {STATE_TITLES[one.state]}",
            " ".join(one.aliases),
            *(
                one.tags.get(k, "")
                for k in ("kind", "split", "lender_history", "chosen_on", "developer")
            ),
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
