"""Advice: the least effort that reaches a score, proved by scoring the changed row; or plainly that nothing does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from features.actions import Action
from features.policy import refused_input
from models.bins import Floats
from models.errors import ModelsError
from models.reasons.reference import Value
from models.reasons.wording import titles, with_unit
from models.recourse.search import Choice, Problem, cheapest, farthest
from models.recourse.steps import Step, code_of, steps_of
from models.scorer import AdditiveModel

Verify = Callable[[Mapping[str, Value]], float]
"""Scores the changed values of a row by any way there is, such as through the whole feature pipeline."""


class RecourseSettings(BaseModel):
    """Bounds of the search; numbers are ours.

    Attributes
    ----------
    most
        A plan has at most so many actions: nobody follows more.
    nodes
        The search stops after so many combinations and says that it did.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    most: int = Field(4, ge=1)
    nodes: int = Field(20_000, ge=1)


@dataclass(frozen=True)
class Change:
    """One thing to do.

    Attributes
    ----------
    feature, before, after
        What is changed first.
    follows
        (feature, before, after) of what moves along.
    effort, months
        As declared: ours.
    text_zh, text_en
        The same for people.
    """

    feature: str
    before: Value
    after: Value
    follows: tuple[tuple[str, Value, Value], ...]
    effort: float
    months: int
    text_zh: str
    text_en: str


@dataclass(frozen=True)
class Advice:
    """What would reach a score.

    Attributes
    ----------
    outcome
        ``enough``: the score is there already. ``reachable``: `changes` reach it. ``out_of_reach``: nothing that can
        be changed does; `changes` are then those that come nearest.
    target, score, reached
        Published scores: asked for, now, and after the changes (verified).
    changes
        Things to do; together they cost `effort`, and the slowest takes `months`.
    proved
        Whether it is proved that no smaller effort reaches the target (that nothing does, that nothing comes nearer).
    text_zh, text_en
        The outcome in one sentence.
    """

    outcome: Literal["enough", "reachable", "out_of_reach"]
    target: int
    score: int
    reached: int
    changes: tuple[Change, ...]
    effort: float
    months: int
    proved: bool
    text_zh: str
    text_en: str


class Recourse:
    """Advice for the subjects of one model.

    Parameters
    ----------
    model
        The scorer.
    actions
        What can be changed. Actions on what the model does not use are passed over.
    settings
        Bounds of the search.

    Raises
    ------
    ModelsError
        When an action touches a protected or prohibited input.
    """

    def __init__(
        self,
        model: AdditiveModel,
        actions: Iterable[Action],
        settings: RecourseSettings | None = None,
    ) -> None:
        self.model = model
        self.settings = settings or RecourseSettings()
        self.actions = tuple(a for a in actions if a.feature in model.bins)
        for name in sorted({name for action in self.actions for name in action.moves}):
            if name in model.prohibited or refused_input(name):
                raise ModelsError(f"Advice may not touch the input {name!r}: it is protected.")

    def advise(
        self, values: Mapping[str, Any], target: int | None = None, verify: Verify | None = None
    ) -> Advice:
        """Find the least effort that reaches a score.

        Parameters
        ----------
        values
            The row, as for `AdditiveModel.explain`.
        target
            Published score to reach; the cut-off of the model's reference if absent.
        verify
            Gives the published score of changed values, beside the model itself: a plan that does not reach the
            target there is not given.

        Raises
        ------
        ModelsError
            When no target is known, or it lies outside the published range.
        """
        model = self.model
        if target is None:
            if model.reference is None:
                raise ModelsError("Name a target score: the model has no cut-off of its own.")
            target = model.reference.cut_off
        if not model.scale.low <= target <= model.scale.high:
            raise ModelsError(
                f"The target score must be from {model.scale.low} to {model.scale.high}."
            )
        row = {name: _plain(values, name) for name in model.inputs}
        explained = model.explain(row)
        if explained.score >= target:
            return self._advice("enough", target, explained.score, explained.score, (), True)
        taken = [(action, steps_of(model, action, row)) for action in self.actions]
        taken = [(action, steps) for action, steps in taken if steps]
        problem = _problem(model, row, taken)

        def changed(choice: Choice) -> dict[str, Value]:
            out = dict(row)
            for step, (_, steps) in zip(choice, taken, strict=True):
                if step:
                    out.update(steps[step - 1].changes)
            return out

        def accept(choice: Choice) -> bool:
            new = changed(choice)
            if model.explain(new).score < target:
                return False
            return verify is None or verify(new) >= target

        # A published score is rounded half up: the target is reached from half a point below it.
        need = target - 0.5 - explained.margin
        found = cheapest(problem, need, accept, self.settings.most, self.settings.nodes)
        outcome: Literal["reachable", "out_of_reach"] = "reachable"
        if found.choice is None:
            outcome, whole = "out_of_reach", found.proved
            found = farthest(problem, self.settings.most, self.settings.nodes)
            found.proved = found.proved and whole
        choice = found.choice or (0,) * len(taken)
        changes = tuple(
            self._change(row, action, steps[step - 1])
            for step, (action, steps) in zip(choice, taken, strict=True)
            if step
        )
        reached = model.explain(changed(choice)).score
        return self._advice(outcome, target, explained.score, reached, changes, found.proved)

    def _change(self, row: Mapping[str, Value], action: Action, step: Step) -> Change:
        name = action.feature
        field, before = self.model.schema[name], row[name]
        (title_zh, title_en) = titles(field)
        (from_zh, from_en), (to_zh, to_en) = with_unit(field, before), with_unit(field, step.value)
        time_zh = f"（约需 {action.months} 个月）" if action.months else ""
        plural = "month" if action.months == 1 else "months"
        time_en = f" (about {action.months} {plural})" if action.months else ""
        return Change(
            name,
            before,
            step.value,
            tuple((f, row[f], new) for f, new in step.changes.items() if f != name),
            step.effort,
            action.months,
            f"{action.do_zh}：{title_zh}由 {from_zh} 变为 {to_zh}{time_zh}",
            f"{action.do_en}: {title_en} from {from_en} to {to_en}{time_en}",
        )

    @staticmethod
    def _advice(
        outcome: Literal["enough", "reachable", "out_of_reach"],
        target: int,
        score: int,
        reached: int,
        changes: tuple[Change, ...],
        proved: bool,
    ) -> Advice:
        zh, en = {
            "enough": (
                f"评分 {score} 已达到 {target} 分。",
                f"The score of {score} reaches {target} already.",
            ),
            "reachable": (
                f"完成下列 {len(changes)} 项改变后，评分可由 {score} 升至 {reached}，达到 {target} 分。",
                f"With the following {len(changes)} change(s) the score rises from {score} to {reached} and "
                f"reaches {target}.",
            ),
            "out_of_reach": (
                f"可改变的项目不足以达到 {target} 分；目前最多可升至 {reached} 分。",
                f"Nothing that can be changed reaches {target}; {reached} is the nearest score within reach.",
            ),
        }[outcome]
        effort = sum(change.effort for change in changes)
        months = max((change.months for change in changes), default=0)
        return Advice(outcome, target, score, reached, changes, effort, months, proved, zh, en)


def _plain(values: Mapping[str, Any], name: str) -> Value:
    try:
        value = values[name]
    except KeyError:
        raise ModelsError(f"Missing field {name!r}; give None when it is unknown.") from None
    if value is None or isinstance(value, str) or value != value:
        return value if isinstance(value, str) else None
    return float(value)


def _problem(
    model: AdditiveModel, row: Mapping[str, Value], taken: list[tuple[Action, list[Step]]]
) -> Problem:
    """Points of every step, and of every two steps whose features meet in a table."""
    moved = [frozenset().union(*(s.changes for s in steps)) for _, steps in taken]
    states = [[{}, *(dict(step.changes) for step in steps)] for _, steps in taken]
    gain = [np.zeros(len(state)) for state in states]
    joint: dict[tuple[int, int], Floats] = {}
    apart = {
        (i, j) for i, j in combinations(range(len(taken)), 2) if not moved[i].isdisjoint(moved[j])
    }
    for table in model.tables:
        cells = table.values * -model.scale.factor

        def points(
            changes: Mapping[str, Value], table: Any = table, cells: Floats = cells
        ) -> float:
            where = tuple(
                code_of(axis, changes.get(name, row[name]))
                for name, axis in zip(table.features, table.axes, strict=True)
            )
            return float(cells[where])

        now = points({})
        movers = [i for i, names in enumerate(moved) if not names.isdisjoint(table.features)]
        alone = {i: np.array([points(state) - now for state in states[i]]) for i in movers}
        for i in movers:
            gain[i] += alone[i]
        for i, j in combinations(movers, 2):
            if (i, j) in apart:
                continue
            together = np.array([[points({**a, **b}) - now for b in states[j]] for a in states[i]])
            rest = together - alone[i][:, None] - alone[j][None, :]
            joint[i, j] = joint.get((i, j), np.zeros_like(rest)) + rest
    effort = tuple(np.array([0.0, *(step.effort for step in steps)]) for _, steps in taken)
    return Problem(effort, tuple(gain), joint, frozenset(apart))
