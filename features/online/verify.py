"""The log replayed: every served vector is computed again offline, as of its day and its knowledge.

A vector is true when the offline value as of the same day, from the lake as it was at the commit that the
vector was made of, is the same. What arrived later is not held against it. The result is a table: for each
feature how many served values were compared and how many differ, of which none is expected.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from data_contracts.intake.lake import Lake
from features.catalogue import VIEWS
from features.identity.aliases import Known, known_aliases
from features.identity.evidence import evidence_contracts
from features.identity.review import Position, ReviewStore
from features.online.declared import feature_digests
from features.online.moment import LakeAt, newest_change
from features.online.store import OnlineStore, Served
from features.online.vectors import Value, plain_values
from features.partitions import PartialLake
from features.plan import contracts_read
from features.point_in_time import build
from features.view import FeatureView

if TYPE_CHECKING:
    from features.engines.engine import Engine

Progress = Callable[[str, int, int], None]

RELATIVE = 1e-9
"""Two numbers are the same within this, as between engines: sums of fractions may be added in any order."""

_AT_ONCE = 20_000  # served vectors that are held in memory together; ours
_EXAMPLES = 5
_GONE: Any = object()


@dataclass
class FeatureCount:
    """How one feature came out.

    Attributes
    ----------
    view, feature : str
    compared, mismatches : int
        Served values.
    largest : float
        Largest relative difference of two numbers; infinity where one side is null.
    examples : list of str
        Requests of the first mismatches.
    """

    view: str
    feature: str
    compared: int = 0
    mismatches: int = 0
    largest: float = 0.0
    examples: list[str] = field(default_factory=list)


@dataclass
class Verified:
    """What a replay found; `true` is what everybody wants to know.

    Attributes
    ----------
    served : int
        Rows of the log that were looked at.
    replayed : int
        Those that were compared.
    altered : list of str
        Requests of rows whose values disagree with the digest that was logged.
    lost : int
        Rows of commits that the lake does not have any more, or of decisions about identities that the
        workspace does not: it was restored from an older state.
    other_ids : list of str
        Requests of rows for which other ids counted than the records and decisions of then give.
    without_commit : int
        Rows of vectors that were put without a lake; they can not be replayed.
    other_definition : int
        Values whose feature was declared otherwise then, or is no more; they can not be replayed.
    features : list of FeatureCount
        By view, in the order of the catalogue.
    """

    served: int = 0
    replayed: int = 0
    altered: list[str] = field(default_factory=list)
    lost: int = 0
    other_ids: list[str] = field(default_factory=list)
    without_commit: int = 0
    other_definition: int = 0
    features: list[FeatureCount] = field(default_factory=list)

    @property
    def compared(self) -> int:
        """Values that were compared."""
        return sum(one.compared for one in self.features)

    @property
    def mismatches(self) -> int:
        """Values that differ; none is expected."""
        return sum(one.mismatches for one in self.features)

    @property
    def true(self) -> bool:
        """Whether nothing differs, nothing was altered, and no knowledge was lost."""
        return not (self.mismatches or self.altered or self.lost or self.other_ids)

    def spec(self) -> dict[str, Any]:
        """As JSON; a difference that has no size (one side is null) is null."""
        return {
            "true": self.true,
            "served": self.served,
            "replayed": self.replayed,
            "values_compared": self.compared,
            "mismatches": self.mismatches,
            "altered": self.altered,
            "lost": self.lost,
            "other_ids": self.other_ids,
            "without_commit": self.without_commit,
            "other_definition": self.other_definition,
            "features": [
                {
                    "view": one.view,
                    "feature": one.feature,
                    "compared": one.compared,
                    "mismatches": one.mismatches,
                    "largest_relative_difference": None
                    if one.largest == float("inf")
                    else one.largest,
                    "examples": one.examples,
                }
                for one in self.features
            ],
        }


def verify(
    store: OnlineStore,
    lake: Lake,
    view_name: str | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    last: int | None = None,
    review: ReviewStore | None = None,
    engine: Engine | str | None = None,
    progress: Progress | None = None,
) -> Verified:
    """Replay the log of served vectors against the offline values.

    Parameters
    ----------
    store : OnlineStore
    lake : Lake
        The lake that the vectors were computed from, as it is today.
    view_name : str, optional
        Only this view's vectors.
    since, until, last
        Which rows of the log, as for `OnlineStore.served`.
    review : ReviewStore, optional
        What people decided about identities, as it is today; what was decided later than a vector was made is
        not held against it. Vectors that rest on decisions are lost without it.
    engine : Engine or str, optional
        As for `features.point_in_time.build`.
    progress : callable(step, done, total), optional

    Returns
    -------
    Verified

    Raises
    ------
    FeaturesError
        When the store does not answer, or a file of the lake is gone or damaged.
    """
    replay = _Replay(store, lake, engine, progress, review or ReviewStore(lake.root / "nobody"))
    waiting: list[Served] = []
    for row in store.served(view_name, since, until, last):
        waiting.append(row)
        if len(waiting) == _AT_ONCE:
            replay.take(waiting)
            waiting = []
    replay.take(waiting)
    return replay.found()


def same(served: Value, offline: Value) -> tuple[bool, float]:
    """Whether two values are the same, and their relative difference.

    Examples
    --------
    >>> same(0.1 + 0.2, 0.3)[0], same(None, None), same(None, 0.0)[0], same("a", "b")[0]
    (True, (True, 0.0), False, False)
    """
    if isinstance(served, float) and isinstance(offline, float):
        size = max(abs(served), abs(offline))
        difference = abs(served - offline) / size if size else 0.0
        return difference <= RELATIVE, difference
    equal = served == offline
    return equal, 0.0 if equal else float("inf")


class _Replay:
    def __init__(
        self,
        store: OnlineStore,
        lake: Lake,
        engine: Engine | str | None,
        progress: Progress | None,
        review: ReviewStore,
    ) -> None:
        self._store, self._lake = store, lake
        self._review, self._decided = review, review.position()
        self._engine, self._progress = engine, progress
        self._newest = lake.sequence()
        self._result = Verified()
        self._counts: dict[tuple[str, str], FeatureCount] = {}
        self._unchanged: dict[tuple[str, str], set[str]] = {}

    def take(self, rows: list[Served]) -> None:
        """Replay some rows; those that were made of the same knowledge in one build."""
        groups: dict[tuple[str, int, tuple[str, ...], str, int], list[Served]] = {}
        for row in rows:
            self._result.served += 1
            if hashlib.sha256(row.text.encode()).hexdigest() != row.digest:
                self._result.altered.append(row.request)
            view = VIEWS.get(row.view)
            if row.sequence is None:
                self._result.without_commit += 1
            elif row.sequence > self._newest or not self._was_decided(row.review):
                self._result.lost += 1
            elif view is None:
                self._result.other_definition += len(json.loads(row.text))
            else:
                change = newest_change(self._lake, contracts_read(view), row.sequence)
                names = evidence_contracts() if row.review else ()
                named = newest_change(self._lake, names, row.sequence)
                key = (row.view, change, row.skipped_files, row.review, named)
                groups.setdefault(key, []).append(row)
        for number, ((name, change, skipped, decided, named), some) in enumerate(groups.items()):
            if self._progress is not None:
                step = f"verify: {name}, commit {change}"
                self._progress(step, number, len(groups))
            known = self._known(named, skipped, decided) if decided else None
            self._compare(VIEWS[name], self._lake_at(change, skipped), known, some)
        if groups and self._progress is not None:
            self._progress("verify: replayed", len(groups), len(groups))

    def found(self) -> Verified:
        """The result, features in the order of the catalogue."""
        order = [(view.name, name) for view in VIEWS.values() for name in view.names]
        self._result.features = [self._counts[key] for key in order if key in self._counts]
        return self._result

    def _was_decided(self, review: str) -> bool:
        return not review or Position.of(review).within(self._decided)

    def _lake_at(self, change: int, skipped: tuple[str, ...]) -> Lake:
        lake = LakeAt(self._lake, change)
        return PartialLake(lake, skipped) if skipped else lake

    def _known(self, named: int, skipped: tuple[str, ...], review: str) -> Known:
        """Identities as the records up to a commit and so much of what was decided give them."""
        return known_aliases(self._lake_at(named, skipped), self._review.at(Position.of(review)))

    def _compare(
        self, view: FeatureView, lake: Lake, known: Known | None, rows: Iterable[Served]
    ) -> None:
        wanted = [(row.subject_id, row.as_of) for row in rows]
        asked = list(dict.fromkeys(wanted))
        spine = pd.DataFrame(asked, columns=["subject_id", "as_of"])
        aliases = None if known is None else known.table
        frame = build(view, lake, spine, engine=self._engine, aliases=aliases)
        columns = [frame[name].tolist() for name in view.names]
        offline = {
            key: plain_values(dict(zip(view.names, values, strict=True)))
            for key, values in zip(asked, zip(*columns, strict=True), strict=True)
        }
        for row, key in zip(rows, wanted, strict=True):
            self._result.replayed += 1
            if known is not None and known.digest(*key) != row.aliases:
                self._result.other_ids.append(row.request)
            self._one(view, row, offline[key])

    def _one(self, view: FeatureView, row: Served, offline: dict[str, Value]) -> None:
        unchanged = self._same_today(view, row.definition)
        served = json.loads(row.text)
        self._result.other_definition += len(set(served) - unchanged)
        for name in unchanged:
            key = (view.name, name)
            if key not in self._counts:
                self._counts[key] = FeatureCount(view.name, name)
            count = self._counts[key]
            # a value that was taken out of the row is as wrong as another one
            equal, difference = same(served.get(name, _GONE), offline[name])
            count.compared += 1
            count.largest = max(count.largest, difference)
            if not equal:
                count.mismatches += 1
                if len(count.examples) < _EXAMPLES:
                    count.examples.append(row.request)

    def _same_today(self, view: FeatureView, definition: str) -> set[str]:
        """Features that are declared today as in a definition."""
        key = (view.name, definition)
        if key not in self._unchanged:
            then, now = self._store.defined(definition) or {}, feature_digests(view)
            self._unchanged[key] = {name for name in now if then.get(name) == now[name]}
        return self._unchanged[key]
