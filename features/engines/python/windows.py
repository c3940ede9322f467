"""What looks at the other rows of a group: the next one, the place, the running sum."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

Row = tuple[Any, ...]
Order = tuple[tuple[int, bool], ...]


def lead(rows: list[Row], group: tuple[int, ...], order: Order, value: int) -> list[Any]:
    """For each row the value in the next row of its group; None for the last."""
    found: list[Any] = [None] * len(rows)
    for places in _in_groups(rows, group, order):
        for here, after in pairwise(places):
            found[here] = rows[after][value]
    return found


def placed(rows: list[Row], group: tuple[int, ...], order: Order) -> list[int]:
    """For each row its place in its group, from 0."""
    found = [0] * len(rows)
    for places in _in_groups(rows, group, order):
        for number, place in enumerate(places):
            found[place] = number
    return found


def running(rows: list[Row], group: tuple[int, ...], order: Order, value: int) -> list[Any]:
    """For each row the sum of the values up to it in its group."""
    found: list[Any] = [0] * len(rows)
    for places in _in_groups(rows, group, order):
        total = 0
        for place in places:
            total += rows[place][value]
            found[place] = total
    return found


def _in_groups(rows: list[Row], group: tuple[int, ...], order: Order) -> Iterator[list[int]]:
    """Places of the rows of each group, in their order."""
    found: dict[Row, list[int]] = {}
    for number, row in enumerate(rows):
        found.setdefault(tuple(row[place] for place in group), []).append(number)
    for places in found.values():
        for place, ascending in reversed(order):
            places.sort(key=lambda n: rows[n][place], reverse=not ascending)
        yield places
