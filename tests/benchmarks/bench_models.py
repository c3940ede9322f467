"""The glass box beside its peers on public tables: accuracy on one split, size, time, stable reasons.

Run ``python tests/benchmarks/bench_models.py --sets german,card``; see the README beside this file.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from model_tables import PROBLEMS, Problem
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, QuantileTransformer

from models.bins import Floats
from models.glassbox.fit import GlassBoxSettings, fit_glassbox
from models.metrics import auc, calibration_slope
from models.reasons.chooser import ReasonChooser
from models.reasons.stability import Sets, identical_share, reason_sets
from models.scorecard import fit_scorecard
from models.scorer import AdditiveModel

DATA = Path(__file__).resolve().parents[3] / "shared/data"
Fit = Callable[[pd.DataFrame, Floats, pd.DataFrame], Floats]


def categories(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)]


def lightgbm(frame: pd.DataFrame, y: Floats, test: pd.DataFrame) -> Floats:
    """Unconstrained; the better of two sizes by early stopping, then fitted again on all rows."""
    import lightgbm as lgb

    fit, stop = train_test_split(np.arange(len(y)), test_size=0.2, stratify=y, random_state=0)
    found = []
    for leaves, least in ((7, 20), (31, 50)):
        parameters = {
            "objective": "binary", "learning_rate": 0.04, "num_leaves": leaves,
            "min_data_in_leaf": least if len(y) > 3000 else 10, "lambda_l2": 2.0,
            "feature_fraction": 0.7, "bagging_fraction": 0.8, "bagging_freq": 1,
            "num_threads": 1, "verbose": -1, "seed": 0,
        }  # fmt: skip
        data = lgb.Dataset(frame.iloc[fit], y[fit], categorical_feature=categories(frame))
        valid = lgb.Dataset(frame.iloc[stop], y[stop], reference=data)
        stopper = lgb.early_stopping(100, verbose=False)
        booster = lgb.train(parameters, data, 3000, valid_sets=[valid], callbacks=[stopper])
        loss = booster.best_score["valid_0"]["binary_logloss"]
        found.append((loss, int(booster.best_iteration * 1.1) + 1, parameters))
    _, rounds, parameters = min(found, key=lambda entry: entry[0])
    whole = lgb.Dataset(frame, y, categorical_feature=categories(frame))
    return np.asarray(lgb.train(parameters, whole, rounds).predict(test))


def ebm(frame: pd.DataFrame, y: Floats, test: pd.DataFrame) -> Floats:
    """Explainable boosting machine with its own settings."""
    from interpret.glassbox import ExplainableBoostingClassifier

    names = categories(frame)

    def plain(rows: pd.DataFrame) -> pd.DataFrame:
        texts = {n: rows[n].astype(object).where(rows[n].notna(), None) for n in names}
        return rows.assign(**texts)

    kinds = ["nominal" if name in names else "continuous" for name in frame]
    model = ExplainableBoostingClassifier(n_jobs=1, random_state=0, feature_types=kinds)
    return np.asarray(model.fit(plain(frame), y).predict_proba(plain(test))[:, 1])


def logistic(frame: pd.DataFrame, y: Floats, test: pd.DataFrame) -> Floats:
    """Logistic regression on normal scores and one-hot levels."""
    names = categories(frame)
    numbers = [name for name in frame if name not in names]
    read = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True),
        QuantileTransformer(n_quantiles=100, output_distribution="normal", random_state=0),
    )
    levels = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=20)

    def plain(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(**{n: rows[n].astype(object).fillna("missing") for n in names})

    model = make_pipeline(
        make_column_transformer((read, numbers), (levels, names)),
        LogisticRegression(C=0.3, max_iter=500),
    )
    return np.asarray(model.fit(plain(frame), y).predict_proba(plain(test))[:, 1])


def interval(
    bad: Floats, p: Floats, beside: Floats | None = None, draws: int = 100
) -> tuple[float, float]:
    """95 % interval of the AUC, or of how much larger it is than another, by resampling the test rows."""
    random = np.random.default_rng(0)
    found = []
    for _ in range(draws):
        rows = random.integers(0, len(bad), len(bad))
        if 0 < bad[rows].sum() < len(rows):
            less = auc(bad[rows], beside[rows]) if beside is not None else 0.0
            found.append(auc(bad[rows], p[rows]) - less)
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def sample(problem: Problem, rows: int) -> tuple[pd.DataFrame, Floats, pd.DataFrame, Floats]:
    """Training and test rows, at most `rows` of each, drawn at random."""
    random = np.random.default_rng(0)
    out: list[pd.DataFrame | Floats] = []
    for part in (problem.train, problem.test):
        kept = np.sort(random.choice(part, rows, replace=False)) if len(part) > rows else part
        out += [problem.frame.iloc[kept].reset_index(drop=True), problem.bad[kept]]
    return out[0], out[1], out[2], out[3]  # type: ignore[return-value]


def fits_of(problem: Problem) -> dict[str, Fit]:
    return {
        "lightgbm": lightgbm,
        "ebm": ebm,
        "scorecard": lambda f, bad, t: fit_scorecard(f, bad, problem.schema).probability(t),
        "logistic": logistic,
    }


def compare(problem: Problem, rows: int, peers: list[str]) -> float:
    """Print one table; give the difference to the best peer."""
    frame, y, test, bad = sample(problem, rows)
    print(
        f"\n{problem.name}: {len(y):,} training rows, {len(bad):,} test rows, {len(frame.columns)} inputs"
    )
    start = time.process_time()
    model = fit_glassbox(frame, y, problem.schema)
    ours = model.probability(test)
    report("glassbox", bad, ours, time.process_time() - start)
    pairs = sum(table.is_pair for table in model.tables)
    cells = sum(table.values.size for table in model.tables)
    print(f"{'':10} {len(model.tables) - pairs} single tables, {pairs} pairs, {cells:,} cells")
    theirs: dict[str, Floats] = {}
    for name in peers:
        start = time.process_time()
        theirs[name] = fits_of(problem)[name](frame, y, test)
        report(name, bad, theirs[name], time.process_time() - start)
    best = max(theirs, key=lambda name: auc(bad, theirs[name]))
    low, high = interval(bad, ours, theirs[best])
    more = auc(bad, ours) - auc(bad, theirs[best])
    print(
        f"{'':10} difference to the best peer, {best}: {more:+.4f} [{low:+.4f}, {high:+.4f}]",
        flush=True,
    )
    return more


def redealt(problem: Problem, deal: int) -> Problem:
    """All rows dealt out anew into training and test rows, with the shares of bads that there are."""
    rows = np.sort(np.concatenate([problem.train, problem.test]))
    train, test = train_test_split(
        rows, test_size=len(problem.test), stratify=problem.bad[rows], random_state=deal
    )
    return replace(problem, train=np.sort(train), test=np.sort(test))


def over_deals(problem: Problem, rows: int, peers: list[str], deals: int) -> float:
    """Print the mean over several deals, for small sets; give the mean difference to the best peer."""
    found: dict[str, list[float]] = {"glassbox": [], **{name: [] for name in peers}}
    for deal in range(deals):
        own = redealt(problem, deal)
        frame, y, test, bad = sample(own, rows)
        p = fit_glassbox(frame, y, own.schema).probability(test)
        found["glassbox"].append(auc(bad, p))
        for name in peers:
            found[name].append(auc(bad, fits_of(own)[name](frame, y, test)))
    print(
        f"\n{problem.name}: {len(y):,} training rows, {len(bad):,} test rows, {deals} random deals"
    )
    ours = np.array(found["glassbox"])
    for name, aucs in found.items():
        more = ours - np.array(aucs)
        error = more.std(ddof=1) / np.sqrt(deals)
        beside = "" if name == "glassbox" else f"  glass box {more.mean():+.4f} +- {error:.4f}"
        print(f"{name:10} AUC {np.mean(aucs):.4f}{beside}", flush=True)
    return float(ours.mean() - max(np.mean(found[name]) for name in peers))


def report(name: str, bad: Floats, p: Floats, seconds: float) -> None:
    low, high = interval(bad, p)
    slope = calibration_slope(bad, p)
    print(
        f"{name:10} AUC {auc(bad, p):.4f} [{low:.4f}, {high:.4f}]  slope {slope:5.2f}  {seconds:7.1f} CPU s",
        flush=True,
    )


def features_of(model: AdditiveModel, test: pd.DataFrame) -> Sets:
    """The four features that lower each row's score most; a pair's points are shared evenly."""
    _, points = model.contributions(test)
    names = list(model.inputs)
    own = np.zeros((len(test), len(names)))
    for position, term in enumerate(model.terms):
        for name in term:
            own[:, names.index(name)] += points[:, position] / len(term)
    return _first_four(-own, names)


def shap_of(frame: pd.DataFrame, y: Floats, test: pd.DataFrame, seed: int) -> Sets:
    """LightGBM and TreeSHAP: its seed moves bagging and feature sampling, the rows to stop on stay."""
    import lightgbm as lgb

    fit, stop = train_test_split(np.arange(len(y)), test_size=0.2, stratify=y, random_state=0)
    settings = GlassBoxSettings()
    parameters = {
        "objective": "binary", "learning_rate": 0.04, "num_leaves": 7, "lambda_l2": 2.0,
        "min_data_in_leaf": 20 if len(y) > 3000 else 10, "bagging_freq": 1,
        "feature_fraction": settings.feature_fraction,
        "bagging_fraction": settings.bagging_fraction,
        "num_threads": 1, "verbose": -1, "seed": seed,
    }  # fmt: skip
    data = lgb.Dataset(frame.iloc[fit], y[fit], categorical_feature=categories(frame))
    valid = lgb.Dataset(frame.iloc[stop], y[stop], reference=data)
    stopper = lgb.early_stopping(50, verbose=False)
    booster = lgb.train(parameters, data, 3000, valid_sets=[valid], callbacks=[stopper])
    parts = np.asarray(booster.predict(test, pred_contrib=True))[:, :-1]
    return _first_four(parts, list(frame.columns))


def _first_four(harm: Floats, names: list[str]) -> Sets:
    order = np.argsort(-harm, axis=1, kind="stable")[:, :4].tolist()
    return [
        frozenset(names[i] for i in row if harm[number, i] > 0) for number, row in enumerate(order)
    ]


def stability(problem: Problem, rows: int, refits: int) -> None:
    """Share of pairs of refits with other seeds in which a test row has the same four reasons.

    The same training rows every time; a seed moves bagging and feature sampling, for the peer as well.
    """
    frame, y, test, _ = sample(problem, rows)
    test = test.head(1000)
    found: dict[str, list[Sets]] = {"reasons": [], "features": [], "lightgbm+shap": []}
    start = time.process_time()
    for seed in range(refits):
        model = fit_glassbox(frame, y, problem.schema, seed=seed)
        found["reasons"].append(reason_sets(ReasonChooser(model), test))
        found["features"].append(features_of(model, test))
        found["lightgbm+shap"].append(shap_of(frame, y, test, seed))
    print(
        f"\n{problem.name}: {len(y):,} rows, {refits} refits, {len(test):,} rows told,"
        f" {time.process_time() - start:.0f} CPU s"
    )
    for name, sets in found.items():
        print(f"{name:14} the same four in {identical_share(sets):.1%} of pairs", flush=True)


def problems(names: str, data: Path) -> Iterator[Problem]:
    for name in names.split(","):
        yield PROBLEMS[name](data)


def main() -> None:
    """Print the tables that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default=",".join(PROBLEMS), help="names, with commas between")
    parser.add_argument("--rows", type=int, default=100_000, help="most training and test rows")
    parser.add_argument("--peers", default="lightgbm,ebm,scorecard,logistic")
    parser.add_argument("--stability", type=int, default=0, metavar="REFITS")
    parser.add_argument(
        "--deals", type=int, default=0, help="random deals of all rows, for small sets"
    )
    parser.add_argument("--data", type=Path, default=DATA)
    args = parser.parse_args()
    warnings.filterwarnings("ignore", module="sklearn")
    found = []
    for problem in problems(args.sets, args.data):
        if args.stability:
            stability(problem, args.rows, args.stability)
        elif args.deals:
            peers = args.peers.split(",")
            found.append(over_deals(problem, args.rows, peers, args.deals))
        else:
            found.append(compare(problem, args.rows, args.peers.split(",")))
    if found:
        print(f"\nmean difference to the best peer {np.mean(found):+.4f}, worst {min(found):+.4f}")
    print(f"settings: {GlassBoxSettings()}")


if __name__ == "__main__":
    main()
