"""Public credit ratings, red and black lists, and the repair of credit (公共信用)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract
from data_contracts.government.bureaux import CREDIT_CENTRE, REFORM
from data_contracts.government.shapes import public, restricted
from data_contracts.government.subject import PublicSubject, RestrictedSubject

REPAIRABLE = {
    "penalty": ("行政处罚", "Administrative penalty"),
    "abnormal_operation": ("经营异常名录", "List of abnormal operations"),
    "serious_violation": ("严重违法失信名单", "List of serious violations"),
    "dishonest_debtor": ("失信被执行人", "Dishonest judgment debtor"),
    "tax_violation": ("重大税收违法", "Major tax violation"),
    "tax_grade": ("纳税信用等级", "Tax credit grade"),
    "wage_arrears": ("拖欠工资", "Wage arrears"),
    "environment_rating": ("环保信用评价", "Environmental credit rating"),
    "public_credit_rating": ("公共信用评价", "Public credit rating"),
    "other": ("其他", "Other"),
}
"""Contracts whose adverse records a repair may end."""


class PublicCreditRating(RestrictedSubject, Contract):
    """A grade that an authority gave under one of its schemes, red and black lists among them."""

    about: ClassVar[About] = About(
        name="public_credit_rating",
        version="1.1",
        title_zh="公共信用评价与红黑名单",
        title_en="Public credit rating",
        **REFORM,
        subject_kinds=("enterprise",),
        key=("subject_id", "scheme", "rated_on"),
        event="rated_on",
        end="ended_on",
        negative=True,
        retention_years=5,
        frequency_zh="每季",
        frequency_en="quarterly",
        sensitivity="restricted",
        catalogue_id="C17-1",
        latency_days=31,
        used_in=("score", "rule", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "rated_on", "<=", "ended_on",
            "失效日期不早于评定日期", "A rating ends no earlier than it was given",
        ),
    )  # fmt: skip

    scheme: str = restricted.text(
        "评价体系",
        "Scheme",
        100,
        description="The rating's own name, such as 汽车租赁企业信用评价.",
    )
    kind: str = restricted.code(
        "评价种类",
        "Kind",
        {
            "comprehensive": ("公共信用综合评价", "Comprehensive public credit rating"),
            "industry": ("行业信用评价", "Rating of an industry"),
            "research": ("科研诚信评价", "Rating of research integrity"),
            "red_list": ("红名单", "Red list"),
            "black_list": ("黑名单", "Black list"),
            "watch_list": ("重点关注名单", "Watch list"),
        },
    )
    rated_on: date = restricted.day("评定日期", "Rated on")
    date_basis: str | None = restricted.date_basis()
    issuer: str | None = restricted.text("评定机构", "Issuer", 100)
    year: int | None = restricted.year("评价年度", "Year rated")
    grade: str | None = restricted.code(
        "信用等级",
        "Grade",
        {
            "A": ("优良", "Good"),
            "B": ("中等", "Medium"),
            "C": ("较差", "Poor"),
            "D": ("差", "Bad"),
            "none": ("未评级", "Not rated"),
        },
        description="Translated from the scheme's own grade.",
    )
    grade_text: str | None = restricted.text("信用等级（原文）", "Grade as written", 50)
    points: float | None = restricted.quantity("评价得分", "Points", "points", 10_000.0)
    area_text: str | None = restricted.text("所属区域", "Area as written", 50)
    ended_on: date | None = restricted.day("失效日期", "Ended on")


class CreditRepair(PublicSubject, Contract):
    """The result of a repair of credit: the adverse record that it names is no longer shown (REG-60)."""

    about: ClassVar[About] = About(
        name="credit_repair",
        version="1.1",
        title_zh="信用修复结果",
        title_en="Repair of credit",
        **CREDIT_CENTRE,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "repaired_contract", "repaired_no"),
        event="repaired_on",
        negative=False,
        retention_years=None,
        frequency_zh="发生时",
        frequency_en="on event",
        sensitivity="public",
        catalogue_id="C17-2",
        latency_days=3,
        used_in=("rule", "report", "monitor", "score"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "applied_on", "<=", "repaired_on",
            "修复日期不早于申请日期", "A repair is decided no earlier than it was applied for",
        ),
    )  # fmt: skip

    repaired_contract: str = public.code("被修复信息种类", "Kind of record repaired", REPAIRABLE)
    repaired_no: str = public.text(
        "被修复信息编号",
        "Number of the record repaired",
        100,
        description="Such as the number of the penalty, or the date on which a list named the subject.",
    )
    applied_on: date | None = public.day("申请日期", "Applied on")
    repaired_on: date = public.day("修复决定日期", "Decided on")
    result: str = public.code(
        "修复结果",
        "Result",
        {"repaired": ("准予修复", "Repaired"), "refused": ("不予修复", "Refused")},
    )
    authority: str | None = public.text("作出决定机关", "Authority", 100)
