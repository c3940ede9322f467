"""Shapes that records come in: a month of everybody, events in time, one a year, one a subject."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.city.city import City
from data_contracts.city.generic import Piece

Builder: TypeAlias = Callable[[City], Iterator[Piece]]
Make: TypeAlias = Callable[[City, np.ndarray, int, np.random.Generator], Piece]


def monthly(
    stream: str, kinds: tuple[str, ...], share: float, make: Make, every: int = 1
) -> Builder:
    """One record a month (or every so many) of each living subject of a share of some kinds."""

    def build(city: City) -> Iterator[Piece]:
        rng = city.random("theme", stream)
        rows = city.rows_of(kinds)
        rows = rows[rng.random(len(rows)) < share]
        if not len(rows):
            rows = city.rows_of(kinds)[:1]
        for month in range(every - 1, city.settings.months, every):
            living = rows[city.alive(month)[rows]]
            if not len(living):
                continue
            known = city.settings.days(month + 1, rng.integers(5, 21, len(living)))
            yield {"_i": living, "_known": known, **make(city, living, month, rng)}

    return build


def yearly(stream: str, kinds: tuple[str, ...], share: float, make: Make) -> Builder:
    """One record for each year of the window (the month given to `make` is the first after it)."""

    def build(city: City) -> Iterator[Piece]:
        rng = city.random("theme", stream)
        rows = city.rows_of(kinds)
        chosen = rows[rng.random(len(rows)) < share]
        rows = chosen if len(chosen) else rows[:1]
        for month in range(min(12, city.settings.months), city.settings.months + 12, 12):
            living = rows[city.alive(min(month, city.settings.months) - 1)[rows]]
            if len(living):
                yield {"_i": living, **make(city, living, month, rng)}

    return build


def happened(
    city: City, rng: np.random.Generator, rows: np.ndarray, rate: float, slope: float
) -> tuple[np.ndarray, np.ndarray]:
    """Subjects and days of events; the yearly rate is `rate * exp(-slope * activity)`.

    There is always at least one event, so that no contract of a small city is empty.
    """
    who, when = [], []
    for month in range(city.settings.months):
        living = rows[city.alive(month)[rows]]
        chance = rate / 12 * np.exp(-slope * city.activity(living, month))
        struck = living[rng.random(len(living)) < chance]
        who.append(struck)
        when.append(city.settings.days(month, rng.integers(1, 29, len(struck))))
    found, days = np.concatenate(who), np.concatenate(when)
    if not len(found) and len(rows):
        month = city.settings.months - 1
        living = rows[city.alive(month)[rows]]
        found = living[:1] if len(living) else rows[:1]
        days = city.settings.days(np.full(1, month), 15)
    return found, days


def events(
    stream: str,
    kinds: tuple[str, ...],
    rate: float,
    slope: float,
    make: Callable[[City, np.ndarray, np.ndarray, np.random.Generator], Piece],
) -> Builder:
    """Events of a Poisson kind; `make` gets subjects and days."""

    def build(city: City) -> Iterator[Piece]:
        rng = city.random("theme", stream)
        rows, days = happened(city, rng, city.rows_of(kinds), rate, slope)
        if len(rows):
            yield {"_i": rows, **make(city, rows, days, rng)}

    return build


def ended(
    rng: np.random.Generator, days: np.ndarray, mean: float, extract: int
) -> tuple[np.ndarray, np.ndarray]:
    """Days on which facts ended, null for those that still last on the day of the extract."""
    until = days + 7 + rng.exponential(mean, len(days)).astype(np.int64)
    return until, until > extract


def last_day(city: City) -> int:
    """Day of the extract in days since 1970."""
    return int(city.settings.days(city.settings.months + 11, 99))


def chosen(rng: np.random.Generator, count: int, codes: str, weights: Any = None) -> pa.Array:
    """Codes drawn from a list separated by blanks."""
    listed = codes.split()
    if weights is not None:
        weights = np.asarray(weights, dtype=float) / np.sum(weights)
    return pa.array(listed).take(pa.array(rng.choice(len(listed), count, p=weights)))


def at(codes: str, places: np.ndarray) -> pa.Array:
    """Codes at places of a list separated by blanks."""
    return pa.array(codes.split()).take(pa.array(np.asarray(places, dtype=np.int64)))


def serials(prefix: str, numbers: np.ndarray, width: int = 9) -> pa.Array:
    """Texts of a prefix and running numbers."""
    if not len(numbers):
        return pa.array([], pa.string())
    padded = np.char.zfill(np.asarray(numbers).astype("U12"), width).astype(object)
    return pc.binary_join_element_wise(prefix, pa.array(padded), "")


def whole(values: np.ndarray) -> np.ndarray:
    """Amounts in cents, rounded to whole yuan."""
    return np.asarray(np.maximum(values, 0) // 100, dtype=np.int64) * 100
