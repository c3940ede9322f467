"""Tax: grade, payments, export refunds (税务); what is published of debtors is in ``tax_notice``."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract
from data_contracts.government.bureaux import TAX
from data_contracts.government.shapes import consented
from data_contracts.government.subject import ConsentSubject, NoticedSubject

TAX_KINDS = {
    "vat": ("增值税", "Value added tax"),
    "consumption": ("消费税", "Consumption tax"),
    "business": ("营业税", "Business tax (until 2016)"),
    "enterprise_income": ("企业所得税", "Enterprise income tax"),
    "personal_income": ("个人所得税", "Personal income tax"),
    "resource": ("资源税", "Resource tax"),
    "urban_construction": ("城市维护建设税", "Urban maintenance and construction tax"),
    "property": ("房产税", "Property tax"),
    "land_use": ("城镇土地使用税", "Urban land use tax"),
    "land_appreciation": ("土地增值税", "Land appreciation tax"),
    "farmland": ("耕地占用税", "Farmland occupation tax"),
    "vehicle": ("车船税", "Vehicle and vessel tax"),
    "vehicle_purchase": ("车辆购置税", "Vehicle purchase tax"),
    "stamp": ("印花税", "Stamp duty"),
    "deed": ("契税", "Deed tax"),
    "environment": ("环境保护税", "Environment protection tax"),
    "tobacco": ("烟叶税", "Tobacco leaf tax"),
    "tonnage": ("船舶吨税", "Vessel tonnage tax"),
    "education": ("教育费附加", "Education surcharge"),
    "local_education": ("地方教育附加", "Local education surcharge"),
    "culture": ("文化事业建设费", "Culture construction fee"),
    "other": ("其他", "Other"),
    "all": ("合计", "All taxes together"),
}


class TaxGrade(NoticedSubject, Contract):
    """The yearly grade of tax credit; grade D is adverse."""

    about: ClassVar[About] = About(
        name="tax_grade",
        version="1.1",
        title_zh="纳税信用等级",
        title_en="Tax credit grade",
        **TAX,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "year"),
        event="assessed_on",
        end="ended_on",
        negative=True,
        retention_years=5,
        frequency_zh="每年（4 月）",
        frequency_en="yearly (April)",
        sensitivity="restricted",
        catalogue_id="C05-1",
        latency_days=31,
        used_in=("match", "score", "report", "rule"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "assessed_on", "<=", "ended_on",
            "失效日期不早于评定日期", "A grade ends no earlier than it was assessed",
        ),
    )  # fmt: skip

    year: int = consented.year("评价年度", "Year assessed")
    grade: str = consented.code(
        "纳税信用等级",
        "Grade",
        {
            "A": ("A 级", "Grade A"),
            "B": ("B 级", "Grade B"),
            "M": ("M 级（新设或无收入）", "Grade M (new or without revenue)"),
            "C": ("C 级", "Grade C"),
            "D": ("D 级", "Grade D"),
        },
    )
    points: int | None = consented.count("评价得分", "Points", "points", 100)
    assessed_on: date = consented.day("评定日期", "Assessed on")
    direct_d: bool | None = consented.flag("是否直接判为 D 级", "Graded D directly")
    ended_on: date | None = consented.day(
        "失效日期", "Ended on", description="The day on which the next grade replaced it."
    )


class TaxPayment(ConsentSubject, Contract):
    """What was declared and paid of one tax for one period."""

    about: ClassVar[About] = About(
        name="tax_payment",
        version="1.1",
        title_zh="纳税申报与缴纳信息",
        title_en="Tax declaration and payment",
        **TAX,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "tax_kind", "period_ends_on"),
        event="period_ends_on",
        negative=False,
        retention_years=None,
        frequency_zh="每月",
        frequency_en="monthly",
        sensitivity="consent",
        catalogue_id="C05-2",
        latency_days=31,
        mode="query-with-consent",
        used_in=("score", "match", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "period", "period_starts_on", "<=", "period_ends_on",
            "税款所属期起不晚于止", "A period starts no later than it ends",
        ),
    )  # fmt: skip

    tax_kind: str = consented.code("税种", "Tax", TAX_KINDS)
    period_starts_on: date | None = consented.day("税款所属期起", "Period starts on")
    period_ends_on: date = consented.day("税款所属期止", "Period ends on")
    declared_on: date | None = consented.day("申报日期", "Declared on")
    payable_by: date | None = consented.day("缴款期限", "To be paid by")
    tax_paid_on: date | None = consented.day("缴款日期", "Paid on")
    status: str | None = consented.code(
        "申报状态",
        "Declaration",
        {
            "on_time": ("按期申报", "Declared on time"),
            "late": ("逾期申报", "Declared late"),
            "missing": ("未申报", "Not declared"),
            "zero": ("零申报", "Declared as nil"),
        },
    )
    sales_cents: int | None = consented.cents(
        "申报销售额", "Declared sales", least=-(10**15), written_consent="income"
    )
    tax_payable_cents: int | None = consented.cents(
        "应纳税额", "Tax payable", least=-(10**15), written_consent="tax_amount"
    )
    tax_paid_cents: int | None = consented.cents(
        "实缴税额", "Tax paid", least=-(10**15), written_consent="tax_amount"
    )
    late_fee_cents: int | None = consented.cents(
        "滞纳金", "Late-payment surcharge", written_consent="tax_amount"
    )


class ExportRefund(ConsentSubject, Contract):
    """An application for the refund of tax on exports and how far it got."""

    about: ClassVar[About] = About(
        name="export_refund",
        version="1.1",
        title_zh="出口退税信息",
        title_en="Export tax refund",
        **TAX,
        subject_kinds=("enterprise",),
        key=("subject_id", "application_no"),
        event="applied_on",
        negative=False,
        retention_years=None,
        frequency_zh="每月",
        frequency_en="monthly",
        sensitivity="consent",
        catalogue_id="C05-4",
        latency_days=31,
        mode="query-with-consent",
        used_in=("score", "match", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "approved", "approved_cents", "<=", "applied_cents",
            "核准退税额不超过申报额", "The approved refund is at most the one applied for",
        ),
        Compare(
            "order", "applied_on", "<=", "refunded_on",
            "退库日期不早于申报日期", "A refund is no earlier than its application",
        ),
    )  # fmt: skip

    application_no: str = consented.text("申报批次号", "Application number", 60)
    applied_on: date = consented.day("申报日期", "Applied on")
    applied_cents: int = consented.cents("申报退税额", "Refund applied for")
    approved_cents: int | None = consented.cents("核准退税额", "Refund approved")
    status: str = consented.code(
        "办理状态",
        "Status",
        {
            "applied": ("已申报", "Applied"),
            "accepted": ("已受理", "Accepted"),
            "approved": ("已核准", "Approved"),
            "refunded": ("已退库", "Refunded"),
            "refused": ("不予退税", "Refused"),
            "suspended": ("暂缓退税", "Suspended"),
        },
    )
    approved_on: date | None = consented.day("核准日期", "Approved on")
    refunded_on: date | None = consented.day("退库日期", "Refunded on")
    export_class: str | None = consented.code(
        "出口企业管理类别",
        "Class of the exporter",
        {
            "1": ("一类", "Class 1"),
            "2": ("二类", "Class 2"),
            "3": ("三类", "Class 3"),
            "4": ("四类", "Class 4"),
        },
    )
