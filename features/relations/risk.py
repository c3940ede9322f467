"""What concerns a group: its high-risk flag with the approval, and defaults of neighbours.

A group is flagged by a risk notice about any of its members, and only by one that the head of the supervisor's
branch has approved (requirement C09, REG-28); others are listed as pending. A default of the subject itself never
counts among its neighbours'.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.relations.groups import Network
from features.relations.history import Column, History
from features.relations.settings import RelationSettings


@dataclass(frozen=True)
class Flags:
    """Flags by a group's label: numbers of the notices that are approved, and that are not."""

    flagged: Column
    approved: dict[int, tuple[str, ...]]
    pending: dict[int, tuple[str, ...]]


def flags(history: History, label: Column, day: int) -> Flags:
    """High-risk flags of groups on a day (days since 1970-01-01)."""
    notices = history.notices.on(day)
    about = notices["flags"].astype(bool)
    approved = notices["approved"].astype(bool)
    flagged = np.zeros(len(label), dtype=bool)
    flagged[label[notices["subject"][about & approved]]] = True
    return Flags(
        flagged,
        _numbers(label, notices["subject"], notices["number"], about & approved),
        _numbers(label, notices["subject"], notices["number"], about & ~approved),
    )


def _numbers(
    label: Column, subject: Column, number: Column, chosen: Column
) -> dict[int, tuple[str, ...]]:
    found: dict[int, set[str]] = {}
    for code, text in zip(subject[chosen], number[chosen], strict=True):
        found.setdefault(int(label[code]), set()).add(str(text))
    return {group: tuple(sorted(texts)) for group, texts in found.items()}


def defaulted(history: History, day: int) -> Column:
    """Who defaulted within the window before a day, as it was known then; 0 or 1 by subject code."""
    marks = np.zeros(len(history), np.int64)
    marks[history.defaults.on(day)["subject"]] = 1
    return marks


def guaranteed(network: Network, marks: Column) -> tuple[Column, Column]:
    """Partners in open guarantees, either side, that defaulted, and who has any open guarantee at all."""
    given, size = network.guarantees, max(len(marks), 1)
    seen = np.zeros(len(marks), dtype=bool)
    seen[given["guarantor"]] = seen[given["debtor"]] = True
    left, right = given["guarantor"][network.joining], given["debtor"][network.joining]
    pair = np.unique(np.concatenate([left * size + right, right * size + left]).astype(np.int64))
    return np.bincount(pair // size, marks[pair % size], len(marks)), seen


@dataclass(frozen=True)
class Neighbours:
    """Pairs of direct neighbours, each in both orders, with the weight of their strongest relation."""

    subject: Column
    other: Column
    weight: Column


def neighbours(network: Network, firms: int, settings: RelationSettings) -> Neighbours:
    """Direct neighbours: by control, a shared key person or controller, or a guarantee.

    Two firms of one controlling person, or with one key person, are neighbours of each other and of the
    person. A person who controls more firms than `hub_firms` is their neighbour, but does not make them each
    other's.
    """
    size = len(network.circle)
    control, (person, led) = network.control, network.common
    given = network.guarantees
    joins = network.joining
    by_person = control.controller >= firms
    held = _sharing(control.controller[by_person], control.firm[by_person], settings.hub_firms)
    shared = _sharing(person, led, settings.hub_firms)
    parts = [
        (control.controller, control.firm, settings.control_weight),
        (*held, settings.control_weight),
        (person, led, settings.common_weight),
        (*shared, settings.common_weight),
        (given["guarantor"][joins], given["debtor"][joins], settings.guarantee_weight),
    ]
    left = np.concatenate([part[0] for part in parts])
    right = np.concatenate([part[1] for part in parts])
    weight = np.concatenate([np.full(len(part[0]), part[2]) for part in parts])
    pair = np.concatenate([left * size + right, right * size + left]).astype(np.int64)
    weight = np.concatenate([weight, weight])
    order = np.lexsort((-weight, pair))
    pair, weight = pair[order], weight[order]
    first = np.r_[True, pair[1:] != pair[:-1]] if len(pair) else np.zeros(0, dtype=bool)
    pair, weight = pair[first], weight[first]
    subject, other = pair // max(size, 1), pair % max(size, 1)
    apart = subject != other
    return Neighbours(subject[apart], other[apart], weight[apart])


def _sharing(person: Column, firm: Column, most: int) -> tuple[Column, Column]:
    """Pairs of firms that share a person, for persons of at most so many firms."""
    order = np.argsort(person, kind="stable")
    person, firm = person[order], firm[order]
    _, start, count = np.unique(person, return_index=True, return_counts=True)
    few = count <= most
    rows = np.repeat(few, count)
    times = np.repeat(count, count)[rows]
    begin = np.repeat(start, count)[rows]
    within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    left = np.repeat(firm[rows], times)
    right = firm[np.repeat(begin, times) + within]
    return left, right


def default_weight(found: Neighbours, marks: Column) -> Column:
    """Weighted share of each subject's neighbours that defaulted; nan where it has none."""
    size = len(marks)
    whole = np.bincount(found.subject, found.weight, size)
    bad = np.bincount(found.subject, found.weight * marks[found.other], size)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, bad / whole, np.nan)
