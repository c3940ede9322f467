"""The choice of reasons: which themes cost a row most against the reference; one row or many.

All that depends on the model alone is prepared once. A row costs a few microseconds; sentences are made only
for reasons that are read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter, sub
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from features.policy import refused_input
from models.bins import Floats
from models.errors import ModelsError
from models.explain import Explanation
from models.reasons.reference import Value
from models.reasons.wording import Told, tell
from models.scorer import AdditiveModel


class ReasonSettings(BaseModel):
    """How many reasons are told; numbers are ours.

    Attributes
    ----------
    most
        At most this many.
    least
        Score points against the reference below which a theme is not worth naming: less than what one more
        round of fitting would move.
    share
        A second feature of a theme is named beside the strongest one where its harm is at least this
        share of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    most: int = Field(4, ge=0)
    least: float = Field(2.0, ge=0)
    share: float = Field(0.5, gt=0, le=1)


class Choice(NamedTuple):
    """One theme that was chosen: its place among `ReasonChooser.themes` and its score points."""

    theme: int
    points: float


class Reason(NamedTuple):
    """One reason, or one helpful factor, as it is told.

    Attributes
    ----------
    code
        Stable: ``R-`` and the theme's name.
    theme
        Theme, or the input's own name where it has none.
    features, values, usual
        The inputs that carry it, what the row has, and what is typical of the reference.
    points
        Score points of the whole theme against the reference: negative for a reason, positive for a helpful factor.
    text_zh, text_en
        One sentence each.
    """

    code: str
    theme: str
    features: tuple[str, ...]
    values: tuple[Value, ...]
    usual: tuple[Value, ...]
    points: float
    text_zh: str
    text_en: str


@dataclass(frozen=True)
class Theme:
    """Tables that are one cause, by their positions in the model."""

    code: str
    name: str
    positions: tuple[int, ...]
    reference: float


class ReasonChooser:
    """Prepared choice of reasons for one model.

    Parameters
    ----------
    model
        Scorer with its reference; without one, reasons are told against the average.
    settings
        How many are told.
    unnamed
        Inputs that are never named, such as what a person can not change and was born with. What the policy
        refuses as an input, and what the model prohibits, is never named either. Their contributions stay in
        the explanation.
    """

    def __init__(
        self,
        model: AdditiveModel,
        settings: ReasonSettings | None = None,
        unnamed: Iterable[str] = (),
    ) -> None:
        self.model = model
        self.settings = settings or ReasonSettings()
        reference = model.reference
        if reference is not None and len(reference.points) != len(model.terms):
            raise ModelsError("The reference belongs to other tables: make it again.")
        self._reference = reference.points if reference else (0.0,) * len(model.terms)
        self._typical = reference.typical if reference else model.typical
        refused = {
            name
            for name in model.inputs
            if refused_input(name, model.schema[name].title_zh, model.schema[name].title_en)
        }
        self.themes = _themes(model, self._reference, refused | {*model.prohibited, *unnamed})
        # Themes of one table come first: most are, and they need no loop of their own.
        ones = [theme for theme in self.themes if len(theme.positions) == 1]
        self._ones = [theme.positions[0] for theme in ones]
        self._usual = [theme.reference for theme in ones]
        # An itemgetter picks at once; for fewer than two places it would give no tuple.
        self._picked: Callable[[list[float]], Iterable[float]] = (
            itemgetter(*self._ones)
            if len(ones) > 1
            else lambda points: [points[p] for p in self._ones]
        )
        self._many = [(t.reference, t.positions) for t in self.themes if len(t.positions) > 1]
        # Harm above zero and not below what is worth naming, in one comparison.
        self._least = max(self.settings.least, math.ulp(0.0))

    # --- one row ----------------------------------------------------------------------------------

    def choose(self, explanation: Explanation, most: int | None = None) -> list[Choice]:
        """Choose the themes that lowered a score most: largest harm first, equal harms in a fixed order."""
        return [Choice(i, -h) for h, i in self._largest(self._harms(explanation.points), most)]

    def reasons(self, explanation: Explanation, most: int | None = None) -> list[Reason]:
        """Tell the reasons of a score; empty when nothing lowered it against the reference."""
        return [self._told(explanation, choice) for choice in self.choose(explanation, most)]

    def helpful(self, explanation: Explanation, most: int | None = None) -> list[Reason]:
        """Tell what raised a score most against the reference, in the same form."""
        gains = [-harm for harm in self._harms(explanation.points)]
        return [self._told(explanation, Choice(i, gain)) for gain, i in self._largest(gains, most)]

    def _harms(self, points: list[float]) -> list[float]:
        harms = list(map(sub, self._usual, self._picked(points)))
        for harm, positions in self._many:
            for position in positions:
                harm -= points[position]
            harms.append(harm)
        return harms

    def _largest(self, harms: list[float], most: int | None) -> list[tuple[float, int]]:
        least = self._least
        found = sorted([harm for harm in harms if harm >= least], reverse=True)
        chosen: list[tuple[float, int]] = []
        for harm in found[: self.settings.most if most is None else most]:
            # Equal harms: the next one of them.
            after = chosen[-1][1] + 1 if chosen and chosen[-1][0] == harm else 0
            chosen.append((harm, harms.index(harm, after)))
        return chosen

    # --- many rows --------------------------------------------------------------------------------

    def explain_many(
        self, frame: pd.DataFrame, most: int | None = None
    ) -> tuple[Floats, Floats, NDArray[np.intp], Floats]:
        """Score many rows and choose their reasons in one pass.

        Returns
        -------
        margin, points
            As `AdditiveModel.explain_many` gives them.
        themes, harm
            As `choose_many` gives them.
        """
        themes, harms = self._room(len(frame), most)

        def choose(rows: slice, _: Floats, points: Floats) -> None:
            self._choose_block(points, themes[rows], harms[rows])

        margin, points = self.model.explain_many(frame, choose)
        return margin, points, themes, harms

    def choose_many(
        self, points: Floats, most: int | None = None
    ) -> tuple[NDArray[np.intp], Floats]:
        """Choose for many rows; the same as `choose` row by row.

        Parameters
        ----------
        points
            Shape (n, tables): what `AdditiveModel.contributions` gives.

        Returns
        -------
        themes
            Shape (n, most): places among `themes`, largest harm first, -1 where there is no more.
        harm
            Shape (n, most): score points lost, 0 where there is no more.
        """
        themes, harms = self._room(len(points), most)
        self._choose_block(points, themes, harms)
        return themes, harms

    def _room(self, rows: int, most: int | None) -> tuple[NDArray[np.intp], Floats]:
        most = self.settings.most if most is None else most
        return np.full((rows, most), -1, dtype=np.intp), np.zeros((rows, most))

    def _choose_block(self, points: Floats, themes: NDArray[np.intp], harms: Floats) -> None:
        for start in range(0, len(points), _CHUNK) if self.themes else ():
            part = slice(start, start + _CHUNK)
            self._choose_chunk(points[part], themes[part], harms[part])

    def _choose_chunk(self, points: Floats, themes: NDArray[np.intp], harms: Floats) -> None:
        harm = np.empty((len(points), len(self.themes)))
        singles = len(self._ones)
        np.subtract(np.array(self._usual), points[:, self._ones], out=harm[:, :singles])
        for column, (start, positions) in enumerate(self._many, singles):
            left = start - points[:, positions[0]]
            for position in positions[1:]:
                left -= points[:, position]
            harm[:, column] = left
        rows = np.arange(len(points))
        for place in range(min(themes.shape[1], len(self.themes))):
            best = harm.argmax(axis=1)  # the first of equals, as for one row
            lost = harm[rows, best]
            told = lost >= self._least
            themes[:, place] = np.where(told, best, -1)
            harms[:, place] = np.where(told, lost, 0.0)
            harm[rows, best] = -np.inf

    # --- words ------------------------------------------------------------------------------------

    def _told(self, explanation: Explanation, choice: Choice) -> Reason:
        theme = self.themes[choice.theme]
        sign = -1.0 if choice.points < 0 else 1.0
        # The strongest table speaks; another single one beside it where it carries nearly as much.
        parts = sorted(
            (sign * (self._reference[p] - explanation.points[p]), p) for p in theme.positions
        )
        near = [p for d, p in parts if d <= self.settings.share * parts[0][0]]
        told = [self._tell(explanation, p, sign > 0) for p in near]
        # A value that differs from the usual one says more than one that is usual.
        told.sort(key=lambda one: not one.differs)
        if len(told) > 1 and len(told[0].names) == 1:
            told = told[:1] + [t for t in told[1:] if len(t.names) == 1 and t.differs][:1]
        told = told[: 2 if len(told[0].names) == 1 else 1]
        return Reason(
            theme.code,
            theme.name,
            tuple(name for one in told for name in one.names),
            tuple(value for one in told for value in one.values),
            tuple(value for one in told for value in one.usual),
            choice.points,
            "；".join(one.zh for one in told),
            "; ".join(one.en for one in told),
        )

    def _tell(self, explanation: Explanation, position: int, helped: bool) -> Told:
        part = explanation.part(position)
        usual = tuple(self._typical.get(name) for name in part.features)
        fields = tuple(self.model.schema[name] for name in part.features)
        return tell(fields, part.values, usual, helped, self.model.reference is not None)


_CHUNK = 512  # rows whose harms stay in the processor's cache


def _themes(
    model: AdditiveModel, reference: tuple[float, ...], unnamed: set[str]
) -> tuple[Theme, ...]:
    """Group the tables: by declared theme, else by what moves together, else each input alone.

    A pair goes to the theme of the input whose own table matters more. A table that looks at an unnamed input
    belongs to no theme.
    """
    found = model.reference.themes if model.reference else {}
    own = {t.features[0]: t.deviation for t in model.tables if not t.is_pair}
    groups: dict[str, list[int]] = {}
    for position, term in enumerate(model.terms):
        if unnamed.isdisjoint(term):
            carrier = max(term, key=lambda name: own.get(name, 0.0))
            theme = model.schema[carrier].theme or found.get(carrier, carrier)
            groups.setdefault(theme, []).append(position)
    made = [
        Theme(f"R-{name.upper()}", name, tuple(positions), sum(reference[p] for p in positions))
        for name, positions in groups.items()
    ]
    return tuple(sorted(made, key=lambda theme: len(theme.positions) > 1))
