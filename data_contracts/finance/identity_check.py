"""An identity that a vendor compared with the authoritative source."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Contract, item
from data_contracts.finance.items import (
    consent_no,
    day,
    institution_code,
    licence_ref,
    number,
    subject,
)


class IdentityCheck(Contract):
    """Whether the name, number, phone or card that a person gave belong together.

    Only the answer is kept, never a portrait: what a device compares stays on the device (REG-40).
    """

    about: ClassVar[About] = About(
        name="identity_check",
        version="1.0",
        catalogue_id="X-3",
        title_zh="身份核查结果",
        title_en="Identity check",
        supplier_zh="身份核查服务商",
        supplier_en="Identity verification vendor",
        subject_kinds=("sole_trader", "farmer", "individual"),
        key=("check_no",),
        event="checked_on",
        negative=False,
        retention_years=3,
        frequency_zh="每次核查",
        frequency_en="each check",
        latency_days=1,
        mode="query-with-consent",
        purposes=("LOAN_APPROVAL", "CARD_APPROVAL", "GUARANTOR_REVIEW", "SELF"),
        sensitivity="separate-consent",
        used_in=("identity", "rule"),
    )

    check_no: str = number("核查编号", "Check number", personal=True)
    subject_id: str = subject()
    kind: str = item(
        "核查方式",
        "What was compared",
        codes={
            "name_id": ("姓名与证件号码", "Name and identity number"),
            "name_id_phone": ("姓名、证件号码与手机号", "Name, identity number and mobile"),
            "name_id_card": ("姓名、证件号码与银行卡", "Name, identity number and bank card"),
            "name_id_phone_card": ("四要素", "Name, identity number, mobile and bank card"),
        },
    )
    result: str = item(
        "结果",
        "Result",
        codes={
            "match": ("一致", "They belong together"),
            "mismatch": ("不一致", "They do not"),
            "not_found": ("无记录", "Not on file"),
            "unavailable": ("未能核查", "Could not be checked"),
        },
        sensitivity="separate-consent",
        personal=True,
    )
    identity: str | None = item(
        "证件号码密文",
        "Identity number, hashed",
        sensitivity="separate-consent",
        personal=True,
        identifier="resident_id",
        severity="REVIEW",
        seal="hmac",
    )
    identity_masked: str | None = item(
        "证件号码掩码",
        "Identity number, masked",
        sensitivity="separate-consent",
        personal=True,
        identifier="resident_id",
        severity="REVIEW",
        seal="mask",
    )
    phone: str | None = item(
        "手机号密文",
        "Mobile number, hashed",
        sensitivity="separate-consent",
        personal=True,
        identifier="mobile",
        severity="REVIEW",
        seal="hmac",
    )
    card: str | None = item(
        "银行卡号密文",
        "Bank card, hashed",
        sensitivity="separate-consent",
        personal=True,
        identifier="bank_card",
        severity="REVIEW",
        seal="hmac",
    )
    asked_by: str | None = institution_code("委托机构编码", "Institution that asked")
    vendor: str = item("服务商", "Vendor", max_length=120, sensitivity="public")
    licence_ref: str | None = licence_ref()
    checked_on: date = day("核查日期", "Checked on")
    consent_no: str | None = consent_no()
