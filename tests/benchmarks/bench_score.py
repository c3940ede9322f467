"""How fast a glass box scores and gives reasons, beside LightGBM, TreeSHAP and optbinning, in one run.

    python tests/benchmarks/bench_score.py

Nothing is asserted: figures of a shared machine say something only beside each other. All are taken in turn
in one process, and the best of several rounds counts: of the clock, and of the processors' time of all threads,
which other programs disturb less. The glass box uses two threads for a batch, as does DuckDB; the others one.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import duckdb
import lightgbm
import numpy as np
import optbinning
import pandas as pd
import shap
from sklearn.linear_model import LogisticRegression

from models.bins import NumberBins
from models.export.sql import to_sql
from models.metrics import auc
from models.reasons.chooser import ReasonChooser
from models.reasons.reference import with_reference
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from models.table import Table

INPUTS, PAIRS = 60, 17
EFFECTS = np.random.default_rng(1).normal(0.0, 0.25, INPUTS)
JOINT = 0.4
CUTS = tuple(np.linspace(-2.1, 2.1, 15).tolist())
Seconds = tuple[float, float]


def make_rows(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Sixty numbers, each with an effect of its own, some also in pairs; 3 % of the values are missing."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, INPUTS))
    joint = sum(x[:, 2 * i] * x[:, 2 * i + 1] for i in range(PAIRS))
    log_odds = -1.5 + x @ EFFECTS + JOINT * joint
    bad = (random.random(n) < 1.0 / (1.0 + np.exp(-log_odds))).astype(int)
    x[random.random(x.shape) < 0.03] = np.nan
    return pd.DataFrame(x, columns=[f"f{i:02d}" for i in range(INPUTS)]), bad


def make_model(frame: pd.DataFrame) -> AdditiveModel:
    """The truth of `make_rows` as tables, so that the size is the same in every run."""
    fine, coarse = NumberBins(CUTS), NumberBins(CUTS[::2])
    middle, coarser = _middles(fine), _middles(coarse)
    joint = JOINT * np.outer(coarser, coarser)
    names = list(frame.columns)
    tables = [
        Table((name,), (fine,), effect * middle, np.full(fine.size, 1.0 / fine.size))
        for name, effect in zip(names, EFFECTS, strict=True)
    ]
    tables += [
        Table(
            (names[2 * i], names[2 * i + 1]), (coarse, coarse), joint,
            np.full(joint.shape, 1.0 / joint.size),
        )
        for i in range(PAIRS)
    ]  # fmt: skip
    schema = Schema(tuple(Field(name, "number") for name in names))
    return with_reference(AdditiveModel(schema, tuple(tables), -1.5), frame)


def _middles(axis: NumberBins) -> np.ndarray:
    """A typical value of each bin; missing: the mean, which is 0."""
    edges = np.array([axis.cuts[0] - 0.4, *axis.cuts, axis.cuts[-1] + 0.4])
    return np.append((edges[:-1] + edges[1:]) / 2, 0.0)


def best(call: Callable[[], object], times: int, rounds: int = 5, rows: int = 1) -> Seconds:
    """Seconds of one row, by the clock and of the processors: the best round of each."""
    call()
    clock, processors = [], []
    for _ in range(rounds):
        started = time.perf_counter(), time.process_time()
        for _ in range(times):
            call()
        clock.append((time.perf_counter() - started[0]) / times / rows)
        processors.append((time.process_time() - started[1]) / times / rows)
    return min(clock), min(processors)


def show(title: str, seconds: dict[str, Seconds]) -> None:
    """Print one table; the ratio is that of processor time to the line of score and reasons."""
    print(f"\n{title}\n  {'':<44}{'us/row':>12}{'CPU us/row':>12}{'rows/s':>12}{'ratio':>10}")
    _, ours = next(value for name, value in seconds.items() if "reasons" in name)
    for name, (clock, processors) in seconds.items():
        print(
            f"  {name:<44}{clock * 1e6:>12,.2f}{processors * 1e6:>12,.2f}{1 / clock:>12,.0f}"
            f"{processors / ours:>9,.2f}x"
        )


def main() -> None:
    """Make the models, then time them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=int, default=8_000, help="training rows")
    parser.add_argument("--batch", type=int, default=100_000, help="rows of the batch")
    parser.add_argument("--shap", type=int, default=300, help="rows of the batch for TreeSHAP")
    chosen = parser.parse_args()
    warnings.filterwarnings("ignore")  # of the peers, about each other's versions

    frame, bad = make_rows(chosen.train, 2)
    test, outcome = make_rows(chosen.batch, 3)
    model = make_model(frame)
    pairs = [term for term in model.terms if len(term) == 2]
    alone = model.without(pairs)
    chooser, plain = ReasonChooser(model), ReasonChooser(alone)
    booster = lightgbm.train(
        {"objective": "binary", "learning_rate": 0.05, "num_threads": 1, "verbose": -1},
        lightgbm.Dataset(frame.to_numpy(), label=bad),
        300,
    )
    explainer = shap.TreeExplainer(booster)
    scorecard = optbinning.Scorecard(
        binning_process=optbinning.BinningProcess(list(frame.columns), max_n_bins=8),
        estimator=LogisticRegression(max_iter=1000),
        scaling_method="min_max",
        scaling_method_params={"min": 300, "max": 900},
    ).fit(frame, bad)
    print(
        f"glass box: {len(model.inputs)} inputs, {len(model.terms) - len(pairs)} single tables, "
        f"{len(pairs)} pairs, {sum(t.values.size for t in model.tables):,} cells, "
        f"AUC {auc(outcome, model.probability(test)):.4f}"
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

    def answered(with_reasons: ReasonChooser) -> tuple[int, list[str]]:
        explained = with_reasons.model.explain(row())
        codes = [with_reasons.themes[theme].code for theme, _ in with_reasons.choose(explained)]
        return explained.score, codes

    single = test.head(1)
    show(
        "One row",
        {
            "glass box, score": best(lambda: model.explain(row()).score, 2000),
            "glass box, score and reasons chosen": best(lambda: answered(chooser), 2000),
            "  without pairs": best(lambda: answered(plain), 2000),
            "glass box, score and reasons in words": best(
                lambda: chooser.reasons(model.explain(row())), 500
            ),
            "LightGBM predict": best(lambda: booster.predict(line(), num_threads=1), 300),
            "LightGBM pred_contrib (TreeSHAP)": best(
                lambda: booster.predict(line(), pred_contrib=True, num_threads=1), 50
            ),
            "shap.TreeExplainer": best(lambda: explainer.shap_values(line()), 20),
            "optbinning Scorecard.score": best(lambda: scorecard.score(single), 3, 3),
        },
    )
    n, part = chosen.batch, matrix[: chosen.shap]
    database = duckdb.connect()
    database.execute("SET threads = 2")
    database.execute("CREATE TABLE applicants AS SELECT * FROM test")

    def sql(of: object) -> None:
        database.execute(f"CREATE OR REPLACE TABLE scored AS {to_sql(of, 'duckdb')}")  # type: ignore[arg-type]

    show(
        f"Batch of {n:,} rows (TreeSHAP: {len(part):,})",
        {
            "glass box, score": best(lambda: model.score(test), 1, 3, n),
            "glass box, score, contributions and reasons": best(
                lambda: chooser.explain_many(test), 1, 3, n
            ),
            "  without pairs": best(lambda: plain.explain_many(test), 1, 3, n),
            "glass box, SQL on DuckDB": best(lambda: sql(model), 1, 3, n),
            "  SQL without pairs": best(lambda: sql(alone), 1, 3, n),
            "LightGBM predict": best(lambda: booster.predict(matrix, num_threads=1), 1, 2, n),
            "LightGBM pred_contrib (TreeSHAP)": best(
                lambda: booster.predict(part, pred_contrib=True, num_threads=1), 1, 2, len(part)
            ),
            "shap.TreeExplainer": best(lambda: explainer.shap_values(part), 1, 2, len(part)),
            "optbinning Scorecard.score": best(lambda: scorecard.score(test), 1, 2, n),
        },
    )


if __name__ == "__main__":
    main()
