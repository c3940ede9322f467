"""Contracts of public procurement and awards of tenders (财政: 政府采购)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract
from data_contracts.government.bureaux import FINANCE
from data_contracts.government.shapes import public
from data_contracts.government.subject import PublicSubject


class ProcurementContract(PublicSubject, Contract):
    """A contract, or an award, of public procurement; the subject is the supplier."""

    about: ClassVar[About] = About(
        name="procurement_contract",
        version="1.1",
        title_zh="政府采购合同与中标信息",
        title_en="Public procurement contract",
        **FINANCE,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "contract_no", "signed_on"),
        event="signed_on",
        negative=False,
        retention_years=None,
        frequency_zh="发生时",
        frequency_en="on event",
        sensitivity="public",
        catalogue_id="C16-1",
        latency_days=7,
        used_in=("score", "match", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "published", "signed_on", "<=", "published_on",
            "公告日期不早于签订日期", "A contract is published no earlier than it was signed", "REVIEW",
        ),
        Compare(
            "received", "received_cents", "<=", "amount_cents",
            "已付金额不超过合同金额", "What was paid is at most the contract's amount", "REVIEW",
        ),
        Compare(
            "payment", "signed_on", "<=", "payment_by",
            "付款期限不早于签订日期", "Payment is due no earlier than the signature",
        ),
    )  # fmt: skip

    contract_no: str = public.text(
        "合同编号",
        "Contract number",
        100,
        description="The project's number where there is no other.",
    )
    project_no: str | None = public.text("项目编号", "Project number", 100)
    project_name: str | None = public.text("项目名称", "Project", 300)
    stage: str | None = public.code(
        "阶段",
        "Stage",
        {
            "award": ("中标（成交）", "Awarded"),
            "contract": ("已签合同", "Contract signed"),
            "accepted": ("已验收", "Delivery accepted"),
            "paid": ("已付清", "Paid in full"),
            "terminated": ("已终止", "Terminated"),
        },
    )
    category: str | None = public.code(
        "采购类别",
        "Category",
        {
            "goods": ("货物", "Goods"),
            "works": ("工程", "Works"),
            "services": ("服务", "Services"),
        },
    )
    buyer_name: str | None = public.text("采购人", "Buyer", 200)
    buyer_code: str | None = public.text(
        "采购人代码", "Buyer's code", 40, identifier="uscc", severity="REVIEW"
    )
    amount_cents: int | None = public.cents("合同金额", "Contract amount")
    received_cents: int | None = public.cents("已付金额", "Paid so far")
    signed_on: date = public.day("签订日期", "Signed on")
    published_on: date | None = public.day("公告日期", "Published on")
    performed_by: date | None = public.day("履约期限", "To be performed by")
    payment_by: date | None = public.day("付款期限", "To be paid by")
    assigned: bool | None = public.flag("是否转包或转让", "Assigned or subcontracted")
    breached: bool | None = public.flag("是否违约", "Breached by the supplier")
