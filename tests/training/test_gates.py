"""The table of gates: ids, both texts, and the example that passes and the one that does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from training.gates import GATES, PASSING, Gate, judge
from training.registry import STATE_TITLES, TRANSITIONS, State
from training.settings import GateLimits


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.id)
def test_each_gate_passes_its_passing_and_fails_its_failing_example(gate: Gate) -> None:
    good, bad = gate.examples()
    limits = GateLimits()
    assert gate.passes(good, limits)
    assert not gate.passes(bad, limits)
    assert gate.text_zh
    assert gate.text_en
    assert gate.found(good)
    assert gate.found(bad)
    assert gate.needed(limits)


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.id)
def test_a_failing_example_fails_that_gate_alone(gate: Gate) -> None:
    verdicts = judge(gate.examples()[1], State.LIVE, GateLimits())
    assert [v.gate.id for v in verdicts if not v.passed] == [gate.id]


def test_ids_are_unique_and_the_passing_example_passes_all() -> None:
    assert len({gate.id for gate in GATES}) == len(GATES)
    assert all(v.passed for v in judge(PASSING, State.LIVE, GateLimits()))


@pytest.mark.parametrize(
    ("change", "passes"),
    [
        ({"champion": None, "lead": None, "lead_p": None}, True),  # the first champion
        ({"lead": None, "lead_p": None}, False),  # not compared with this champion
        ({"lead": 0.02, "lead_p": 0.05}, True),
        ({"lead": 0.02, "lead_p": 0.051, "gain": None, "gain_p": None}, False),
        # ranks as well, and its log loss is smaller for sure: a recalibration
        ({"lead": 0.0, "lead_p": 0.5, "gain": 0.01, "gain_p": 0.05}, True),
        ({"lead": 0.0, "lead_p": 0.5, "gain": 0.01, "gain_p": 0.051}, False),
        ({"lead": 0.0, "lead_p": 0.5, "gain": -0.01, "gain_p": 0.01}, False),
        # ranks worse for sure: a better level does not help
        ({"lead": -0.02, "lead_p": 0.96, "gain": 0.01, "gain_p": 0.001}, False),
    ],
)
def test_better_than_the_champion(change: dict[str, float | None], passes: bool) -> None:
    (gate,) = (g for g in GATES if g.id == "G-04")
    assert gate.passes(replace(PASSING, **change), GateLimits()) is passes


def test_limits_are_the_configurations() -> None:
    slope = replace(PASSING, slope=0.85)
    assert [v.gate.id for v in judge(slope, State.LIVE, GateLimits()) if not v.passed] == ["G-05"]
    assert all(v.passed for v in judge(slope, State.LIVE, GateLimits(slope_low=0.8)))


def test_states_ask_more_and_more_gates() -> None:
    asked = [
        {v.gate.id for v in judge(PASSING, to, GateLimits())}
        for to in (State.TESTED, State.REVIEWED, State.LIVE)
    ]
    assert asked[0] < asked[1] < asked[2] == {gate.id for gate in GATES}
    assert judge(PASSING, State.RETIRED, GateLimits()) == []


def test_a_ranking_is_asked_who_and_on_what_it_was_chosen() -> None:
    ranking = replace(PASSING, kind="ranking", slope=None, psi=None)
    assert {v.gate.id for v in judge(ranking, State.LIVE, GateLimits())} == {"G-02", "G-03"}


def test_every_state_has_a_way_out_but_retired() -> None:
    assert set(TRANSITIONS) == set(STATE_TITLES) == set(State)
    assert all(State.RETIRED in to for state, to in TRANSITIONS.items() if state != State.RETIRED)
    assert TRANSITIONS[State.RETIRED] == ()
