"""A consent of a subject: what may be done with which records, by whom, until when."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import PURPOSES, About, Compare, Contract, item
from data_contracts.finance.items import code_list, day, number, subject


class Consent(Contract):
    """One consent, and its withdrawal: as easy as giving, and never undone for the past (REG-41)."""

    about: ClassVar[About] = About(
        name="consent",
        version="1.0",
        title_zh="信息主体授权",
        title_en="Consent",
        supplier_zh="信息主体、受理机构",
        supplier_en="Subject, through the institution that received it",
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        key=("consent_no",),
        event="granted_on",
        negative=False,
        retention_years=None,
        frequency_zh="授权或撤回时",
        frequency_en="when given or withdrawn",
        latency_days=1,
        mode="api",
        sensitivity="restricted",
        used_in=("rule", "platform"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "validity",
            "granted_on",
            "<=",
            "valid_until",
            "授权有效期不得早于授权日期",
            "A consent does not end before it is given",
        ),
        Compare(
            "revocation",
            "granted_on",
            "<=",
            "revoked_on",
            "撤回日期不得早于授权日期",
            "A consent is not withdrawn before it is given",
        ),
    )

    consent_no: str = number("授权编号", "Consent number")
    subject_id: str = subject()
    kind: str = item(
        "授权形式",
        "Kind",
        description="Written: for income, deposits, securities, insurance, real estate, tax (REG-03).",
        codes={"written": ("书面", "Written"), "electronic": ("电子", "Electronic")},
    )
    legal_basis: str = item(
        "处理依据",
        "Legal basis",
        codes={
            "consent": ("同意", "Consent"),
            "separate_consent": ("单独同意", "Separate consent"),
            "contract": ("订立或履行合同", "Contract"),
            "legal_duty": ("履行法定职责或义务", "Legal duty"),
        },
    )
    purposes: str = code_list("用途", "Purposes", tuple(PURPOSES), sensitivity="restricted")
    item_classes: str = code_list(
        "信息种类",
        "Kinds of information",
        "[a-z][a-z0-9_]{0,39}",
        description=(
            "Names of contracts, or of the classes that need written consent: income, deposit, "
            "securities, insurance, real_estate, tax_amount."
        ),
        sensitivity="restricted",
        form=("以分号连接的契约名或信息类别", "names of contracts or classes joined by semicolons"),
    )
    recipient: str = item(
        "接收方",
        "Recipient",
        description="PLATFORM, or the subject id of the institution that may receive it (REG-43).",
        pattern="^(PLATFORM|[A-Z]{2,8}-[0-9A-Za-z-]{1,40})$",
        form=("PLATFORM 或主体编号", "PLATFORM or a subject id"),
    )
    adverse_notice: bool = item(
        "已告知不利后果",
        "Told of adverse effects",
        description="Before a consent to what REG-03 lists.",
    )
    notice_version: str = item(
        "告知文本版本",
        "Version of the notice",
        pattern="^[0-9A-Za-z._-]{1,40}$",
        form=("字母、数字、点、连字符", "letters, digits, dots, hyphens"),
    )
    notice_digest: str | None = item(
        "告知文本摘要",
        "Digest of the notice",
        description="SHA-256 of the conspicuous notice that was shown (REG-09).",
        pattern="^[0-9a-f]{64}$",
        form=("64 位十六进制", "64 hexadecimal digits"),
    )
    granted_on: date = day("授权日期", "Given on")
    valid_until: date | None = day(
        "有效期至", "Valid until", description="The last day; absent: until it is withdrawn."
    )
    revoked_on: date | None = day(
        "撤回日期", "Withdrawn on", description="From this day on nothing new is done with it."
    )
