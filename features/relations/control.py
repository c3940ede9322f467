"""Who controls whom: majorities, controllers by position, and majorities held together.

Control runs through chains of majorities, as votes do, not through multiplied shares, as dividends do: who
holds 60 % of A, which holds 60 % of B, controls B (with all of A's votes), though he owns 36 % of it. What
several members of one control group hold of a firm is added up: 30 % held directly and 25 % through a
controlled firm are control. The rule is applied until nothing changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from features.relations.history import Column, Intervals

_TOLERANCE = 1e-9
_SHARES, _POSITION, _TOGETHER = 0, 1, 2
REASONS = ("shares", "position", "together")


@dataclass(frozen=True)
class Control:
    """Links of control on a day; `share` is null (nan) for control by position.

    `reason` is a place in :data:`REASONS`: a majority of its own, a position, or a majority together
    with other members of its control group (then `controller` is the largest holder among them).
    """

    controller: Column
    firm: Column
    share: Column
    reason: Column
    label: Column


def connected(size: int, left: Column, right: Column) -> Column:
    """Label each node with the smallest node that links lead to, in either direction.

    Examples
    --------
    >>> connected(5, np.array([3, 1]), np.array([1, 4])).tolist()
    [0, 1, 2, 1, 1]
    """
    graph = coo_matrix((np.ones(len(left), np.int8), (left, right)), shape=(size, size))
    count, component = connected_components(graph, directed=False)
    smallest = np.empty(count, np.int64)
    smallest[component[::-1]] = np.arange(size)[::-1]  # the last write, the smallest node, stays
    return np.asarray(smallest[component])


def shares(holdings: Intervals, size: int) -> Column:
    """Share of each holding: as recorded, else its part of what all holders subscribed.

    Unknown (nan) where neither is told, or where not every holder of the firm says what he subscribed.
    """
    recorded, subscribed, firm = holdings["share"], holdings["subscribed"], holdings["firm"]
    total = np.bincount(firm, np.nan_to_num(subscribed), size)
    silent = np.bincount(firm, np.isnan(subscribed), size) > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(silent[firm] | (total[firm] <= 0), np.nan, subscribed / total[firm])
    return np.where(np.isnan(recorded), part, recorded)


def control(holdings: Intervals, positions: Intervals, size: int, threshold: float) -> Control:
    """Links of control among the rows of one day.

    Parameters
    ----------
    holdings, positions : Intervals
        Those that count on the day.
    size : int
        Number of subjects.
    threshold : float
        Control is strictly more than this share.
    """
    share = shares(holdings, size)
    able = holdings["controls"].astype(bool) & ~np.isnan(share)
    holder, firm, share = holdings["holder"][able], holdings["firm"][able], share[able]
    own = share > threshold + _TOLERANCE
    leads = positions["controls"].astype(bool)
    found = [
        (holder[own], firm[own], share[own], _SHARES),
        (positions["person"][leads], positions["firm"][leads], np.full(leads.sum(), np.nan), _POSITION),
    ]  # fmt: skip
    while True:
        label = connected(
            size, np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found])
        )
        more = _together(label, holder, firm, share, threshold)
        if not len(more[0]):
            break
        found.append((*more, _TOGETHER))
    reason = np.concatenate([np.full(len(f[0]), f[3]) for f in found])
    return Control(
        controller=np.concatenate([links[0] for links in found]),
        firm=np.concatenate([links[1] for links in found]),
        share=np.concatenate([links[2] for links in found]),
        reason=reason,
        label=label,
    )


def _together(
    label: Column, holder: Column, firm: Column, share: Column, threshold: float
) -> tuple[Column, Column, Column]:
    """Firms outside a control group of which its members together hold a majority."""
    outside = label[holder] != label[firm]
    holder, firm, share = holder[outside], firm[outside], share[outside]
    order = np.lexsort((holder, -share, label[holder], firm))
    holder, firm, share = holder[order], firm[order], share[order]
    group = label[holder]
    if not len(holder):
        return holder, firm, share
    first = np.r_[True, (firm[1:] != firm[:-1]) | (group[1:] != group[:-1])]
    start = np.flatnonzero(first)
    total = np.add.reduceat(share, start)
    enough = total > threshold + _TOLERANCE
    return holder[start][enough], firm[start][enough], total[enough]


def look_through(holdings: Intervals, size: int, firm: int, steps: int = 50) -> dict[int, float]:
    """Shares of a firm that its direct and indirect holders own, multiplied along each chain.

    For information: control does not follow from them. Rings of holders are followed for `steps`.
    """
    share = np.nan_to_num(shares(holdings, size))
    held = coo_matrix((share, (holdings["firm"], holdings["holder"])), shape=(size, size)).tocsr()
    level = np.zeros(size)
    level[firm] = 1.0
    total = np.zeros(size)
    for _ in range(steps):
        level = held.T @ level
        if level.sum() < _TOLERANCE:
            break
        total += level
    total[firm] = 0.0
    return {int(code): float(total[code]) for code in np.flatnonzero(total > _TOLERANCE)}
