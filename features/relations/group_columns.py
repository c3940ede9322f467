"""Features of a subject's group, as of the exact day of each row.

Groups are found again only for days between which a relation began or ended; amounts, defaults and notices are
taken on each distinct day. Nothing of the day itself or after it, or known after it, enters. Accounts and
defaults of natural persons do not: what they owe is theirs, and tells nothing of a firm without their consent.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from data_contracts.intake.lake import Lake
from features.errors import FeaturesError
from features.relations.declared import GROUP_FEATURES
from features.relations.exposure import exposure, outside, total
from features.relations.groups import Network, Networks
from features.relations.history import Column, History, load_history
from features.relations.kept import files_of
from features.relations.risk import (
    Neighbours,
    default_weight,
    defaulted,
    flags,
    guaranteed,
    neighbours,
)
from features.relations.settings import RelationSettings
from features.relations.show import EPOCH

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import pandas as pd
    import pyarrow as pa

NAMES = tuple(feature.name for feature in GROUP_FEATURES)
BY_GUARANTEES = tuple(
    feature.name for feature in GROUP_FEATURES
    if feature.contracts[-1] == "guarantee" and not {"shareholder", "key_person"} & {*feature.contracts}
)  # fmt: skip


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
        Identity table (:func:`features.identity.aliases.aliases_of`): ids that stand for another subject, on
        the days on which that was known.
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
    import pandas as pd

    subjects, as_of = _checked(spine)
    found = _answers(NAMES, lake, settings, subjects, as_of, aliases, progress)
    columns: dict[str, Any] = {"subject_id": subjects, "as_of": as_of}
    columns |= {name: pd.Series(found[i], index=spine.index) for i, name in enumerate(NAMES)}
    return pd.DataFrame(columns, index=spine.index)


def group_columns(
    names: Sequence[str],
    lake: Lake,
    subjects: pd.Series,
    as_of: pd.Series,
    aliases: pa.Table | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> dict[str, Column]:
    """Some features of groups as plain columns, in the order of the rows: what a build adds to a view."""
    found = _answers(names, lake, None, subjects, as_of, aliases, progress)
    return dict(zip(names, found, strict=True))


def _answers(
    names: Sequence[str],
    lake: Lake,
    settings: RelationSettings | None,
    subjects: pd.Series,
    as_of: pd.Series,
    aliases: pa.Table | None,
    progress: Callable[[str, int, int], None] | None,
) -> Column:
    days = as_of.to_numpy().astype("datetime64[D]").astype(np.int64)
    meant = _meant(subjects, as_of, aliases)
    return Days.of(lake, settings, aliases).answers(meant, days, names, progress)


class Days:
    """Answers by day over one history, with what was found last: networks, and everybody's features of a day.

    A lake's committed files never change, so that a history of the same files stays good: a single request
    costs a look-up when its day was asked before.
    """

    _made: ClassVar[OrderedDict[tuple[Any, ...], Days]] = OrderedDict()
    _lock: ClassVar = threading.Lock()

    def __init__(self, history: History) -> None:
        self.history = history
        self._networks = Networks(history)
        self._near: tuple[int, Neighbours] | None = None
        self._last: tuple[int, dict[str, Column]] | None = None
        self._mine = threading.Lock()

    @classmethod
    def of(
        cls, lake: Lake, settings: RelationSettings | None = None, aliases: pa.Table | None = None
    ) -> Days:
        """Answers over a lake's relations; the last two histories are kept."""
        key = _key(lake, settings, aliases)
        with cls._lock:
            if key not in cls._made:
                cls._made[key] = cls(load_history(lake, settings, aliases=aliases))
                if len(cls._made) > 2:
                    cls._made.popitem(last=False)
            cls._made.move_to_end(key)
            return cls._made[key]

    def answers(
        self,
        subjects: Column,
        days: Column,
        names: Sequence[str],
        progress: Callable[[str, int, int], None] | None = None,
    ) -> Column:
        """One row for each name and one column for each subject and day (days since 1970-01-01).

        An id that stands for another subject must be replaced by that one before.
        """
        codes = self.history.codes(subjects)
        wanted = [feature for feature in GROUP_FEATURES if feature.name in names]
        places = [list(names).index(feature.name) for feature in wanted]
        answer = np.full((len(names), len(subjects)), np.nan)
        distinct, place = np.unique(days, return_inverse=True)
        rows_by_day = np.argsort(place, kind="stable")
        edges = np.searchsorted(place[rows_by_day], np.arange(len(distinct) + 1))
        for number, day in enumerate(distinct.tolist()):
            rows = rows_by_day[edges[number] : edges[number + 1]]
            rows = rows[codes[rows] >= 0]
            if len(rows):
                found, supplied = self.on(day), self.history.supplied_on(day)
                for at, feature in zip(places, wanted, strict=True):
                    if supplied.intersection(feature.needs):
                        answer[at, rows] = found[feature.name][codes[rows]]
            if progress is not None:
                progress("relations", number + 1, len(distinct))
        return answer

    def concerned(self, subjects: Collection[str], day: date) -> set[str]:
        """Subjects whose features new records of these may change on a day.

        They, their risk groups, and the other sides of their guarantees, joined or not.
        """
        codes = self.history.codes(list(subjects))
        codes = codes[codes >= 0]
        with self._mine:
            network = self._networks.on((day - EPOCH).days)
        label = network.labels["risk"]
        chosen = np.isin(label, label[codes])
        given = network.guarantees
        for one, other in (("guarantor", "debtor"), ("debtor", "guarantor")):
            chosen[given[other][np.isin(given[one], codes)]] = True
        return {*subjects, *self.history.ids.take(np.flatnonzero(chosen)).to_pylist()}

    def on(self, day: int) -> dict[str, Column]:
        """Every feature of every subject on a day (days since 1970-01-01), by subject code."""
        with self._mine:
            if self._last is None or self._last[0] != day:
                network, period = self._networks.on(day), self._networks.period(day)
                if self._near is None or self._near[0] != period:
                    near = neighbours(network, self.history.firms, self.history.settings)
                    self._near = period, near
                self._last = day, _of_day(self.history, network, self._near[1], day)
            return self._last[1]


def _key(
    lake: Lake, settings: RelationSettings | None, aliases: pa.Table | None
) -> tuple[Any, ...]:
    """What a history is made from."""
    files = tuple(files_of(lake).items())
    links = None
    if aliases is not None and len(aliases):
        links = tuple(
            tuple(aliases[name].to_pylist())
            for name in ("subject_id", "canonical_id", "since", "until")
        )
    return str(lake.root), files, settings or RelationSettings(), hash(links)


def _meant(subjects: pd.Series, as_of: pd.Series, aliases: pa.Table | None) -> Column:
    """Subjects that rows are about: an id that stands for another on its day is that one."""
    plain = subjects.to_numpy(dtype=object)
    if aliases is None or not len(aliases) or not len(plain):
        return np.asarray(plain)
    import pyarrow as pa

    from features.identity.aliases import linked_rows

    rows = pa.table(
        {
            "_row": pa.array(range(len(plain)), pa.int64()),
            "_subject": pa.array(plain, pa.string()),
            "_as_of": pa.array(as_of.dt.date, pa.date32()),
        }
    )
    found = linked_rows(rows, aliases)
    first = np.unique(found["_row"].to_numpy(), return_index=True)[1]
    return np.asarray(found["_owner"].to_numpy(zero_copy_only=False)[first], dtype=object)


def _of_day(history: History, network: Network, near: Neighbours, day: int) -> dict[str, Column]:
    """Every feature of every subject on a day, by subject code."""
    size = len(history)
    risk, control = network.labels["risk"], network.labels["control"]
    firm = (np.arange(size) < history.firms).astype(np.int64)
    amounts, marks = exposure(history, network, day), defaulted(history, day) * firm
    related, (partners, vouching) = network.related(), guaranteed(network, marks)

    def summed(label: Column, values: Column) -> Column:
        return total(size, label, values)[label]

    owed, late = amounts.balance * firm, amounts.overdue_balance * firm
    balance, overdue = summed(risk, owed) - owed, summed(risk, late) - late
    with np.errstate(divide="ignore", invalid="ignore"):
        overdue_share = np.where(balance > 0, overdue / balance, np.nan)
    values: dict[str, Column] = {
        "group_size": summed(risk, firm),
        "control_group_size": summed(control, firm),
        "group_exposure": np.where(
            summed(risk, amounts.known * firm) > 0,
            summed(risk, owed) / 100,
            np.nan,
        ),
        "group_overdue_share": overdue_share,
        "neighbours_defaulted_24": summed(risk, marks) - marks,
        "neighbours_default_share": default_weight(near, marks),
        "guarantee_partners_defaulted_24": partners,
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
        # Made from guarantees alone, so that nothing else may tell that there are none.
        **dict.fromkeys(BY_GUARANTEES, vouching),
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
