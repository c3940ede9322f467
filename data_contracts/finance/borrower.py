"""Who the borrower of an account is: identity, occupation and residence (segments B, C, D)."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from data_contracts.contract import About, Contract, item
from data_contracts.finance.credit_month import BUSINESSES
from data_contracts.finance.loan_application import EARLIEST, LARGEST, LATEST, SUBJECT_PATTERN

CERTIFICATES: dict[str, tuple[str, str]] = {
    "0": ("身份证", "Resident identity card"),
    "1": ("户口簿", "Household register"),
    "2": ("护照", "Passport"),
    "3": ("军官证", "Officer's card"),
    "4": ("士兵证", "Soldier's card"),
    "5": ("港澳居民来往内地通行证", "Pass of Hong Kong and Macao residents"),
    "6": ("台湾同胞来往内地通行证", "Pass of Taiwan residents"),
    "7": ("临时身份证", "Temporary identity card"),
    "8": ("外国人居留证", "Residence permit of foreigners"),
    "9": ("警官证", "Police officer's card"),
    "A": ("香港身份证", "Hong Kong identity card"),
    "B": ("澳门身份证", "Macao identity card"),
    "C": ("台湾身份证", "Taiwan identity card"),
    "X": ("其他证件", "Other certificate"),
}
SEXES: dict[str, tuple[str, str]] = {
    "0": ("未知", "Unknown"),
    "1": ("男", "Male"),
    "2": ("女", "Female"),
    "9": ("未说明", "Not stated"),
}
MARITAL_STATES: dict[str, tuple[str, str]] = {
    "10": ("未婚", "Single"),
    "20": ("已婚", "Married"),
    "21": ("初婚", "First marriage"),
    "22": ("再婚", "Remarried"),
    "23": ("复婚", "Married again to the same spouse"),
    "30": ("丧偶", "Widowed"),
    "40": ("离婚", "Divorced"),
    "90": ("未说明", "Not stated"),
}


def _text(title_zh: str, title_en: str, longest: int, **more: Any) -> Any:
    """Declare a personal text as the lender wrote it: 暂缺 and 未知 stay, BI-02 counts them."""
    return item(
        title_zh, title_en, max_length=longest, personal=True, sensitivity="consent", **more
    )


def _code(title_zh: str, title_en: str, **more: Any) -> Any:
    return item(
        title_zh,
        title_en,
        pattern="^[0-9A-Z]{1,2}$",
        form=("一至两位代码", "a code of one or two characters"),
        personal=True,
        sensitivity="consent",
        **more,
    )


def _sealed(title_zh: str, title_en: str, **more: Any) -> Any:
    return item(title_zh, title_en, personal=True, sensitivity="consent", **more)


class Borrower(Contract):
    """Identity, occupation and residence as reported with one account."""

    about: ClassVar[About] = About(
        name="borrower",
        version="1.0",
        title_zh="借款人基本信息",
        title_en="Borrower",
        supplier_zh="金融机构(征信中心报文)",
        supplier_en="Financial institution (credit message)",
        subject_kinds=("sole_trader", "farmer", "individual"),
        key=("institution_code", "business", "account_no", "reported_on"),
        event="reported_on",
        negative=False,
        retention_years=None,
        frequency_zh="首次上报及变更时",
        frequency_en="with the first report and on change",
        sensitivity="consent",
        catalogue_id="X-1",
        used_in=("report", "rule", "identity"),
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
    subject_id: str = item(
        "主体编号",
        "Subject id",
        pattern=SUBJECT_PATTERN,
        form=("前缀-编号", "PREFIX-number"),
        personal=True,
    )
    consent_no: str | None = item("授权编号", "Consent number", max_length=60)

    # B: identity
    name_masked: str | None = _sealed("姓名", "Name", seal="mask")
    id_kind: str | None = _sealed("证件类型", "Kind of certificate", codes=CERTIFICATES)
    resident_id_hmac: str | None = _sealed(
        "公民身份号码", "Resident identity number", identifier="resident_id", seal="hmac"
    )
    resident_id_masked: str | None = _sealed(
        "公民身份号码(掩码)",
        "Resident identity number, masked",
        identifier="resident_id",
        seal="mask",
        copy_of="borrower.resident_id_hmac",
    )
    other_id_hmac: str | None = _sealed(
        "其他证件号码", "Number of another certificate", seal="hmac"
    )
    other_id_masked: str | None = _sealed(
        "其他证件号码(掩码)",
        "Number of another certificate, masked",
        seal="mask",
        copy_of="borrower.other_id_hmac",
    )
    sex: str | None = item("性别", "Sex", codes=SEXES, personal=True, sensitivity="protected")
    birth_on: date | None = item(
        "出生日期",
        "Born on",
        ge=date(1850, 1, 1),
        le=LATEST,
        personal=True,
        sensitivity="protected",
    )
    marital_status: str | None = item(
        "婚姻状况", "Marital status", codes=MARITAL_STATES, personal=True, sensitivity="protected"
    )
    education: str | None = _code("最高学历", "Education")
    degree: str | None = _code("最高学位", "Degree")
    home_phone_masked: str | None = _sealed("住宅电话", "Home phone", seal="mask")
    mobile_masked: str | None = _sealed(
        "手机号码", "Mobile", identifier="mobile", severity="REVIEW", seal="mask"
    )
    office_phone_masked: str | None = _sealed("单位电话", "Office phone", seal="mask")
    email_masked: str | None = _sealed("电子邮箱", "E-mail", seal="mask")
    mail_address: str | None = _text("通讯地址", "Mail address", 120)
    mail_postcode: str | None = _text("通讯地址邮政编码", "Postcode of the mail address", 6)
    household_address: str | None = _text("户籍地址", "Household address", 120)
    spouse_name_masked: str | None = _sealed("配偶姓名", "Spouse's name", seal="mask")
    spouse_id_kind: str | None = _sealed(
        "配偶证件类型", "Spouse's kind of certificate", codes=CERTIFICATES
    )
    spouse_id_hmac: str | None = _sealed(
        "配偶证件号码", "Number of the spouse's certificate", seal="hmac"
    )
    spouse_id_masked: str | None = _sealed(
        "配偶证件号码(掩码)",
        "Number of the spouse's certificate, masked",
        seal="mask",
        copy_of="borrower.spouse_id_hmac",
    )
    spouse_employer: str | None = _text("配偶工作单位", "Spouse's employer", 120)
    spouse_phone_masked: str | None = _sealed("配偶联系电话", "Spouse's phone", seal="mask")
    contact_1_name_masked: str | None = _sealed("第一联系人姓名", "First contact", seal="mask")
    contact_1_relation: str | None = _text("第一联系人关系", "Relation of the first contact", 20)
    contact_1_phone_masked: str | None = _sealed(
        "第一联系人电话", "Phone of the first contact", seal="mask"
    )
    contact_2_name_masked: str | None = _sealed("第二联系人姓名", "Second contact", seal="mask")
    contact_2_relation: str | None = _text("第二联系人关系", "Relation of the second contact", 20)
    contact_2_phone_masked: str | None = _sealed(
        "第二联系人电话", "Phone of the second contact", seal="mask"
    )

    # C: occupation
    occupation: str | None = _code("职业", "Occupation")
    employer: str | None = _text("单位名称", "Employer", 120)
    employer_industry: str | None = _code("单位所属行业", "Industry of the employer")
    employer_address: str | None = _text("单位地址", "Address of the employer", 120)
    employer_postcode: str | None = _text("单位地址邮政编码", "Postcode of the employer", 6)
    employed_since_year: int | None = item(
        "本单位工作起始年份",
        "Year of entry",
        unit="year",
        ge=1900,
        le=2100,
        personal=True,
        sensitivity="consent",
    )
    position: str | None = _code("职务", "Position")
    professional_title: str | None = _code("职称", "Professional title")
    annual_income_cents: int | None = item(
        "年收入",
        "Annual income",
        unit="CNY cents",
        ge=0,
        le=LARGEST,
        personal=True,
        sensitivity="separate-consent",
        written_consent="income",
    )

    # D: residence
    residence_address: str | None = _text("居住地址", "Residence", 120)
    residence_postcode: str | None = _text("居住地址邮政编码", "Postcode of the residence", 6)
    residence_condition: str | None = _code("居住状况", "Condition of residence")


IDENTITY: tuple[str, ...] = (
    "name_masked", "id_kind", "sex", "birth_on", "marital_status", "education", "degree",
    "home_phone_masked", "mobile_masked", "office_phone_masked", "email_masked", "mail_address",
    "mail_postcode", "household_address", "spouse_name_masked", "spouse_id_kind", "spouse_id_hmac",
    "spouse_employer", "spouse_phone_masked", "contact_1_name_masked", "contact_1_relation",
    "contact_1_phone_masked", "contact_2_name_masked", "contact_2_relation", "contact_2_phone_masked",
)  # fmt: skip
OCCUPATION: tuple[str, ...] = (
    "occupation", "employer", "employer_industry", "employer_address", "employer_postcode",
    "employed_since_year", "position", "professional_title", "annual_income_cents",
)  # fmt: skip
RESIDENCE: tuple[str, ...] = ("residence_address", "residence_postcode", "residence_condition")
SEGMENTS: dict[str, tuple[str, ...]] = {"B": IDENTITY, "C": OCCUPATION, "D": RESIDENCE}
"""Items whose fill rates BI-01 computes, by segment."""
