"""From computed values to stored vectors: of a frame of many, or of a few subjects' records.

A few subjects need no frame and no query: their records are on the shelf (:mod:`features.online.shelf`), and the
view's plan runs over them in plain Python. Both ways give the same vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from data_contracts.catalogue import contract as contract_of
from data_contracts.intake.lake import Lake
from features.engines.python.few import Shelf, rows_of
from features.engines.python.tables import Tables
from features.identity.aliases import Known
from features.online.declared import view_digest
from features.online.freshness import Freshness
from features.online.vectors import LEFT_OUT, NOT_SUPPLIED, StoredVector, vector_of
from features.plan import Plan, compile_view, own_contracts
from features.point_in_time import SKIPPED
from features.subjects import supplied_name
from features.view import FeatureView

if TYPE_CHECKING:
    import pandas as pd

Asked = tuple[str, date]
"""A subject and the day that is asked about."""

_Make = Callable[[str, date, Mapping[str, Any], Collection[str], Mapping[str, date]], StoredVector]


def vectors_of(
    view: FeatureView,
    frame: pd.DataFrame,
    sequence: int | None,
    fresh: Freshness,
    lake: Lake,
    known: Known | None = None,
) -> Iterator[StoredVector]:
    """Vectors of a built frame, with their freshness and the reasons of their nulls.

    Where the frame has no ``_supplied_`` flags, a contract counts as supplied when a record was known.
    """
    own = own_contracts(view)
    make = _maker(view, lake, sequence, known, tuple(frame.attrs.get(SKIPPED, ())))
    flags = {c: supplied_name(c) for c in own if supplied_name(c) in frame.columns}
    columns = ["subject_id", "as_of", *view.names, *flags.values()]
    for row in zip(*(frame[name].tolist() for name in columns), strict=True):
        told = dict(zip(columns, row, strict=True))
        as_of = date(told["as_of"].year, told["as_of"].month, told["as_of"].day)
        newest = fresh.get((told["subject_id"], as_of), {})
        given = {c for c in own if (told[flags[c]] if c in flags else c in newest)}
        values = {name: told[name] for name in view.names}
        yield make(told["subject_id"], as_of, values, given, newest)


def takes_few(view: FeatureView) -> bool:
    """Whether a view's vectors can be made of the subjects' records: no plan counts everybody's."""
    return bool(view.declared) and not compile_view(view).whole


def few_vectors(
    view: FeatureView,
    lake: Lake,
    shelf: Shelf,
    asked: list[Asked],
    sequence: int | None,
    known: Known | None = None,
) -> list[StoredVector | None]:
    """Vectors of a few subjects and days, in their order; None where nothing of the subject may be seen.

    Parameters
    ----------
    view : FeatureView
        One of those that :func:`takes_few` names.
    lake : Lake
    shelf : Shelf
        Where the records are looked up.
    asked : list of (subject, day)
    sequence, known
        As for :func:`vectors_of`.
    """
    linked = known is not None and known.table.num_rows > 0
    plan = compile_view(view, linked)
    spine = list(_spine(asked, known if linked else None))
    first = min((day for _, day in asked), default=date.min)
    records = shelf.records(plan, lake, {row[1] for row in spine}, first)
    names, own = plan.steps[-1].table.columns, own_contracts(view)
    make = _maker(view, lake, sequence, known, ())
    related = _of_groups(view, lake, asked, known)
    found: list[StoredVector | None] = []
    for (subject, day), row in zip(asked, rows_of(plan, records, spine), strict=True):
        told = dict(zip(names, row, strict=True)) | related[len(found)]
        given = {contract for contract in own if told[supplied_name(contract)]}
        values = {name: told[name] for name in view.names}
        newest = _newest(plan, records, own, subject, day)
        found.append(make(subject, day, values, given, newest) if given else None)
    return found


def _spine(asked: list[Asked], known: Known | None) -> Iterator[tuple[Any, ...]]:
    """Rows of the plan's spine: one for each subject, or one for each of its ids."""
    for number, (subject, day) in enumerate(asked):
        if known is None:
            yield number, subject, day
        else:
            ids = known.ids(subject, day)
            for one in ids:
                yield number, one, day, ids[0], len(ids) == 1


def _newest(
    plan: Plan, records: Tables, own: Iterable[str], subject: str, day: date
) -> dict[str, date]:
    """Newest known day of the subject's own records by contract, as :func:`features.online.freshness.freshness`."""
    found = {}
    for contract in own:
        rows = records.get(contract)
        if not rows:
            continue
        wanted = (contract_of(contract).about.subject, "_event", "_known", "_withdrawn")
        who, event, known, gone = (plan.columns[contract].index(name) for name in wanted)
        days = [
            row[known]
            for row in rows
            if row[who] == subject and row[event] < day and row[known] <= day and not row[gone]
        ]
        if days:
            found[contract] = max(days)
    return found


def _of_groups(
    view: FeatureView, lake: Lake, asked: list[Asked], known: Known | None
) -> list[dict[str, float]]:
    """Features of the subjects' groups, for each that is asked about."""
    names = [feature.name for feature in view.of_groups]
    if not names:
        return [{} for _ in asked]
    import numpy as np

    from features.relations.group_columns import Days

    subjects = [s if known is None else known.owner(s, day) for s, day in asked]
    days = np.array([day for _, day in asked], dtype="datetime64[D]").astype(np.int64)
    history = Days.of(lake, None, None if known is None else known.table)
    values = history.answers(np.array(subjects, dtype=object), days, names)
    return [dict(zip(names, row, strict=True)) for row in values.T.tolist()]


def _maker(
    view: FeatureView,
    lake: Lake,
    sequence: int | None,
    known: Known | None,
    skipped: tuple[str, ...],
) -> _Make:
    """What is the same for all vectors of a run, and the function that makes one of them."""
    own = own_contracts(view)
    reads = {f.name: [c for c in f.contracts if c in own] for f in view.declared}
    # Relations are not the subject's own records alone: only a supplier that is not there at all is lacking.
    absent = {c for group in view.of_groups for c in group.needs if not lake.files(c)}
    reads |= {g.name: sorted(g.needs) if absent >= {*g.needs} else [] for g in view.of_groups}
    left_out = {file.split("/")[1] for file in skipped if file.startswith("tables/")}
    definition, built_at = view_digest(view), datetime.now(UTC)
    review = "" if known is None else str(known.review)

    def make(
        subject: str,
        as_of: date,
        values: Mapping[str, Any],
        given: Collection[str],
        newest: Mapping[str, date],
    ) -> StoredVector:
        return vector_of(
            view.name, subject, as_of, values, sequence=sequence, definition=definition,
            freshness={c: newest[c] for c in sorted({*given} & set(newest))},
            reasons=_reasons(values, reads, given, left_out), skipped_files=skipped,
            built_at=built_at, review=review,
            aliases="" if known is None else known.digest(subject, as_of),
        )  # fmt: skip

    return make


def _reasons(
    values: Mapping[str, object],
    reads: Mapping[str, list[str]],
    given: Collection[str],
    left_out: set[str],
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in values.items():
        if value is None or value != value:  # NaN is not equal to itself
            lacking = [contract for contract in reads[name] if contract not in given]
            if lacking:
                reason = LEFT_OUT if left_out.intersection(lacking) else NOT_SUPPLIED
                found.setdefault(reason, []).append(name)
    return found
