"""Records of one enterprise under several ids, as one: no record twice, no repair missed.

The spine then has a line for each id (:data:`LINKED`). What the ids' records need beyond those of one id: a record
that was sent again under the newer code is one record, and a repair under one id hides a record under another.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ibis

from data_contracts.catalogue import contract as contract_of
from features.policy import REPAIR, REPAIRED_BY
from features.visibility import seen_by, versions

LINKED = ibis.table(
    {
        "_row": "int64", "_subject": "string", "_as_of": "date", "_owner": "string", "_alone": "boolean",
    },
    name="spine",
)  # fmt: skip
"""A spine with one line more, of the same `_row`, for each other id of whom is asked about: `_subject` is an id
under which records stand, `_owner` whose answer it is; `_alone` where there is no other id on the day."""


def owner_of(spine: Any) -> str:
    """Column of a spine that names whose answer a row is, not under which id its records stand."""
    return "_owner" if "_owner" in spine.columns else "_subject"


def seen_by_owners(contract: str, used: Iterable[str], spine: Any) -> Any:
    """The same as :func:`features.visibility.seen_by` for a spine of :data:`LINKED`.

    A record of the same key, but for the subject, and of the same day is the same record, in the version that
    was known last; the owner's own before another of that day.
    """
    used = list(used)
    alone = seen_by(contract, used, spine.filter(spine._alone))
    several = seen_by(contract, used, spine.filter(~spine._alone))
    if contract in REPAIRED_BY:
        several = _unrepaired(contract, several, spine.filter(~spine._alone))
    about = contract_of(contract).about
    if about.subject in about.key:
        others = [name for name in about.key if name != about.subject]
        newest = ibis.row_number().over(
            group_by=["_row", "_event", *others],
            order_by=[
                ibis.desc("_known"), ibis.desc(several._subject == several._owner), "_subject"
            ],
        )  # fmt: skip
        several = several.mutate(_place=newest).filter(lambda t: t._place == 0).drop("_place")
    return ibis.union(alone, several)


def _unrepaired(contract: str, seen: Any, spine: Any) -> Any:
    """Seen records without those that a repair under another id of the owner hides on the day.

    The repairs of a record's own id are cut out already (:func:`features.visibility.versions`).
    """
    told = versions(REPAIR, ("repaired_contract", "repaired_no", "repaired_on", "result"))
    told = told.filter(told.repaired_contract == contract, told.result == "repaired")
    hidden = spine.join(
        told,
        [
            spine._subject == told.subject_id,
            told._from <= spine._as_of,
            told.repaired_on <= spine._as_of,
            told._until.isnull() | (spine._as_of < told._until),
        ],
    )
    hidden = hidden.select(_hides=hidden._row, _number=hidden.repaired_no).distinct()
    number = seen[REPAIRED_BY[contract]].cast("string")
    return seen.anti_join(hidden, [seen._row == hidden._hides, number == hidden._number])
