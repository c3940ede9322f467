"""The decisions of a portfolio month by month, from the lake: features as of each, outcomes where they have matured.

Where lenders report their decisions (`credit_decision`), refused applications count too and overrides can be told;
else every loan is a decision.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb
import numpy as np
import pandas as pd

from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from features.catalogue import view as feature_view
from features.identity.aliases import aliases_for
from features.identity.resolve import store_of
from features.point_in_time import build
from training.errors import TrainingError
from training.labels import current, decisions_on_file
from training.monitor.watched import Month
from training.settings import TrainingSettings

Progress = Callable[[str, int, int], None]

_DECIDED = """
SELECT d.subject_id, CAST(d.decided_on AS TIMESTAMP) AS decided, d.decision = 'approved' AS approved,
       d.method <> 'automatic' AS by_person, CAST(a.opened_on AS TIMESTAMP) AS as_of
FROM {decisions} d LEFT JOIN {accounts} a USING (application_no)
WHERE d.decision <> 'withdrawn' AND starts_with(d.subject_id, $subjects)
ORDER BY decided, d.decision_no
"""


def month_range(last: str, count: int) -> list[str]:
    """The months up to and with one, oldest first.

    >>> month_range("2024-02", 3)
    ['2023-12', '2024-01', '2024-02']
    """
    try:
        end = np.datetime64(last, "M")
    except ValueError as error:
        raise TrainingError(f"{last!r} is no month.", "write it as 2024-03") from error
    return [str(end - back) for back in range(count - 1, -1, -1)]


def months_of(
    workspace: Workspace,
    settings: TrainingSettings,
    months: Sequence[str],
    progress: Progress | None = None,
) -> list[Month]:
    """Read the decisions of some months; months without any are left out.

    Raises
    ------
    TrainingError
        When no month has a decision, saying which months have.
    """
    lake = Lake(workspace.lake_dir)
    rows = _rows(lake, settings)
    of = rows["decided"].dt.strftime("%Y-%m")
    wanted = rows[of.isin(list(months))].reset_index(drop=True)
    if wanted.empty:
        known = f"{of.min()} to {of.max()}" if len(of) else "none"
        raise TrainingError(
            f"{settings.portfolio} has no decision in {months[0]} to {months[-1]}.",
            f"months with decisions: {known}",
        )
    view = feature_view(settings.view)
    known_names = aliases_for(view, lake, store_of(workspace.features_dir))
    spine = wanted[["subject_id", "decided"]].rename(columns={"decided": "as_of"})
    frame = build(
        view, lake, spine, progress, aliases=None if known_names is None else known_names.table
    ).reset_index(drop=True)
    found = []
    of = wanted["decided"].dt.strftime("%Y-%m")
    for month in months:
        here = np.flatnonzero(of == month)
        if len(here):
            part = wanted.iloc[here]
            told = part["approved"].notna().all()
            found.append(
                Month(
                    month,
                    frame.iloc[here].reset_index(drop=True),
                    part["outcome"].to_numpy(dtype=np.float64),
                    part["approved"].to_numpy(dtype=bool) if told else None,
                    part["by_person"].to_numpy(dtype=bool) if told else None,
                )
            )
    return found


def _rows(lake: Lake, settings: TrainingSettings) -> pd.DataFrame:
    """Decisions with day, approved, by_person (null where lenders do not report) and outcome (NaN: not matured)."""
    loans = decisions_on_file(lake, settings)
    matured = loans["known"] & loans["mature"] & loans["followed"]
    loans = loans.assign(outcome=np.where(matured, loans["bad"], np.nan))[
        ["subject_id", "as_of", "outcome"]
    ]
    if lake.relation("credit_decision") is None or lake.relation("loan_account") is None:
        return loans.rename(columns={"as_of": "decided"}).assign(approved=None, by_person=None)
    sql = _DECIDED.format(
        decisions=current(lake, "credit_decision", "decision_no"),
        accounts=current(lake, "loan_account", "account_no"),
    )
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        decided: pd.DataFrame = connection.execute(sql, {"subjects": settings.subjects}).df()
    if decided.empty:
        return loans.rename(columns={"as_of": "decided"}).assign(approved=None, by_person=None)
    # Two loans of one subject on one day have one outcome here: the worse.
    worst = loans.groupby(["subject_id", "as_of"], as_index=False)["outcome"].max()
    return decided.merge(worst, on=["subject_id", "as_of"], how="left")
