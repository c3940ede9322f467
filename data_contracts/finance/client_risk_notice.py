"""A warning of the supervisor about a client or a group of clients at high risk."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.finance.items import day, institution_code, money, number, subject


class ClientRiskNotice(Contract):
    """Why a client or group is watched, since when, and who approved the notice.

    The supervisor's branch sends it (银监办发〔2008〕16号); an institution sees it only after both of
    its commitments are signed (REG-28, in the registry of institutions).
    """

    about: ClassVar[About] = About(
        name="client_risk_notice",
        version="1.0",
        catalogue_id="X-7",
        title_zh="客户风险信息与高风险集团客户提示",
        title_en="Client risk notice",
        supplier_zh="金融监管派出机构",
        supplier_en="Branch of the financial supervisor",
        subject_kinds=("enterprise",),
        key=("notice_no", "subject_id"),
        event="notified_on",
        end="ended_on",
        negative=True,
        retention_years=5,
        frequency_zh="每月",
        frequency_en="monthly",
        latency_days=31,
        sensitivity="restricted",
        purposes=("LOAN_APPROVAL", "GUARANTOR_REVIEW", "POST_LOAN", "SUPERVISION", "OBJECTION"),
        used_in=("rule", "report", "monitor"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "end",
            "notified_on",
            "<=",
            "ended_on",
            "解除日期不得早于提示日期",
            "A notice does not end before it is given",
        ),
        Compare(
            "npl",
            "nonperforming_cents",
            "<=",
            "exposure_cents",
            "不良余额不得大于授信余额",
            "The non-performing part must not exceed the exposure",
        ),
    )

    notice_no: str = number("提示编号", "Notice number")
    subject_id: str = subject(personal=False)
    group_no: str | None = number("集团客户编号", "Number of the group")
    kind: str = item(
        "风险类别",
        "Kind of risk",
        codes={
            "high_risk_group": ("高风险集团客户", "Group at high risk"),
            "guarantee_circle": ("担保圈", "Circle of guarantees"),
            "large_default": ("大额违约", "Large default"),
            "multiple_lenders": ("多头授信", "Credit of many lenders"),
            "evasion": ("逃废债", "Evasion of debt"),
            "false_information": ("虚假信息", "False information"),
            "other": ("其他", "Another"),
        },
    )
    level: str = item(
        "风险等级",
        "Level",
        codes={
            "watch": ("关注", "Watch"),
            "warning": ("预警", "Warning"),
            "high": ("高风险", "High risk"),
        },
    )
    reason: str = item("提示原因", "Reason", max_length=1_000)
    reported_by: str | None = institution_code("报送机构编码", "Institution that reported")
    exposure_cents: int | None = money("授信余额", "Exposure", sensitivity="restricted")
    nonperforming_cents: int | None = money(
        "不良余额", "Non-performing part", sensitivity="restricted"
    )
    approved_by_head: bool = item(
        "经派出机构负责人批准",
        "Approved by the head of the branch",
        description="Groups at high risk and changes need it (REG-28).",
    )
    notified_on: date = day("提示日期", "Notified on")
    ended_on: date | None = day("解除日期", "Ended on", description="Null while the notice stands.")
