"""Features of a subject's group, as of the exact day of each row.

Groups are found again only for days between which a relation began or ended; amounts, defaults and notices are
taken on each distinct day. Nothing of the day itself or after it, or known after it, enters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from data_contracts.intake.lake import Lake
from features.errors import FeaturesError
from features.relations.declared import GROUP_FEATURES
from features.relations.exposure import exposure, outside, total
from features.relations.groups import Network, Networks
from features.relations.history import Column, History, load_history
from features.relations.risk import Neighbours, default_weight, defaulted, flags, neighbours
from features.relations.settings import RelationSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    import pyarrow as pa

NAMES = tuple(feature.name for feature in GROUP_FEATURES)


def group_features(
    lake: Lake,
    spine: pd.DataFrame,
    settings: RelationSettings | None = None,
    *,
    aliases: pa.Table | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> pd.DataFrame:
    """Compute :data:`features.relations.declared.GROUP_FEATURES` for a spine.

    Parameters
    ----------
    lake : Lake
    spine : DataFrame
        Columns subject_id and as_of (days), as of :func:`features.point_in_time.build`.
    settings : RelationSettings, optional
    aliases : pyarrow.Table, optional
        Columns alias, subject_id; see :func:`features.relations.history.load_history`.
    progress : callable(step, done, total), optional

    Returns
    -------
    DataFrame
        subject_id, as_of and one float64 column for each feature, in the spine's order and with its index.
        Null where a subject has no relation that counts on the day, or where a contract that the feature needs
        was never supplied.

    Raises
    ------
    FeaturesError
        When the spine lacks a column, a subject or a day, or the lake cannot be read.
    """
    history = load_history(lake, settings, aliases=aliases)
    return features_of(history, spine, aliases=aliases, progress=progress)


def features_of(
    history: History,
    spine: pd.DataFrame,
    *,
    aliases: pa.Table | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> pd.DataFrame:
    """Compute the features from a history that is already loaded; see :func:`group_features`."""
    import pandas as pd

    subjects, as_of = _checked(spine)
    asked = subjects
    if aliases is not None:
        meant = dict(
            zip(aliases["alias"].to_pylist(), aliases["subject_id"].to_pylist(), strict=True)
        )
        asked = subjects.map(lambda subject: meant.get(subject, subject))
    codes = history.codes(asked.to_numpy(dtype=object))
    days = as_of.to_numpy().astype("datetime64[D]").astype(np.int64)
    answer = np.full((len(NAMES), len(spine)), np.nan)
    networks = Networks(history)
    distinct, place = np.unique(days, return_inverse=True)
    rows_by_day = np.argsort(place, kind="stable")
    edges = np.searchsorted(place[rows_by_day], np.arange(len(distinct) + 1))
    near: tuple[int, Neighbours] | None = None
    for number, day in enumerate(distinct.tolist()):
        rows = rows_by_day[edges[number] : edges[number + 1]]
        rows = rows[codes[rows] >= 0]
        if len(rows):
            network, period = networks.on(day), networks.period(day)
            if near is None or near[0] != period:
                near = period, neighbours(network, history.firms, history.settings)
            found = _of_day(history, network, near[1], day)
            for column, feature in enumerate(GROUP_FEATURES):
                if history.supplied_on(day).intersection(feature.needs):
                    answer[column, rows] = found[feature.name][codes[rows]]
        if progress is not None:
            progress("relations", number + 1, len(distinct))
    columns: dict[str, Any] = {"subject_id": subjects, "as_of": as_of}
    columns |= {name: pd.Series(answer[i], index=spine.index) for i, name in enumerate(NAMES)}
    return pd.DataFrame(columns, index=spine.index)


def _of_day(history: History, network: Network, near: Neighbours, day: int) -> dict[str, Column]:
    """Every feature of every subject on a day, by subject code."""
    size = len(history)
    risk, control = network.labels["risk"], network.labels["control"]
    amounts, marks = exposure(history, network, day), defaulted(history, day)
    firm = (np.arange(size) < history.firms).astype(np.int64)
    related = network.related()

    def summed(label: Column, values: Column) -> Column:
        return total(size, label, values)[label]

    balance = summed(risk, amounts.balance) - amounts.balance
    overdue = summed(risk, amounts.overdue_balance) - amounts.overdue_balance
    with np.errstate(divide="ignore", invalid="ignore"):
        overdue_share = np.where(balance > 0, overdue / balance, np.nan)
    values: dict[str, Column] = {
        "group_size": summed(risk, firm),
        "control_group_size": summed(control, firm),
        "group_exposure": np.where(
            summed(risk, amounts.known.astype(np.int64)) > 0,
            summed(risk, amounts.balance) / 100,
            np.nan,
        ),
        "group_overdue_share": overdue_share,
        "neighbours_defaulted_24": summed(risk, marks) - marks,
        "neighbours_default_share": default_weight(near, marks),
        "guarantee_circle": network.circle >= 0,
        "guarantee_chain_depth": network.depth,
        "guaranteed_out": amounts.guaranteed_out / 100,
        "group_guaranteed_out": outside(network, control)[control] / 100,
        "high_risk_group": flags(history, risk, day).flagged[risk],
    }
    # A subject alone has its own accounts and notices, and those need no relation. That it is on file at
    # all must not tell of records to come.
    noticed = np.zeros(size, dtype=bool)
    noticed[history.notices.on(day)["subject"]] = True
    there = {
        "group_exposure": np.ones(size, dtype=bool),
        "high_risk_group": related | amounts.known | noticed,
    }
    return {
        name: np.where(there.get(name, related), value, np.nan) for name, value in values.items()
    }


def _checked(spine: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Subjects and days of a spine, refused unless they are whole days without a time zone."""
    import pandas as pd

    for column in ("subject_id", "as_of"):
        if column not in spine.columns:
            raise FeaturesError(
                f"the spine has no column {column!r}.", expected="subject_id, as_of"
            )
        if spine[column].isna().any():
            raise FeaturesError(f"the spine has rows without {column}.")
    try:
        days = pd.to_datetime(spine["as_of"])
    except (ValueError, TypeError) as error:
        raise FeaturesError("the spine's as_of is not made of days.", expected="dates") from error
    if days.dt.tz is not None or (days != days.dt.normalize()).any():
        raise FeaturesError(
            "the spine's as_of has a time of day or a time zone.",
            expected="a day of the workspace's time zone",
        )
    return spine["subject_id"].astype(str), days.astype("datetime64[us]")
