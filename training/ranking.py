"""Which lender did each borrower take? Training of the lender ranking and its test out of time.

The order is learned from borrowers of the years before the validation year, each seen as of its own day; the number of
trees and the shape of the baselines are chosen on the validation year; the test year is looked at once, at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from data_contracts.intake.lake import Lake
from models.errors import ModelsError
from models.matching.backtest import Backtest
from models.matching.book import LendingBook
from models.matching.candidates import LIMIT
from models.matching.lenders import lender_kind
from models.matching.loans import NEVER, Loans, date_of, loans_from_frame
from models.matching.measures import Interval, bootstrap, ndcg_each, recall_each
from models.matching.popularity import Baseline, all_baselines
from models.matching.products import WINDOW_DAYS
from training.errors import TrainingError

if TYPE_CHECKING:
    from models.matching.ranking import Ranking

Progress = Callable[[str, int, int], None]
K = 10

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "loan_account": (
        "account_no",
        "application_no",
        "subject_id",
        "institution",
        "amount_cents",
        "opened_on",
        "_known",
        "_version",
        "_withdrawn",
    ),
    "loan_application": (
        "application_no",
        "institution_region",
        "programme",
        "_known",
        "_version",
        "_withdrawn",
    ),
    "registration": (
        "subject_id",
        "region",
        "postal_code",
        "industry_code",
        "employees",
        "new_business",
        "franchise",
        "_known",
        "_version",
        "_withdrawn",
    ),
}


class RankingSettings(BaseModel):
    """Everything that decides a training run of the ranking, beside the data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    portfolio: str = "sba"
    registered_name: str = "enterprise-lender-ranking"
    title_zh: str = "企业贷款机构排序"
    title_en: str = "Ranking of lenders for enterprises"
    test_year: int = Field(2006, description="borrowers of this calendar year are the test")
    training_years: int = Field(2, ge=1, description="years before the validation year")
    training_requests: int = Field(40_000, ge=100, description="at most; drawn at random; ours")
    validation_requests: int = Field(8_000, ge=100, description="at most; drawn at random; ours")
    window_days: int = Field(WINDOW_DAYS, ge=30)
    limit: int = Field(LIMIT, ge=K)
    bootstrap: int = Field(500, ge=50, description="resamples per interval; ours")


@dataclass(frozen=True)
class RankingFrames:
    """The three tables of the lake that tell who lent whom, with all their versions."""

    loan_account: pd.DataFrame | pa.Table
    loan_application: pd.DataFrame | pa.Table
    registration: pd.DataFrame | pa.Table

    @classmethod
    def read(cls, lake: Lake) -> RankingFrames:
        """Read the columns that are needed from the committed files of a lake.

        Raises
        ------
        TrainingError
            The lake holds no loans.
        """
        tables = {}
        with duckdb.connect() as connection:
            for name, columns in _COLUMNS.items():
                relation = lake.relation(name)
                if relation is None:
                    raise TrainingError(
                        f"The lake holds no {name} records.", "load a portfolio with loans first"
                    )
                wanted = ", ".join(columns)
                tables[name] = connection.sql(f"SELECT {wanted} FROM {relation}").to_arrow_table()
        return cls(**tables)


@dataclass(frozen=True)
class RankingResult:
    """A fitted ranking and how it did on the test year.

    Attributes
    ----------
    ranking : Ranking
        With every loan that the frames hold; its order was learned before the test year.
    metrics : dict
        recall_at_10, ndcg_at_10, baseline_recall_at_10, baseline_ndcg_at_10, baseline_name, baseline_ndcg_name,
        baselines (every family's choice), intervals (95 %, the differences are paired), candidate_recall, n, excluded
        and the years.
    """

    ranking: Ranking
    metrics: dict[str, Any]


_JOIN = """
WITH a AS (
  SELECT * FROM (SELECT *, lead(_known) OVER (PARTITION BY account_no ORDER BY _version) AS _until
    FROM loan_account) WHERE NOT _withdrawn
), p AS (
  SELECT * FROM (SELECT *, lead(_known) OVER (PARTITION BY application_no ORDER BY _version) AS _until
    FROM loan_application) WHERE NOT _withdrawn
), r AS (
  SELECT * FROM (SELECT *, lead(_known) OVER (PARTITION BY subject_id ORDER BY _version) AS _until
    FROM registration) WHERE NOT _withdrawn
), joined AS (
  SELECT a.institution, a.opened_on, a.amount_cents, p.institution_region, p.programme, r.region, r.postal_code,
    r.industry_code, r.employees, r.new_business, r.franchise,
    greatest(a._known, p._known, r._known) AS known_on, least(a._until, p._until, r._until) AS until_on
  FROM a
  LEFT JOIN p ON p.application_no = a.application_no
    AND (a._until IS NULL OR p._known < a._until) AND (p._until IS NULL OR a._known < p._until)
  LEFT JOIN r ON r.subject_id = a.subject_id
    AND (a._until IS NULL OR r._known < a._until) AND (r._until IS NULL OR a._known < r._until)
)
SELECT * FROM joined WHERE until_on IS NULL OR known_on < until_on
"""


def loan_table(frames: RankingFrames) -> pd.DataFrame:
    """One row per loan and state of knowledge: valid for requests from `known_on` until `until_on`.

    A correction of the account, its application or the borrower's registration ends one row and begins another, so
    that a request sees what was known on its day.

    Raises
    ------
    TrainingError
        A table lacks a column.
    """
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        for name, columns in _COLUMNS.items():
            table = getattr(frames, name)
            present = table.columns if isinstance(table, pd.DataFrame) else table.column_names
            for column in columns:
                if column not in present:
                    raise TrainingError(
                        f"The table {name} lacks the column {column!r}.",
                        f"it needs: {', '.join(columns)}",
                    )
            connection.register(name, table)
        return connection.execute(_JOIN).df()


def _year_of(loans: Loans) -> np.ndarray:
    return np.asarray(
        loans.event.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    )


def _drawn(rows: np.ndarray, most: int, random: np.random.Generator) -> np.ndarray:
    """At most so many of the rows, still in order."""
    if len(rows) <= most:
        return rows
    return rows[np.sort(random.choice(len(rows), most, replace=False))]


def _excluded(table: pd.DataFrame, year: int) -> dict[str, int]:
    """Borrowers of a year that took no lender one can go to: they are not test requests."""
    names = table.loc[pd.to_datetime(table["opened_on"]).dt.year == year, "institution"]
    kinds = names.dropna().map(lambda name: lender_kind(str(name))).value_counts()
    return {
        "receiver": int(kinds.get("receiver", 0)),
        "placeholder": int(kinds.get("placeholder", 0)),
        "no_lender": int(names.isna().sum()),
    }


def train_ranking(
    frames: RankingFrames,
    settings: RankingSettings | None = None,
    seed: int = 20260101,
    progress: Progress | None = None,
) -> RankingResult:
    """Fit the ranking and test it out of time beside every popularity baseline.

    Parameters
    ----------
    frames : RankingFrames
    settings : RankingSettings, optional
    seed : int
    progress : callable(step, done, total), optional

    Returns
    -------
    RankingResult

    Raises
    ------
    TrainingError
        A column is missing, or there are too few borrowers in a year.
    """
    from models.matching.ranker import RankerSettings, fit_ranker
    from models.matching.ranking import Ranking

    settings = settings or RankingSettings()

    def step(name: str) -> Callable[[int, int], None]:
        def report(done: int, total: int) -> None:
            if progress:
                progress(f"ranking: {name}", done, total)

        return report

    table = loan_table(frames)
    try:
        loans = loans_from_frame(table)
    except ModelsError as error:
        raise TrainingError(str(error), "check the loan records of the lake") from error
    excluded = _excluded(table, settings.test_year)
    del table
    rows = _years(loans, settings)
    random = np.random.default_rng(seed)
    train = _drawn(rows["training"], settings.training_requests, random)
    valid = _drawn(rows["validation"], settings.validation_requests, random)
    test = rows["test"]

    book = LendingBook(loans)
    backtest = Backtest(loans, book, settings.window_days, settings.limit)
    learn = backtest.learning_rows(train, step("training pairs"))
    stop = backtest.learning_rows(valid, step("validation pairs"))
    ranker = fit_ranker(learn, stop, RankerSettings(), seed, step("trees"))
    del learn, stop

    chosen = _choose_baselines(backtest, valid, step("baselines"))
    place, candidate = backtest.ranked_places(ranker, test, step("test year"))
    against = backtest.baseline_places(
        [b for b, _ in chosen], test, step("baselines of the test year")
    )
    metrics = _metrics(place, against, chosen, seed, settings.bootstrap)
    metrics |= {
        "candidate_recall": float(candidate.mean()),
        "n": len(test),
        "excluded": excluded,
        "test_year": settings.test_year,
        "validation_year": settings.test_year - 1,
        "training_years": _training_years(settings),
        "training_requests": len(train),
        "trees": ranker.trees,
        "seed": seed,
    }
    ranking = Ranking(
        loans,
        ranker,
        int(loans.seen.max()),
        window_days=settings.window_days,
        limit=settings.limit,
        facts={"metrics": metrics},
        book=book,
    )
    return RankingResult(ranking, metrics)


def _training_years(settings: RankingSettings) -> list[int]:
    last = settings.test_year - 2
    return list(range(last - settings.training_years + 1, last + 1))


def _years(loans: Loans, settings: RankingSettings) -> dict[str, np.ndarray]:
    """Positions of the borrowers of each part; one per loan, in its last known version."""
    year = np.where(loans.until == NEVER, _year_of(loans), 0)
    parts = {
        "training": np.flatnonzero(np.isin(year, _training_years(settings))),
        "validation": np.flatnonzero(year == settings.test_year - 1),
        "test": np.flatnonzero(year == settings.test_year),
    }
    for name, found in parts.items():
        if len(found) < 10:
            span = (
                f"{date_of(int(loans.event[0]))} to {date_of(int(loans.event[-1]))}"
                if len(loans)
                else "none"
            )
            raise TrainingError(
                f"There are {len(found)} borrowers for the {name} part of test year {settings.test_year}.",
                f"at least ten are needed; set test_year to a year within the loans ({span})",
            )
    return parts


Choice = tuple[Baseline, bool]
"""A baseline, and whether lenders that fail a rule are left out of its order."""


def _choose_baselines(
    backtest: Backtest, rows: np.ndarray, step: Callable[[int, int], None]
) -> list[Choice]:
    """Of each family the variant with the best recall and the one with the best NDCG on validation requests."""
    baselines = all_baselines()
    place = backtest.baseline_places(baselines, rows, step)
    scores = [recall_each(place, K).mean(axis=0), ndcg_each(place, K).mean(axis=0)]
    chosen: dict[Choice, None] = {}
    for family in dict.fromkeys(b.family for b in baselines):
        mine = [i for i, b in enumerate(baselines) if b.family == family]
        for score in scores:
            i, rules = max(((i, r) for i in mine for r in (0, 1)), key=lambda at: score[at])
            chosen[(baselines[i], bool(rules))] = None
    return list(chosen)


def _metrics(
    place: np.ndarray, against: np.ndarray, chosen: list[Choice], seed: int, resamples: int
) -> dict[str, Any]:
    """Figures of the test year; the strongest baseline is the strongest on the test year itself."""
    told: list[dict[str, Any]] = []
    for i, (baseline, rules) in enumerate(chosen):
        found = against[:, i, int(rules)]
        told.append(
            {
                "family": baseline.family,
                "name": baseline.name + (", eligible lenders" if rules else ""),
                "recall_at_10": float(recall_each(found, K).mean()),
                "ndcg_at_10": float(ndcg_each(found, K).mean()),
            }
        )
    best_recall = max(range(len(told)), key=lambda i: told[i]["recall_at_10"])
    best_ndcg = max(range(len(told)), key=lambda i: told[i]["ndcg_at_10"])
    mine = [recall_each(place, K), ndcg_each(place, K)]
    theirs = [
        recall_each(against[:, best_recall, int(chosen[best_recall][1])], K),
        ndcg_each(against[:, best_ndcg, int(chosen[best_ndcg][1])], K),
    ]
    columns = np.column_stack([*mine, *theirs, mine[0] - theirs[0], mine[1] - theirs[1]])
    names = (
        "recall_at_10",
        "ndcg_at_10",
        "baseline_recall_at_10",
        "baseline_ndcg_at_10",
        "recall_gain",
        "ndcg_gain",
    )
    intervals: dict[str, Interval] = dict(
        zip(names, bootstrap(columns, seed, resamples), strict=True)
    )
    return {
        **{name: interval.mean for name, interval in intervals.items()},
        "intervals": {name: [i.low, i.high] for name, i in intervals.items()},
        "baseline_name": told[best_recall]["name"],
        "baseline_ndcg_name": told[best_ndcg]["name"],
        "baselines": told,
    }
