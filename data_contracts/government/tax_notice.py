"""What the tax authority publishes of debtors and offenders (欠税公告、重大税收违法、非正常户)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract
from data_contracts.government.bureaux import TAX
from data_contracts.government.shapes import public
from data_contracts.government.subject import PublicSubject
from data_contracts.government.tax import TAX_KINDS


class TaxArrears(PublicSubject, Contract):
    """A published notice of taxes owed."""

    about: ClassVar[About] = About(
        name="tax_arrears",
        version="1.1",
        title_zh="欠税公告信息",
        title_en="Notice of tax arrears",
        **TAX,
        subject_kinds=("enterprise", "sole_trader", "individual"),
        key=("subject_id", "tax_kind", "published_on", "entry_no"),
        event="published_on",
        end="cleared_on",
        negative=True,
        retention_years=5,
        frequency_zh="每季",
        frequency_en="quarterly",
        sensitivity="public",
        catalogue_id="C05-3",
        latency_days=31,
        used_in=("match", "rule", "score", "report", "monitor"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "published_on", "<=", "cleared_on",
            "清缴日期不早于公告日期", "Arrears are cleared no earlier than they were published", "REVIEW",
        ),
        Compare(
            "new_part", "new_owed_cents", "<=", "owed_cents",
            "当期新增不超过欠税余额", "What is new is at most what is owed", "REVIEW",
        ),
    )  # fmt: skip

    tax_kind: str = public.code("欠缴税种", "Tax owed", TAX_KINDS)
    published_on: date = public.day("公告日期", "Published on")
    entry_no: str = public.entry_no()
    owed_cents: int = public.cents("欠税余额", "Amount owed")
    new_owed_cents: int | None = public.cents("当期新增欠税", "Newly owed")
    authority: str | None = public.text("公告机关", "Authority", 100)
    address: str | None = public.text("经营地点", "Place of business", 300)
    area_code: str | None = public.area()
    cleared_on: date | None = public.day("清缴日期", "Cleared on")


class TaxViolation(PublicSubject, Contract):
    """A major violation of tax law, or a taxpayer who can no longer be found (非正常户)."""

    about: ClassVar[About] = About(
        name="tax_violation",
        version="1.1",
        title_zh="重大税收违法与非正常户信息",
        title_en="Major tax violation or abnormal taxpayer",
        **TAX,
        subject_kinds=("enterprise", "sole_trader", "individual"),
        key=("subject_id", "kind", "published_on", "entry_no"),
        event="published_on",
        end="ended_on",
        negative=True,
        retention_years=5,
        frequency_zh="每月",
        frequency_en="monthly",
        sensitivity="public",
        catalogue_id="C05-3",
        latency_days=31,
        used_in=("match", "rule", "score", "report", "monitor"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "published_on", "<=", "ended_on",
            "停止公布日期不早于公布日期", "A violation ends no earlier than it was published", "REVIEW",
        ),
    )  # fmt: skip

    kind: str = public.code(
        "违法类型",
        "Kind of violation",
        {
            "special_invoice": (
                "虚开增值税专用发票或用于骗税、抵扣的其他发票",
                "False special VAT invoices",
            ),
            "ordinary_invoice": ("虚开普通发票", "False ordinary invoices"),
            "evasion": ("逃避缴纳税款（偷税）", "Tax evasion"),
            "arrears_evasion": ("逃避追缴欠税", "Evading the recovery of arrears"),
            "refund_fraud": ("骗取出口退税", "Export refund fraud"),
            "resistance": ("抗税", "Violent refusal of tax"),
            "forged_invoice": ("私自印制、伪造、变造发票", "Forged invoices"),
            "absconded": ("走逃（失联）", "Absconded"),
            "abnormal": ("非正常户", "Abnormal taxpayer"),
            "other": ("其他", "Other"),
        },
        description="The gravest, where there are several.",
    )
    published_on: date = public.day("公布日期", "Published on")
    entry_no: str = public.entry_no()
    kind_text: str | None = public.text("案件类型（原文）", "Kind as written", 300)
    case_no: str | None = public.text("处罚决定书文号", "Number of the decision", 100)
    facts: str | None = public.text("主要违法事实", "Facts", 4000)
    handling: str | None = public.text("法律依据及处理处罚情况", "Legal basis and handling", 2000)
    evaded_cents: int | None = public.cents("涉及税款", "Tax concerned")
    fine_cents: int | None = public.cents("罚款金额", "Fine")
    authority: str | None = public.text("检查机关", "Authority", 100)
    taxpayer_status: str | None = public.code(
        "纳税人状态",
        "Taxpayer's status",
        {
            "normal": ("正常", "Normal"),
            "abnormal": ("非正常", "Abnormal"),
            "abnormal_cancelled": ("非正常户注销", "Cancelled as abnormal"),
            "liquidating": ("清算", "In liquidation"),
            "cancelled": ("注销", "Cancelled"),
        },
    )
    address: str | None = public.text("注册地址", "Registered address", 300)
    area_text: str | None = public.text("地区", "Area as written", 50)
    organisation_code: str | None = public.text(
        "组织机构代码",
        "Organisation code",
        10,
        identifier="organisation_code",
        severity="REVIEW",
        copy_of="registration.organisation_code",
    )
    ended_on: date | None = public.day("停止公布或解除日期", "Ended on")
