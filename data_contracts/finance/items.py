"""Items that several contracts of lenders and of the platform declare in the same way."""

from __future__ import annotations

from typing import Any, Literal

from data_contracts.contract import item
from data_contracts.finance.loan_application import (
    EARLIEST,
    LARGEST,
    LATEST,
    NUMBER_PATTERN,
    SUBJECT_PATTERN,
)
from data_contracts.item import Sensitivity, WrittenConsent

__all__ = [
    "CURRENCY_PATTERN",
    "EARLIEST",
    "LARGEST",
    "LATEST",
    "NUMBER_PATTERN",
    "SUBJECT_PATTERN",
    "code_list",
    "consent_no",
    "currency",
    "day",
    "institution_code",
    "institution_subject",
    "licence_ref",
    "money",
    "months",
    "negative_notice_on",
    "number",
    "rate_bp",
    "subject",
    "validity",
]

CURRENCY_PATTERN = "^[A-Z]{3}$"
INSTITUTION_PATTERN = "^[A-HZ][0-9]{13}$"
"""A class letter and 13 digits; the last digit's check rule is not known, so it is not enforced."""

_PERSON_OR_ENTERPRISE = (
    "USCC-, ORG-, REG-, TAX- or NAME- for an enterprise; PID- and a keyed hash for a person."
)


def subject(
    title_zh: str = "主体编号", title_en: str = "Subject id", *, personal: bool = True
) -> Any:
    """Declare a subject id; ``personal`` where it may be a natural person's."""
    return item(
        title_zh,
        title_en,
        description=_PERSON_OR_ENTERPRISE if personal else "",
        pattern=SUBJECT_PATTERN,
        form=("前缀-编号", "PREFIX-number"),
        personal=personal,
    )


def institution_subject() -> Any:
    """Declare the subject of a record about a lender: INST- and its 14-digit code."""
    return item(
        "机构主体编号",
        "Institution as a subject",
        pattern="^INST-[A-HZ][0-9]{13}$",
        form=("INST-金融机构编码", "INST- and the institution code"),
        sensitivity="public",
    )


def institution_code(title_zh: str = "金融机构编码", title_en: str = "Institution code") -> Any:
    """Declare a financial institution's code, 14 characters (银发〔2009〕363号)."""
    return item(
        title_zh,
        title_en,
        pattern=INSTITUTION_PATTERN,
        form=("类别字母加 13 位数字", "a class letter and 13 digits"),
        identifier="institution_code",
        sensitivity="public",
    )


def number(
    title_zh: str,
    title_en: str,
    *,
    description: str = "",
    personal: bool = False,
    sensitivity: Sensitivity = "restricted",
    copy_of: str | None = None,
) -> Any:
    """Declare a number given by the supplier: letters, digits and hyphens, at most 40."""
    return item(
        title_zh,
        title_en,
        description=description,
        pattern=NUMBER_PATTERN,
        form=("字母、数字、连字符", "letters, digits, hyphens"),
        personal=personal,
        sensitivity=sensitivity,
        copy_of=copy_of,
    )


def money(
    title_zh: str,
    title_en: str,
    *,
    description: str = "",
    ge: int = 0,
    sensitivity: Sensitivity = "consent",
    personal: bool = False,
    written_consent: WrittenConsent | None = None,
) -> Any:
    """Declare an amount in whole fen."""
    return item(
        title_zh,
        title_en,
        description=description,
        unit="CNY cents",
        ge=ge,
        le=LARGEST,
        sensitivity=sensitivity,
        personal=personal,
        written_consent=written_consent,
    )


def day(
    title_zh: str,
    title_en: str,
    *,
    description: str = "",
    sensitivity: Sensitivity = "restricted",
) -> Any:
    """Declare a date between 1950 and 2100."""
    return item(
        title_zh,
        title_en,
        description=description,
        ge=EARLIEST,
        le=LATEST,
        sensitivity=sensitivity,
    )


def months(title_zh: str, title_en: str, *, description: str = "", le: int = 600) -> Any:
    """Declare a number of months."""
    return item(title_zh, title_en, description=description, unit="months", ge=0, le=le)


def rate_bp(title_zh: str, title_en: str, *, ge: int = 0, description: str = "") -> Any:
    """Declare a rate or share in basis points: 10,000 are 100 %."""
    return item(
        title_zh,
        title_en,
        description=description,
        unit="basis points",
        ge=ge,
        le=100_000,
        sensitivity="public",
    )


def code_list(
    title_zh: str,
    title_en: str,
    codes: tuple[str, ...] | str,
    *,
    description: str = "",
    sensitivity: Sensitivity = "public",
    form: tuple[str, str] | None = None,
) -> Any:
    """Declare several codes in one text, joined by semicolons without blanks.

    Parameters
    ----------
    title_zh, title_en, description, sensitivity, form
        As of :func:`data_contracts.contract.item`.
    codes
        The codes, or the pattern of one code.
    """
    one = codes if isinstance(codes, str) else "(" + "|".join(codes) + ")"
    listed = one if isinstance(codes, str) else ", ".join(codes)
    return item(
        title_zh,
        title_en,
        description=description,
        pattern=f"^{one}(;{one})*$",
        form=form or (f"以分号连接的代码：{listed}", f"codes joined by semicolons: {listed}"),
        max_length=2_000,
        sensitivity=sensitivity,
    )


def consent_no() -> Any:
    """Declare the number of the consent under which a person's record came (REG-01)."""
    return number(
        "授权编号",
        "Consent number",
        description="Of the subject's consent, where the subject is a natural person (REG-01).",
        copy_of="consent.consent_no",
    )


def negative_notice_on() -> Any:
    """Declare the day the person was told, before an adverse record is sent (REG-04)."""
    return day(
        "不良信息告知日期",
        "Adverse-record notice given on",
        description="The provider tells a natural person before it sends an adverse record (REG-04).",
    )


def licence_ref() -> Any:
    """Declare the licence or filing of a commercial source (REG-31)."""
    return item(
        "来源许可或备案号",
        "Licence or filing of the source",
        description="An external source without one is not used in production (REG-31).",
        max_length=80,
        sensitivity="public",
    )


def currency(default: str = "CNY") -> Any:
    """Declare the currency of a record's amounts; absent: ``default``."""
    return item(
        "币种",
        "Currency",
        description=f"ISO 4217 code of the amounts; absent: {default}.",
        pattern=CURRENCY_PATTERN,
        form=("三位字母，如 CNY", "three letters, such as CNY"),
        sensitivity="public",
    )


Boundary = Literal["from", "until"]


def validity(boundary: Boundary) -> Any:
    """Declare the first or the last day on which something holds (both days included)."""
    if boundary == "from":
        return day("生效日期", "Valid from", sensitivity="public")
    return day(
        "失效日期",
        "Valid until",
        description="The last day; null while no end is set.",
        sensitivity="public",
    )
