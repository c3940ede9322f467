"""One exposure per group (统一授信, requirement C14): balances, limits and guarantees given, exact in cents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from features.relations.groups import Kind, Network
from features.relations.history import Column, History
from features.relations.risk import Flags, defaulted, flags

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Exposure:
    """Amounts by subject code on a day, in cents of the settings' currency (int64).

    Attributes
    ----------
    balance, limit, unused, overdue_balance : array
        Of open accounts, each in its newest bill: balance, credit limit, limit not drawn, and the
        balance of accounts with anything overdue.
    guaranteed_out : array
        Open guarantees that the subject gave to anybody.
    known : array of bool
        Whether any account of the subject is on file.
    foreign : array
        Number of open accounts in other currencies, whose amounts are not summed.
    """

    balance: Column
    limit: Column
    unused: Column
    overdue_balance: Column
    guaranteed_out: Column
    known: Column
    foreign: Column


def exposure(history: History, network: Network, day: int) -> Exposure:
    """Amounts of every subject on a day (days since 1970-01-01)."""
    size = len(history)
    accounts = history.accounts.on(day)
    who, ours = accounts["subject"], accounts["summed"].astype(bool)
    balance, limit = accounts["balance"], accounts["credit_limit"]
    late = ours & accounts["overdue"].astype(bool)
    given = network.guarantees
    summed = given["summed"].astype(bool)
    return Exposure(
        balance=total(size, who[ours], balance[ours]),
        limit=total(size, who[ours], limit[ours]),
        unused=total(size, who[ours], np.maximum(limit[ours] - balance[ours], 0)),
        overdue_balance=total(size, who[late], balance[late]),
        guaranteed_out=total(size, given["guarantor"][summed], given["amount"][summed]),
        known=np.bincount(who, minlength=size) > 0,
        foreign=np.bincount(who[~ours], minlength=size),
    )


def outside(network: Network, label: Column) -> Column:
    """Guarantees that members of each group gave to somebody outside it, by the group's label."""
    given = network.guarantees
    left, right = label[given["guarantor"]], label[given["debtor"]]
    out = given["summed"].astype(bool) & (left != right)
    return total(len(label), left[out], given["amount"][out])


def total(size: int, codes: Column, amounts: Column) -> Column:
    """Sum whole amounts by code, exactly."""
    sums = np.zeros(size, np.int64)
    np.add.at(sums, codes, amounts.astype(np.int64))
    return sums


def group_table(
    history: History, network: Network, day: int, kind: Kind = "risk", *, least: int = 2
) -> pd.DataFrame:
    """The groups of a day with one exposure each, largest balance first.

    Parameters
    ----------
    history, network
        The network must be that of the day.
    day : int
        Days since 1970-01-01.
    kind : {"control", "risk"}
    least : int
        Groups with fewer members, firms and persons together, are left out.

    Returns
    -------
    DataFrame
        group_id, kind, members, firms, persons, balance_cents, persons_balance_cents (the part of
        natural persons), limit_cents, unused_cents, overdue_balance_cents, guaranteed_out_cents (to
        outside the group), foreign_accounts, defaulted (members), circle_members, high_risk,
        notices (numbers of approved ones), pending_notices (not approved: they do not count).
    """
    import pandas as pd

    label, size = network.labels[kind], len(history)
    amounts = exposure(history, network, day)
    members = np.bincount(label, minlength=size)
    firms = np.bincount(label[: history.firms], minlength=size)
    heads = np.flatnonzero(members >= max(least, 1))
    person = np.arange(size) >= history.firms

    def summed(values: Column) -> Column:
        return total(size, label, values)[heads]

    marks: Flags = flags(history, label, day)
    table = pd.DataFrame(
        {
            "group_id": history.ids.take(heads).to_pylist(),
            "kind": kind,
            "members": members[heads],
            "firms": firms[heads],
            "persons": (members - firms)[heads],
            "balance_cents": summed(amounts.balance),
            "persons_balance_cents": summed(np.where(person, amounts.balance, 0)),
            "limit_cents": summed(amounts.limit),
            "unused_cents": summed(amounts.unused),
            "overdue_balance_cents": summed(amounts.overdue_balance),
            "guaranteed_out_cents": outside(network, label)[heads],
            "foreign_accounts": summed(amounts.foreign),
            "defaulted": summed(defaulted(history, day)),
            "circle_members": summed(network.circle >= 0),
            "high_risk": marks.flagged[heads],
            "notices": [marks.approved.get(int(head), ()) for head in heads],
            "pending_notices": [marks.pending.get(int(head), ()) for head in heads],
        }
    )
    return table.sort_values(
        ["balance_cents", "members", "group_id"], ascending=[False, False, True]
    ).reset_index(drop=True)
