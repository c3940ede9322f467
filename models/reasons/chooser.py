"""The choice of reasons: which themes cost a row most against the reference; one row or many.

All that depends on the model alone is prepared once. A row costs a few microseconds; sentences are made only
for reasons that are read.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
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
from models.straight_line import StraightLine


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
        self._line = _harms_line(self.themes, len(model.terms))
        # Many rows: themes of one table come first, for most are, and they need no loop of their own.
        ones = [theme for theme in self.themes if len(theme.positions) == 1]
        self._ones = [theme.positions[0] for theme in ones]
        self._usual = np.array([theme.reference for theme in ones])
        self._more = self.themes[len(ones) :]
        # Harm above zero and not below what is worth naming, in one comparison.
        self._least = max(self.settings.least, math.ulp(0.0))

    # --- one row ----------------------------------------------------------------------------------

    def choose(self, explanation: Explanation, most: int | None = None) -> list[tuple[int, float]]:
        """Choose the themes that lowered a score most.

        Returns
        -------
        list
            Place among `themes` and score points, below zero: largest harm first, equal harms in the order
            of the themes.
        """
        harms = self._line.run(explanation.points)
        return [(theme, -harms[theme]) for theme in self._largest(harms, most)]

    def reasons(self, explanation: Explanation, most: int | None = None) -> list[Reason]:
        """Tell the reasons of a score; empty when nothing lowered it against the reference."""
        return [self._told(explanation, *chosen) for chosen in self.choose(explanation, most)]

    def helpful(self, explanation: Explanation, most: int | None = None) -> list[Reason]:
        """Tell what raised a score most against the reference, in the same form."""
        gains = [-harm for harm in self._line.run(explanation.points)]
        return [
            self._told(explanation, theme, gains[theme]) for theme in self._largest(gains, most)
        ]

    def _largest(self, of: list[float], most: int | None) -> list[int]:
        least = self._least
        told = [theme for theme, size in enumerate(of) if size >= least]
        told.sort(key=of.__getitem__, reverse=True)  # equals stay in order
        return told[: self.settings.most if most is None else most]

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
        np.subtract(self._usual, points[:, self._ones], out=harm[:, :singles])
        for column, theme in enumerate(self._more, singles):
            left = theme.reference - points[:, theme.positions[0]]
            for position in theme.positions[1:]:
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

    def _told(self, explanation: Explanation, place: int, points: float) -> Reason:
        theme = self.themes[place]
        sign = -1.0 if points < 0 else 1.0
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
            points,
            "；".join(one.zh for one in told),
            "; ".join(one.en for one in told),
        )

    def _tell(self, explanation: Explanation, position: int, helped: bool) -> Told:
        part = explanation.part(position)
        usual = tuple(self._typical.get(name) for name in part.features)
        fields = tuple(self.model.schema[name] for name in part.features)
        return tell(fields, part.values, usual, helped, self.model.reference is not None)


_CHUNK = 512  # rows whose harms stay in the processor's cache


def _harms_line(themes: tuple[Theme, ...], tables: int) -> StraightLine:
    """Write the score points that each theme lost against the reference, of the points of the tables."""
    statements = [f"{''.join(f'p{i}, ' for i in range(tables))} = points"] if tables else []
    for i, theme in enumerate(themes):
        statements.append(f"h{i} = usual{i} - p{theme.positions[0]}")
        statements += [f"h{i} -= p{position}" for position in theme.positions[1:]]
    statements.append(f"return [{', '.join(f'h{i}' for i in range(len(themes)))}]")
    usual = {f"usual{i}": theme.reference for i, theme in enumerate(themes)}
    return StraightLine("points", statements, usual)


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
