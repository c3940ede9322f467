"""What subjects can change: declared for features that exist, in the sense that lowers risk, in both languages."""

from __future__ import annotations

import math
from typing import Any

import pytest

from features.actions import Action, Link, check_actions
from features.catalogue import VIEWS, view
from features.deeds import DEEDS, actions_of
from features.errors import FeaturesError
from features.policy import refused_input


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_every_declaration_fits_its_view(name: str) -> None:
    actions = actions_of(name)
    assert actions
    for action in actions:
        feature = view(name)[action.feature]
        assert not feature.lender_history
        assert refused_input(action.feature, feature.title_zh, feature.title_en) is None
        assert any("\u4e00" <= c <= "\u9fff" for c in action.do_zh)
        assert action.do_en.isascii()
        bound = action.bound(action.toward)
        assert math.isfinite(bound) or action.levels
        if feature.unit == "yes/no":
            assert bound == (1.0 if action.toward > 0 else 0.0)


def test_every_view_declares_and_no_other() -> None:
    assert set(DEEDS) == set(VIEWS)


def act(feature: str, toward: int = -1, **more: Any) -> Action:
    return Action(feature, toward, "做", "do", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: act("card_utilisation", 1), "towards more risk"),
        (lambda: act("nothing_such"), "no feature"),
        (lambda: act("card_utilisation", links=(Link("nothing_such", add=1.0),)), "no feature"),
        (lambda: act("card_limit", 1, levels=(("a", 1.0),)), "categories"),
    ],
)
def test_what_does_not_fit_a_view_is_refused(wrong: Any, told: str) -> None:
    with pytest.raises(FeaturesError, match=told):
        check_actions(view("individual"), (wrong(),))


def test_two_actions_on_one_feature_and_a_lenders_history_are_refused() -> None:
    with pytest.raises(FeaturesError, match="two actions"):
        check_actions(view("individual"), (act("card_utilisation"), act("card_utilisation")))
    with pytest.raises(FeaturesError, match="history"):
        check_actions(view("enterprise"), (act("lender_charge_off_rate"),))


@pytest.mark.parametrize(
    "wrong",
    [{"least": 1.0, "most": 0.0}, {"step": 0.0}, {"effort": 0.0}, {"start": 0.0}, {"months": -1},
     {"levels": (("a", 0.0),)}, {"links": (Link("use", add=1.0),)}],
)  # fmt: skip
def test_an_action_that_no_plan_could_use_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(FeaturesError, match="use"):
        act("use", **wrong)
    with pytest.raises(FeaturesError, match="says not what"):
        Action("use", -1, "", "do")


@pytest.mark.parametrize("wrong", [{}, {"add": 1.0, "times": True}, {"add": math.inf}])
def test_a_link_says_one_thing(wrong: dict[str, Any]) -> None:
    with pytest.raises(FeaturesError, match="either"):
        Link("use", **wrong)


def test_what_is_in_proportion_to_nothing_does_not_follow() -> None:
    assert Link("b", times=True).follow(3.0, 0.0, 5.0) == 3.0
    assert (
        act("a", step=0.5, relative=True).effort_of(0.0, 1.0) == 3.0
    )  # of nothing, a step is a unit
    assert act("a", levels=(("x", 2.0),)).effort_of("y", "x") == 3.0
