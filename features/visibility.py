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
from features.functions import months_after
from features.policy import REPAIR, REPAIRED_BY, expiry_months


def lake_table(contract: str) -> Any:
    """Name the lake's records of a contract, all versions, as an unbound table."""
    schema = contract_of(contract).arrow_schema(system=True)
    return ibis.table(ibis.Schema.from_pyarrow(schema), name=f"lake_{contract}")


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


def records_of(contract: str, used: Iterable[str], spine: Any) -> Any:
    """All versions of every record that ever named one of the spine's subjects.

    A correction may move a record to another subject, and must take it from the first one even when the
    other is not asked about.
    """
    about = contract_of(contract).about
    records = lake_table(contract).select(*needed_columns(contract, used))
    asked = spine.select("_subject").distinct()
    named = records.semi_join(asked, records[about.subject] == asked._subject)
    if about.subject in about.key:
        return named
    key = list(about.key)
    return records.semi_join(named.select(*key).distinct(), key)


def versions(contract: str, relevant: Any = None) -> Any:
    """Records with the days `_from` and `_until` between which they may be seen.

    Parameters
    ----------
    contract : str
    relevant : ibis.Table, optional
        Only these records, in all their versions; all records of the lake if absent.
    """
    ordered = _in_order(contract, lake_table(contract) if relevant is None else relevant)
    # A version that withdraws its record ends the one before it and is itself never seen.
    standing = ordered.filter(~_._withdrawn)
    ends = [standing._superseded]
    months = expiry_months(contract)
    if months is not None:
        ends.append(months_after(standing[str(contract_of(contract).about.end)], months))
    if {"repaired", "repaired_on"} <= set(contract_of(contract).model_fields):
        told = standing.repaired.ifelse(standing._known, None)
        ends.append(ibis.coalesce(standing.repaired_on, told))
    found = standing.mutate(
        _from=standing._known, _until=ends[0] if len(ends) == 1 else ibis.least(*ends)
    ).drop("_superseded")
    return _unrepaired(contract, found) if contract in REPAIRED_BY else found


def _in_order(contract: str, records: Any) -> Any:
    """All versions with `_superseded`: the day from which a newer one was known, or null.

    The lake numbers the versions of a record from 1, so that only records with a higher number need to
    be put in order; there are few of them, and sorting all records would be the dearest step of all.
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
    repairs = lake_table(REPAIR)
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
