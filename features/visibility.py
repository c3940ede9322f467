"""Which version of a record may be seen from which day until which: corrections and the law, once for all.

:func:`versions` gives every version with two days, `_from` and `_until`: it may be seen on day T when
``_from <= T`` and there is no ``_until`` or ``T < _until``. Subjects' own aggregates and groups read the
same table, so that neither can forget a rule:

* a newer version, or a withdrawal, takes the place of the older one with the day on which it was known;
* an adverse record is gone from the day that lies `retention_years` after its end (REG-05);
* an adverse record whose repair was granted is gone from the day the repair is known (REG-60), whether the
  record itself or a record of :data:`features.policy.REPAIR` tells of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ibis
from ibis import _

from data_contracts.catalogue import contract as contract_of
from features.functions import day_after, months_after, window_edge
from features.policy import REPAIR, REPAIRED_BY, expiry_months

LAKE = "lake_"
"""What the names of the lake's tables in a plan begin with."""


def lake_table(contract: str) -> Any:
    """Name the lake's records of a contract, all versions, as an unbound table.

    Select from it first what is needed: a plan's columns are those that are selected.
    """
    schema = contract_of(contract).arrow_schema(system=True)
    return ibis.table(ibis.Schema.from_pyarrow(schema), name=f"{LAKE}{contract}")


def needed_columns(contract: str, used: Iterable[str]) -> list[str]:
    """Columns of a contract that are used, and those that tell from when until when a record is seen."""
    declared = contract_of(contract)
    about = declared.about
    wanted = {*used, *about.key, about.subject, *("repaired", "repaired_on")}
    wanted |= {str(about.end)} if expiry_months(contract) is not None else set()
    wanted |= {REPAIRED_BY[contract]} if contract in REPAIRED_BY else set()
    return [c.name for c in declared.columns() if c.name in wanted] + [
        "_event", "_known", "_version", "_withdrawn"
    ]  # fmt: skip


def versions(contract: str, used: Iterable[str]) -> Any:
    """All records with the days `_from` and `_until` between which they may be seen.

    Parameters
    ----------
    contract : str
    used : iterable of str
        Columns that are wanted.
    """
    lasting = _lasting(contract, used)
    months = expiry_months(contract)
    if months is None:
        return lasting
    expires = months_after(lasting[_end(contract)], months)
    return lasting.mutate(_until=ibis.least(lasting._until, expires))


UNEXPIRED = "_unexpired_since"
"""Column of a spine: the earliest end of an adverse record that may be seen on the day."""


def with_expiry(contract: str, spine: Any) -> Any:
    """Spine with what :func:`seen_by` asks: the expiry is reckoned for each day, not for each record."""
    months = expiry_months(contract)
    if months is None:
        return spine
    return spine.mutate(**{UNEXPIRED: window_edge(day_after(spine._as_of), months)})


def seen_by(contract: str, used: Iterable[str], spine: Any) -> Any:
    """Rows of a spine (`_subject`, `_as_of`, :func:`with_expiry`) with each record that may be seen on the day.

    The same as to join :func:`versions` where ``_from <= _as_of`` and there is no ``_until`` or
    ``_as_of < _until``, and quicker.
    """
    about = contract_of(contract).about
    known = _lasting(contract, used)
    conditions = [
        spine._subject == known[about.subject],
        known._event < spine._as_of,
        known._from <= spine._as_of,
        known._until.isnull() | (spine._as_of < known._until),
    ]
    if expiry_months(contract) is not None:
        end = known[_end(contract)]
        conditions.append(end.isnull() | (end >= spine[UNEXPIRED]))
    return spine.join(known, conditions)


def _end(contract: str) -> str:
    return str(contract_of(contract).about.end)


def _lasting(contract: str, used: Iterable[str]) -> Any:
    """All records with `_from` and `_until`, as if they never expired."""
    ordered = _in_order(contract, lake_table(contract).select(*needed_columns(contract, used)))
    # A version that withdraws its record ends the one before it and is itself never seen.
    standing = ordered.filter(~_._withdrawn)
    until = standing._superseded
    if {"repaired", "repaired_on"} <= set(contract_of(contract).model_fields):
        told = ibis.coalesce(standing.repaired_on, standing.repaired.ifelse(standing._known, None))
        # A date beside "not repaired" tells of no repair; a date without the flag does.
        until = ibis.least(until, standing.repaired.fill_null(True).ifelse(told, None))
    found = standing.mutate(_from=standing._known, _until=until).drop("_superseded")
    return _unrepaired(contract, found) if contract in REPAIRED_BY else found


def _in_order(contract: str, records: Any) -> Any:
    """All versions with `_superseded`: the day from which a newer one was known, or null.

    The lake numbers the versions of a record from 1, so that only records with a higher number need to
    be put in order; there are few of them, and sorting all records would be the dearest step of all.
    Every version takes part, whoever it names: a correction may move a record to another subject, and
    must take it from the first one even when the other is not asked about.
    """
    key = list(contract_of(contract).about.key)
    corrected = records.filter(records._version > 1).select(*key).distinct()
    ordered = records.semi_join(corrected, key)
    later = _._known.lead().over(group_by=key, order_by=[_._known, _._version])
    never = records.anti_join(corrected, key).mutate(_superseded=ibis.null("date"))
    return ibis.union(never, ordered.mutate(_superseded=later))


def _unrepaired(contract: str, records: Any) -> Any:
    """Cut the days between which a repair hides a record out of the days on which it is seen.

    A repair leaves the days before it was known, and every version of it the days on which it does not
    hide: all of its own when it was refused or withdrawn, and those before its decision. A record that has
    a repair is seen on what both leave; the others, nearly all, pass untouched.
    """
    asked = ("repaired_contract", "repaired_no", "repaired_on", "result")
    repairs = lake_table(REPAIR).select(*needed_columns(REPAIR, asked))
    ordered = _in_order(REPAIR, repairs.filter(repairs.repaired_contract == contract))
    hides = (ordered.result == "repaired") & ~ordered._withdrawn
    decided = ibis.greatest(ordered._known, ordered.repaired_on)
    stops = ibis.least(hides.ifelse(decided, None), ordered._superseded)
    named = {"_repaired": ordered.subject_id, "_number": ordered.repaired_no}
    each = ordered.select(**named, _opens=ordered._known, _closes=stops)
    each = each.filter(each._closes.isnull() | (each._opens < each._closes))
    known = ordered.group_by(**named).aggregate(_closes=ordered._known.min())
    before = known.mutate(_opens=ibis.null("date")).select(*each.columns)
    number = records[REPAIRED_BY[contract]].cast("string")
    subject = records[contract_of(contract).about.subject]
    left = ibis.union(before, each)
    cut = records.left_join(left, [subject == left._repaired, number == left._number])
    days = {
        "_from": ibis.greatest(cut._from, cut._opens),
        "_until": ibis.least(cut._until, cut._closes),
    }
    cut = cut.select(*(name for name in records.columns if name not in days), **days)
    return cut.filter(cut._until.isnull() | (cut._from < cut._until))
