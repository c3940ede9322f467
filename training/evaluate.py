"""Evaluation: every split of a portfolio, every kind of model, each figure with its interval."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from models.metrics import Metrics, evaluate, mean_of_metrics, psi
from training.dataset import Dataset
from training.errors import TrainingError
from training.fit import MINIMUM_BADS, Fitted, fit
from training.fit_store import FitStore, fit_digest
from training.recalibrate import recalibrated
from training.settings import Newest, RollingOrigin

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Split:
    """Row numbers to train on and to test on.

    Attributes
    ----------
    name : str
        "oot-2003", "random" or "stratified".
    train, test : ndarray of int
        Positions in the data set.
    """

    name: str
    train: np.ndarray
    test: np.ndarray


@dataclass(frozen=True)
class Evaluation:
    """One fitted model and what it reached on rows it never saw.

    Attributes
    ----------
    fit_rows : ndarray of int
        Positions of the rows that were learned from: all of the split's, or a sample of the goods.
    probability : ndarray
        Of going bad, for the split's test rows.
    score_edges : ndarray
        Deciles of the probability over the training rows: the bins of `psi`.
    score_counts : ndarray
        Training rows in each of these bins.
    psi : float
        Of the score, test rows against training rows.
    """

    split: Split
    kind: str
    lender_history: bool
    fitted: Fitted
    metrics: Metrics
    fit_rows: np.ndarray
    probability: np.ndarray
    score_edges: np.ndarray
    score_counts: np.ndarray
    psi: float


@dataclass(frozen=True)
class MeanOfYears:
    """The mean over the out-of-time test years of one kind of model."""

    kind: str
    lender_history: bool
    metrics: Metrics


def stable_seed(seed: int, *parts: str) -> int:
    """A seed for one part of a run, the same on every machine (Python's own hash is salted)."""
    return (seed + zlib.crc32("/".join(parts).encode())) % (2**31 - 1)


def _random(bad: pd.Series, share: float, seed: int, name: str) -> Split:
    from sklearn.model_selection import train_test_split

    train, test = train_test_split(
        np.arange(len(bad)), test_size=share, stratify=bad.to_numpy(), random_state=seed
    )
    return Split(name, np.sort(train), np.sort(test))


def out_of_time_splits(dataset: Dataset) -> list[Split]:
    """Rolling-origin splits: each test year after the training window's labels have ended.

    Years whose training window or test year holds too few bad outcomes are left out; when none remains, a TrainingError
    says how many are needed.
    """
    settings = dataset.settings
    if not isinstance(settings.split, RollingOrigin):
        raise TrainingError(
            f"The portfolio {settings.portfolio} has no out-of-time split.", "use a stratified one"
        )
    day = dataset.frame["as_of"].to_numpy().astype("datetime64[D]")
    bad = dataset.bad.to_numpy()
    splits = []
    for year in settings.split.test_years:
        start, end = settings.split.window(year, settings.label.months)
        train = np.flatnonzero((day >= np.datetime64(start)) & (day < np.datetime64(end)))
        test = np.flatnonzero(
            (day >= np.datetime64(date(year, 1, 1))) & (day < np.datetime64(date(year + 1, 1, 1)))
        )
        if min(bad[train].sum(), bad[test].sum()) >= MINIMUM_BADS:
            splits.append(Split(f"oot-{year}", train, test))
    if not splits:
        raise TrainingError(
            f"No test year of {settings.portfolio} has {MINIMUM_BADS} bad outcomes both in its training "
            "window and in the year itself.",
            "take a larger file in: xinqiao contracts intake --source",
        )
    return splits


def newest_months(dataset: Dataset, asked: Newest) -> Split:
    """The newest calendar months to test on, those before them to train on."""
    month = dataset.frame["as_of"].to_numpy().astype("datetime64[M]")
    test = month > month.max() - asked.test_months
    train = ~test
    if asked.training_months:
        train &= month > month.max() - asked.test_months - asked.training_months
    bad = dataset.bad.to_numpy()
    for part, rows in (("newest months", test), ("months before them", train)):
        if bad[rows].sum() < MINIMUM_BADS:
            raise TrainingError(
                f"The {part} hold {int(bad[rows].sum())} bad outcomes; at least {MINIMUM_BADS} are needed.",
                "change split.test_months or wait for newer outcomes",
            )
    return Split("oot-newest", np.flatnonzero(train), np.flatnonzero(test))


def all_splits(dataset: Dataset) -> list[Split]:
    """Every split of the portfolio; the out-of-time ones first, the flattering random one last."""
    settings = dataset.settings
    if isinstance(settings.split, RollingOrigin):
        window = out_of_time_splits(dataset)
        # The random split mixes the same approvals that the years are made of, so the two figures are comparable.
        rows = np.unique(np.concatenate([np.concatenate([s.train, s.test]) for s in window]))
        mixed = _random(dataset.bad.iloc[rows], settings.random_share, settings.seed, "random")
        return [*window, Split("random", rows[mixed.train], rows[mixed.test])]
    if isinstance(settings.split, Newest):
        return [newest_months(dataset, settings.split)]
    return [_random(dataset.bad, settings.split.test_share, settings.seed, "stratified")]


def sampled(dataset: Dataset, rows: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray | None]:
    """All bads and a share of the goods among some rows, with weights that make up for it; None without sampling."""
    settings = dataset.settings
    share = settings.sampling.goods_share
    if share >= 1:
        return rows, None
    random = np.random.default_rng(stable_seed(settings.seed, settings.portfolio, name, "sample"))
    bad = dataset.bad.to_numpy()[rows] == 1
    goods = rows[~bad]
    taken = random.choice(goods, max(round(len(goods) * share), 1), replace=False)
    chosen = np.sort(np.concatenate([rows[bad], taken]))
    weight = np.where(dataset.bad.to_numpy()[chosen] == 1, 1.0, len(goods) / len(taken))
    return chosen, weight


def fit_on(
    dataset: Dataset,
    rows: np.ndarray,
    kind: str,
    *,
    lender_history: bool,
    name: str,
    store: FitStore | None = None,
) -> tuple[Fitted, np.ndarray]:
    """Fit one kind on some rows of the data set, with a seed that depends on the name of the fit alone.

    With a store, a fit that was finished before is taken over.

    Returns
    -------
    Fitted
    ndarray of int
        The rows that were learned from.
    """
    settings = dataset.settings
    names = set(dataset.features(lender_history=lender_history))
    specs = [spec for spec in dataset.view.spec() if spec["name"] in names]
    window = rows
    rows, weight = sampled(dataset, rows, name)
    frame, bad = dataset.frame.iloc[rows], dataset.bad.iloc[rows]
    seed = stable_seed(settings.seed, settings.portfolio, name, kind)
    decided = {
        "kind": kind,
        "changes": settings.models.get(kind, {}),
        "validation_share": settings.validation_share,
        "seed": seed,
    }
    digest = ""
    if store:
        inputs = frame[[str(spec["name"]) for spec in specs]]
        digest = fit_digest(inputs, bad.to_numpy(), weight, {**decided, "inputs": specs})
        if found := store.find(digest):
            return recalibrated(found, dataset, window), rows
    fitted = fit(
        kind,
        frame,
        bad,
        specs,
        validation_share=settings.validation_share,
        seed=seed,
        weight=weight,
        changes=settings.models.get(kind, {}),
    )
    fitted = store.keep(digest, fitted) if store else fitted
    return recalibrated(fitted, dataset, window), rows


def evaluate_all(
    dataset: Dataset, progress: Progress | None = None, store: FitStore | None = None
) -> Iterator[Evaluation]:
    """Fit and test every kind on every split; with and without the lender's history where the portfolio has one.

    The test rows of a split are used for its figures only: nothing is chosen on them.
    """
    settings = dataset.settings
    # The random split only shows how much it flatters; whether the history pays is asked out of time.
    jobs = [
        (split, kind, history)
        for split in all_splits(dataset)
        for history in (True, False)
        for kind in settings.models
        if history or (settings.compare_lender_history and split.name != "random")
    ]
    for done, (split, kind, history) in enumerate(jobs):
        if progress:
            progress(f"{settings.portfolio} {split.name} {kind}", done, len(jobs))
        fitted, rows = fit_on(
            dataset, split.train, kind, lender_history=history, name=split.name, store=store
        )
        yield _evaluated(dataset, split, kind, history, fitted, rows)
    if progress:
        progress(f"{settings.portfolio} evaluated", len(jobs), len(jobs))


def _evaluated(
    dataset: Dataset, split: Split, kind: str, history: bool, fitted: Fitted, rows: np.ndarray
) -> Evaluation:
    settings = dataset.settings
    probability, trained = (
        fitted.model.probability(dataset.frame.iloc[part]) for part in (split.test, split.train)
    )
    # Tied deciles of a coarse score are one bin.
    edges = np.unique(np.quantile(trained, np.linspace(0.1, 0.9, 9)))
    before, after = (
        np.bincount(np.searchsorted(edges, part, side="left"), minlength=len(edges) + 1)
        for part in (trained, probability)
    )
    return Evaluation(
        split=split,
        kind=kind,
        lender_history=history,
        fitted=fitted,
        metrics=evaluate(
            dataset.bad.to_numpy()[split.test],
            probability,
            seed=stable_seed(settings.seed, split.name),
            resamples=settings.bootstrap,
        ),
        fit_rows=rows,
        probability=probability,
        score_edges=edges,
        score_counts=before,
        psi=psi(before, after),
    )


def means(dataset: Dataset, evaluations: list[Evaluation]) -> list[MeanOfYears]:
    """Mean of the out-of-time years per kind; the years' resamples are drawn independently and averaged."""
    settings = dataset.settings
    bad = dataset.bad.to_numpy()
    result = []
    keys = dict.fromkeys(
        (e.kind, e.lender_history) for e in evaluations if e.split.name.startswith("oot-")
    )
    for kind, history in keys:
        years = [
            e
            for e in evaluations
            if (e.kind, e.lender_history) == (kind, history) and e.split.name.startswith("oot-")
        ]
        result.append(
            MeanOfYears(
                kind,
                history,
                mean_of_metrics(
                    [(bad[e.split.test], e.probability) for e in years],
                    seed=settings.seed,
                    resamples=settings.bootstrap,
                ),
            )
        )
    return result


def choose_lender_history(
    dataset: Dataset, store: FitStore | None = None
) -> tuple[bool, dict[str, float]]:
    """Decide on validation data alone whether the champion uses the lender's history.

    The newest training window is cut once more: its last year is the validation year, and the
    approvals whose labels had ended before that year train. The test year is not looked at.

    Returns
    -------
    bool
        Whether the lender's history is used.
    dict
        Validation AUC with and without it.
    """
    settings = dataset.settings
    if not isinstance(settings.split, RollingOrigin) or not settings.compare_lender_history:
        return True, {}
    newest = out_of_time_splits(dataset)[-1].train
    day = dataset.frame["as_of"].to_numpy().astype("datetime64[D]")[newest]
    last_year = day.max().astype("datetime64[Y]")
    closed = last_year.astype("datetime64[M]") - np.timedelta64(settings.label.months, "M")
    train = newest[day < closed.astype("datetime64[D]")]
    valid = newest[day >= last_year.astype("datetime64[D]")]
    bad = dataset.bad.to_numpy()
    if min(bad[train].sum(), bad[valid].sum()) < MINIMUM_BADS:
        return False, {}  # too few outcomes to show a gain: the smaller set of inputs stays
    found = {}
    for history in (True, False):
        fitted, _ = fit_on(
            dataset, train, settings.candidate, lender_history=history, name="choice", store=store
        )
        metrics = evaluate(
            bad[valid],
            fitted.model.probability(dataset.frame.iloc[valid]),
            seed=settings.seed,
            resamples=50,
        )
        found["with_lender_history" if history else "without_lender_history"] = metrics.auc
    return found["with_lender_history"] > found["without_lender_history"], found
