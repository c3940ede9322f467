"""What secures a loan."""

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
from data_contracts.finance.product_terms import COLLATERAL_KINDS


class Collateral(Contract):
    """One thing or right that one owner gave as security, what it is worth and where it is registered."""

    about: ClassVar[About] = About(
        name="collateral",
        version="1.0",
        title_zh="抵质押物",
        title_en="Collateral",
        supplier_zh="金融机构",
        supplier_en="Financial institution",
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        key=("collateral_no",),
        event="registered_on",
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
            "release",
            "registered_on",
            "<=",
            "released_on",
            "注销日期不得早于登记日期",
            "Security is not released before it is registered",
        ),
        Compare(
            "secured",
            "secured_cents",
            "<=",
            "appraised_cents",
            "担保债权一般不大于评估价值",
            "The secured debt rarely exceeds the appraisal",
            "REVIEW",
        ),
    )

    collateral_no: str = number("抵质押物编号", "Collateral number")
    subject_id: str = subject("所有人主体编号", "Owner")
    borrower_id: str = subject("借款人主体编号", "Borrower")
    account_no: str | None = number("账户编号", "Account number", copy_of="loan_account.account_no")
    institution_code: str | None = institution_code("权利人机构编码", "Secured institution")
    kind: str = item("种类", "Kind", codes=COLLATERAL_KINDS, sensitivity="consent")
    certificate_no: str | None = item(
        "权证编号",
        "Certificate number",
        max_length=80,
        sensitivity="consent",
        personal=True,
        written_consent="real_estate",
    )
    appraised_cents: int | None = money(
        "评估价值", "Appraisal", personal=True, written_consent="real_estate"
    )
    currency: str | None = currency()
    appraised_on: date | None = day("评估日期", "Appraised on", sensitivity="consent")
    appraised_by: str | None = item("评估机构", "Appraised by", max_length=120)
    ltv_bp: int | None = rate_bp(
        "抵质押率", "Loan to value", description="Secured debt by appraisal."
    )
    secured_cents: int = money("担保债权金额", "Secured debt", ge=1)
    rank: int | None = item("顺位", "Rank", unit="rank", ge=1, le=99, sensitivity="consent")
    register_office: str | None = item(
        "登记机构",
        "Register",
        codes={
            "real_estate": ("不动产登记机构", "Real estate register"),
            "movable": ("动产融资统一登记", "Unified register of movable security"),
            "ip": ("国家知识产权局", "Intellectual property office"),
            "equity": ("股权登记机构", "Register of equity"),
            "vehicle": ("车船登记机构", "Register of vehicles and vessels"),
            "rural": ("农村产权登记机构", "Register of rural rights"),
            "carbon": ("碳排放权登记机构", "Register of emission allowances"),
            "none": ("未登记", "Not registered"),
        },
        sensitivity="consent",
    )
    register_no: str | None = item(
        "登记证明编号", "Number in the register", max_length=80, sensitivity="consent"
    )
    registered_on: date = day(
        "登记日期",
        "Registered on",
        description="Day the security took effect, where there is no register.",
        sensitivity="consent",
    )
    released_on: date | None = day("注销日期", "Released on", sensitivity="consent")
    consent_no: str | None = consent_no()
