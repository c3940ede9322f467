"""Who answers for whose debt."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.finance.items import (
    consent_no,
    currency,
    day,
    institution_code,
    money,
    number,
    rate_bp,
    subject,
)


class Guarantee(Contract):
    """A guarantee of one subject for another's account: an edge of the graph of relations."""

    about: ClassVar[About] = About(
        name="guarantee",
        version="1.0",
        title_zh="保证担保",
        title_en="Guarantee",
        supplier_zh="金融机构、融资担保公司",
        supplier_en="Financial institution or guarantee company",
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        key=("guarantee_no", "subject_id"),
        event="from_on",
        negative=False,
        retention_years=5,
        frequency_zh="次一工作日",
        frequency_en="next working day",
        latency_days=1,
        sensitivity="consent",
        used_in=("score", "match", "report", "rule"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "period",
            "from_on",
            "<=",
            "until_on",
            "保证期间的终止不得早于开始",
            "A guarantee does not end before it begins",
        ),
        Compare(
            "compensated",
            "compensated_cents",
            "<=",
            "amount_cents",
            "代偿金额一般不大于保证金额",
            "The amount paid by the guarantor rarely exceeds the guarantee",
            "REVIEW",
        ),
    )

    guarantee_no: str = number("保证合同编号", "Guarantee number")
    subject_id: str = subject("保证人主体编号", "Guarantor")
    guaranteed_id: str = subject("被保证人主体编号", "Guaranteed subject")
    account_no: str | None = number("账户编号", "Account number", copy_of="loan_account.account_no")
    institution_code: str | None = institution_code("债权机构编码", "Creditor")
    kind: str = item(
        "保证方式",
        "Kind of guarantee",
        codes={
            "joint": ("连带责任保证", "Joint and several"),
            "general": ("一般保证", "Ordinary"),
            "joint_households": ("农户联保", "Joint guarantee of households"),
            "company": ("融资担保公司保证", "Guarantee company"),
            "policy_fund": ("政策性担保基金", "Policy guarantee fund"),
            "counter": ("反担保", "Counter-guarantee"),
        },
        sensitivity="consent",
    )
    joint_group_no: str | None = number("联保小组编号", "Number of the joint group")
    amount_cents: int = money("保证金额", "Guaranteed amount", ge=1)
    currency: str | None = currency()
    fee_bp: int | None = rate_bp("担保费率", "Yearly fee")
    from_on: date = day("保证开始日期", "From", sensitivity="consent")
    until_on: date | None = day("保证终止日期", "Until", sensitivity="consent")
    state: str = item(
        "状态",
        "State",
        codes={
            "live": ("有效", "Live"),
            "released": ("解除", "Released"),
            "compensated": ("已代偿", "Called: the guarantor has paid"),
        },
        sensitivity="consent",
    )
    compensated_on: date | None = day("代偿日期", "Guarantor paid on", sensitivity="consent")
    compensated_cents: int | None = money("代偿金额", "Paid by the guarantor")
    consent_no: str | None = consent_no()
