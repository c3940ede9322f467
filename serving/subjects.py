"""Subjects as the rooms below know them: stored vectors, vectors as of a day, visible records."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from data_contracts.errors import ContractsError
from data_contracts.intake.lake import Lake
from data_contracts.portfolios import PORTFOLIOS, Portfolio
from data_contracts.workspace import Workspace
from features.errors import FeaturesError
from serving.bodies import Subject
from serving.errors import Throttled, UnknownSubject
from serving.moments import plain
from serving.peers import PeerGroup, read_peers
from serving.records import Dossier, engine, read_dossier
from serving.scoring import Vector
from serving.served import PUBLIC

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from features.engines.duckdb import DuckDBEngine
    from features.view import FeatureView

_BUILDS_WAITING = 4  # under way or waiting in one process; ours
_RETRY_SECONDS = 5


class Subjects:
    """Reads the online store (one key) and the lake (for information and for reports).

    Parameters
    ----------
    workspace : Workspace
    store_url : str, optional
        Where the online store is kept; the workspace's own file if absent.
    views : mapping
        View of each kind of subject.
    """

    def __init__(
        self,
        workspace: Workspace,
        store_url: str | None = None,
        views: Mapping[str, str] = PUBLIC,
    ) -> None:
        from features.catalogue import view
        from features.identity.resolve import store_of
        from features.online.store import OnlineStore

        self._lake = Lake(workspace.lake_dir)
        self._decided = store_of(workspace.features_dir)
        self._store = OnlineStore(store_url or workspace.online_store)
        self._view_of = views
        self._views = {name: view(name) for name in sorted(set(views.values()))}
        self._one_build = threading.Lock()  # a build may use all cores and much memory
        # Opened at the first build and kept: it holds what groups are counted from. It belongs to who has the lock.
        self._engine: DuckDBEngine | None = None
        self._builds = threading.BoundedSemaphore(_BUILDS_WAITING)

    def stored(self, subject: Subject) -> Vector:
        """The vector of the portfolio's scoring date.

        Raises
        ------
        UnknownSubject
            When no records of the subject were received for this kind.
        """
        view = self._view_of[subject.kind]
        # Every supplier so far reports one kind of subject to a view; another kind is unknown there.
        known_kind = self._views[view].subject_kind == subject.kind
        found = self._store.get(view, subject.id) if known_kind else None
        if found is None:
            raise _unknown()
        values = {name: plain(value) for name, value in found.values.items()}
        return Vector(view, values, found.as_of, found.digest, found)

    def recomputed(self, subject: Subject, as_of: date) -> Vector:
        """The vector as of a day, computed from the lake by the same plan.

        Raises
        ------
        UnknownSubject
            When the subject is unknown or nothing about it was visible on that day.
        Throttled
            When too many of these are waiting already: they must not take the place of scores.
        """
        import pandas as pd

        from features.identity.aliases import aliases_for
        from features.online.declared import feature_digests, view_digest
        from features.online.moment import LakeAt
        from features.online.vectors import vector_of

        view = self._view_of[subject.kind]
        if self.dossier(subject, as_of).empty:
            raise UnknownSubject(
                "No record of this subject was visible on that day. Check kind, id and as_of.",
                "该日之前没有此主体的可见记录，请核对类别、编号与 as_of。",
            )
        spine = pd.DataFrame({"subject_id": [subject.id], "as_of": [pd.Timestamp(as_of)]})
        if not self._builds.acquire(blocking=False):
            raise Throttled(
                "Too many recomputations are under way. Try again in a few seconds.",
                "正在进行的重算过多，请数秒后再试。",
                _RETRY_SECONDS,
            )
        try:
            with self._one_build:
                declared, sequence = self._views[view], self._lake.sequence()
                lake = LakeAt(self._lake, sequence)
                known = aliases_for(declared, lake, self._decided)
                aliases = None if known is None else known.table
                frame = self._built(declared, lake, spine, aliases)
        finally:
            self._builds.release()
        row = frame.iloc[0]
        values = {name: plain(row[name]) for name in declared.names}
        definition = view_digest(declared)
        self._store.define(definition, feature_digests(declared))
        made = vector_of(
            view, subject.id, as_of, values, sequence=sequence, definition=definition,
            review="" if known is None else str(known.review),
            aliases="" if known is None else known.digest(subject.id, as_of),
        )  # fmt: skip
        return Vector(view, values, as_of, made.digest, made)

    def _built(
        self, view: FeatureView, lake: Lake, spine: pd.DataFrame, aliases: pa.Table | None
    ) -> pd.DataFrame:
        """Build in the engine that is kept open; one that failed is closed, and the next build opens another."""
        from features.engines.duckdb import DuckDBEngine
        from features.online.shelf import RecordShelf
        from features.point_in_time import build

        if self._engine is None:
            self._engine = DuckDBEngine(shelf=RecordShelf(self._store))
        try:
            return build(view, lake, spine, engine=self._engine, aliases=aliases)
        except Exception:
            self._shut()
            raise

    def _shut(self) -> None:
        if self._engine is not None:
            self._engine.__exit__(None, None, None)
            self._engine = None

    def log(self, vector: Vector, request: str) -> None:
        """Write down that a vector is handed out, so that it can be held against the lake later."""
        if vector.made is not None:
            self._store.log(vector.made, request)

    def dossier(self, subject: Subject, as_of: date) -> Dossier:
        """The subject's records that were visible on a day; empty for an unknown one."""
        view = self._views[self._view_of[subject.kind]]
        if view.subject_kind != subject.kind:
            return Dossier(subject.kind, subject.id, as_of, {})
        return read_dossier(self._lake, view.subject_kind, subject.kind, subject.id, as_of)

    def peers(self, dossier: Dossier) -> tuple[PeerGroup, ...]:
        """How earlier loans of the subject's lender, industry and region had gone by its day."""
        return read_peers(self._lake, dossier)

    def sources(self, subject: Subject) -> tuple[Portfolio, ...]:
        """The portfolios whose records of this kind of subject are in the lake."""
        kind = self._views[self._view_of[subject.kind]].subject_kind
        names = dict.fromkeys(str(c.note.get("portfolio")) for c in self._lake.commits())
        known = (PORTFOLIOS.get(name) for name in names)
        return tuple(p for p in known if p is not None and p.subject_kind == kind)

    def some(self, contract: str, prefix: str, limit: int) -> list[str]:
        """A few subject ids with a prefix, the same ones each time."""
        relation = self._lake.relation(contract)
        if relation is None:
            return []
        query = (
            f"SELECT DISTINCT subject_id FROM {relation} WHERE starts_with(subject_id, ?) "
            "ORDER BY md5(subject_id) LIMIT ?"
        )
        with engine().cursor() as connection:
            found = connection.execute(query, [prefix, limit]).fetchall()
        return [row[0] for row in found]

    @property
    def lake(self) -> Lake:
        """The record lake."""
        return self._lake

    @staticmethod
    def digest(values: Mapping[str, Any]) -> str:
        """Digest of a vector's values, as the features room takes it."""
        from features.online.vectors import vector_digest

        return str(vector_digest(values))

    def fault(self) -> str | None:
        """Why vectors cannot be served, or None."""
        try:
            return None if self._store.count() else "the online store is empty"
        except (FeaturesError, ContractsError, OSError) as error:
            return type(error).__name__

    def close(self) -> None:
        """Give back connections."""
        with self._one_build:
            self._shut()
        self._store.close()


def _unknown() -> UnknownSubject:
    return UnknownSubject(
        "No records of this subject were received for this kind. Check kind and id.",
        "没有收到该类别下此主体的记录，请核对类别与编号。",
    )
