"""Social insurance, wage arrears and the housing fund (人社、税务、公积金)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract
from data_contracts.government.bureaux import HOUSING_FUND, LABOUR, TAX
from data_contracts.government.shapes import consented, public
from data_contracts.government.subject import ConsentSubject, NoticedSubject, PublicSubject

INSURANCES = {
    "pension": ("基本养老保险", "Pension insurance"),
    "health": ("职工基本医保", "Employees' basic health insurance"),
    "unemployment": ("失业保险", "Unemployment insurance"),
    "injury": ("工伤保险", "Work injury insurance"),
    "maternity": ("生育保险", "Maternity insurance"),
    "all": ("合计", "All insurances together"),
}


class SocialSecurity(ConsentSubject, Contract):
    """How many people an employer insured in a month and what he paid."""

    about: ClassVar[About] = About(
        name="social_security",
        version="1.1",
        title_zh="社会保险参保与缴费信息",
        title_en="Social insurance of employees",
        **LABOUR,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "insurance", "month_on"),
        event="month_on",
        negative=False,
        retention_years=None,
        frequency_zh="每月",
        frequency_en="monthly",
        sensitivity="consent",
        catalogue_id="C06-1",
        latency_days=46,
        mode="query-with-consent",
        used_in=("score", "match", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "paying", "paying_people", "<=", "insured_people",
            "缴费人数不超过参保人数", "Those paid for are insured",
        ),
    )  # fmt: skip

    insurance: str = consented.code("险种", "Insurance", INSURANCES)
    month_on: date = consented.month()
    insured_people: int = consented.people("参保人数", "Insured people")
    paying_people: int | None = consented.people("缴费人数", "People paid for")
    joined_people: int | None = consented.people("新增人数", "People who joined")
    left_people: int | None = consented.people("减少人数", "People who left")
    base_cents: int | None = consented.cents("缴费基数总额", "Sum of the contribution bases")
    payable_cents: int | None = consented.cents("应缴金额", "Payable")
    contributed_cents: int | None = consented.cents("实缴金额", "Paid")
    contributed_on: date | None = consented.day("缴费日期", "Paid on")


class SocialSecurityArrears(NoticedSubject, Contract):
    """Contributions to social insurance that an employer owes."""

    about: ClassVar[About] = About(
        name="social_security_arrears",
        version="1.1",
        title_zh="社会保险欠费信息",
        title_en="Social insurance arrears",
        **TAX,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "insurance", "since_on"),
        event="since_on",
        end="cleared_on",
        negative=True,
        retention_years=5,
        frequency_zh="每月",
        frequency_en="monthly",
        sensitivity="restricted",
        catalogue_id="C06-2",
        latency_days=46,
        used_in=("score", "match", "report", "monitor"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "since_on", "<=", "cleared_on",
            "清缴日期不早于欠费起始日期", "Arrears are cleared no earlier than they began",
        ),
    )  # fmt: skip

    insurance: str = consented.code("险种", "Insurance", INSURANCES)
    since_on: date = consented.day("欠费起始日期", "Owed since")
    owed_months: int | None = consented.count("欠费月数", "Months owed", "months", 600)
    owed_cents: int = consented.cents("欠费金额", "Amount owed")
    people: int | None = consented.people("涉及人数", "People concerned")
    cleared_on: date | None = consented.day("清缴日期", "Cleared on")


class WageArrears(PublicSubject, Contract):
    """An employer on the list of those who owe wages; clearing them ends the record."""

    about: ClassVar[About] = About(
        name="wage_arrears",
        version="1.1",
        title_zh="拖欠工资信息",
        title_en="Wage arrears",
        **LABOUR,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "listed_on", "entry_no"),
        event="listed_on",
        end="cleared_on",
        negative=True,
        retention_years=5,
        frequency_zh="发生时",
        frequency_en="on event",
        sensitivity="public",
        catalogue_id="C06-3",
        latency_days=7,
        used_in=("score", "rule", "match", "report", "monitor"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "listed_on", "<=", "cleared_on",
            "清偿日期不早于列入日期", "Arrears are cleared no earlier than they were listed",
        ),
    )  # fmt: skip

    listed_on: date = public.day("列入日期", "Listed on")
    entry_no: str = public.entry_no()
    reason: str | None = public.text("拖欠原因", "Reason", 1000)
    amount_cents: int | None = public.cents("拖欠金额", "Amount owed")
    people: int | None = public.people("涉及人数", "People concerned")
    project: str | None = public.text("工程项目", "Project", 300)
    authority: str | None = public.text("认定机关", "Authority", 100)
    decision_no: str | None = public.text("决定书文号", "Number of the decision", 100)
    cleared_on: date | None = public.day("清偿或移出日期", "Cleared on")


class HousingFund(ConsentSubject, Contract):
    """A month's contribution to the housing fund, of an employer or of a person."""

    about: ClassVar[About] = About(
        name="housing_fund",
        version="1.1",
        title_zh="住房公积金缴存信息",
        title_en="Housing fund contribution",
        **HOUSING_FUND,
        subject_kinds=("enterprise", "sole_trader", "individual"),
        key=("subject_id", "fund_account_no", "month_on"),
        event="month_on",
        negative=False,
        retention_years=None,
        frequency_zh="每月",
        frequency_en="monthly",
        sensitivity="consent",
        catalogue_id="C07-1",
        latency_days=46,
        mode="query-with-consent",
        used_in=("score", "report"),
    )

    fund_account_no: str = consented.text(
        "公积金账号", "Fund account", 40, description="Masked for a natural person.", personal=True
    )
    month_on: date = consented.month()
    people: int | None = consented.people(
        "缴存人数", "People contributed for", description="1 for a natural person."
    )
    base_cents: int | None = consented.cents(
        "缴存基数", "Contribution base", written_consent="income"
    )
    payable_cents: int | None = consented.cents("应缴额", "Payable", written_consent="income")
    contributed_cents: int | None = consented.cents("实缴额", "Paid", written_consent="income")
    fund_status: str | None = consented.code(
        "缴存状态",
        "Status",
        {
            "normal": ("正常", "Normal"),
            "sealed": ("封存", "Suspended"),
            "owed": ("欠缴", "In arrears"),
            "closed": ("销户", "Closed"),
        },
    )
    contributed_on: date | None = consented.day("缴存日期", "Paid on")
