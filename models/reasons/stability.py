"""How often the same applicant is told the same reasons: by refits, and by rows that hardly differ."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from models.bins import Floats
from models.errors import ModelsError
from models.reasons.chooser import ReasonChooser

Sets = list[frozenset[str]]


def reason_sets(chooser: ReasonChooser, frame: pd.DataFrame) -> Sets:
    """The codes told for each row, as a set."""
    chosen, _ = chooser.choose_many(chooser.model.contributions(frame)[1])
    codes = [theme.code for theme in chooser.themes]
    return [frozenset(codes[i] for i in row if i >= 0) for row in chosen.tolist()]


def identical_share(fits: Sequence[Sets]) -> float:
    """Share of (row, pair of fits) whose sets are identical.

    Parameters
    ----------
    fits
        The sets of the same rows under each fit; see `reason_sets`.

    Raises
    ------
    ModelsError
        With fewer than two fits, or rows that differ in number.

    Examples
    --------
    >>> a, b = frozenset({"R-A"}), frozenset({"R-B"})
    >>> identical_share([[a, b], [a, b], [a, a]])
    0.6666666666666666
    """
    if len(fits) < 2 or len({len(one) for one in fits}) != 1 or not fits[0]:
        raise ModelsError("Stability is told of two fits or more on the same rows.")
    shares = [
        np.mean([a == b for a, b in zip(one, other, strict=True)])
        for one, other in combinations(fits, 2)
    ]
    return float(np.mean(shares))


def jaccard(one: Sets, other: Sets) -> Floats:
    """Overlap of the sets of each row: common codes of all codes; 1 where both are empty; shape (n,).

    Examples
    --------
    >>> jaccard([frozenset("ab")], [frozenset("bc")])
    array([0.33333333])
    """
    return np.array(
        [len(a & b) / len(a | b) if a | b else 1.0 for a, b in zip(one, other, strict=True)]
    )
