"""The city's settings, its calendar, and its random streams."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from data_contracts.errors import ContractsError

FOLLOW_UP = 12
"""Months after the window for which outcomes are followed, so that every loan has twelve (ours)."""

LARGEST, LONGEST = 2_000_000, 120
_MONTH = re.compile(r"(19[5-9][0-9]|20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Settings:
    """What a city is made from; equal settings give equal files.

    Parameters
    ----------
    subjects
        Enterprises, sole traders, farmers and individuals together.
    seed
        Of all random numbers.
    months
        Months of records.
    start
        First month, ``YYYY-MM``.
    shock_month, shock
        From this month on (0 is the first) the log odds of default of every new loan are higher by `shock`, while
        no record tells of it: the world has changed, and a model of the months before is too mild. None: never.

    Examples
    --------
    >>> Settings(300, 1, 12).day(0).isoformat(), Settings(300, 1, 12).extract.isoformat()
    ('2021-01-01', '2022-12-31')
    """

    subjects: int
    seed: int
    months: int
    start: str = "2021-01"
    shock_month: int | None = None
    shock: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what gives no city."""
        for name, value, least, most in (
            ("subjects", self.subjects, 60, LARGEST),
            ("months", self.months, 6, LONGEST),
            ("seed", self.seed, 0, 2**31 - 1),
        ):
            if not least <= value <= most:
                raise ContractsError(
                    f"--{name} {value} is outside what a city can be made from.",
                    expected=f"{least} to {most}",
                )
        if self.shock_month is not None and not 0 <= self.shock_month < self.months:
            raise ContractsError(
                f"--shock-month {self.shock_month} is outside the months of the city.",
                expected=f"0 to {self.months - 1}",
            )
        if not -5 <= self.shock <= 5:
            raise ContractsError(
                f"--shock {self.shock} is no change that a city survives.", expected="-5 to 5"
            )
        if not _MONTH.fullmatch(self.start):
            raise ContractsError(
                f"--start {self.start!r} is no month.", expected="YYYY-MM, such as 2021-01"
            )

    @property
    def first_month(self) -> int:
        """Months from 1970-01 to the first month."""
        return int((np.datetime64(self.start, "M") - np.datetime64("1970-01", "M")).astype(int))

    def day(self, month: int) -> date:
        """First day of a month of the window, counted from 0."""
        found: date = np.datetime64(self.first_month + month, "M").astype("M8[D]").item()
        return found

    @property
    def end(self) -> date:
        """Last day of the window of records."""
        found: date = (np.datetime64(self.day(self.months)) - 1).item()
        return found

    @property
    def extract(self) -> date:
        """Day on which outcomes were last looked at."""
        found: date = (np.datetime64(self.day(self.months + FOLLOW_UP)) - 1).item()
        return found

    def random(self, *stream: object) -> np.random.Generator:
        """A random stream of its own for each name, so that themes do not disturb each other."""
        name = "/".join(str(part) for part in stream)
        return np.random.default_rng([self.seed, zlib.crc32(name.encode("utf-8"))])

    # ---- calendar of whole columns: days are int64 days since 1970-01-01 ----------------------

    def days(self, months: Any, day_of_month: Any = 1) -> np.ndarray:
        """Days of months of the window (0 is the first), as days since 1970; day 99 is the last."""
        months = np.asarray(months, dtype=np.int64) + self.first_month
        first = months.astype("M8[M]").astype("M8[D]").astype(np.int64)
        following = (months + 1).astype("M8[M]").astype("M8[D]").astype(np.int64)
        day = first + np.asarray(day_of_month, dtype=np.int64) - 1
        return np.asarray(np.minimum(day, following - 1))

    def months_of(self, days: Any) -> np.ndarray:
        """Months of the window (0 is the first) of days since 1970."""
        found = np.asarray(days, dtype=np.int64).astype("M8[D]").astype("M8[M]").astype(np.int64)
        return np.asarray(found - self.first_month)


def dates(days: Any, mask: Any = None) -> pa.Array:
    """Arrow dates of days since 1970; null where `mask` is true."""
    return pa.array(np.asarray(days, dtype=np.int32), mask=mask).cast(pa.date32())


def yyyymmdd(days: np.ndarray) -> np.ndarray:
    """Days since 1970 as the number YYYYMMDD."""
    day = np.asarray(days, dtype=np.int64).astype("M8[D]")
    month = day.astype("M8[M]")
    year = month.astype("M8[Y]").astype(np.int64) + 1970
    number = month.astype(np.int64) % 12 + 1
    return np.asarray(year * 10_000 + number * 100 + (day - month).astype(np.int64) + 1)
