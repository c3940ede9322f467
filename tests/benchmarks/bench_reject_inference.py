"""What reject inference costs or brings on simulated cities, where the outcome of every application is known.

    python tests/benchmarks/bench_reject_inference.py [--cities 10] [--subjects 16000] [--records FOLDER]

Each line is a model fitted one way and measured on all applications of later months, rejected ones included, against
their true probability of default: expected AUC, calibration slope and the ratio of true to predicted defaults.
Accepted-only is the peer; "all, outcomes known" is what no lender can have. Intervals are 95 % over cities (each a
new city, new lenders, new fates), so they hold the chance of the training rows too. Two lenders are looked at: one
who decided by what the model sees, and one who saw the last months' activity, which the model does not see.

With ``--records`` one city is taken through intake and features, and models use the view of firms; intervals then
come from resampling the applications tested.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd

from data_contracts.city.city import City
from data_contracts.city.clock import Settings
from data_contracts.city.lenders import ARCHETYPES
from data_contracts.city.truth import HORIZON
from models.calibration import calibrate
from models.glassbox.fit import fit_glassbox
from models.reject_inference import Method, RejectSettings, infer_rejects
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from tests.benchmarks.city_rows import city_rows

FIGURES = ("auc", "slope", "true/predicted")

MONTHS, START, TRAIN_UNTIL, TEST_FROM = 60, "2019-01", 36, 48  # a label takes a year
UNSEEN = 3
"""Months of activity that the second lender sees and the model does not."""

WAYS: dict[str, tuple[Method, float]] = {
    "fuzzy": ("fuzzy", 1.0),
    "fuzzy, odds x 1.5": ("fuzzy", 1.5),
    "parcelling": ("parcelling", 1.0),
    "parcelling, odds x 1.5": ("parcelling", 1.5),
    "two-stage": ("two_stage", 1.0),
}
SCHEMA = Schema(
    (
        *(Field(f"activity_{n}", "number", direction=-1) for n in (1, 3, 12)),
        Field("swing", "number"),
        Field("leverage", "number", direction=1),
        Field("young", "number", direction=1),
        Field("secured", "number", direction=-1),
        Field("kind", "category"),
        Field("product", "category"),
    )
)


def simulated(seed: int, subjects: int, unseen: int) -> pd.DataFrame:
    """Applications of one city: what the model sees of them (months up to `unseen` before), and the truth."""
    city = City.found(Settings(subjects, seed, MONTHS, START))
    found = city.applications
    first = city.health.begins[found.subject]
    past = {}
    for months in (1, 3, 12):
        last = found.month - 1 - unseen
        window = last[:, None] - np.arange(months)[None, :]
        activity = city.activity(found.subject[:, None], window).astype(float)
        activity[(window < np.maximum(first, 0)[:, None])] = np.nan
        past[months] = pd.DataFrame(activity)
    bad = found.default_after <= HORIZON
    return pd.DataFrame(
        {
            **{f"activity_{months}": values.mean(axis=1) for months, values in past.items()},
            "swing": past[12].std(axis=1),
            "leverage": found.leverage,
            "young": found.young.astype(float),
            "secured": found.secured.astype(float),
            "kind": city.population.kind[found.subject].astype(str),
            "product": np.array([one.code for one in ARCHETYPES])[found.archetype],
            "month": found.month,
            "known": found.approved & found.accepted,
            "bad": bad.astype(int),
            "p_true": found.p_true,
        }
    )


def expected_auc(log_odds: np.ndarray, p: np.ndarray) -> float:
    """Chance that of two applications the one that defaults has the higher log odds, defaults drawn from p."""
    distinct, position = np.unique(log_odds, return_inverse=True)
    bads = np.bincount(position, weights=p, minlength=len(distinct))
    goods = np.bincount(position, weights=1 - p, minlength=len(distinct))
    return float((bads * (np.cumsum(goods) - goods / 2)).sum() / (bads.sum() * goods.sum()))


def figures(log_odds: np.ndarray, p: np.ndarray) -> tuple[float, ...]:
    """The figures of `FIGURES`, against true probabilities."""
    predicted = 1 / (1 + np.exp(-log_odds))
    slope = calibrate(log_odds, p).slope
    return expected_auc(log_odds, p), slope, float(p.sum() / predicted.sum())


def models(train: pd.DataFrame, schema: Schema, seed: int) -> dict[str, AdditiveModel]:
    """Fit accepted-only, every method, and what nobody can have."""
    known = train["known"].to_numpy(dtype=bool)
    accepted, rejected = train[known], train[~known]
    bad = accepted["bad"].to_numpy()
    found = {"accepted only": fit_glassbox(accepted, bad, schema, seed=seed)}
    for name, (method, odds) in WAYS.items():
        settings = RejectSettings(odds_ratio=odds)
        rows = infer_rejects(
            accepted, bad, rejected, schema, method=method, settings=settings, seed=seed
        )
        found[name] = fit_glassbox(rows.frame, rows.bad, schema, weight=rows.weight, seed=seed)
    found["all, outcomes known"] = fit_glassbox(train, train["bad"], schema, seed=seed)
    return found


def show(title: str, values: dict[str, np.ndarray], intervals: str) -> None:
    """Print means with intervals; shape of each entry (replicates, figures), and the AUC beside accepted only."""
    print(f"\n{title}; 95 % intervals over {intervals}")
    peer = values["accepted only"]
    for name, rows in values.items():
        cells = []
        for column in (*rows.T, rows[:, 0] - peer[:, 0]):
            if intervals.endswith("cities"):
                error = 1.96 * column.std(ddof=1) / np.sqrt(len(column))
                low, high = column.mean() - error, column.mean() + error
            else:
                low, high = np.quantile(column, [0.025, 0.975])
            cells.append(f"{column.mean():.4f} [{low:.4f}, {high:.4f}]")
        told = "  ".join(f"{f} {c}" for f, c in zip((*FIGURES, "AUC gain"), cells, strict=True))
        print(f"  {name:<24}{told}", flush=True)


def by_cities(cities: int, subjects: int, unseen: int) -> None:
    """Many cities, few inputs."""
    values: dict[str, list[tuple[float, ...]]] = {}
    shares = []
    for seed in range(cities):
        rows = simulated(1000 + seed, subjects, unseen)
        train = rows[rows["month"] < TRAIN_UNTIL].reset_index(drop=True)
        test = rows[rows["month"] >= TEST_FROM].reset_index(drop=True)
        p = test["p_true"].to_numpy()
        shares.append(
            (train["known"].mean(), train["bad"][train["known"]].mean(), train["bad"].mean())
        )
        for name, model in models(train, SCHEMA, seed).items():
            values.setdefault(name, []).append(figures(model.log_odds(test), p))
        values.setdefault("truth", []).append(figures(np.log(p / (1 - p)), p))
    known, of_known, of_all = np.mean(shares, axis=0)
    who = "the lender saw three months more than the model" if unseen else "the model sees it all"
    show(
        f"{who}: outcomes known of {known:.0%} of the applications, {of_known:.2%} of them bad, "
        f"{of_all:.2%} of all",
        {name: np.array(rows) for name, rows in values.items()},
        f"{cities} cities",
    )


def by_records(folder: Path, subjects: int, resamples: int = 200) -> None:
    """One city through intake and features, the view of firms."""
    rows, schema = city_rows(folder, subjects, 1, "firm")
    rows["known"] = rows["loan"].to_numpy(dtype=bool)
    drawn = np.random.default_rng(0).random(len(rows)) < rows["p_true"]  # of those never lent to
    rows["bad"] = rows["default_within_12"].astype(object).fillna(drawn).astype(int)
    train = rows[rows["as_of"] < "2022-01-01"].reset_index(drop=True)
    test = rows[rows["as_of"] >= "2023-01-01"].reset_index(drop=True)
    p = test["p_true"].to_numpy()
    scored = {n: m.log_odds(test) for n, m in models(train, schema, 0).items()}
    scored["truth"] = np.log(p / (1 - p))
    random = np.random.default_rng(1)
    samples = [random.integers(len(p), size=len(p)) for _ in range(resamples)]
    show(
        f"view of firms, {len(train):,} applications to learn from, {int(train['known'].sum()):,} with an outcome",
        {n: np.array([figures(x[at], p[at]) for at in samples]) for n, x in scored.items()},
        f"{resamples} resamples of {len(p):,} applications tested",
    )


def main() -> None:
    """Both lenders, then records."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=int, default=10)
    parser.add_argument("--subjects", type=int, default=16_000)
    parser.add_argument("--records", type=Path, help="folder of a city taken through the features")
    arguments = parser.parse_args()
    if arguments.records:
        by_records(arguments.records, arguments.subjects)
    else:
        for unseen in (0, UNSEEN):
            by_cities(arguments.cities, arguments.subjects, unseen)


if __name__ == "__main__":
    main()
