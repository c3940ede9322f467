"""A feature that is incomplete, contradictory or unlawful can not be declared; the error names it."""

from __future__ import annotations

from typing import Any

import pytest

from features.errors import FeaturesError
from features.expressions import EVERYONE, Expression, Group, Records, call, own
from features.view import Feature, FeatureView

registrations = Records("registration")
applications = Records("loan_application")
loans = Records("loan_account")
repayments = Records("card_repayment")

GOOD: dict[str, Any] = {
    "name": "employees_now",
    "theme": "registration",
    "value": registrations["employees"].latest(),
    "unit": "people",
    "direction": 0,
    "title_zh": "员工人数",
    "title_en": "Employees",
    "null_zh": "没有登记记录",
    "null_en": "no registration is on record",
    "too_high_zh": "员工 {value} 人，偏多",
    "too_high_en": "{value} employees, many",
    "too_low_zh": "员工 {value} 人，偏少",
    "too_low_en": "{value} employees, few",
}


def refused(**changes: Any) -> str:
    with pytest.raises(FeaturesError) as caught:
        Feature(**{**GOOD, **changes})
    assert caught.value.feature == changes.get("name", "employees_now")
    assert f"feature {caught.value.feature!r}:" in str(caught.value)
    return str(caught.value)


def test_a_complete_declaration_is_accepted_and_tells_what_it_is_made_from() -> None:
    feature = Feature(**GOOD)
    assert (feature.kind, feature.contract) == ("number", "registration")
    assert feature.columns == ("registration.employees",)
    assert feature.spec()["title_zh"] == "员工人数"


def test_features_and_views_are_frozen() -> None:
    feature = Feature(**GOOD)
    with pytest.raises(AttributeError):
        feature.unit = "jobs"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        FeatureView("v", "enterprise", (feature,)).name = "w"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"unit": ""}, "no unit is given"),
        ({"unit": "bananas"}, "'bananas' is no unit"),
        ({"direction": None}, "no direction is given"),
        ({"direction": 2}, "no direction is given"),
        ({"null_zh": " "}, "lacks a null meaning (zh)"),
        ({"null_en": ""}, "lacks a null meaning (en)"),
        ({"title_zh": ""}, "lacks a title (zh)"),
        ({"too_high_en": ""}, "lacks a reason text for a value that is too high (en)"),
        ({"too_low_zh": ""}, "lacks a reason text for a value that is too low (zh)"),
        ({"theme": ""}, "no theme is given"),
        ({"name": "Employees now"}, "the name is not usable"),
        ({"labels": (("1", "一", "one"),)}, "labels name the codes of a category"),
    ],
)
def test_an_incomplete_declaration_is_refused(changes: dict[str, Any], expected: str) -> None:
    assert expected in refused(**changes)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Records("tax")["amount"].latest(), "there is no contract 'tax'"),
        (Records("tax").count(), "there is no contract 'tax'"),
        (registrations["colour"].latest(), "registration has no column 'colour'"),
        (repayments["paid_cents"].sum(months=0), "a window of 0 months holds nothing"),
        (repayments["paid_cents"].sum(months=-3), "a window of -3 months holds nothing"),
        (repayments["paid_cents"].sum(months=3, skip=3), "leaves out the last 3"),
        (repayments["paid_cents"].sum(skip=-1), "0 <= skip < months"),
        (registrations["region"].sum(), "sum needs a number, not a text"),
        (registrations["employees"], "is a column of many records"),
        (registrations["employees"].latest().sum(), "can not stand inside another one"),
        (loans["amount_cents"].sum(where=loans["amount_cents"]), "where must be a condition"),
        (
            loans["amount_cents"].sum(where=applications["amount_cents"].more_than(1)),
            "can not look at",
        ),
        (call("guess", registrations["employees"].latest()), "there is no function 'guess'"),
        (call("sector", registrations["employees"].latest()), "sector() does not take (number)"),
        (registrations["employees"].latest().equals("many"), "equals() does not take"),
        (loans["opened_on"].latest(), "a date drifts with the calendar"),
        (loans["amount_cents"].mean().among(EVERYONE), "mean among everyone is not possible"),
    ],
)
def test_a_value_that_can_not_be_computed_is_refused(value: Expression, expected: str) -> None:
    assert expected in refused(value=value)


def test_groups_must_tell_their_members_in_one_way() -> None:
    lender = applications["institution"].latest()
    wrong = Group("lender", mine=(lender,), theirs=(own("amount_cents"),))
    assert "compares a text with a number" in refused(value=loans.count().among(wrong))
    half = Group("lender", mine=(lender,), theirs=())
    assert "in two different ways" in refused(value=loans.count().among(half))
    loose = Group("amount", mine=(lender,), theirs=(repayments["status_24"],))
    assert "can not be joined to loan_account" in refused(value=loans.count().among(loose))


def test_a_category_has_no_direction_and_the_unit_code() -> None:
    region = registrations["region"].latest()
    assert Feature(**{**GOOD, "value": region, "unit": "code", "too_low_zh": ""}).kind == "category"
    assert "a category has no order" in refused(value=region, unit="code", direction=1)
    assert "a category has no order" in refused(value=region, unit="people")


@pytest.mark.parametrize("column", ["sex", "education", "marital_status", "age"])
def test_protected_columns_are_never_inputs(column: str) -> None:
    value = Records("person")[column].latest()
    assert "kept for fairness checks alone" in refused(value=value, unit="code")


def test_protected_columns_are_never_inputs_in_a_condition_or_a_group_either() -> None:
    person = Records("person")
    assert "fairness" in refused(value=person.count(where=person["sex"].equals("male")))
    group = Group("peers", mine=(person["sex"].latest(),), theirs=(person["sex"],))
    assert "fairness" in refused(value=Records("card_account").count().among(group))


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "customer_age"},
        {"name": "gender_code"},
        {"title_zh": "申请人民族"},
        {"title_zh": "宗教信仰"},
        {"title_en": "Marital status of the owner"},
        {"title_zh": "最高学历"},
    ],
)
def test_no_name_or_title_may_stand_for_a_prohibited_input(changes: dict[str, str]) -> None:
    assert "may not be an input" in refused(**changes)


def test_a_view_refuses_two_features_of_one_name_no_features_and_unknown_kinds() -> None:
    feature = Feature(**GOOD)
    with pytest.raises(FeaturesError, match="declared twice in one view") as caught:
        FeatureView("twice", "enterprise", (feature, feature))
    assert caught.value.feature == "employees_now"
    with pytest.raises(FeaturesError, match="has no features"):
        FeatureView("none", "enterprise", ())
    with pytest.raises(FeaturesError, match="no known kind of subject"):
        FeatureView("cats", "cat", (feature,))  # type: ignore[arg-type]
    with pytest.raises(FeaturesError, match="has no feature 'x'"):
        FeatureView("one", "enterprise", (feature,))["x"]
