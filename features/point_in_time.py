"""Feature vectors as of a day: what was known then, and nothing else.

For a row (subject, T) a record counts when ``event < T`` and ``known <= T``, in the newest version that was
known by T, and only as long as the law lets it be seen (:mod:`features.visibility`). Days are days of the
workspace's time zone. The same compiled plan serves training, the online store and a single request.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from data_contracts.errors import ContractsError
from data_contracts.intake.lake import Lake
from features.errors import FeaturesError
from features.partitions import PartialLake, damaged_files, skippable_files
from features.view import FeatureView

if TYPE_CHECKING:
    from features.engines.engine import Engine
    from features.plan import Plan

Progress = Callable[[str, int, int], None]

SKIPPED = "skipped_files"
"""Attribute of a built frame: the files of the lake that were left out, below the lake's root."""


def build(
    view: FeatureView,
    lake: Lake,
    spine: pd.DataFrame,
    progress: Progress | None = None,
    *,
    engine: Engine | str | None = None,
    supplied: bool = False,
    allow_partial: bool = False,
    aliases: pa.Table | None = None,
) -> pd.DataFrame:
    """Compute the features of a view as of given days.

    Parameters
    ----------
    view : FeatureView
    lake : Lake
    spine : DataFrame
        Columns subject_id (text) and as_of (days: datetime64 or date); others are passed over. Rows may
        repeat, subjects may be unknown, and there may be no rows at all.
    progress : callable(step, done, total), optional
    engine : Engine or str, optional
        Where the plan runs: a name of :data:`features.engines.engine.ENGINES`, or an engine that is open
        already and stays open. DuckDB if absent.
    supplied : bool
        Add a column ``_supplied_<contract>`` (bool) for each contract of which the subject's own records
        are read: whether any was seen on the day. Where it is false, a null is "not supplied".
    allow_partial : bool
        Leave out files of the lake that are gone, unreadable or altered, instead of refusing to answer;
        never those of consents and repairs, without which the law would not be kept.
    aliases : pyarrow.Table, optional
        Identity table (:func:`features.identity.aliases.aliases_of`): records of other ids count for the subject
        on the days on which it was known that they are one. Without it each id stands for itself.

    Returns
    -------
    DataFrame
        Rows, order and index of the spine: subject_id, as_of (datetime64), then ``view.names``. Numbers
        are float64 with NaN for null, categories are text with None for null. With `allow_partial`,
        ``frame.attrs["skipped_files"]`` lists the files that were left out; it is empty when none was.

    Raises
    ------
    FeaturesError
        When the spine lacks a column, a subject or a day, its days have a time or a time zone, or a
        committed file is gone or damaged (it is named).
    """
    from features.plan import compile_view, contracts_read, own_contracts
    from features.subjects import supplied_name

    subjects, days = _subjects(spine), _days(spine)
    rows = pa.table(
        {
            "_row": pa.array(np.arange(len(spine), dtype=np.int64)),
            "_subject": pa.array(subjects, pa.string()),
            "_as_of": pa.Array.from_pandas(days).cast(pa.date32()),
        }
    )
    linked = aliases is not None and aliases.num_rows > 0
    if linked:
        from features.identity.aliases import linked_rows

        rows = linked_rows(rows, aliases)
    plan = compile_view(view, linked)
    skipped: tuple[str, ...] = ()
    if allow_partial:
        skipped = skippable_files(lake, contracts_read(view))
        lake = PartialLake(lake, skipped) if skipped else lake
    found = _run(plan, lake, rows, progress, engine) if view.declared else pd.DataFrame()
    groups: dict[str, np.ndarray] = {}
    if view.of_groups:
        from features.relations.group_columns import group_columns

        names = [feature.name for feature in view.of_groups]
        groups = group_columns(names, lake, subjects, days, aliases, progress)
    columns: dict[str, pd.Series] = {"subject_id": subjects, "as_of": days}
    for feature in view.features:
        if feature.name in groups:
            columns[feature.name] = pd.Series(groups[feature.name], index=spine.index)
            continue
        values = found[feature.name]
        if feature.kind == "number":
            plain = values.to_numpy("float64")
        else:
            # object, not pandas' own text type, so that null is None whatever the other rows hold
            plain = values.astype(object).where(values.notna(), None).to_numpy(object)
        columns[feature.name] = pd.Series(plain, spine.index, plain.dtype, copy=False)
    for name in map(supplied_name, own_contracts(view)) if supplied else ():
        flags = found[name].to_numpy(bool)
        columns[name] = pd.Series(flags, index=spine.index, dtype=bool)
    frame = pd.DataFrame(columns, index=spine.index, copy=False)
    if allow_partial:
        frame.attrs[SKIPPED] = list(skipped)
    return frame


def _run(
    plan: Plan,
    lake: Lake,
    rows: pa.Table,
    progress: Progress | None,
    engine: Engine | str | None,
) -> pd.DataFrame:
    """Run a plan; when that fails, name the files that are the cause, if any are."""
    from features.engines.engine import ENGINES, engine_of

    try:
        if engine is None or isinstance(engine, str):
            with engine_of(engine or ENGINES[0]) as opened:
                return opened.run(plan, lake, rows, progress)
        return engine.run(plan, lake, rows, progress)
    except (FeaturesError, ContractsError, OSError) as error:
        damaged = damaged_files(lake, plan.contracts)
        if not damaged:
            raise
        problem = getattr(error, "problem", "the lake can not be read.")
        raise FeaturesError(
            f"{problem} Gone or damaged: {', '.join(damaged)}.",
            hint="restore the lake from a backup, or leave them out with allow_partial",
        ) from error


def _subjects(spine: pd.DataFrame) -> pd.Series:
    _need(spine, "subject_id")
    if spine["subject_id"].isna().any():
        raise FeaturesError("the spine has rows without a subject_id.")
    return spine["subject_id"].astype(str)


def _days(spine: pd.DataFrame) -> pd.Series:
    _need(spine, "as_of")
    try:
        days = pd.to_datetime(spine["as_of"])
    except (ValueError, TypeError) as error:
        raise FeaturesError(
            "the spine's as_of is not made of days.",
            expected="datetime64 or date, without a time zone",
        ) from error
    if days.isna().any():
        raise FeaturesError("the spine has rows without an as_of day.")
    if days.dt.tz is not None or (days != days.dt.normalize()).any():
        raise FeaturesError(
            "the spine's as_of has a time of day or a time zone.",
            expected="a day of the workspace's time zone",
            hint="convert to the workspace's time zone first, then drop the time",
        )
    return days.astype("datetime64[us]")


def _need(spine: pd.DataFrame, column: str) -> None:
    if column not in spine.columns:
        raise FeaturesError(f"the spine has no column {column!r}.", expected="subject_id, as_of")
