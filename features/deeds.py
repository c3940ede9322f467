"""What subjects can change, view by view. Efforts and bounds are ours; see :mod:`features.actions`.

A firm can pay what it owes, ask for less, use less of its lines. It can not undo arrears, cases or penalties of the
past, nor its age: those are left out, and advice never asks for them. Nor do we advise what would only look better,
such as claiming more employees.
"""

from __future__ import annotations

from functools import lru_cache

from features.actions import Action, Link, check_actions
from features.catalogue import view

_CREDIT = (
    Action(
        "credit_utilisation", -1, "减少循环额度的使用", "Use less of the revolving limits",
        least=0.0, step=0.1,
    ),
    Action(
        "overdue_amount", -1, "偿还逾期款项", "Pay what is overdue",
        least=0.0, step=0.25, relative=True,
        links=(Link("credit_arrears_now", times=True), Link("overdue_balance_share", times=True)),
    ),
    Action(
        "approval_enquiries_3", -1, "近期少申请新的贷款", "File fewer applications for a while",
        least=0.0, effort=0.5, months=3,
    ),
    Action(
        "credit_lenders", -1, "结清部分机构的贷款", "Pay off the loans of some lenders",
        least=1.0, effort=3.0, months=3,
    ),
    Action(
        "online_overdue_amount", -1, "偿还逾期的网络借贷", "Pay overdue online loans",
        least=0.0, step=0.25, relative=True, links=(Link("online_overdue_open", times=True),),
    ),
    Action(
        "guarantees_given_amount", -1, "解除部分对外担保", "End some of the guarantees given",
        least=0.0, step=0.25, effort=3.0, relative=True, months=6,
        links=(Link("guarantee_to_credit", times=True),),
    ),
    Action(
        "telecom_arrears_open", -1, "缴清通信欠费", "Pay telecom arrears",
        least=0.0, step=0.5, effort=0.5, relative=True, start=0.5,
    ),
)  # fmt: skip
_TAX_OWED = Action(
    "tax_owed", -1, "缴清欠税", "Pay the tax owed", least=0.0, step=0.25, relative=True
)

DEEDS: dict[str, tuple[Action, ...]] = {
    "enterprise": (
        Action(
            "loan_amount", -1, "降低申请金额", "Ask for a smaller amount",
            least=1000.0, step=0.1, relative=True, months=0,
            links=(Link("loan_amount_relative", times=True),),
        ),
        Action(
            "guaranteed_share", 1, "提高担保比例", "Have a larger share guaranteed",
            most=0.85, step=0.1, effort=2.0, start=2.0,
        ),
    ),
    "individual": (
        Action(
            "arrears_now", -1, "还清逾期款", "Pay the arrears",
            least=0.0, effort=2.0,
            links=(Link("arrears_streak_6", times=True), Link("arrears_change_3", add=1.0)),
        ),
        Action(
            "card_utilisation", -1, "偿还信用卡欠款", "Pay down the card",
            least=0.0, step=0.1,
            links=(
                Link("card_utilisation_mean_6", add=1 / 6),
                Link("card_utilisation_change", add=1.0),
                Link("card_utilisation_trend", add=1 / 3),
            ),
        ),
        Action(
            "payment_ratio", 1, "多还当期账单", "Pay more of the bill",
            most=1.0, step=0.1, links=(Link("payment_to_limit", times=True),),
        ),
    ),
    "firm": (
        *_CREDIT,
        _TAX_OWED,
        Action(
            "social_security_owed", -1, "补缴社保欠费", "Pay the social insurance owed",
            least=0.0, step=0.25, relative=True,
        ),
        Action(
            "wage_arrears_open", -1, "付清拖欠的工资", "Pay the wages owed",
            least=0.0, effort=3.0, months=2,
        ),
        Action(
            "electricity_owed", -1, "缴清电费", "Pay the electricity bills",
            least=0.0, step=0.5, effort=0.5, relative=True, start=0.5,
        ),
        Action(
            "gas_owed", -1, "缴清气费", "Pay the gas bills",
            least=0.0, step=0.5, effort=0.5, relative=True, start=0.5,
        ),
        Action(
            "environment_unremedied", -1, "完成环境问题整改", "Remedy what the environment office found",
            least=0.0, effort=5.0, months=6,
        ),
        Action(
            "top_customer_share_12", -1, "扩大客户来源", "Win further customers",
            least=0.05, step=0.05, effort=3.0, months=12,
        ),
        Action(
            "audited_without_reservation", 1, "取得无保留意见的审计报告", "Get statements audited without reservation",
            most=1.0, effort=4.0, months=6,
        ),
    ),
    "household": (
        *_CREDIT,
        _TAX_OWED,
        Action(
            "farm_policies", 1, "为生产投保农业保险", "Insure the production",
            most=5.0, effort=1.5, months=3,
        ),
        Action(
            "farm_village_verified", 1, "完成村级信用信息核实", "Have the village verify the credit file",
            most=1.0, effort=1.0,
        ),
    ),
}  # fmt: skip
"""Actions of each view."""


@lru_cache
def actions_of(name: str) -> tuple[Action, ...]:
    """What the subjects of a view can change, checked against its features.

    Raises
    ------
    FeaturesError
        For a view that does not exist, or a declaration that does not fit it.

    Examples
    --------
    >>> [action.feature for action in actions_of("enterprise")]
    ['loan_amount', 'guaranteed_share']
    """
    return check_actions(view(name), DEEDS.get(name, ()))
