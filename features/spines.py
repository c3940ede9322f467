"""Who is asked about, and as of which day: the subjects of a view in a lake.

The two views of the public portfolios are about decisions that were made, so that their days are those of
the decisions. All other views are about everybody who is known, as of one day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

import duckdb
import pandas as pd

from data_contracts.catalogue import contract as contract_of
from data_contracts.checks import sql_name
from data_contracts.intake.lake import Lake
from features.errors import FeaturesError
from features.view import FeatureView

DECISIONS: dict[str, tuple[str, str]] = {
    "enterprise": ("loan_account", "SELECT DISTINCT subject_id, opened_on AS as_of FROM {records}"),
    "individual": (
        "card_repayment",
        "SELECT subject_id, max(bill_on) + 1 AS as_of FROM {records} GROUP BY 1",
    ),
}
"""Views of the public portfolios: the contract and the query that tell who was decided on, and when."""

_PERSONS = ("PID-", "CARD-", "FARM-")
_NOBODY = ("INST-", "GOV-")


def spine_of(
    view: FeatureView,
    lake: Lake,
    day: date | None = None,
    among: Collection[str] | None = None,
) -> pd.DataFrame:
    """Subjects of a view and the day that is asked about.

    Parameters
    ----------
    view : FeatureView
    lake : Lake
    day : date, optional
        One day for all; if absent, the day of each decision, for the views that have decisions.
    among : collection of str, optional
        Only these subjects, as far as they are of the view's kind; the lake is not searched for others.

    Returns
    -------
    DataFrame
        subject_id and as_of (datetime64), ordered by day and subject.

    Raises
    ------
    FeaturesError
        When the lake holds none of the records, or the view has no decisions and no day is given.
    """
    if view.name in DECISIONS:
        spine = _decided(view.name, lake)
        if among is not None:
            spine = spine[spine["subject_id"].isin(among)]
        return spine if day is None else everybody(spine["subject_id"].unique(), day)
    if day is None:
        raise FeaturesError(
            f"the view {view.name!r} has no days of its own.", hint="give a day with --as-of"
        )
    known = _known(view, lake) if among is None else among
    return everybody(of_kind(view, known), day)


def of_kind(view: FeatureView, subjects: Iterable[str]) -> list[str]:
    """Those of some subjects that are of a view's kind: its records may also name others."""
    return sorted(subject for subject in subjects if _is_about(view, subject))


def everybody(subjects: Collection[str], day: date) -> pd.DataFrame:
    """A spine of these subjects as of one day."""
    asked = pd.Series(sorted(subjects), dtype=object)
    return pd.DataFrame({"subject_id": asked, "as_of": pd.Timestamp(day).as_unit("us")})


def _decided(name: str, lake: Lake) -> pd.DataFrame:
    contract, query = DECISIONS[name]
    if not lake.files(contract):
        raise FeaturesError(
            f"the lake holds no {contract} records.",
            hint="take a portfolio in first: xinqiao contracts intake",
        )
    decisions = query.format(records=lake.latest_sql(contract))
    with duckdb.connect() as connection:
        spine: pd.DataFrame = connection.execute(
            f"SELECT * FROM ({decisions}) ORDER BY as_of, subject_id"
        ).df()
    return spine


def _known(view: FeatureView, lake: Lake) -> list[str]:
    """Everybody whom any record of the view's contracts ever named."""
    parts = []
    for name in view.contracts:
        relation = lake.relation(name)
        if relation is not None:
            subject = sql_name(contract_of(name).about.subject)
            parts.append(f"SELECT DISTINCT {subject} AS subject_id FROM {relation}")
    if not parts:
        raise FeaturesError(
            f"the lake holds no records of the view {view.name!r}.",
            expected=", ".join(view.contracts),
            hint="take some in first: xinqiao contracts intake",
        )
    with duckdb.connect() as connection:
        rows = connection.execute(" UNION ".join(parts)).fetchall()
    return [subject for (subject,) in rows if subject is not None]


def _is_about(view: FeatureView, subject: str) -> bool:
    if view.subject_kind == "individual":
        return subject.startswith(_PERSONS)
    return not subject.startswith(_PERSONS + _NOBODY)
