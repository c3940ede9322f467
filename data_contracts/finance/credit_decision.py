"""How a lender decided an application."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Contract, item
from data_contracts.finance.items import (
    code_list,
    consent_no,
    currency,
    day,
    institution_code,
    money,
    months,
    number,
    rate_bp,
    subject,
)


class CreditDecision(Contract):
    """Approved, rejected or withdrawn; the amount, the rate, the reasons, and who or what decided.

    A rejection is the lender's judgement of its own risk, not adverse information (REG-19).
    """

    about: ClassVar[About] = About(
        name="credit_decision",
        version="1.0",
        title_zh="授信决定",
        title_en="Credit decision",
        supplier_zh="金融机构",
        supplier_en="Financial institution",
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        key=("decision_no",),
        event="decided_on",
        negative=False,
        retention_years=5,
        frequency_zh="次一工作日",
        frequency_en="next working day",
        latency_days=1,
        sensitivity="consent",
        used_in=("match", "report", "monitor"),
    )

    decision_no: str = number("决定编号", "Decision number")
    application_no: str = number(
        "申请编号", "Application number", copy_of="loan_application.application_no"
    )
    subject_id: str = subject()
    institution_code: str = institution_code()
    product_id: str | None = number("产品编号", "Product id", sensitivity="public")
    product_version: int | None = item(
        "产品版本", "Version of the product", unit="version", ge=1, le=100_000, sensitivity="public"
    )
    decision: str = item(
        "决定",
        "Decision",
        codes={
            "approved": ("批准", "Approved"),
            "rejected": ("拒绝", "Rejected"),
            "withdrawn": ("撤回", "Withdrawn by the applicant"),
        },
        sensitivity="consent",
    )
    amount_cents: int | None = money("批准金额", "Approved amount")
    currency: str | None = currency()
    term_months: int | None = months("批准期限", "Approved term")
    rate_bp: int | None = rate_bp("批准年利率", "Approved yearly rate")
    guarantee_kinds: str | None = code_list(
        "要求的担保方式",
        "Guarantee required",
        "[a-z_]{1,30}",
        form=("以分号连接的担保方式代码", "codes of guarantees joined by semicolons"),
    )
    reasons: str | None = code_list(
        "原因代码",
        "Reason codes",
        "[A-Za-z0-9_.-]{1,60}",
        description="Every reason, the heaviest first (REG-46).",
        sensitivity="consent",
        form=("以分号连接的原因代码", "reason codes joined by semicolons"),
    )
    method: str = item(
        "决定方式",
        "How it was decided",
        codes={
            "human": ("人工", "By a person"),
            "automatic": ("自动", "Automatically"),
            "assisted": ("系统建议、人工决定", "By a person on a proposal of a system"),
        },
    )
    model_version: str | None = item("模型版本", "Version of the model", max_length=80)
    decided_on: date = day("决定日期", "Decided on")
    valid_until: date | None = day("授信有效期至", "Offer valid until")
    consent_no: str | None = consent_no()
