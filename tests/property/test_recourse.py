"""Whatever the tables are: advice costs the least, keeps its bounds, and flips the decision; or nothing does."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.actions import Action, Link
from models.bins import NumberBins
from models.recourse.advice import Recourse, RecourseSettings
from models.recourse.search import Problem, cheapest, farthest
from models.recourse.steps import Step, code_of, steps_of
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from tests.models.rows import table

NAMES = ("a", "b", "c", "d")
CUTS = {"a": (0.2, 0.5), "b": (0.3, 0.6, 0.9), "c": (0.4,), "d": (0.25, 0.75)}
ACTIONS = (
    Action("a", -1, "甲", "a", least=0.0, step=0.1, links=(Link("d", add=0.5),)),
    Action("b", 0, "乙", "b", least=0.0, most=1.0, step=0.2, effort=1.5),
    Action("c", 1, "丙", "c", most=1.0, step=0.5, start=0.5),
    Action("d", -1, "丁", "d", least=0.1, step=0.1, start=2.0),
)
PAIRS = (("a", "b"), ("b", "c"), ("c", "d"), ("a", "d"))


@st.composite
def models(draw: st.DrawFn) -> AdditiveModel:
    effect = st.floats(-1, 1).map(lambda v: round(v, 2))
    parts = []
    for name in NAMES:
        size = len(CUTS[name]) + 2
        cells = draw(st.lists(effect, min_size=size, max_size=size))
        parts.append(table((name,), (NumberBins(CUTS[name]),), cells))
    for a, b in draw(st.sets(st.sampled_from(PAIRS))) if draw(st.booleans()) else ():
        shape = (len(CUTS[a]) + 2, len(CUTS[b]) + 2)
        cells = draw(st.lists(effect, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
        axes = (NumberBins(CUTS[a]), NumberBins(CUTS[b]))
        parts.append(table((a, b), axes, np.reshape(cells, shape)))
    schema = Schema(tuple(Field(name, "number", unit="fraction") for name in NAMES))
    return AdditiveModel(schema, tuple(parts), -1.0)


unit = st.one_of(st.none(), st.floats(0, 1).map(lambda v: round(v, 3)))
rows = st.fixed_dictionaries(dict.fromkeys(NAMES, unit))


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(models(), rows, st.integers(380, 560), st.integers(1, 4))
def test_advice_is_the_least_of_all(
    model: AdditiveModel, row: dict[str, float | None], target: int, most: int
) -> None:
    recourse = Recourse(model, ACTIONS, RecourseSettings(most=most, nodes=100_000))
    advice = recourse.advise(row, target)
    assert advice.proved
    assert advice.score == model.explain(row).score
    efforts: dict[tuple[int, ...], float] = {}
    scores: dict[tuple[int, ...], int] = {}
    options = [[Step(None, {}, 0.0), *steps_of(model, action, row)] for action in ACTIONS]
    for key in product(*(range(len(steps)) for steps in options)):
        taken = [steps[i] for steps, i in zip(options, key, strict=True) if i]
        names = [name for step in taken for name in step.changes]
        if len(taken) > most or len(names) != len(set(names)):
            continue
        changed: dict[str, Any] = dict(row)
        for step in taken:
            changed.update(step.changes)
        efforts[key] = sum(step.effort for step in taken)
        scores[key] = model.explain(changed).score
    reaching = [effort for plan, effort in efforts.items() if scores[plan] >= target]
    if advice.score >= target:
        assert (advice.outcome, advice.changes) == ("enough", ())
    elif reaching:
        assert advice.outcome == "reachable"
        assert advice.reached >= target
        assert abs(advice.effort - min(reaching)) <= 1e-6
    else:
        assert advice.outcome == "out_of_reach"
        assert advice.reached == max(scores.values()) < target
    # What is advised, applied by hand, gives the score that was promised, within bounds and in the allowed sense.
    applied: dict[str, Any] = dict(row)
    for change in advice.changes:
        action = next(a for a in ACTIONS if a.feature == change.feature)
        before, after = float(change.before), float(change.after)  # type: ignore[arg-type]
        assert action.least <= after <= action.most
        assert action.toward in (0, np.sign(after - before))
        applied[change.feature] = after
        for name, _, new in change.follows:
            applied[name] = new
    assert model.explain(applied).score == advice.reached


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(models(), rows)
def test_every_cell_that_fine_changes_reach_has_a_step(
    model: AdditiveModel, row: dict[str, float | None]
) -> None:
    """No value on a fine grid brings more points for less effort than some step, but for rounding."""
    action = ACTIONS[0]
    if row["a"] is None:
        assert steps_of(model, action, row) == []
        return
    steps = steps_of(model, action, row)

    def cell(new: float) -> tuple[int, ...]:
        changed = {**row, "a": new}
        if row["d"] is not None and row["a"] is not None:
            changed["d"] = action.links[0].follow(row["d"], row["a"], new)
        return tuple(code_of(model.bins[name], changed[name]) for name in ("a", "d"))

    reached = {cell(float(step.value)): step.effort for step in steps}  # type: ignore[arg-type]
    for new in np.arange(0.0, row["a"], 0.01).round(2).tolist():
        inside = len({cell(v) for v in (new - 0.005, new, new + 0.005)}) == 1
        if inside and cell(new) != cell(row["a"]):
            # Readable values lie at most a quarter of an interval away: 0.125 here, 1.25 of effort.
            assert reached[cell(new)] <= action.effort_of(row["a"], new) + 1.25


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_the_bound_never_cuts_off_the_best(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 4))
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=count, max_size=count))
    random = np.random.default_rng(data.draw(st.integers(0, 2**16)))
    effort = tuple(np.r_[0.0, random.uniform(0.1, 5, size)] for size in sizes)
    gain = tuple(np.r_[0.0, random.normal(0, 10, size)] for size in sizes)
    joint = {}
    for i in range(count):
        for j in range(i + 1, count):
            if random.random() < 0.5:
                cells = random.normal(0, 6, (sizes[i] + 1, sizes[j] + 1))
                cells[0, :] = cells[:, 0] = 0.0
                joint[i, j] = cells
    problem = Problem(
        effort, gain, joint, frozenset({(0, 1)} if count > 1 and random.random() < 0.3 else ())
    )
    plans = {}
    for plan in product(*(range(size + 1) for size in sizes)):
        if problem.apart and plan[0] and plan[1]:
            continue
        won = sum(g[s] for g, s in zip(gain, plan, strict=True))
        won += sum(cells[plan[i], plan[j]] for (i, j), cells in joint.items())
        plans[plan] = (sum(e[s] for e, s in zip(effort, plan, strict=True)), won)
    need = float(random.uniform(0, 25))
    best = min((e for e, g in plans.values() if g >= need), default=None)
    found = cheapest(problem, need, lambda _: True, count, 10**6)
    assert (found.choice is None) == (best is None)
    if best is not None and found.choice is not None:
        assert abs(found.effort - best) <= 1e-9
        assert abs(plans[found.choice][1] - found.gain) <= 1e-9
    far = farthest(problem, count, 10**6)
    assert far.choice is not None
    assert abs(far.gain - max(g for _, g in plans.values())) <= 1e-9
