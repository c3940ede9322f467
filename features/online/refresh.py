"""Vectors brought to the store: of everybody in the nightly run, of those concerned when records arrive.

Both use the plan that training uses. A run reads the lake as it was at one commit and says so in every
vector; what is committed meanwhile belongs to the next run.

A subject's vector also holds figures of its lender, industry or region. They move with the records of
others, and time moves all windows: both are brought up to date by the nightly run, not by the arrival of a
record. What it holds of the firms that it is related to is brought up to date at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from data_contracts.intake.lake import Lake
from features.engines.duckdb import FEW
from features.errors import FeaturesError
from features.identity.aliases import Known, aliases_for
from features.identity.evidence import evidence_contracts
from features.online.concerned import concerned
from features.online.declared import feature_digests, view_digest
from features.online.freshness import freshness
from features.online.making import few_vectors, takes_few, vectors_of
from features.online.moment import LakeAt
from features.online.shelf import RecordShelf
from features.online.store import OnlineStore
from features.partitions import PartialLake, skippable_files
from features.plan import compile_view, contracts_read, own_contracts
from features.point_in_time import SKIPPED, build
from features.spines import DECISIONS, of_kind, spine_of
from features.subjects import supplied_name
from features.view import FeatureView

if TYPE_CHECKING:
    from features.engines.engine import Engine
    from features.identity.review import ReviewStore

Progress = Callable[[str, int, int], None]

_AT_ONCE = 50_000  # subjects of one build: bounds the memory of a nightly run; ours


@dataclass(frozen=True)
class Refreshed:
    """What a run did.

    Attributes
    ----------
    view : str
    sequence : int
        Number of the lake's commit that the vectors are of.
    concerned : int
        Subjects that were looked at.
    written, removed : int
        Vectors that were stored, and taken away because nothing of the subject may be seen any more.
    skipped_files : tuple of str
        Damaged files that were left out.
    """

    view: str
    sequence: int
    concerned: int
    written: int = 0
    removed: int = 0
    skipped_files: tuple[str, ...] = ()


def materialise(
    view: FeatureView,
    lake: Lake,
    store: OnlineStore,
    day: date | None = None,
    *,
    spine: pd.DataFrame | None = None,
    review: ReviewStore | None = None,
    progress: Progress | None = None,
    engine: Engine | str | None = None,
    allow_partial: bool = False,
) -> Refreshed:
    """Compute and store the vectors of everybody (the nightly run).

    Parameters
    ----------
    view : FeatureView
    lake : Lake
    store : OnlineStore
    day : date, optional
        The day that is asked about, as for :func:`features.spines.spine_of`.
    spine : DataFrame, optional
        Only these subjects and days, whoever else has a vector.
    review : ReviewStore, optional
        What people decided about identities: records of other ids then count for the subjects that they are.
        Without it each id stands for itself.
    progress, engine, allow_partial
        As for `features.point_in_time.build`.

    Returns
    -------
    Refreshed

    Raises
    ------
    FeaturesError
        As `build`; what was stored before the error stays stored.
    """
    run = _Run(view, lake, store, progress, engine, allow_partial, review)
    if spine is not None:
        return run.bring(spine, set())
    asked = spine_of(view, run.lake, day)
    done = run.bring(asked, set(store.subjects(view.name)) - set(asked["subject_id"]))
    run.stock(whole=True)
    run.finish()
    return done


def refresh(
    view: FeatureView,
    lake: Lake,
    store: OnlineStore,
    day: date | None = None,
    *,
    batches: Iterable[str] | None = None,
    review: ReviewStore | None = None,
    progress: Progress | None = None,
    engine: Engine | str | None = None,
    allow_partial: bool = False,
) -> Refreshed:
    """Compute the vectors of those anew whom committed batches are about, and of nobody else.

    Vectors that were made by other declarations than today's are made anew, too, and those of subjects that
    have other ids now.

    Parameters
    ----------
    view, lake, store, day, review
        As for :func:`materialise`.
    batches : iterable of str, optional
        Digests of the batches; if absent, all that were committed since the view's last run.
    progress, engine, allow_partial
        As for `features.point_in_time.build`.

    Raises
    ------
    FeaturesError
        As `build`; for a batch that is not committed; and when the view was never materialised.
    """
    run = _Run(view, lake, store, progress, engine, allow_partial, review)
    wanted = stale(view, run.lake, store, batches, day=day, known=run.known)
    run.stock()
    if wanted and day is not None and run.takes_few(len(wanted)):
        done = run.bring_few(of_kind(view, wanted), day, wanted)
    elif wanted:
        asked = spine_of(view, run.lake, day, among=wanted)
        done = run.bring(asked, wanted - set(asked["subject_id"]))
    else:
        done = Refreshed(view.name, run.sequence, 0)
    if batches is None:
        run.finish()
    return done


def stale(
    view: FeatureView,
    lake: Lake,
    store: OnlineStore,
    batches: Iterable[str] | None = None,
    *,
    day: date | None = None,
    known: Known | None = None,
) -> set[str]:
    """Subjects whose vectors must be made anew: see :func:`refresh`."""
    commits = lake.commits()
    if batches is None:
        last = store.position(view.name)
        if last is None:
            raise FeaturesError(
                f"the view {view.name!r} was never materialised.",
                hint=f"run `xinqiao features materialise {view.name}` without --changed once",
            )
        chosen = [commit for commit in commits if commit.sequence > last]
    else:
        wanted = list(batches)
        chosen = [c for c in commits if any(c.batch.startswith(batch) for batch in wanted)]
        missing = [b for b in wanted if not any(c.batch.startswith(b) for c in chosen)]
        if missing:
            raise FeaturesError(
                f"the lake holds no batch {missing[0]!r}.", hint="see: xinqiao contracts batches"
            )
    old = store.subjects(view.name, without=view_digest(view))
    # Views without a day of their own are about decisions of persons and firms that have one id.
    return concerned(view, lake, store, chosen, day or date.max, known) | set(old)


def publish(
    view: FeatureView,
    lake: Lake,
    frame: pd.DataFrame,
    store: OnlineStore,
    known: Known | None = None,
) -> int:
    """Store the vectors of a frame that was built from a lake already, such as a training set.

    Parameters
    ----------
    view : FeatureView
    lake : Lake
        The lake as it was read; nothing may have been committed since.
    frame : DataFrame
        As `features.point_in_time.build` returns it. Of several rows of one subject the one with the
        latest day is kept, the last of equals.
    store : OnlineStore
    known : Known, optional
        The identities that it was built with.

    Returns
    -------
    int
        Subjects that were written.
    """
    sequence = lake.sequence()
    newest = _newest(frame)
    store.define(view_digest(view), feature_digests(view))
    written = 0
    for start in range(0, len(newest), _AT_ONCE):
        part = newest.iloc[start : start + _AT_ONCE]
        fresh = freshness(LakeAt(lake, sequence), own_contracts(view), part)
        written += store.put_vectors(vectors_of(view, part, sequence, fresh, lake, known))
    store.reached(view.name, sequence)
    return written


class _Run:
    """One run over a view: the lake as it was at its start, without the files that are left out."""

    def __init__(
        self,
        view: FeatureView,
        lake: Lake,
        store: OnlineStore,
        progress: Progress | None,
        engine: Engine | str | None,
        allow_partial: bool,
        review: ReviewStore | None,
    ) -> None:
        self.view, self.store, self.progress, self.engine = view, store, progress, engine
        self.sequence = lake.sequence()
        self.lake: Lake = LakeAt(lake, self.sequence)
        named = review is not None and view.subject_kind == "enterprise"
        contracts = [*contracts_read(view), *(evidence_contracts() if named else ())]
        self.skipped = skippable_files(self.lake, dict.fromkeys(contracts)) if allow_partial else ()
        if self.skipped:
            self.lake = PartialLake(self.lake, self.skipped)
        self.known = None if review is None else aliases_for(view, self.lake, review)
        self.shelf = RecordShelf(store)

    def bring(self, spine: pd.DataFrame, gone: set[str]) -> Refreshed:
        """Store the vectors of a spine; take away those of `gone` and of whoever has no records left."""
        view, own = self.view, own_contracts(self.view)
        asked = _newest(spine)
        self.store.define(view_digest(view), feature_digests(view))
        written, gone = 0, set(gone)
        for start in range(0, len(asked), _AT_ONCE):
            part = asked.iloc[start : start + _AT_ONCE].reset_index(drop=True)
            frame = build(
                view, self.lake, part, self.progress, engine=self.engine, supplied=True,
                aliases=None if self.known is None else self.known.table,
            )  # fmt: skip
            flags = frame[[supplied_name(contract) for contract in own]]
            seen = flags.any(axis=1) | (not own)
            gone |= set(frame.loc[~seen, "subject_id"])
            frame = frame[seen]
            frame.attrs[SKIPPED] = list(self.skipped)
            fresh = freshness(self.lake, own, frame)
            written += self.store.put_vectors(
                vectors_of(view, frame, self.sequence, fresh, self.lake, self.known)
            )
        # Whoever seems to have no records may have them in a file that was left out.
        removed = 0 if self.skipped else self.store.remove(view.name, gone)
        return Refreshed(view.name, self.sequence, len(asked), written, removed, self.skipped)

    def takes_few(self, subjects: int) -> bool:
        """Whether the vectors of so many are made of their records on the shelf."""
        engine = getattr(self.engine, "name", self.engine)
        by_hand = engine in (None, "duckdb") and self.view.name not in DECISIONS
        return subjects <= FEW and by_hand and not self.skipped and takes_few(self.view)

    def bring_few(self, subjects: list[str], day: date, wanted: set[str]) -> Refreshed:
        """Store the vectors of a few, of their records on the shelf; take away those of whoever has none."""
        self.store.define(view_digest(self.view), feature_digests(self.view))
        asked = [(subject, day) for subject in subjects]
        made = few_vectors(self.view, self.lake, self.shelf, asked, self.sequence, self.known)
        vectors = [vector for vector in made if vector is not None]
        written = self.store.put_vectors(vectors)
        gone = wanted - {vector.subject_id for vector in vectors}
        removed = self.store.remove(self.view.name, gone)
        return Refreshed(self.view.name, self.sequence, len(asked), written, removed)

    def stock(self, whole: bool = False) -> None:
        """Bring the shelf up to date, so that no file of the lake is read but what arrives.

        `whole`: what everybody's retention ends of leaves it, too.
        """
        if takes_few(self.view) and not self.skipped:
            plan = compile_view(self.view)
            self.shelf.bring(plan, self.lake)
            if whole:
                self.shelf.clear(plan, self.lake)

    def finish(self) -> None:
        """Note how far the view was brought; not when files were left out, so that they are asked again."""
        if not self.skipped:
            self.store.reached(self.view.name, self.sequence)


def _newest(frame: pd.DataFrame) -> pd.DataFrame:
    """Of several rows of one subject the one with the latest day, the last of equals."""
    ordered = frame.sort_values("as_of", kind="stable")
    return ordered.drop_duplicates("subject_id", keep="last")
