"""One need, one application: applications of a subject that repeat each other across lenders and platforms.

「避免客户重复申请授信」(C15). Two applications are one need when the same enterprise or person, under whichever id,
asks for the same purpose again within a window of days from the need's first application, while an earlier one
still stands; or when they carry one joint number (C14), which is how a need is lawfully put to several
lenders. A refused or withdrawn application no longer stands: who was refused may ask elsewhere.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa

from data_contracts.checks import sql_text
from data_contracts.intake.lake import Lake
from features.errors import FeaturesError
from features.identity.feedback import plain

WINDOW_DAYS = 30
"""Days within which the same purpose is the same need (ours)."""

Kind = Literal["first", "joint", "same lender", "other lender"]
KINDS: dict[Kind, tuple[str, str]] = {
    "first": ("首次申请", "First application of a need"),
    "joint": ("统一申请编号相同", "Same joint number: one need, put to several lenders"),
    "same lender": ("同一机构重复申请", "Repeated with the same lender"),
    "other lender": ("其他机构或平台重复申请", "Repeated with another lender or platform"),
}


@dataclass(frozen=True)
class Filed:
    """An application as it was known on a day.

    Attributes
    ----------
    subject : str
        Whose it is, after resolution; `known_as` is the id in the record.
    ended_on : date or None
        Day of a refusal or withdrawal.
    """

    number: str
    subject: str
    known_as: str
    purpose: str
    lender: str
    applied_on: date
    joint: str = ""
    ended_on: date | None = None


@dataclass(frozen=True)
class Placed:
    """An application and the need that it belongs to: the number of the need's first application."""

    filed: Filed
    need: str
    kind: Kind


@dataclass
class _Need:
    number: str
    first_on: date
    filed: list[Filed] = field(default_factory=list)

    def stands(self, day: date, window: timedelta) -> bool:
        """Whether an application of the need still stands on a day in its window."""
        if day - self.first_on > window:
            return False
        return any(one.ended_on is None or one.ended_on > day for one in self.filed)


def place(applications: Iterable[Filed], window_days: int = WINDOW_DAYS) -> list[Placed]:
    """Say of each application which need it belongs to, in the order in which they were filed.

    Parameters
    ----------
    applications
        In any order.
    window_days : int
        An application this many days after the first of its need still belongs to it.

    Examples
    --------
    >>> one = Filed("A1", "USCC-1", "USCC-1", "working_capital", "L1", date(2024, 1, 1))
    >>> two = Filed("A2", "USCC-1", "ORG-1", "working_capital", "L2", date(2024, 1, 9))
    >>> [(p.filed.number, p.need, p.kind) for p in place([two, one])]
    [('A1', 'A1', 'first'), ('A2', 'A1', 'other lender')]
    """
    if window_days < 1:
        raise FeaturesError(
            f"a window of {window_days} days holds nothing.", expected="1 day or more"
        )
    window = timedelta(days=window_days)
    needs: dict[tuple[str, str], list[_Need]] = defaultdict(list)
    joint: dict[tuple[str, str], _Need] = {}
    found: list[Placed] = []
    for one in sorted(applications, key=lambda a: (a.applied_on, a.number)):
        mine = needs[one.subject, one.purpose]
        same = joint.get((one.subject, one.joint)) if one.joint else None
        need = same or next((n for n in mine if n.stands(one.applied_on, window)), None)
        if need is None:
            need, kind = _Need(one.number, one.applied_on), _kind("first")
            mine.append(need)
        elif same is not None:
            kind = _kind("joint")
        else:
            before = {other.lender for other in need.filed}
            kind = _kind("same lender" if one.lender in before else "other lender")
        need.filed.append(one)
        if one.joint:
            joint.setdefault((one.subject, one.joint), need)
        found.append(Placed(one, need.number, kind))
    return found


def _kind(kind: Kind) -> Kind:
    return kind


def filed_by(
    lake: Lake, as_of: date, aliases: pa.Table | None = None, subject: str | None = None
) -> list[Filed]:
    """Applications that were known by a day, under the ids that were known to be one then.

    Parameters
    ----------
    lake : Lake
    as_of : date
        Versions, decisions and links known later do not count.
    aliases : pyarrow.Table, optional
        Identity table (:func:`features.identity.aliases.aliases_of`).
    subject : str, optional
        Only applications of this subject, under any of its ids.
    """
    if not lake.files("loan_application"):
        return []
    day = f"DATE '{as_of}'"
    known = _known(lake, "loan_application", "application_no", day)
    decided = _known(lake, "credit_decision", "decision_no", day)
    ended = (
        f"(SELECT application_no, min(decided_on) AS ended_on FROM {decided} "
        "WHERE decision IN ('rejected', 'withdrawn') GROUP BY 1)"
    )
    with duckdb.connect() as connection:
        connection.register("aliases", _table(aliases))
        held = f"since <= {day} AND (until IS NULL OR {day} < until)"
        sql = (
            "SELECT application_no, coalesce(canonical_id, subject_id) AS subject, subject_id, "
            "coalesce(purpose, ''), coalesce(institution_code, institution, ''), applied_on, "
            f"coalesce(group_application_no, ''), ended_on FROM {known} "
            f"LEFT JOIN (SELECT subject_id, canonical_id FROM aliases WHERE {held}) USING (subject_id) "
            f"LEFT JOIN {ended} USING (application_no)"
        )
        if subject is not None:
            mine = f"(SELECT canonical_id FROM aliases WHERE {held} AND subject_id = {sql_text(subject)})"
            sql = f"SELECT * FROM ({sql}) WHERE subject = coalesce({mine}, {sql_text(subject)})"
        rows = connection.execute(f"{sql} ORDER BY applied_on, application_no").fetchall()
    return [Filed(*row) for row in rows]


def repeats(placed: Sequence[Placed]) -> list[Placed]:
    """Those that repeat an earlier one without a joint number."""
    return [one for one in placed if one.kind in ("same lender", "other lender")]


def standing(
    lake: Lake, subject: str, purpose: str, day: date,
    aliases: pa.Table | None = None, window_days: int = WINDOW_DAYS,
) -> list[Placed]:  # fmt: skip
    """Applications that a new one for this purpose would repeat on a day: what a lender or platform asks first.

    Returns
    -------
    list of Placed
        Of the need that stands; empty when a new application repeats none.
    """
    filed = filed_by(lake, day, aliases, subject)
    new = Filed("￿", _one(filed, subject), subject, purpose, "", day)
    placed = place([*(one for one in filed if one.applied_on <= day), new], window_days)
    need = next(one.need for one in placed if one.filed is new)
    return [one for one in placed if one.need == need and one.filed is not new]


def _one(filed: Sequence[Filed], subject: str) -> str:
    """The id after resolution: all applications that were read are of one subject."""
    return filed[0].subject if filed else subject


COLUMNS = (
    "need", "application_no", "subject_id", "known_as", "purpose", "institution", "applied_on",
    "kind_zh", "kind_en",
)  # fmt: skip


def write_repeats(path: Path, placed: Iterable[Placed]) -> Path:
    """Write applications and their needs as CSV with a byte order mark, so that a spreadsheet reads it.

    Raises
    ------
    FeaturesError
        When the file can not be written.
    """
    try:
        with Path(path).open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(COLUMNS)
            for one in placed:
                f = one.filed
                cells = (
                    one.need,
                    f.number,
                    f.subject,
                    f.known_as,
                    f.purpose,
                    f.lender,
                    str(f.applied_on),
                )
                writer.writerow([*map(plain, cells), *KINDS[one.kind]])
    except OSError as error:
        raise FeaturesError(f"cannot write {path}: {error.strerror or error}.") from error
    return Path(path)


def _known(lake: Lake, contract: str, key: str, day: str) -> str:
    """SQL of the newest versions known by a day that are not withdrawn."""
    relation = lake.relation(contract) or lake.latest_sql(contract)
    return (
        f"(SELECT * FROM (SELECT * FROM {relation} WHERE _known <= {day} QUALIFY row_number() OVER "
        f"(PARTITION BY {key} ORDER BY _known DESC, _version DESC) = 1) WHERE NOT _withdrawn)"
    )


def _table(aliases: pa.Table | None) -> pa.Table:
    from features.identity.resolve import MAPPING

    return MAPPING.empty_table() if aliases is None else aliases
