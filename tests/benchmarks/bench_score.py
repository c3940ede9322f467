"""How fast a glass box scores and gives reasons, beside LightGBM and TreeSHAP, in one run.

    python tests/benchmarks/bench_score.py

Nothing is asserted: figures of a shared machine say something only beside each other, so all are taken in
turn, in one process on one thread, and the best of several rounds counts.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import lightgbm
import numpy as np
import pandas as pd
import shap

from models.glassbox.fit import GlassBoxSettings, fit_glassbox
from models.metrics import auc
from models.reasons.chooser import ReasonChooser
from models.schema import Field, Schema

INPUTS = 60


def make_rows(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Sixty numbers; twenty act alone, a few in pairs, the rest is noise."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, INPUTS))
    effects = np.random.default_rng(1).normal(0.0, 0.35, 20)
    log_odds = (
        -1.5 + x[:, :20] @ effects + sum(0.4 * x[:, i] * x[:, i + 1] for i in range(0, 10, 2))
    )
    bad = (random.random(n) < 1.0 / (1.0 + np.exp(-log_odds))).astype(int)
    x[random.random(x.shape) < 0.03] = np.nan
    return pd.DataFrame(x, columns=[f"f{i:02d}" for i in range(INPUTS)]), bad


def best(call: Callable[[], object], times: int, rounds: int = 5) -> float:
    """Seconds of one call: the best round's mean over `times` calls."""
    call()
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        for _ in range(times):
            call()
        seconds.append((time.perf_counter() - started) / times)
    return min(seconds)


def show(title: str, seconds: dict[str, float], rows: int) -> None:
    """Print one table; ratios are to the first line."""
    print(f"\n{title}")
    first = next(iter(seconds.values()))
    for name, value in seconds.items():
        print(
            f"  {name:<42} {value / rows * 1e6:>12,.2f} us/row {rows / value:>12,.0f} rows/s"
            f" {value / first:>9,.1f} x"
        )


def main() -> None:
    """Fit both models, then time them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=int, default=8_000, help="training rows")
    parser.add_argument("--batch", type=int, default=20_000, help="rows of the batch")
    parser.add_argument("--shap", type=int, default=500, help="rows of the batch for TreeSHAP")
    chosen = parser.parse_args()
    warnings.filterwarnings("ignore", message="LightGBM binary classifier with TreeExplainer")

    frame, bad = make_rows(chosen.train, 2)
    test, outcome = make_rows(chosen.batch, 3)
    schema = Schema(tuple(Field(name, "number") for name in frame.columns))
    model = fit_glassbox(frame, bad, schema, settings=GlassBoxSettings(most_rounds=600))
    chooser = ReasonChooser(model)
    booster = lightgbm.train(
        {
            "objective": "binary",
            "num_leaves": 31,
            "learning_rate": 0.05,
            "num_threads": 1,
            "verbose": -1,
        },
        lightgbm.Dataset(frame.to_numpy(), label=bad),
        300,
    )
    explainer = shap.TreeExplainer(booster)
    pairs = sum(len(term) == 2 for term in model.terms)
    print(
        f"glass box: {len(model.inputs)} inputs, {len(model.terms) - pairs} single tables, {pairs} pairs,"
        f" AUC {auc(outcome, model.probability(test)):.4f}"
    )
    raw = np.asarray(booster.predict(test.to_numpy(), num_threads=1))
    print(f"LightGBM:  {booster.num_trees()} trees of 31 leaves, AUC {auc(outcome, raw):.4f}")

    values = [
        {name: None if value != value else value for name, value in row.items()}
        for row in test.head(200).to_dict("records")
    ]
    matrix = test.to_numpy()
    turn = iter(range(10**9))

    def row() -> dict[str, float | None]:
        return values[next(turn) % len(values)]

    def line() -> np.ndarray:
        i = next(turn) % len(values)
        return matrix[i : i + 1]

    show(
        "One row",
        {
            "glass box, score": best(lambda: model.explain(row()).score, 2000),
            "glass box, score and reasons chosen": best(
                lambda: chooser.choose(model.explain(row())), 2000
            ),
            "glass box, score and reasons in words": best(
                lambda: chooser.reasons(model.explain(row())), 1000
            ),
            "LightGBM predict": best(lambda: booster.predict(line(), num_threads=1), 300),
            "LightGBM pred_contrib (TreeSHAP)": best(
                lambda: booster.predict(line(), pred_contrib=True, num_threads=1), 50
            ),
            "shap.TreeExplainer": best(lambda: explainer.shap_values(line()), 20),
        },
        1,
    )
    part = matrix[: chosen.shap]
    scale = chosen.batch / len(part)  # all rows would take minutes; TreeSHAP is linear in rows

    show(
        f"Batch of {chosen.batch:,} rows (TreeSHAP on {len(part):,}, scaled)",
        {
            "glass box, score": best(lambda: model.score(test), 1, 3),
            "glass box, score and all contributions": best(lambda: model.contributions(test), 1, 3),
            "glass box, score, contributions and reasons": best(
                lambda: chooser.choose_many(model.contributions(test)[1]), 1, 3
            ),
            "LightGBM predict": best(lambda: booster.predict(matrix, num_threads=1), 1, 3),
            "LightGBM pred_contrib (TreeSHAP)": scale
            * best(lambda: booster.predict(part, pred_contrib=True, num_threads=1), 1, 2),
            "shap.TreeExplainer": scale * best(lambda: explainer.shap_values(part), 1, 2),
        },
        chosen.batch,
    )


if __name__ == "__main__":
    main()
