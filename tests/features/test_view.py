"""A feature that is incomplete, contradictory or unlawful can not be declared; the error names it."""

from __future__ import annotations

from typing import Any

import pytest

from features.errors import FeaturesError
from features.expressions import (
    EVERYONE,
    Call,
    Expression,
    Group,
    Records,
    call,
    days_since,
    months_since,
    own,
)
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


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (loans["institution"].one_of("a").or_also(loans["amount_cents"]).known(), "is a column"),
        (loans["amount_cents"].latest().one_of("a"), "one_of() does not take (number, text)"),
        (call("one_of", loans["amount_cents"].latest(), loans.count()), "one_of takes a list"),
        (call("one_of", loans["amount_cents"].latest()), "one_of takes a list"),
        (loans["institution"].latest().otherwise(1), "otherwise() does not take (text, number)"),
        (loans["amount_cents"].latest().or_also(loans.count()), "either() does not take"),
        (months_since(loans["amount_cents"].latest()), "months_since() does not take (number)"),
        (days_since(loans["institution"].latest()), "days_since() does not take (text)"),
        (loans["amount_cents"].latest().before_day(), "before_day() does not take (number)"),
        (loans["opened_on"].largest(), "a date drifts with the calendar"),
        (loans["opened_on"].first(), "a date drifts with the calendar"),
        (loans["opened_on"].sum(), "sum needs a number, not a date"),
        (loans["institution"].smallest(), "smallest needs a number or a date, not a text"),
        (loans["institution"].total(), "total needs a number, not a text"),
        (loans["institution"].distinct().among(EVERYONE), "distinct among everyone"),
    ],
)
def test_a_word_of_the_language_keeps_to_its_types(value: Expression, expected: str) -> None:
    assert expected in refused(value=value)


@pytest.mark.parametrize(
    "where",
    [
        loans["opened_on"].before_day(),
        loans["due_on"].open_on_day(),
        months_since(loans["opened_on"]).at_least(3),
    ],
)
def test_a_group_can_not_look_at_the_day(where: Expression) -> None:
    message = refused(value=loans.count(where=where).among(EVERYONE))
    assert "among everyone is not possible" in message
    assert "may not change from day to day" in message


def test_a_group_can_not_sum_up_what_needs_everyones_written_consent() -> None:
    paid = Records("tax_payment")["tax_paid_cents"].sum().among(EVERYONE)
    assert "written consent (REG-03)" in refused(value=paid)


@pytest.mark.parametrize(
    "value",
    [
        loans["amount_cents"].sum().otherwise(0),
        loans.count().known(),
        loans["due_on"].latest().open_on_day(),
        loans.count().equals(0).or_also(loans.count().known().equals(loans.count().known())),
        loans.count().known().and_also(loans["amount_cents"].latest().more_than(1)),
    ],
)
def test_nothing_supplied_may_not_become_a_value(value: Expression) -> None:
    assert "nothing was supplied" in refused(value=value, unit="yes/no")
    guarded = value.only_if(loans.count().known())
    assert Feature(**{**GOOD, "value": guarded, "unit": "yes/no"}).kind == "number"


def test_a_declaration_that_holds_itself_is_refused() -> None:
    # Frozen nodes can only be tied into a ring by force.
    ring = Call("known", (loans.count(),))
    object.__setattr__(ring, "arguments", (Call("known", (ring,)),))
    assert "is made from itself" in refused(value=ring)


def test_sensitivity_is_that_of_the_strictest_part() -> None:
    assert Feature(**GOOD).sensitivity == "restricted"
    public = registrations["franchise"].latest()
    assert Feature(**{**GOOD, "value": public}).sensitivity == "public"
    mixed = registrations["employees"].latest() / loans.count()
    assert Feature(**{**GOOD, "value": mixed}).sensitivity == "consent"
    checks = Records("identity_check").count()
    assert Feature(**{**GOOD, "value": checks + loans.count()}).sensitivity == "separate-consent"


def test_suppliers_are_those_of_the_contracts_in_both_languages() -> None:
    mixed = Feature(**{**GOOD, "value": registrations["employees"].latest() / loans.count()})
    assert mixed.suppliers == (
        ("市场监督管理部门", "Market regulation authority"),
        ("金融机构", "Financial institution"),
    )
    spec = mixed.spec()
    assert spec["sensitivity"] == "consent"
    assert spec["suppliers"][0] == {"zh": "市场监督管理部门", "en": "Market regulation authority"}


@pytest.mark.parametrize("column", ["sex", "birth_on", "marital_status"])
def test_protected_items_of_a_credit_message_are_never_inputs(column: str) -> None:
    borrower = Records("borrower")
    assert "fairness" in refused(value=borrower[column].distinct())
    assert "fairness" in refused(value=borrower.count(where=borrower[column].known()))
