"""The records of each subject in one place: what a refresh reads instead of the lake's files.

A lake's file holds a batch, one subject's records lie in hundreds of them. The shelf keeps them by subject in the
online store's database, with the columns that the views read and no others. It says nothing of its own: whatever
is not on it yet, or not with these columns, is read from the lake, and the nightly run puts it there.

Records that can not be seen any more leave it (:mod:`features.online.lapsed`): those that a batch withdraws or moves
as soon as it is brought, those whose retention ends at the nightly run. Questions about earlier days go to the lake.

Each row has a digest over all that it says, as vectors have.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from data_contracts.catalogue import contract as contract_of
from data_contracts.intake.lake import Lake
from data_contracts.intake.manifest import Commit
from features.engines.engine import footers_of, may_correct
from features.engines.python.few import LakeShelf
from features.engines.python.tables import Tables
from features.engines.python.windows import Row
from features.errors import FeaturesError
from features.online.arrivals import by_subject, text_of
from features.online.lapsed import EPOCH, Kept, lasting
from features.online.store import OnlineStore
from features.online.tables import RECORDS, SHELVED
from features.plan import Plan
from features.policy import expiry_months

_ASKED = 500  # subjects of one query: SQLite takes no endless list; ours


class RecordShelf:
    """Records by subject in an online store.

    Parameters
    ----------
    store : OnlineStore
    """

    def __init__(self, store: OnlineStore) -> None:
        self._connections = store.connections
        self._lake = LakeShelf()

    def bring(self, plan: Plan, lake: Lake) -> None:
        """Put on the shelf what a lake holds of a plan's contracts and the shelf does not.

        Commits that came since are added; a contract that was never put there, or with fewer columns, is read
        whole.

        Raises
        ------
        FeaturesError
            When a file of the lake can not be read, or the store does not answer.
        """
        there, naming = self._there(), dict(plan.naming)
        batches: dict[int, str] = {}
        bringing: dict[str, list[Commit]] = {}
        for commit in lake.commits():
            batches[commit.sequence] = commit.batch
            for contract in commit.files:
                bringing.setdefault(contract, []).append(commit)
        for contract, columns in plan.columns.items():
            mine, column = bringing.get(contract), naming.get(contract)
            if not mine:
                continue
            held = there.get(contract)
            if held is not None and held.has(columns, column) and held.of(batches):
                for commit in mine if held.batch != mine[-1].batch else ():
                    if commit.sequence > held.reached:
                        after = replace(held, reached=commit.sequence, batch=commit.batch)
                        self._put(lake, contract, after, [commit])
                continue
            kept, named = ((), None) if held is None else (held.columns, held.naming)
            merged = tuple(dict.fromkeys([*kept, *columns]))
            after = _Held(merged, column or named, mine[-1].sequence, mine[-1].batch)
            self._put(lake, contract, after, mine, whole=True)

    def clear(self, plan: Plan, lake: Lake) -> None:
        """Take from the shelf the records of a plan's contracts whose retention has ended.

        Raises
        ------
        FeaturesError
            When the store does not answer, or a row was altered.
        """
        day = _newest_day(lake)
        for contract, held in self._there().items():
            if contract in plan.columns and expiry_months(contract) is not None:
                with self._connections.read() as connection:
                    names = RECORDS.select().with_only_columns(RECORDS.c.subject_id).distinct()
                    mine = names.where(RECORDS.c.contract == contract)
                    subjects = list(connection.execute(mine).scalars())
                for start in range(0, len(subjects), _ASKED):  # others may write in between
                    with self._connections.write() as connection:
                        some = subjects[start : start + _ASKED]
                        self._let_go(connection, contract, held, some, day)

    def records(self, plan: Plan, lake: Lake, subjects: Collection[str], day: date) -> Tables:
        """See :class:`features.engines.python.few.Shelf`; what the shelf lacks comes from the lake's files."""
        there, naming, commits = self._there(), dict(plan.naming), lake.commits()
        newest = {contract: c for c in commits for contract in c.files}
        found: Tables = {}
        lacking = []
        for contract, columns in plan.columns.items():
            last, held = newest.get(contract), there.get(contract)
            if last is None:
                continue
            asked = held and held.batch == last.batch and held.answers(day)
            if held and asked and held.has(columns, naming.get(contract)):
                found[contract] = []
            else:
                lacking.append(contract)
        for row in self._rows(subjects):
            if row.contract in found:
                held, columns = there[row.contract], plan.columns[row.contract]
                found[row.contract] += _read(row, held.columns, columns)
        if len(subjects) > 1:  # a record may name two of them
            found = {contract: list(dict.fromkeys(rows)) for contract, rows in found.items()}
        return found | (self._lake.records(plan, lake, subjects, day, lacking) if lacking else {})

    def _there(self) -> dict[str, _Held]:
        with self._connections.read() as connection:
            rows = connection.execute(SHELVED.select()).all()
        return {
            r.contract: _Held(_columns(r.columns), r.naming, r.reached, r.batch, r.cleared)
            for r in rows
        }

    def _rows(self, subjects: Collection[str]) -> list[Any]:
        query = RECORDS.select().where(RECORDS.c.subject_id.in_(sorted(subjects)))
        with self._connections.read() as connection:
            return list(connection.execute(query))

    def _put(
        self, lake: Lake, contract: str, after: _Held, commits: list[Commit], whole: bool = False
    ) -> None:
        """Write the records of some commits; `whole`: in the place of all that is there."""
        files = [str(lake.root / commit.files[contract]) for commit in commits]
        ended = any(map(may_correct, footers_of(contract, files).values()))
        concerned: list[str] = []
        # what a crash takes away is brought again
        with self._connections.write(durable=False) as connection:
            if whole:
                connection.execute(RECORDS.delete().where(RECORDS.c.contract == contract))
            else:
                mine = SHELVED.select().where(SHELVED.c.contract == contract)
                there = connection.execute(mine.with_for_update()).one()
                if there.reached >= after.reached:
                    return  # another process was quicker
                after = replace(after, cleared=there.cleared)
            for some in by_subject(lake, contract, after.columns, after.naming, files):
                rows = [_row(subject, contract, after.reached, text) for subject, text in some]
                connection.execute(self._connections.upsert(RECORDS), rows)
                concerned += [subject for subject, _ in some] if ended else []
            told = asdict(after) | {"contract": contract, "columns": json.dumps(after.columns)}
            connection.execute(self._connections.upsert(SHELVED), told)
            if concerned:
                self._let_go(connection, contract, after, concerned, _newest_day(lake))

    def _let_go(
        self, connection: Any, contract: str, held: _Held, subjects: list[str], day: date
    ) -> None:
        """Take away what of some subjects' records can not be seen on a day or after it."""
        cleared = False
        for start in range(0, len(subjects), _ASKED):
            some = subjects[start : start + _ASKED]
            mine = RECORDS.select().where(RECORDS.c.contract == contract)
            there: dict[str, list[Any]] = {}
            for row in connection.execute(mine.where(RECORDS.c.subject_id.in_(some))):
                there.setdefault(row.subject_id, []).append(row)
            for subject, rows in there.items():
                records = [record for row in rows for record in _sound(row)]
                kept = lasting(records, held.columns, contract, subject, held.naming, day)
                if len(kept) == len(records):
                    continue
                cleared = True
                gone = RECORDS.delete().where(RECORDS.c.contract == contract)
                connection.execute(gone.where(RECORDS.c.subject_id == subject))
                if kept:
                    left = _row(subject, contract, rows[0].sequence, text_of(kept))
                    connection.execute(RECORDS.insert(), left)
        if cleared:
            noted = SHELVED.update().where(SHELVED.c.contract == contract)
            connection.execute(noted.values(cleared=day))


def _newest_day(lake: Lake) -> date:
    """Day on which the newest batch of a lake was received: no question is about an earlier one, as a rule."""
    return max((commit.received_on for commit in lake.commits()), default=date.min)


def _row(subject: str, contract: str, sequence: int, text: str) -> dict[str, Any]:
    return {
        "subject_id": subject, "contract": contract, "sequence": sequence,
        "records": text, "seal": _seal(subject, contract, sequence, text),
    }  # fmt: skip


@dataclass(frozen=True)
class _Held:
    """What the shelf holds of a contract: which columns, found by which further one, up to which commit, and the
    last day as of which records were let go.
    """

    columns: tuple[str, ...]
    naming: str | None
    reached: int
    batch: str
    cleared: date | None = None

    def answers(self, day: date) -> bool:
        """Whether nothing that could count on a day was let go."""
        return self.cleared is None or day >= self.cleared

    def has(self, columns: Collection[str], naming: str | None) -> bool:
        """Whether records can be found by what a plan asks."""
        return set(columns) <= set(self.columns) and naming in (None, self.naming)

    def of(self, batches: Mapping[int, str]) -> bool:
        """Whether it is of a lake with these commits."""
        return batches.get(self.reached) == self.batch


@cache
def _columns(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _sound(row: Any) -> list[Kept]:
    """Records of a row that agrees with its digest."""
    if row.seal != _seal(row.subject_id, row.contract, row.sequence, row.records):
        raise FeaturesError(
            f"records of {row.contract} in the online store were altered: they disagree with their digest.",
            hint="find out who wrote to the store; `xinqiao features materialise` makes vectors from the lake",
        )
    return list(json.loads(row.records))


def _read(row: Any, columns: tuple[str, ...], wanted: tuple[str, ...]) -> Iterator[Row]:
    places, dates = _places(row.contract, columns, wanted)
    for record in _sound(row):
        values = [record[place] for place in places]
        for place in dates:
            if values[place] is not None:
                values[place] = date.fromordinal(values[place] + EPOCH)
        yield tuple(values)


@cache
def _places(
    contract: str, columns: tuple[str, ...], wanted: tuple[str, ...]
) -> tuple[list[int], list[int]]:
    """Where the wanted columns are in a kept record, and which of the wanted are dates."""
    schema = contract_of(contract).arrow_schema(system=True)
    dates = [n for n, name in enumerate(wanted) if str(schema.field(name).type) == "date32[day]"]
    return [columns.index(name) for name in wanted], dates


def _seal(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
