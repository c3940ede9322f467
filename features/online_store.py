"""The online store: the latest vector of every subject, one key read each.

A row holds the values as canonical JSON with their as-of day and a digest. The digest is checked at every
read, so that values that were altered in the store are refused and not served.
"""

from __future__ import annotations

import hashlib
import json
import math
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from features.errors import FeaturesError

if TYPE_CHECKING:
    import pandas as pd

    from data_contracts.intake.lake import Lake
    from features.view import FeatureView

Value = float | str | None

_METADATA = sa.MetaData()
_VECTORS = sa.Table(
    "feature_vectors",
    _METADATA,
    sa.Column("view", sa.String(64), primary_key=True),
    sa.Column("subject_id", sa.String(64), primary_key=True),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("vector", sa.Text, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
)
_KEY = ("view", "subject_id")
_BATCH = 5_000


@dataclass(frozen=True)
class StoredVector:
    """One subject's features as they were materialised.

    Attributes
    ----------
    values : dict of str to float, str or None
        None is null.
    as_of : date
    digest : str
        SHA-256, see :func:`vector_digest`.
    view : str
    built_at : datetime
        When it was computed, in UTC.
    """

    values: dict[str, Value]
    as_of: date
    digest: str
    view: str
    built_at: datetime


def plain_values(values: Mapping[str, Any]) -> dict[str, Value]:
    """Values as a store and JSON have them: float, text, or None for null and NaN.

    Raises
    ------
    FeaturesError
        For any other type, and for infinity, which JSON cannot write.
    """
    plain: dict[str, Value] = {}
    for name, value in values.items():
        if value is None or isinstance(value, str):
            plain[name] = value
            continue
        try:
            number = float(value)
        except (TypeError, ValueError) as error:
            raise FeaturesError(
                f"a value of type {type(value).__name__} can not be stored.",
                feature=name,
                expected="a number, a text or null",
            ) from error
        if math.isinf(number):
            raise FeaturesError("an infinite value can not be stored.", feature=name)
        # adding zero makes one zero of the two that floats have
        plain[name] = None if math.isnan(number) else number + 0.0
    return plain


def vector_digest(values: Mapping[str, Any]) -> str:
    """SHA-256 over a vector's values in canonical JSON: sorted names, shortest exact floats.

    Equal vectors have equal digests, whatever the order of their names; an integer equals its float and
    NaN equals null.

    Examples
    --------
    >>> vector_digest({"a": 1, "b": float("nan")}) == vector_digest({"b": None, "a": 1.0})
    True
    """
    return hashlib.sha256(_canonical(plain_values(values)).encode()).hexdigest()


class OnlineStore:
    """Vectors by view and subject, in SQLite or another SQL database.

    Parameters
    ----------
    url_or_path : str or Path
        A file (SQLite) or a database URL such as ``postgresql+psycopg://...``.

    Raises
    ------
    FeaturesError
        From every method when the database does not answer.
    """

    def __init__(self, url_or_path: str | Path) -> None:
        text = str(url_or_path)
        self._url = sa.make_url(text if "://" in text else f"sqlite:///{text}")
        self._engine = sa.create_engine(self._url)
        self._ready = False
        self._lock = threading.Lock()

    def put(self, view_name: str, frame: pd.DataFrame) -> int:
        """Store the vectors of a built frame; a subject's earlier vector is replaced.

        Parameters
        ----------
        view_name : str
        frame : DataFrame
            As `features.point_in_time.build` returns it: subject_id, as_of, then the features. Of
            several rows of one subject the one with the latest day is kept, the last of equals.

        Returns
        -------
        int
            Subjects that were written.
        """
        names = [name for name in frame.columns if name not in ("subject_id", "as_of")]
        built_at = datetime.now(UTC)
        rows: dict[str, dict[str, Any]] = {}
        columns = [frame[name].tolist() for name in ("subject_id", "as_of", *names)]
        for subject, day, *values in zip(*columns, strict=True):
            as_of = date(day.year, day.month, day.day)
            if subject in rows and rows[subject]["as_of"] > as_of:
                continue
            text = _canonical(plain_values(dict(zip(names, values, strict=True))))
            rows[subject] = {
                "view": view_name,
                "subject_id": subject,
                "as_of": as_of,
                "vector": text,
                "digest": hashlib.sha256(text.encode()).hexdigest(),
                "built_at": built_at,
            }
        given = list(rows.values())
        with self._transaction() as connection:
            for start in range(0, len(given), _BATCH):
                connection.execute(self._upsert(), given[start : start + _BATCH])
        return len(given)

    def get(self, view_name: str, subject_id: str) -> StoredVector | None:
        """Read one subject's vector by its key.

        Returns
        -------
        StoredVector or None
            None when the subject has none in this view.

        Raises
        ------
        FeaturesError
            When the stored values no longer agree with their digest.
        """
        query = sa.select(_VECTORS).where(
            _VECTORS.c.view == view_name, _VECTORS.c.subject_id == subject_id
        )
        with self._transaction() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        if hashlib.sha256(row.vector.encode()).hexdigest() != row.digest:
            raise FeaturesError(
                f"a stored vector of the view {view_name!r} was altered: it disagrees with its digest.",
                hint="materialise it again from the lake and find out who wrote to the store",
            )
        return StoredVector(
            values=json.loads(row.vector),
            as_of=row.as_of,
            digest=row.digest,
            view=row.view,
            built_at=row.built_at.replace(tzinfo=UTC)
            if row.built_at.tzinfo is None
            else row.built_at,
        )

    def count(self, view_name: str | None = None) -> int:
        """How many vectors there are, of one view or of all."""
        query = sa.select(sa.func.count()).select_from(_VECTORS)
        if view_name is not None:
            query = query.where(_VECTORS.c.view == view_name)
        with self._transaction() as connection:
            return int(connection.execute(query).scalar_one())

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    def _upsert(self) -> Any:
        dialect: Any
        if self._engine.dialect.name == "postgresql":
            from sqlalchemy.dialects import postgresql as dialect
        else:
            from sqlalchemy.dialects import sqlite as dialect
        insert = dialect.insert(_VECTORS)
        replaced = {c.name: insert.excluded[c.name] for c in _VECTORS.c if c.name not in _KEY}
        return insert.on_conflict_do_update(index_elements=_KEY, set_=replaced)

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        try:
            self._make_table()
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise FeaturesError(
                f"the online store does not answer ({type(error).__name__}).",
                hint="check that its file or database can be reached and written to",
            ) from error

    def _make_table(self) -> None:
        """Make folder and table at the first use, so that naming a store touches nothing."""
        with self._lock:
            if not self._ready:
                if self._url.get_backend_name() == "sqlite" and self._url.database:
                    Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
                _METADATA.create_all(self._engine)
                self._ready = True


def materialise(
    view: FeatureView,
    lake: Lake,
    spine: pd.DataFrame,
    store: OnlineStore,
    progress: Callable[[str, int, int], None] | None = None,
) -> int:
    """Compute vectors by the plan that training uses and store them.

    Parameters
    ----------
    view, lake, spine, progress
        As for `features.point_in_time.build`.
    store : OnlineStore

    Returns
    -------
    int
        Subjects that were written.
    """
    from features.point_in_time import build

    return store.put(view.name, build(view, lake, spine, progress))


def _canonical(values: Mapping[str, Value]) -> str:
    return json.dumps(
        values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
