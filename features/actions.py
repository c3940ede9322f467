"""What a subject can change about a feature: how far, at what effort, in what time, and what moves along.

A feature that is not listed is fixed: history that only time heals, attributes of a place or an industry, what a
protected attribute touches. Efforts are ours: one unit is about what a small borrower can do within a month without
help, such as lowering a card's utilisation by ten points. They order advice; they are no price.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from features.errors import FeaturesError
from features.relations.declared import GroupFeature
from features.view import Feature, FeatureView


@dataclass(frozen=True)
class Link:
    """A feature that follows when another one is changed.

    Attributes
    ----------
    feature : str
        What follows.
    add : float, optional
        It moves by this much for each unit of the change: a mean over six months follows one month by 1/6.
    times : bool
        Instead, it stays in proportion: an amount relative to a mean follows the amount.

    Examples
    --------
    >>> Link("mean_6", add=0.5).follow(0.75, 1.0, 0.5)
    0.5
    >>> Link("relative", times=True).follow(1.5, 200.0, 100.0)
    0.75
    """

    feature: str
    add: float = 0.0
    times: bool = False

    def __post_init__(self) -> None:
        """Refuse a link that says two things or none."""
        if bool(self.add) == self.times or not math.isfinite(self.add):
            raise FeaturesError("a link either adds or keeps the proportion.", feature=self.feature)

    def rate(self, cause: float, effect: float) -> float:
        """How much the effect moves for each unit of the cause; 0 where it can not follow."""
        if not self.times:
            return self.add
        return effect / cause if cause else 0.0

    def follow(self, effect: float, before: float, after: float) -> float:
        """The effect's new value."""
        return effect + self.rate(before, effect) * (after - before)


@dataclass(frozen=True)
class Action:
    """One thing that a subject can do.

    Attributes
    ----------
    feature : str
        What it changes first.
    toward : {-1, 0, 1}
        Allowed sense of the change; 0: both.
    do_zh, do_en : str
        The deed, as the beginning of a sentence.
    least, most : float
        Bounds of the new value.
    step, effort : float
        `effort` is spent for each `step` of the change, in units of the feature.
    relative : bool
        Whether a step is a share of the present value.
    start : float
        Effort of touching it at all, so that few deeds are asked for rather than many.
    months : int
        How long it takes until records show it.
    levels : tuple of (level, effort)
        For a category: what it may be changed to.
    links : tuple of Link
        What follows. A follower is not changed by another action of the same plan.

    Raises
    ------
    FeaturesError
        Naming the feature whose declaration is not usable.
    """

    feature: str
    toward: Literal[-1, 0, 1]
    do_zh: str
    do_en: str
    least: float = -math.inf
    most: float = math.inf
    step: float = 1.0
    effort: float = 1.0
    relative: bool = False
    start: float = 1.0
    months: int = 1
    levels: tuple[tuple[str, float], ...] = ()
    links: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no plan could use."""
        sound = self.least < self.most and self.step > 0 and self.effort > 0 and self.start > 0
        if not sound or self.months < 0 or any(effort <= 0 for _, effort in self.levels):
            raise FeaturesError(
                "the action is not usable.",
                feature=self.feature,
                expected="least < most, and positive step, effort and start",
            )
        if not self.do_zh.strip() or not self.do_en.strip():
            raise FeaturesError("the action says not what to do (zh, en).", feature=self.feature)
        if self.feature in {link.feature for link in self.links}:
            raise FeaturesError("the action follows itself.", feature=self.feature)

    @property
    def moves(self) -> frozenset[str]:
        """Every feature that it may change."""
        return frozenset({self.feature, *(link.feature for link in self.links)})

    def bound(self, sign: int) -> float:
        """How far a change may go up (+1) or down (-1)."""
        return self.most if sign > 0 else self.least

    def effort_of(self, old: Any, new: Any) -> float:
        """Effort of a change.

        Examples
        --------
        >>> Action("use", -1, "还款", "pay back", step=0.1, start=0.5).effort_of(0.75, 0.5)
        3.0
        """
        if self.levels:
            return self.start + dict(self.levels)[new]
        unit = self.step * (abs(old) or 1.0) if self.relative else self.step
        return self.start + self.effort * abs(float(new) - float(old)) / float(unit)


def check_actions(view: FeatureView, actions: Iterable[Action]) -> tuple[Action, ...]:
    """The actions that concern a view, checked against its features.

    Raises
    ------
    FeaturesError
        For an action on what is not in the view, whose change would be a step towards more risk, or on the
        history of a lender, which no subject can change.
    """
    kept = tuple(actions)
    seen: set[str] = set()
    for action in kept:
        feature: Feature | GroupFeature = view[action.feature]
        if action.feature in seen:
            raise FeaturesError("two actions on one feature.", feature=action.feature)
        seen.add(action.feature)
        for name in action.moves:
            view[name]
        if feature.lender_history:
            raise FeaturesError(
                "is a lender's history: no subject can change it.", feature=action.feature
            )
        if feature.direction and action.toward != -feature.direction:
            raise FeaturesError(
                "the action leads towards more risk.",
                feature=action.feature,
                expected=f"toward={-feature.direction}",
            )
        if bool(action.levels) != (feature.kind == "category"):
            raise FeaturesError("levels are for categories.", feature=action.feature)
    return kept
