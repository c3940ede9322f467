"""Who asked for whose credit record, and why."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Contract, item
from data_contracts.finance.items import consent_no, day, institution_code, number, subject


class CreditEnquiry(Contract):
    """One enquiry: the institution, the subject, the purpose and the consent it rested on (REG-08, 12)."""

    about: ClassVar[About] = About(
        name="credit_enquiry",
        version="1.0",
        title_zh="信用查询记录",
        title_en="Credit enquiry",
        supplier_zh="平台、征信机构",
        supplier_en="Platform or credit bureau",
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        key=("enquiry_no",),
        event="enquired_on",
        negative=False,
        retention_years=5,
        frequency_zh="每日",
        frequency_en="daily",
        latency_days=1,
        sensitivity="consent",
        used_in=("score", "report", "monitor"),
    )

    enquiry_no: str = number("查询编号", "Enquiry number")
    subject_id: str = subject()
    institution_code: str | None = institution_code("查询机构编码", "Institution that asked")
    asked_by: str | None = item(
        "查询用户",
        "User who asked",
        description="The account, one person each (REG-24).",
        max_length=60,
        duty_related=True,
    )
    purpose: str = item(
        "查询原因",
        "Purpose",
        codes={
            "LOAN_APPROVAL": ("贷款审批", "Loan approval"),
            "CARD_APPROVAL": ("信用卡审批", "Card approval"),
            "GUARANTOR_REVIEW": ("担保资格审查", "Review of a guarantor"),
            "POST_LOAN": ("贷后管理", "Post-loan management"),
            "SELF": ("本人查询", "The subject itself"),
            "JUDICIAL": ("司法查询", "Judicial"),
            "OBJECTION": ("异议核查", "Objection"),
            "SUPERVISION": ("监管", "Supervision"),
            "MATCHING": ("产品匹配", "Matching of products"),
        },
        sensitivity="consent",
    )
    channel: str | None = item(
        "查询渠道",
        "Channel",
        codes={
            "api": ("接口", "Interface"),
            "portal": ("网页", "Portal"),
            "counter": ("柜台", "Counter"),
            "bureau": ("征信系统", "Credit bureau"),
        },
    )
    answered: bool = item("已应答", "Answered", description="False: refused with a reason.")
    refusal: str | None = item("拒绝原因", "Reason of a refusal", max_length=200)
    enquired_on: date = day("查询日期", "Enquired on", sensitivity="consent")
    consent_no: str | None = consent_no()
