"""Who guarantees an account: segment E of the credit message."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Contract, item
from data_contracts.finance.borrower import CERTIFICATES
from data_contracts.finance.credit_month import BUSINESSES
from data_contracts.finance.loan_application import EARLIEST, LARGEST, LATEST, SUBJECT_PATTERN


class Guarantor(Contract):
    """One guarantor of one account, by name, kind and number of the certificate (BI-04)."""

    about: ClassVar[About] = About(
        name="guarantor",
        version="1.0",
        title_zh="担保人信息",
        title_en="Guarantor",
        supplier_zh="金融机构(征信中心报文)",
        supplier_en="Financial institution (credit message)",
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        # A number of its own, since BI-04 must be able to meet a guarantor without a certificate.
        key=("institution_code", "business", "account_no", "reported_on", "guarantor_no"),
        event="reported_on",
        negative=False,
        retention_years=None,
        frequency_zh="首次上报及变更时",
        frequency_en="with the first report and on change",
        sensitivity="consent",
        catalogue_id="X-1",
        used_in=("score", "report", "rule", "identity"),
    )

    institution_code: str = item(
        "金融机构代码",
        "Institution code",
        pattern="^[0-9A-Z]{14}$",
        form=("14 位数字或大写字母", "14 digits or capital letters"),
        identifier="institution_code",
        severity="REVIEW",
        sensitivity="public",
    )
    business: str = item("业务种类", "Business", codes=BUSINESSES)
    account_no: str = item(
        "业务号",
        "Account number",
        pattern="^[0-9A-Za-z_./-]{1,60}$",
        form=("字母、数字、_ . / -", "letters, digits, _ . / -"),
        personal=True,
    )
    reported_on: date = item(
        "上报日期",
        "Reported on",
        description="The billing date of the account record that it came with.",
        ge=EARLIEST,
        le=LATEST,
    )
    guarantor_no: int = item(
        "担保人序号", "Number of the guarantor", unit="guarantors", ge=1, le=9999
    )
    subject_id: str = item(
        "主体编号",
        "Subject id",
        description="The guarantor, whom the record is about.",
        pattern=SUBJECT_PATTERN,
        form=("前缀-编号", "PREFIX-number"),
        personal=True,
    )
    consent_no: str | None = item("授权编号", "Consent number", max_length=60)
    name_masked: str | None = item(
        "担保人姓名", "Guarantor's name", personal=True, sensitivity="consent", seal="mask"
    )
    id_kind: str | None = item(
        "证件类型",
        "Kind of certificate",
        codes=CERTIFICATES,
        personal=True,
        sensitivity="consent",
    )
    id_no_hmac: str | None = item(
        "证件号码", "Number of the certificate", personal=True, sensitivity="consent", seal="hmac"
    )
    id_no_masked: str | None = item(
        "证件号码(掩码)",
        "Number of the certificate, masked",
        personal=True,
        sensitivity="consent",
        seal="mask",
        copy_of="guarantor.id_no_hmac",
    )
    amount_cents: int | None = item(
        "担保金额", "Guaranteed amount", unit="CNY cents", ge=0, le=LARGEST, sensitivity="consent"
    )
    state: str | None = item(
        "担保状态",
        "State of the guarantee",
        codes={"1": ("有效", "In force"), "2": ("失效", "Ended")},
        sensitivity="consent",
    )
