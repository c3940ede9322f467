"""Exact search for the cheapest combination of steps: branch and bound over actions, pairs of inputs included.

Each action is left alone or takes one of its steps. The score is additive, so a combination gains what its steps gain
alone, plus what tables of two inputs add where two actions move both. The bound lets every remaining action take
its most favourable part of such tables and mix neighbouring steps (the relaxed multiple-choice knapsack);
it never exceeds the true effort, so what it cuts off can not be cheaper.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.bins import Floats

Choice = tuple[int, ...]
"""For each action: 0 = left alone, else the number of its step."""


@dataclass(frozen=True)
class Problem:
    """Actions with their steps; step 0 is to leave things alone.

    Attributes
    ----------
    effort, gain
        For each action, effort and score points of each of its steps; both 0 at step 0.
    joint
        ``joint[i, j]`` (i < j): points that steps of both add together; shape (steps of i, steps of j).
    apart
        Pairs (i, j), i < j, of actions that can not be taken together.
    """

    effort: tuple[Floats, ...]
    gain: tuple[Floats, ...]
    joint: dict[tuple[int, int], Floats]
    apart: frozenset[tuple[int, int]]


@dataclass
class Found:
    """The best combination found.

    Attributes
    ----------
    choice
        None when there is none.
    effort, gain
        Of the choice.
    proved
        Whether nothing better exists; False when the search stopped at its limit of nodes.
    """

    choice: Choice | None
    effort: float
    gain: float
    proved: bool


@dataclass
class _Search:
    problem: Problem
    nodes: int
    most: int
    hope: list[Floats] = field(init=False)
    partners: list[list[int]] = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.problem.gain)
        self.partners = [
            [i for i in range(j) if (i, j) in self.problem.joint] for j in range(count)
        ]
        # What a step can gain at best: tables shared with earlier actions at their most favourable.
        self.hope = [
            self.problem.gain[j]
            + sum(
                (self.problem.joint[i, j].max(axis=0) for i in self.partners[j]),
                np.zeros_like(self.problem.gain[j]),
            )
            for j in range(count)
        ]

    def gained(self, choice: Choice, step: int) -> float:
        """Points that the next action's step adds to a choice of the actions before it."""
        j = len(choice)
        shared = sum(float(self.problem.joint[i, j][choice[i], step]) for i in self.partners[j])
        return float(self.problem.gain[j][step]) + shared

    def allowed(self, choice: Choice, step: int) -> bool:
        """Whether the next action may take a step beside those before it."""
        if step == 0:
            return True
        taken = [i for i, s in enumerate(choice) if s]
        j = len(choice)
        return len(taken) < self.most and not any((i, j) in self.problem.apart for i in taken)


def cheapest(
    problem: Problem,
    need: float,
    accept: Callable[[Choice], bool],
    most: int,
    nodes: int,
) -> Found:
    """Find the choice of least effort that gains `need` and is accepted.

    Parameters
    ----------
    problem
        Actions, steps, gains.
    need
        Score points that must be gained at least.
    accept
        Asked for each choice that would be the best so far; a choice that it refuses is not taken.
    most
        At most so many actions are taken.
    nodes
        The search stops after so many; what it found then is not proved to be the best.
    """
    search = _Search(problem, nodes, most)
    segments = [_segments(problem, search.hope, depth) for depth in range(len(problem.gain) + 1)]
    best = Found(None, np.inf, 0.0, True)

    def bound(depth: int, effort: float, gain: float) -> float:
        free, parts = segments[depth]
        short = need - gain - free
        for part_gain, part_effort in parts:
            if short <= _ROUNDING:
                break
            share = min(1.0, short / part_gain)
            short -= share * part_gain
            effort += share * part_effort
        return effort if short <= _ROUNDING else np.inf

    def visit(choice: Choice, effort: float, gain: float) -> None:
        depth = len(choice)
        if depth == len(problem.gain):
            if gain >= need - _ROUNDING and effort < best.effort and accept(choice):
                best.choice, best.effort, best.gain = choice, effort, gain
            return
        children = []
        for step in range(len(problem.gain[depth])):
            if search.allowed(choice, step):
                spent = effort + float(problem.effort[depth][step])
                won = gain + search.gained(choice, step)
                children.append((bound(depth + 1, spent, won), step, spent, won))
        for least, step, spent, won in sorted(children):
            if least >= best.effort - _ROUNDING:
                return
            search.nodes -= 1
            if search.nodes < 0:
                best.proved = False
                return
            visit((*choice, step), spent, won)

    visit((), 0.0, 0.0)
    return best


def farthest(problem: Problem, most: int, nodes: int) -> Found:
    """Find the choice that gains most; of equals, the first with the least effort."""
    search = _Search(problem, nodes, most)
    left = [0.0]
    for hope in reversed(search.hope):
        left.append(left[-1] + float(hope.max()))
    left.reverse()
    best = Found((0,) * len(problem.gain), 0.0, 0.0, True)

    def visit(choice: Choice, effort: float, gain: float) -> None:
        depth = len(choice)
        if depth == len(problem.gain):
            if (gain, -effort) > (best.gain + _ROUNDING, -np.inf):
                best.choice, best.effort, best.gain = choice, effort, gain
            return
        children = [
            (-search.gained(choice, step), float(problem.effort[depth][step]), step)
            for step in range(len(problem.gain[depth]))
            if search.allowed(choice, step)
        ]
        for lost, spent, step in sorted(children):
            won = gain - lost
            if won + left[depth + 1] <= best.gain + _ROUNDING:
                continue
            search.nodes -= 1
            if search.nodes < 0:
                best.proved = False
                return
            visit((*choice, step), effort + spent, won)

    visit((), 0.0, 0.0)
    return best


_ROUNDING = 1e-9


def _segments(
    problem: Problem, hope: Sequence[Floats], depth: int
) -> tuple[float, list[tuple[float, float]]]:
    """What the actions from `depth` on may gain for nothing, and then the cheapest points first.

    Per action the hull of (effort, hoped gain): neighbouring corners are mixed at a constant price.
    """
    free, parts = 0.0, []
    for j in range(depth, len(hope)):
        free += float(hope[j][0])
        corners = _hull(problem.effort[j], hope[j])
        for (e0, g0), (e1, g1) in itertools.pairwise(corners):
            parts.append((g1 - g0, e1 - e0))
    parts.sort(key=lambda part: part[1] / part[0])
    return free, parts


def _hull(effort: Floats, hope: Floats) -> list[tuple[float, float]]:
    """Upper concave hull from (0, what leaving alone may gain) to the largest hope."""
    corners = [(0.0, float(hope[0]))]
    for e, g in sorted(zip(effort[1:].tolist(), hope[1:].tolist(), strict=True)):
        if g <= corners[-1][1]:
            continue
        while len(corners) > 1 and _price(corners[-2], corners[-1]) >= _price(corners[-2], (e, g)):
            corners.pop()
        corners.append((e, g))
    return corners


def _price(a: tuple[float, float], b: tuple[float, float]) -> float:
    return (b[0] - a[0]) / (b[1] - a[1])
