"""The network of one day: control groups, risk groups, circles and chains of guarantees.

A control group is joined by control; a risk group by control, shared key persons and guarantees
(requirement C09). A group is named after its smallest subject id, firms before persons, so that its name stays
while other members come and go.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from features.relations.control import Control, connected, control
from features.relations.history import Column, History, Intervals

Kind = Literal["control", "risk"]
KINDS: dict[Kind, tuple[str, str]] = {
    "control": ("控制集团", "Control group"),
    "risk": ("关联风险集团", "Risk group"),
}


@dataclass(frozen=True)
class Network:
    """Relations and groups of one day. All labels and depths are by subject code.

    Attributes
    ----------
    holdings, positions, guarantees : Intervals
        That count on the day.
    control : Control
    common : tuple of (person, firm) arrays
        Persons with key positions in several firms, hubs left out.
    hubs : array
        Persons and guarantors with too many relations to join anybody.
    joining : array of bool
        Which guarantees join.
    labels : dict of kind -> array
        Smallest member of the subject's group.
    circle : array
        Smallest member of the subject's circle of guarantees, or -1.
    depth : array
        Guarantees one after the other from the subject to its farthest debtor; a circle is one place.
    """

    holdings: Intervals
    positions: Intervals
    guarantees: Intervals
    control: Control
    common: tuple[Column, Column]
    hubs: Column
    joining: Column
    labels: dict[Kind, Column]
    circle: Column
    depth: Column

    def related(self) -> Column:
        """Subjects of whom any relation is known on the day."""
        seen = np.zeros(len(self.circle), dtype=bool)
        for table, names in (
            (self.holdings, ("holder", "firm")),
            (self.positions, ("person", "firm")),
            (self.guarantees, ("guarantor", "debtor")),
        ):
            for name in names:
                seen[table[name]] = True
        return seen


class Networks:
    """Networks of a history by day; days between two changes share one (the last few are kept)."""

    def __init__(self, history: History, keep: int = 4) -> None:
        self.history = history
        self._keep = keep
        self._made: OrderedDict[int, Network] = OrderedDict()

    def period(self, day: int) -> int:
        """Number of the period, between two changes of relations, that a day lies in."""
        return int(np.searchsorted(self.history.changes, day, side="right"))

    def on(self, day: int) -> Network:
        """The network of a day (days since 1970-01-01)."""
        period = self.period(day)
        if period not in self._made:
            self._made[period] = network(self.history, day)
            if len(self._made) > self._keep:
                self._made.popitem(last=False)
        return self._made[period]


def network(history: History, day: int) -> Network:
    """Relations and groups as they were known on a day (days since 1970-01-01)."""
    settings, size = history.settings, len(history)
    holdings, positions = history.holdings.on(day), history.positions.on(day)
    guarantees = history.guarantees.on(day)
    found = control(holdings, positions, size, settings.control_share)
    person, firm, hubs = _common(positions, size, settings.hub_firms)
    guarantor, debtor = guarantees["guarantor"], guarantees["debtor"]
    joining, great = _joining(guarantees, size, settings.hub_firms)
    risk = connected(
        size,
        np.concatenate([found.controller, person, guarantor[joining]]),
        np.concatenate([found.firm, firm, debtor[joining]]),
    )
    circle, depth = circles(size, guarantor[joining], debtor[joining])
    return Network(
        holdings=holdings,
        positions=positions,
        guarantees=guarantees,
        control=found,
        common=(person, firm),
        hubs=np.union1d(hubs, great),
        joining=joining,
        labels={"control": found.label, "risk": risk},
        circle=circle,
        depth=depth,
    )


def _common(positions: Intervals, size: int, most: int) -> tuple[Column, Column, Column]:
    """Pairs of person and firm that join firms, and the persons with too many of them."""
    common = positions["common"].astype(bool)
    person, firm = _pairs(positions["person"][common], positions["firm"][common], size)
    firms = np.bincount(person, minlength=size)
    joins = (firms[person] >= 2) & (firms[person] <= most)
    return person[joins], firm[joins], np.flatnonzero(firms > most)


def _joining(guarantees: Intervals, size: int, most: int) -> tuple[Column, Column]:
    """Which guarantees join their two sides, and the guarantors of too many subjects."""
    kind = guarantees["joins"].astype(bool)
    giver, _ = _pairs(guarantees["guarantor"][kind], guarantees["debtor"][kind], size)
    debtors = np.bincount(giver, minlength=size)
    return kind & (debtors[guarantees["guarantor"]] <= most), np.flatnonzero(debtors > most)


def _pairs(left: Column, right: Column, size: int) -> tuple[Column, Column]:
    """Each pair once."""
    pairs = np.unique(left.astype(np.int64) * max(size, 1) + right)
    return pairs // max(size, 1), pairs % max(size, 1)


def circles(size: int, guarantor: Column, debtor: Column) -> tuple[Column, Column]:
    """Circles of guarantees and the depth of the chain below each subject.

    Returns
    -------
    circle : array
        Smallest member of the circle (mutual guarantees are one of two), or -1.
    depth : array
        Longest chain of guarantees from the subject on, circles taken as one place.

    Examples
    --------
    0 and 1 guarantee each other, 1 guarantees for 2, and 2 for 3.

    >>> circle, depth = circles(5, np.array([0, 1, 1, 2]), np.array([1, 0, 2, 3]))
    >>> circle.tolist(), depth.tolist()
    ([0, 0, -1, -1, -1], [2, 2, 1, 0, 0])
    """
    graph = coo_matrix((np.ones(len(guarantor), np.int8), (guarantor, debtor)), shape=(size, size))
    count, component = connected_components(graph, directed=True, connection="strong")
    smallest = np.empty(count, np.int64)
    smallest[component[::-1]] = np.arange(size)[::-1]
    members = np.bincount(component, minlength=count)
    circle = np.where(members[component] > 1, smallest[component], -1)
    above, below = component[guarantor], component[debtor]
    apart = above != below
    above, below = _pairs(above[apart], below[apart], count)
    return circle, _depth(count, above, below)[component]


def _depth(count: int, above: Column, below: Column) -> Column:
    """Longest path down from each node of a graph without rings: level by level from the bottom."""
    order = np.argsort(below, kind="stable")
    above, below = above[order], below[order]
    first = np.searchsorted(below, np.arange(count + 1))
    open_below = np.bincount(above, minlength=count)
    depth = np.zeros(count, np.int64)
    level = np.flatnonzero((open_below == 0) & (first[1:] > first[:-1]))
    steps = 0
    while len(level):
        steps += 1
        lengths = first[level + 1] - first[level]
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        reached, times = np.unique(
            above[np.repeat(first[level], lengths) + within], return_counts=True
        )
        open_below[reached] -= times
        level = reached[open_below[reached] == 0]
        depth[level] = steps
    return depth
