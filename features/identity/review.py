"""The review queue: pairs that a person has to judge, what was decided, and links of earlier runs.

Three Parquet files in `<features>/identity`, each replaced whole by a rename, so that a reader sees the old
one or the new one; writers wait for each other. Decisions are only ever appended (who, when, what): the last
of a pair stands, and it counts from its day on, never earlier. Links of runs are only added and ended, so that
what was known at any :class:`Position` can be read again.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from features.errors import FeaturesError
from features.identity.claims import NEVER, Claim

QUEUE = pa.schema(
    [
        ("subject", pa.string()), ("target", pa.string()), ("score", pa.float64()), ("how", pa.string()),
        ("against", pa.string()), ("evidence", pa.string()), ("first_on", pa.date32()),
        ("last_on", pa.date32()),
    ]
)  # fmt: skip
DECISIONS = pa.schema(
    [
        ("subject", pa.string()), ("target", pa.string()), ("state", pa.string()), ("by", pa.string()),
        ("at", pa.date32()), ("note", pa.string()),
    ]
)  # fmt: skip
LINKS = pa.schema(
    [
        ("subject", pa.string()), ("target", pa.string()), ("score", pa.float64()), ("since", pa.date32()),
        ("until", pa.date32()), ("added", pa.int32()), ("ended", pa.int32()),
    ]
)  # fmt: skip
"""`added` and `ended` number the runs that believed a link and that no longer did."""

STATES = ("open", "confirmed", "rejected")


@dataclass(frozen=True)
class Decisions:
    """What people decided, in the order in which they did."""

    rows: tuple[tuple[str, str, date, str], ...] = ()

    def until(self, day: date) -> Mapping[tuple[str, str], Sequence[tuple[date, str]]]:
        """Steps of each pair up to and including a day."""
        found: dict[tuple[str, str], list[tuple[date, str]]] = {}
        for subject, target, at, state in self.rows:
            if at <= day:
                found.setdefault((subject, target), []).append((at, state))
        return found


@dataclass(frozen=True, order=True)
class Position:
    """How much of a review store was known: so many decisions, and the runs up to a number.

    Examples
    --------
    >>> Position.of("3.1"), str(Position(3, 1))
    (Position(decisions=3, runs=1), '3.1')
    """

    decisions: int = 0
    runs: int = 0

    @classmethod
    def of(cls, text: str) -> Position:
        """Read a position as it was written."""
        decisions, _, runs = text.partition(".")
        return cls(int(decisions), int(runs))

    def __str__(self) -> str:
        return f"{self.decisions}.{self.runs}"

    def within(self, other: Position) -> bool:
        """Whether another position knows everything that this one does."""
        return self.decisions <= other.decisions and self.runs <= other.runs


class ReviewStore:
    """The queue, the decisions and the believed similar names of a workspace.

    Parameters
    ----------
    folder : Path
        `workspace.features_dir / "identity"`; made at the first write.
    upto : Position, optional
        Read decisions and links as they were known then; as they are if absent.
    """

    def __init__(self, folder: Path, upto: Position | None = None) -> None:
        self.folder = Path(folder)
        self._upto = upto

    # ---- reading ------------------------------------------------------------------------------

    @property
    def pinned(self) -> bool:
        """Whether it is read as it was known at a position."""
        return self._upto is not None

    def position(self) -> Position:
        """How much is known."""
        if self._upto is not None:
            return self._upto
        links = self._read("links", LINKS)
        runs = [n for name in ("added", "ended") for n in links[name].to_pylist() if n is not None]
        return Position(self._read("decisions", DECISIONS).num_rows, max(runs, default=0))

    def at(self, position: Position) -> ReviewStore:
        """The store as it was known at a position, for reading."""
        return ReviewStore(self.folder, position)

    def decisions(self) -> Decisions:
        """All decisions."""
        rows = self._read("decisions", DECISIONS).to_pylist()
        rows = rows if self._upto is None else rows[: self._upto.decisions]
        return Decisions(tuple((r["subject"], r["target"], r["at"], r["state"]) for r in rows))

    def similar_links(self, day: date) -> list[Claim]:
        """Links by similarity that runs up to and including a day believed, with their days."""
        found = []
        runs = None if self._upto is None else self._upto.runs
        for row in self._read("links", LINKS).to_pylist():
            if row["since"] <= day and (runs is None or row["added"] <= runs):
                ended = row["until"] is not None and row["until"] <= day
                ended = ended and (runs is None or row["ended"] <= runs)
                until = row["until"] if ended else NEVER
                if row["since"] == until:
                    continue
                found.append(
                    Claim(
                        row["subject"], row["target"], row["since"], until, "similar", row["score"]
                    )
                )
        return found

    def queue(self, state: str | None = "open") -> list[dict[str, Any]]:
        """Pairs with their state, the best score first.

        Parameters
        ----------
        state : str, optional
            `open`, `confirmed`, `rejected`; all if None.

        Returns
        -------
        list of dict
            Columns of the queue, with `state`, `by`, `at` and `note` of the last decision.
        """
        last: dict[tuple[str, str], dict[str, Any]] = {}
        for place, row in enumerate(self._read("decisions", DECISIONS).to_pylist()):
            pair = (row["subject"], row["target"])
            if pair not in last or (row["at"], place) >= (last[pair]["at"], last[pair]["place"]):
                last[pair] = row | {"place": place}
        listed = self._read("queue", QUEUE).to_pylist()
        there = {(row["subject"], row["target"]) for row in listed}
        for subject, target in last:  # decided, and no longer among the candidates
            if (subject, target) not in there:
                blank = dict.fromkeys(QUEUE.names)
                listed.append(blank | {"subject": subject, "target": target})
        found = []
        for row in listed:
            decision = last.get((row["subject"], row["target"]))
            told = {name: decision[name] if decision else None for name in ("by", "at", "note")}
            row |= {"state": decision["state"] if decision else "open"} | told
            if state is None or row["state"] == state:
                found.append(row)
        return sorted(found, key=lambda r: (-(r["score"] or 0.0), r["subject"], r["target"]))

    # ---- writing ------------------------------------------------------------------------------

    def decide(
        self, subject: str, target: str, state: str, *, by: str, at: date, note: str = ""
    ) -> None:
        """Record what a person decided about a pair.

        Raises
        ------
        FeaturesError
            For an unknown state, no name, a pair of which one is a person or both are one, or a pair
            that does not lead from an older number or a name to a more lasting one.
        """
        from features.identity.codes import RANKS, scheme

        if state not in STATES:
            raise FeaturesError(f"{state!r} is no state.", expected=", ".join(STATES))
        if not by.strip():
            raise FeaturesError("a decision needs the name of who made it.", hint="--by")
        low, high = RANKS.get(scheme(subject)), RANKS.get(scheme(target))
        if low is None or high is None:
            raise FeaturesError(
                "a decision is about two subjects that are organisations.",
                expected=f"ids that begin with {', '.join(RANKS)}; natural persons are never linked",
            )
        if low <= high:
            raise FeaturesError(
                "the pair does not lead to a more lasting code.",
                expected=f"schemes in the order {' < '.join(reversed(RANKS))}",
            )
        row = {
            "subject": subject, "target": target, "state": state, "by": by.strip(), "at": at, "note": note,
        }  # fmt: skip
        with self._writing():
            before = self._read("decisions", DECISIONS)
            self._write(
                "decisions", pa.concat_tables([before, pa.Table.from_pylist([row], DECISIONS)])
            )

    def record(
        self, day: date, pairs: Sequence[Mapping[str, Any]], accepted: Sequence[Claim]
    ) -> None:
        """Record a run: the pairs to be judged, and the similar names that are believed from now on.

        Parameters
        ----------
        day : date
            Day of the run. What an earlier run believed and this one does not ends on it.
        pairs
            `subject, target, score, how, against, evidence` of each pair.
        accepted
            Believed links by similarity.

        Raises
        ------
        FeaturesError
            When a later run is recorded already: what is known of a day is not rewritten.
        """
        with self._writing():
            old = {(r["subject"], r["target"]): r for r in self._read("queue", QUEUE).to_pylist()}
            standing = self._read("links", LINKS).to_pylist()
            latest = max((r["last_on"] for r in old.values()), default=day)
            latest = max([latest, *(r["since"] for r in standing)])
            if day < latest:
                raise FeaturesError(
                    f"a run of {latest} is recorded, later than {day}.",
                    hint="run as of a later day, or without recording",
                )
            rows = [
                dict(pair)
                | {
                    "first_on": old.get((pair["subject"], pair["target"]), {}).get("first_on", day),
                    "last_on": day,
                }
                for pair in pairs
            ]
            believed = {(c.subject, c.target): c for c in accepted}
            run = self.position().runs + 1
            links = []
            for row in standing:
                pair = (row["subject"], row["target"])
                if row["until"] is None and pair not in believed:
                    row["until"], row["ended"] = day, run
                elif row["until"] is None:
                    believed.pop(pair)
                # Also what an earlier run of the same day believed: a vector may rest on it.
                links.append(row)
            links += [
                {
                    "subject": c.subject,
                    "target": c.target,
                    "score": c.score,
                    "since": day,
                    "until": None,
                    "added": run,
                    "ended": None,
                }
                for c in believed.values()
            ]
            order = lambda r: (r["subject"], r["target"], r.get("since", day))  # noqa: E731
            self._write("queue", pa.Table.from_pylist(sorted(rows, key=order), QUEUE))
            self._write("links", pa.Table.from_pylist(sorted(links, key=order), LINKS))

    def keep(self, name: str, table: pa.Table) -> None:
        """Keep a table that can be made anew at any time beside the others; a folder nobody may write is no error."""
        try:
            with self._writing():
                self._write(name, table)
        except FeaturesError:
            return

    # ---- files --------------------------------------------------------------------------------

    def _read(self, name: str, schema: pa.Schema) -> pa.Table:
        path = self.folder / f"{name}.parquet"
        if not path.is_file():
            return schema.empty_table()
        try:
            return pq.read_table(path).cast(schema)
        except (pa.ArrowException, OSError) as error:
            raise FeaturesError(
                f"{path} can not be read.", hint="restore the folder from a backup"
            ) from error

    def _write(self, name: str, table: pa.Table) -> None:
        path = self.folder / f"{name}.parquet"
        draft = path.with_suffix(".draft")
        pq.write_table(table, draft)
        with draft.open("rb") as stream:
            os.fsync(stream.fileno())
        draft.replace(path)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / "lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise FeaturesError(
                f"{self.folder} can not be written: {error.strerror or error}.",
                hint="check free space and permissions",
            ) from error
