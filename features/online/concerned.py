"""Whom new records or decisions concern: themselves, their other ids, and the firms that they are related to.

A record of an old code counts for the enterprise that it is; a guarantee or a default changes the features of
those who guarantee for each other. Both are asked for the day that vectors are made for.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from data_contracts.intake.lake import Lake
from data_contracts.intake.manifest import Commit
from features.identity.aliases import Known
from features.online.moment import LakeAt
from features.online.store import OnlineStore
from features.online.touched import touched
from features.partitions import PartialLake
from features.plan import compile_view
from features.view import FeatureView


def concerned(
    view: FeatureView,
    lake: Lake,
    store: OnlineStore,
    commits: list[Commit],
    day: date,
    known: Known | None,
) -> set[str]:
    """Subjects whose vectors some commits may have changed, or what was decided about identities since.

    Parameters
    ----------
    view : FeatureView
    lake : Lake
    store : OnlineStore
    commits : list of Commit
        Of the lake; what was there before the first of them is held against what is there now.
    day : date
        The day that vectors are made for.
    known : Known, optional
        Identities as they are known now; without them each id stands for itself.
    """
    found = touched(lake, commits, compile_view(view).contracts) if view.declared else set()
    moved = _other_ids(view, store, day, known)
    if view.of_groups:
        contracts = {name for feature in view.of_groups for name in feature.contracts}
        seeds = moved | touched(lake, commits, contracts)
        if known is not None:
            seeds |= {known.owner(subject, day) for subject in seeds}
        if seeds:
            found |= _related(lake, commits, seeds, day, known)
    found |= moved
    if known is None:
        return found
    # Every id of a subject answers for it, where it has a vector of its own.
    ids = {one for subject in found for one in known.ids(subject, day)}
    owners = {known.owner(subject, day) for subject in found}
    return found | owners | store.among(view.name, ids - found - owners)


def _other_ids(view: FeatureView, store: OnlineStore, day: date, known: Known | None) -> set[str]:
    """Subjects with a vector for which other ids counted then than count now."""
    if known is None:
        return set()
    then = store.linked(view.name)
    now = {subject: known.digest(subject, day) for subject in known.linked(day)}
    differ = {s for s in {*then, *now} if then.get(s, "") != now.get(s, "")}
    return store.among(view.name, differ)


def _related(
    lake: Lake, commits: list[Commit], seeds: Iterable[str], day: date, known: Known | None
) -> set[str]:
    """Who is related to some subjects on a day, by what the lake says now or said before some commits."""
    from features.relations.group_columns import Days

    first = min((commit.sequence for commit in commits), default=lake.sequence() + 1)
    before: Lake = LakeAt(lake, first - 1)
    if isinstance(lake, PartialLake):
        before = PartialLake(before, lake.skipped)
    aliases = None if known is None else known.table
    asked = set(seeds)
    return {
        subject
        for one in (before, lake)
        for subject in Days.of(one, aliases=aliases).concerned(asked, day)
    }
