"""The online store: the latest vector of every subject, one key read each, and the log of served ones.

SQLite in a file by default, PostgreSQL by URL. A row holds the values as canonical JSON with everything that
says how they were made, and one seal over all of it. The seal is checked at every read, so that what was
altered in the store, or given to another subject or day, is refused and not served.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from features.errors import FeaturesError
from features.online.tables import DEFINITIONS, SERVED, VECTORS, VIEWS, Connections
from features.online.vectors import StoredVector, canonical, seal_of, vector_of

if TYPE_CHECKING:
    import pandas as pd

_BATCH = 2_000
_T = TypeVar("_T")
_FIND = sa.select(VECTORS).where(
    VECTORS.c.view == sa.bindparam("wanted"), VECTORS.c.subject_id == sa.bindparam("subject")
)


@dataclass(frozen=True)
class Served:
    """One row of the log: a vector as it was handed out.

    Attributes
    ----------
    number : int
        Its place in the log.
    served_at : datetime
        In UTC.
    request : str
        What it was handed out for, such as the id of a decision.
    view, subject_id : str
        A subject id is a pseudonym or the public code of a firm; nothing else of a person is kept.
    as_of, sequence, definition, skipped_files, review, aliases, digest
        As of :class:`features.online.vectors.StoredVector`.
    text : str
        The values as canonical JSON.
    """

    number: int
    served_at: datetime
    request: str
    view: str
    subject_id: str
    as_of: date
    sequence: int | None
    definition: str
    skipped_files: tuple[str, ...]
    review: str
    aliases: str
    digest: str
    text: str


class OnlineStore:
    """Vectors by view and subject, in SQLite or PostgreSQL.

    Parameters
    ----------
    url_or_path : str or Path
        A file (SQLite) or a URL such as ``postgresql+psycopg://user@host/database``.

    Raises
    ------
    FeaturesError
        From every method when the database does not answer.
    """

    def __init__(self, url_or_path: str | Path) -> None:
        self.connections = Connections(url_or_path)
        self._log = self.connections.insert(SERVED)
        self._defined: set[str] = set()

    # ---- vectors ---------------------------------------------------------------------------

    def get(self, view_name: str, subject_id: str) -> StoredVector | None:
        """Read one subject's vector by its key.

        Returns
        -------
        StoredVector or None
            None when the subject has none in this view.

        Raises
        ------
        FeaturesError
            When the row no longer agrees with its seal.
        """
        with self.connections.read() as connection:
            wanted = {"wanted": view_name, "subject": subject_id}
            row = connection.execute(_FIND, wanted).one_or_none()
        return None if row is None else _read(row)

    def put(self, view_name: str, frame: pd.DataFrame) -> int:
        """Store the vectors of a built frame without saying of which lake they are.

        Such vectors can be served; `verify` can not replay them. See
        :func:`features.online.refresh.publish` for a frame that was built from a lake.

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
        found: dict[str, StoredVector] = {}
        columns = [frame[name].tolist() for name in ("subject_id", "as_of", *names)]
        for subject, day, *values in zip(*columns, strict=True):
            as_of = date(day.year, day.month, day.day)
            if subject in found and found[subject].as_of > as_of:
                continue
            given = dict(zip(names, values, strict=True))
            found[subject] = vector_of(view_name, subject, as_of, given, built_at=built_at)
        return self.put_vectors(found.values())

    def put_vectors(self, vectors: Iterable[StoredVector]) -> int:
        """Store vectors; a subject's earlier vector in the same view is replaced. Gives their number."""
        written = 0
        upsert = self.connections.upsert(VECTORS)
        for some in _batched(vectors):
            with self.connections.write() as connection:
                connection.execute(upsert, [_row(vector) for vector in some])
            written += len(some)
        return written

    def remove(self, view_name: str, subjects: Iterable[str]) -> int:
        """Take vectors away, for subjects of whom nothing may be served any more. Gives their number."""
        removed = 0
        for some in _batched(subjects):
            mine = sa.and_(VECTORS.c.view == view_name, VECTORS.c.subject_id.in_(some))
            with self.connections.write() as connection:
                removed += connection.execute(sa.delete(VECTORS).where(mine)).rowcount
        return removed

    def subjects(self, view_name: str, *, without: str | None = None) -> list[str]:
        """Subjects with a vector in a view, sorted; `without`: only vectors of another definition."""
        query = sa.select(VECTORS.c.subject_id).where(VECTORS.c.view == view_name)
        queries = [query]
        if without is not None:  # an index finds what is smaller or larger, but not what differs
            c = VECTORS.c.definition
            queries = [query.where(c < without), query.where(c > without)]
        with self.connections.read() as connection:
            return sorted(s for q in queries for s in connection.execute(q).scalars())

    def linked(self, view_name: str) -> dict[str, str]:
        """Digest of the ids of each subject whose vector counted records of several."""
        c = VECTORS.c
        query = sa.select(c.subject_id, c.aliases).where(c.view == view_name, c.aliases > "")
        with self.connections.read() as connection:
            return {row.subject_id: row.aliases for row in connection.execute(query)}

    def among(self, view_name: str, subjects: Iterable[str]) -> set[str]:
        """Those of some subjects that have a vector in a view."""
        c = VECTORS.c
        found: set[str] = set()
        for some in _batched(sorted(subjects)):
            query = sa.select(c.subject_id).where(c.view == view_name, c.subject_id.in_(some))
            with self.connections.read() as connection:
                found.update(connection.execute(query).scalars())
        return found

    def count(self, view_name: str | None = None) -> int:
        """How many vectors there are, of one view or of all."""
        query = sa.select(sa.func.count()).select_from(VECTORS)
        if view_name is not None:
            query = query.where(VECTORS.c.view == view_name)
        with self.connections.read() as connection:
            return int(connection.execute(query).scalar_one())

    # ---- what is known of views ------------------------------------------------------------

    def position(self, view_name: str) -> int | None:
        """Number of the lake's commit up to which a view was brought; None before its first run."""
        query = sa.select(VIEWS.c.sequence).where(VIEWS.c.view == view_name)
        with self.connections.read() as connection:
            found = connection.execute(query).scalar_one_or_none()
        return None if found is None else int(found)

    def reached(self, view_name: str, sequence: int) -> None:
        """Note that every change up to a commit of the lake is in a view's vectors."""
        row = {"view": view_name, "sequence": sequence, "finished_at": datetime.now(UTC)}
        with self.connections.write(durable=False) as connection:  # a crash: done once more
            connection.execute(self.connections.upsert(VIEWS), row)

    def define(self, definition: str, digests: Mapping[str, str]) -> None:
        """Note what a definition's digest stands for: the digests of its features."""
        if definition in self._defined:
            return
        row = {"definition": definition, "features": canonical(dict(digests))}
        insert = self.connections.insert(DEFINITIONS).on_conflict_do_nothing()
        with self.connections.write() as connection:
            connection.execute(insert, row)
        self._defined.add(definition)

    def defined(self, definition: str) -> dict[str, str] | None:
        """Digests of the features of a definition; None for one that was never noted."""
        query = sa.select(DEFINITIONS.c.features).where(DEFINITIONS.c.definition == definition)
        with self.connections.read() as connection:
            found = connection.execute(query).scalar_one_or_none()
        return None if found is None else dict(json.loads(found))

    # ---- the log ---------------------------------------------------------------------------

    def log(self, vector: StoredVector, request: str, served_at: datetime | None = None) -> None:
        """Write down that a vector is handed out.

        Parameters
        ----------
        vector : StoredVector
        request : str
            What for, such as the id of the decision.
        served_at : datetime, optional
            Now if absent.
        """
        row = {
            "served_at": served_at or datetime.now(UTC),
            "request": request,
            "view": vector.view,
            "subject_id": vector.subject_id,
            "as_of": vector.as_of,
            "sequence": vector.sequence,
            "definition": vector.definition,
            "skipped": canonical(list(vector.skipped_files)),
            "review": vector.review,
            "aliases": vector.aliases,
            "digest": vector.digest,
            "vector": vector.text,
        }
        with self.connections.write(durable=False) as connection:
            connection.execute(self._log, row)

    def served(
        self,
        view_name: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        last: int | None = None,
    ) -> Iterator[Served]:
        """Rows of the log, oldest first.

        Parameters
        ----------
        view_name : str, optional
            Only this view's.
        since, until : datetime, optional
            Only those served at or after the one and before the other.
        last : int, optional
            Only so many, the newest.
        """
        c = SERVED.c
        conditions = [
            *([c.view == view_name] if view_name is not None else []),
            *([c.served_at >= since] if since is not None else []),
            *([c.served_at < until] if until is not None else []),
        ]
        query = sa.select(SERVED).where(*conditions)
        if last is not None:
            newest = sa.select(c.id).where(*conditions).order_by(c.id.desc()).limit(last)
            query = query.where(c.id.in_(newest))
        with self.connections.read() as connection:
            rows = connection.execution_options(yield_per=_BATCH).execute(query.order_by(c.id))
            for row in rows:
                yield Served(
                    row.id, _utc(row.served_at), row.request, row.view, row.subject_id, row.as_of,
                    row.sequence, row.definition, tuple(json.loads(row.skipped)), row.review,
                    row.aliases, row.digest, row.vector,
                )  # fmt: skip

    def close(self) -> None:
        """Give back all connections."""
        self.connections.close()


def _batched(items: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(items)
    while some := list(islice(rest, _BATCH)):
        yield some


def _row(vector: StoredVector) -> dict[str, Any]:
    return {
        "view": vector.view,
        "subject_id": vector.subject_id,
        "as_of": vector.as_of,
        "vector": vector.text,
        "digest": vector.digest,
        "about": vector.about_text,
        "sequence": vector.sequence,
        "definition": vector.definition,
        "review": vector.review,
        "aliases": vector.aliases,
        "seal": _seal(vector.built_at, vector),
        "built_at": vector.built_at,
    }


def _seal(built_at: datetime, v: StoredVector) -> str:
    texts = (v.text, v.about_text, v.digest, built_at.isoformat(), v.review, v.aliases)
    return seal_of(v.view, v.subject_id, v.as_of, v.sequence, v.definition, *texts)


def _read(row: Any) -> StoredVector:
    built_at = _utc(row.built_at)
    about, told = row.about, (row.review, row.aliases)
    texts = (row.vector, about, row.digest, built_at.isoformat(), *told)
    seal = seal_of(row.view, row.subject_id, row.as_of, row.sequence, row.definition, *texts)
    if seal != row.seal:
        raise FeaturesError(
            f"a stored vector of the view {row.view!r} was altered: it disagrees with its digest.",
            hint="materialise it again from the lake and find out who wrote to the store",
        )
    about = json.loads(about)
    return StoredVector(
        values=json.loads(row.vector),
        as_of=row.as_of,
        digest=row.digest,
        view=row.view,
        built_at=built_at,
        subject_id=row.subject_id,
        sequence=row.sequence,
        definition=row.definition,
        freshness={name: date.fromisoformat(day) for name, day in about["freshness"].items()},
        reasons=about["reasons"],
        skipped_files=tuple(about["skipped"]),
        review=row.review,
        aliases=row.aliases,
    )


def _utc(moment: datetime) -> datetime:
    """A moment of the database in UTC: SQLite tells no zone, PostgreSQL that of the session."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
