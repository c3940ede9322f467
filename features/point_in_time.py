"""Feature vectors as of a day: what was known then, and nothing else.

For a row (subject, T) a record counts when ``event < T`` and ``known <= T``, in the newest version that was
known by T. Days are days of the workspace's time zone. The same compiled plan serves training, the online
store and a single request.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pyarrow as pa

from data_contracts.intake.lake import Lake
from features.errors import FeaturesError
from features.view import FeatureView

Progress = Callable[[str, int, int], None]


def build(
    view: FeatureView,
    lake: Lake,
    spine: pd.DataFrame,
    progress: Progress | None = None,
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

    Returns
    -------
    DataFrame
        Rows, order and index of the spine: subject_id, as_of (datetime64), then ``view.names``. Numbers
        are float64 with NaN for null, categories are text with None for null.

    Raises
    ------
    FeaturesError
        When the spine lacks a column, a subject or a day, or its days have a time or a time zone.
    """
    from features.engine import DuckDBEngine
    from features.plan import compile_view

    subjects, days = _subjects(spine), _days(spine)
    rows = pa.table(
        {
            "_row": pa.array(range(len(spine)), pa.int64()),
            "_subject": pa.array(subjects, pa.string()),
            "_as_of": pa.array(days.dt.date, pa.date32()),
        }
    )
    with DuckDBEngine(lake) as engine:
        found = engine.run(compile_view(view), rows, progress)
    columns: dict[str, pd.Series] = {"subject_id": subjects, "as_of": days}
    for feature in view.features:
        values = found[feature.name]
        if feature.kind == "number":
            plain = values.to_numpy("float64", na_value=float("nan"))
        else:
            # object, not pandas' own text type, so that null is None whatever the other rows hold
            plain = values.astype(object).where(values.notna(), None).to_numpy(object)
        columns[feature.name] = pd.Series(plain, index=spine.index, dtype=plain.dtype)
    return pd.DataFrame(columns, index=spine.index)


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
