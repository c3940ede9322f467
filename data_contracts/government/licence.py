"""Licences and inspections: what an enterprise may do and how it was found (行政许可、监督检查)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract
from data_contracts.government.bureaux import CREDIT_CENTRE, MARKET_REGULATION
from data_contracts.government.shapes import public
from data_contracts.government.subject import PublicSubject


class Licence(PublicSubject, Contract):
    """A licence, permit or qualification and how long it is valid."""

    about: ClassVar[About] = About(
        name="licence",
        version="1.1",
        title_zh="行政许可与资质信息",
        title_en="Licence or qualification",
        **CREDIT_CENTRE,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "licence_no"),
        event="decided_on",
        negative=False,
        retention_years=None,
        frequency_zh="7 日内",
        frequency_en="within 7 days",
        sensitivity="public",
        catalogue_id="C02-1",
        latency_days=7,
        used_in=("match", "report", "rule"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "validity", "valid_from", "<=", "valid_until",
            "有效期起不晚于止", "Validity begins no later than it ends",
        ),
        Compare(
            "order", "decided_on", "<=", "valid_until",
            "有效期止不早于决定日期", "A licence does not end before it was given", "REVIEW",
        ),
    )  # fmt: skip

    licence_no: str = public.text(
        "许可证号或决定书文号", "Number of the licence or its decision", 100
    )
    authority: str | None = public.text("许可机关", "Authority", 100)
    decided_on: date = public.day("许可决定日期", "Decided on")
    kind: str | None = public.code(
        "许可类别",
        "Kind",
        {
            "general": ("普通", "General"),
            "special": ("特许", "Franchise of the state"),
            "recognition": ("认可", "Recognition"),
            "approval": ("核准", "Approval"),
            "entry": ("登记", "Entry"),
            "qualification": ("资质", "Qualification"),
            "other": ("其他", "Other"),
        },
    )
    title: str | None = public.text("许可名称", "Title of the licence", 200)
    scope: str | None = public.text("许可内容", "Scope", 2000)
    form: str | None = public.code(
        "证书形式", "Form", {"paper": ("纸质", "Paper"), "electronic": ("电子", "Electronic")}
    )
    status: str | None = public.code(
        "证书状态",
        "Status",
        {
            "valid": ("有效", "Valid"),
            "expired": ("过期", "Expired"),
            "suspended": ("暂扣", "Suspended"),
            "revoked": ("吊销", "Revoked"),
            "withdrawn": ("撤销", "Withdrawn"),
            "cancelled": ("注销", "Cancelled"),
        },
    )
    valid_from: date | None = public.day("有效期起", "Valid from")
    valid_until: date | None = public.day("有效期止", "Valid until")
    previous_valid_until: date | None = public.day(
        "前一次有效期", "Valid until, before the renewal"
    )
    address: str | None = public.text(
        "注册地址", "Registered address", 300, copy_of="registration.address"
    )
    legal_form_text: str | None = public.text(
        "经济类型", "Legal form as written", 100, copy_of="registration.legal_form_text"
    )


class Inspection(PublicSubject, Contract):
    """A supervisory inspection and its result."""

    about: ClassVar[About] = About(
        name="inspection",
        version="1.1",
        title_zh="监督检查信息",
        title_en="Supervisory inspection",
        **MARKET_REGULATION,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "inspection_no"),
        event="inspected_on",
        end="rectified_on",
        negative=True,
        retention_years=5,
        frequency_zh="每月",
        frequency_en="monthly",
        sensitivity="public",
        catalogue_id="C02-2",
        latency_days=31,
        used_in=("report", "monitor"),
        description="C02-2 is an id of ours: the catalogue has no item for inspections.",
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "inspected_on", "<=", "rectified_on",
            "整改完成日期不早于检查日期", "Defects are remedied no earlier than they were found",
        ),
    )  # fmt: skip

    inspection_no: str = public.text("检查编号", "Inspection number", 60)
    authority: str | None = public.text("检查实施单位", "Inspecting authority", 100)
    inspected_on: date = public.day("检查时间", "Inspected on")
    date_basis: str | None = public.date_basis()
    kind: str | None = public.code(
        "检查领域",
        "Field",
        {
            "food": ("食品安全", "Food safety"),
            "quality": ("产品质量", "Product quality"),
            "equipment": ("特种设备", "Special equipment"),
            "price": ("价格", "Prices"),
            "random": ("双随机抽查", "Random inspection"),
            "other": ("其他", "Other"),
        },
    )
    matter: str | None = public.text("检查事项", "Matter inspected", 500)
    result: str | None = public.code(
        "检查结果",
        "Result",
        {
            "passed": ("合格", "Passed"),
            "rectify": ("责令整改", "To be remedied"),
            "failed": ("不合格", "Failed"),
            "not_found": ("无法联系", "Could not be reached"),
            "other": ("其他", "Other"),
        },
    )
    result_text: str | None = public.text("检查结果（原文）", "Result as written", 200)
    rectified_on: date | None = public.day("整改完成日期", "Remedied on")
