"""One intake after the other: what is committed was judged against the lake as it then is.

Judging takes long, so it happens without the lake's lock. If somebody else committed meanwhile, the rules
between batches may have missed what came in: the file is judged again, in the end under the lock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from data_contracts.intake.lake import Lake, LakeMoved

T = TypeVar("T")

ATTEMPTS = 3
"""Judgements without the lock before one under it."""


def in_turn(lake: Lake, attempt: Callable[[int], T]) -> T:
    """Judge and commit until nobody came between.

    Parameters
    ----------
    lake
        The lake; ``attempt`` must commit through this very object.
    attempt
        Judges and commits from the start, given the sequence of the lake at which it judges.
    """
    for _ in range(ATTEMPTS):
        try:
            return attempt(lake.sequence())
        except LakeMoved:
            continue
    with lake.locked():
        return attempt(lake.sequence())
