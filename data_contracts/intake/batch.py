"""A batch: what a file is called, when it counts as taken in before, and what became of its rows."""

from __future__ import annotations

import hashlib
import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts.errors import ContractsError
from data_contracts.intake.lake import BatchIdentity, Commit, Lake

Texts = tuple[str, str, str, str]
"""Rule in Chinese and English, hint in Chinese and English."""


@dataclass(frozen=True)
class IntakeResult:
    """What became of a file: accepted + quarantined + unchanged + deleted + rekeyed = rows, always.

    Parameters
    ----------
    name, contract
        Mapping (or contract) and contract; of a message, ``message`` and the contracts joined by ``+``.
    batch
        Digest that names the batch.
    rows, accepted, quarantined, unchanged, deleted, rekeyed
        Rows of the file, and rows by what became of them; ``unchanged`` equal what the lake held, or
        ask for what the same file had done already.
    by_rule, reviewed
        Quarantined rows and records under review by rule; a row may be counted under several.
    records
        Records written by contract.
    texts
        Texts and hints of the rules named.
    repeated
        The file had been taken in before: the counts are those of then.
    dry_run
        Nothing was committed; ``unchanged`` rows are counted as accepted.
    identity, supersedes
        What the supplier calls the batch, and the batch of the same identity that it replaces.
    """

    name: str
    contract: str
    batch: str
    rows: int
    accepted: int
    quarantined: int
    unchanged: int = 0
    deleted: int = 0
    rekeyed: int = 0
    by_rule: Mapping[str, int] = field(default_factory=dict)
    reviewed: Mapping[str, int] = field(default_factory=dict)
    records: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, Texts] = field(default_factory=dict)
    repeated: bool = False
    dry_run: bool = False
    identity: BatchIdentity | None = None
    supersedes: str | None = None

    def __post_init__(self) -> None:
        """Refuse counts that lose a row."""
        told = self.accepted + self.quarantined + self.unchanged + self.deleted + self.rekeyed
        if told != self.rows:
            raise AssertionError(f"{self.rows} rows, but {told} are accounted for")


def batch_of(lake: Lake, *parts: str) -> tuple[str, Commit | None]:
    """Name of a batch: a digest of the file and of all that it is judged by; and when it came before.

    A batch that a later one superseded may come again (a supplier takes a correction back), and so may
    one whose cause of rejection may be cured by now: it then is a batch of its own.

    Returns
    -------
    tuple
        The digest, and the standing commit of the same file. Where the two are one batch nothing is
        left to do; else the file is to be judged again, and the commit is what it replaces.
    """
    standing = {commit.batch: commit for commit in lake.standing()}
    earlier: Commit | None = None
    for again in range(1000):
        more = (f"again {again}",) if again else ()
        digest = hashlib.sha256(repr((*parts, *more)).encode()).hexdigest()
        if digest in standing:
            earlier = standing[digest]
            if not curable(earlier):
                return digest, earlier
        elif not lake.has(digest):
            return digest, earlier
    raise ContractsError("the same file was superseded a thousand times.")


_CURABLE = re.compile(r"REG-0[134]|.*[.]unknown|.*[.]rekey[.]taken")


def curable(commit: Commit) -> bool:
    """Whether rows fell for a cause that lies in the lake and not in the file: it may be gone later."""
    return any(_CURABLE.fullmatch(rule) for rule in commit.note.get("by_rule", {}))


def identity_of(
    contract: str, supplier: str | None, period: str | None, serial: str | None
) -> BatchIdentity | None:
    """Identity of a batch; None without a period, for then nothing says which batch it would replace.

    Raises
    ------
    ContractsError
        For a period or serial without a supplier, or one that has no usable form.
    """
    if period is None:
        if serial is not None:
            raise ContractsError("a serial belongs to a period.", expected="--period as well")
        return None
    if not supplier:
        raise ContractsError(
            "a batch with a period needs to know its supplier.",
            expected="--supplier, or supplier: in the mapping",
        )
    period_days(period)
    serial = serial or "1"
    for name, value in (("supplier", supplier), ("serial", serial)):
        if not re.fullmatch(r"[0-9A-Za-z一-鿿][0-9A-Za-z一-鿿_.-]{0,60}", value):
            raise ContractsError(
                f"the {name} has no usable form.", expected="letters, digits, _ . and -"
            )
    return BatchIdentity(supplier, contract, period, serial)


def period_days(period: str) -> tuple[date, date]:
    """First and last day of a period.

    Examples
    --------
    >>> period_days("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    >>> period_days("2023Q4")[1], period_days("2023")[0]
    (datetime.date(2023, 12, 31), datetime.date(2023, 1, 1))
    """
    try:
        if found := re.fullmatch(r"([12][0-9]{3})-?(0[1-9]|1[0-2])", period):
            year, month = int(found[1]), int(found[2])
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        if found := re.fullmatch(r"([12][0-9]{3})-?[Qq]([1-4])", period):
            year, last = int(found[1]), 3 * int(found[2])
            return date(year, last - 2, 1), date(year, last, monthrange(year, last)[1])
        if re.fullmatch(r"[12][0-9]{3}", period):
            return date(int(period), 1, 1), date(int(period), 12, 31)
        if re.fullmatch(r"[12][0-9]{3}-?[0-9]{2}-?[0-9]{2}", period):
            day = date.fromisoformat(period)
            return day, day
    except ValueError:
        pass
    raise ContractsError(
        "this is no period.", expected="2024, 2024Q1, 2024-05 or 2024-05-31", column="period"
    )


def days_of(period: str | None, received: date) -> tuple[date, date | None, date | None]:
    """Day of receipt, and first and last day of the period, if one is stated."""
    if received > date.max - timedelta(days=1):
        raise ContractsError("the day of receipt is no day of a calendar.")
    return (received, None, None) if period is None else (received, *period_days(period))


def result_of(lake: Lake, commit: Commit, *, repeated: bool) -> IntakeResult:
    """Read the result of a committed batch from its manifest.

    Raises
    ------
    ContractsError
        For a batch that was not taken in from a supplier's file.
    """
    note = commit.note
    if "standing" not in note:
        raise ContractsError(
            "this batch was not taken in from a supplier's file.", hint="see `batches`"
        )
    unchanged = _unchanged(lake, commit)
    return IntakeResult(
        name=note["name"],
        contract=note["contract"],
        batch=commit.batch,
        rows=note["rows"],
        accepted=note["standing"] - unchanged,
        quarantined=note["quarantined"],
        unchanged=unchanged + note.get("done_before", 0),
        deleted=note["deleted"],
        rekeyed=note["rekeyed"],
        by_rule=dict(note["by_rule"]),
        reviewed=dict(note["reviewed"]),
        records=dict(commit.records),
        texts={rule: tuple(texts) for rule, texts in note["texts"].items()},
        repeated=repeated,
        identity=commit.identity,
        supersedes=commit.supersedes,
    )


def _unchanged(lake: Lake, commit: Commit) -> int:
    """Rows that said nothing new; a row of a message counts once, whatever its segments brought."""
    standing = int(commit.note["standing"])
    if "+" not in commit.note["contract"]:
        return commit.unchanged.get(commit.note["contract"], 0)
    lines: set[int] = set()
    for path in commit.files.values():
        table = pq.read_table(lake.root / path, columns=["_line", "_withdrawn"])
        lines |= set(table.filter(pc.invert(table["_withdrawn"]))["_line"].to_pylist())
    return standing - len(lines)
