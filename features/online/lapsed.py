"""What of a subject's records may never be seen again: the shelf lets go of it.

The lake keeps every version, for the proof of what was served; an index of personal records needs none that is
withdrawn (a deletion that a supplier sent), corrected, moved to another subject or past its retention (REG-05, 42).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from data_contracts.catalogue import contract as contract_of
from features.engines.python.values import months_later
from features.policy import expiry_months

EPOCH = date(1970, 1, 1).toordinal()
Kept = list[Any]
"""A record as the shelf keeps it: its columns' values, days as numbers since 1970-01-01."""


def lasting(
    rows: Iterable[Kept],
    columns: tuple[str, ...],
    contract: str,
    subject: str,
    naming: str | None,
    day: date,
) -> list[Kept]:
    """Records without those that can not count for the subject on the day or on any later one.

    Parameters
    ----------
    rows : iterable of list
        All versions of all records of the contract that name the subject in some version.
    columns : tuple of str
        What they hold: the key, the subject, the end where there is one, and `_known, _version, _withdrawn`.
    contract, subject : str
    naming : str or None
        A further column whose subject the records count for.
    day : date

    Returns
    -------
    list of list
        For every day from this one on they tell the same as all.
    """
    about, asked = contract_of(contract).about, day.toordinal() - EPOCH
    place = {name: number for number, name in enumerate(columns)}
    months = expiry_months(contract)

    def over(row: Kept) -> bool:
        named = {row[place[name]] for name in (about.subject, naming or about.subject)}
        if row[place["_withdrawn"]] or subject not in named:
            return True
        end = None if months is None else row[place[str(about.end)]]
        return end is not None and months_later(date.fromordinal(end + EPOCH), months or 0) <= day

    records: dict[tuple[Any, ...], list[Kept]] = {}
    for row in rows:
        records.setdefault(tuple(row[place[name]] for name in about.key), []).append(row)
    kept: list[Kept] = []
    for versions in records.values():
        versions.sort(key=lambda row: (row[place["_known"]], row[place["_version"]]))
        known = [n for n, row in enumerate(versions) if row[place["_known"]] <= asked]
        standing = versions[known[-1] :] if known else versions
        if len(standing) > 1 or not over(standing[0]):
            kept += standing
    return kept
