"""The layout of format version 1.3: ours, modelled on a published layout of a credit network.

From that layout come segments P, B, C, D, S, A, H, E, T and G with their order and most widths. Ours
are the segments X and K, the inner widths of segment B, the account at the end of segment P, the record
frame, the numbers of the message classes, and the use of A's last 30 bytes for the consent and the
notice that must precede adverse data (REG-01, REG-04).
"""

from __future__ import annotations

from types import MappingProxyType

from data_contracts.intake.message.layout import Field, Kind, Layout, Segment


def _org(required: bool = True) -> Field:
    return Field(
        "institution_code", 14, "code", "金融机构代码", "Institution code", "institution_code",
        required=required,
    )  # fmt: skip


def _who(of_zh: str = "", of_en: str = "") -> tuple[Field, ...]:
    return (
        Field("name", 30, "text", f"{of_zh}姓名", f"{of_en}Name", "name", personal=True),
        Field("id_kind", 1, "code", f"{of_zh}证件类型", f"{of_en}Id type", "id_kind"),
        Field("id_number", 18, "code", f"{of_zh}证件号码", f"{of_en}Id number", "", personal=True),
    )


def _yuan(name: str, title_zh: str, title_en: str, *, signed: bool = False) -> Field:
    return Field(
        f"{name}_yuan", 10, "number", title_zh, title_en, f"{name}_cents", yuan=True, signed=signed
    )


def _own(name: str, width: int, kind: Kind, title_zh: str, title_en: str, item: str = "") -> Field:
    """Give a field of a person's own data; unless said otherwise it becomes the item of its name."""
    return Field(name, width, kind, title_zh, title_en, item or name, personal=True)


def _contact(number: int, zh: str, en: str) -> tuple[Field, ...]:
    name = f"contact_{number}"
    return (
        _own(f"{name}_name", 30, "text", f"{zh}联系人姓名", f"Name of the {en} contact",
             f"{name}_name_masked"),
        _own(f"{name}_relation", 1, "code", f"{zh}联系人关系", f"Relation of the {en} contact"),
        _own(f"{name}_phone", 25, "code", f"{zh}联系人电话", f"Phone of the {en} contact",
             f"{name}_phone_masked"),
    )  # fmt: skip


def _detail(required: bool = False) -> Field:
    return Field(
        "business_detail", 2, "code", "业务种类细分", "Kind of business", "business_detail",
        required=required,
    )  # fmt: skip


def _account() -> Field:
    return Field(
        "account_no", 40, "code", "业务号", "Account number", "account_no",
        required=True, personal=True,
    )  # fmt: skip


def _bill() -> Field:
    return Field("bill_on", 8, "date", "结算/应还款日期", "Billing date", "bill_on", required=True)


def _consent() -> Field:
    return Field("consent_no", 22, "code", "授权编号", "Consent number", "consent_no")


_PERSON = Segment(
    "P",
    "个人",
    "Person, with news of an account's borrower",
    (
        _org(),
        *_who(),
        _detail(required=True),
        _account(),
        _bill(),
        _consent(),
    ),
)

_IDENTITY = Segment(
    "B",
    "身份信息",
    "Identity",
    (
        _own("sex", 1, "code", "性别", "Sex"),
        _own("birth_on", 8, "date", "出生日期", "Born on"),
        _own("marital_status", 2, "code", "婚姻状况", "Marital status"),
        _own("education", 2, "code", "最高学历", "Education"),
        _own("degree", 1, "code", "最高学位", "Degree"),
        _own("spouse_name", 30, "text", "配偶姓名", "Spouse's name", "spouse_name_masked"),
        _own("spouse_id_kind", 1, "code", "配偶证件类型", "Spouse's kind of certificate"),
        _own("spouse_id_number", 18, "code", "配偶证件号码", "Number of the spouse's certificate",
             "spouse_id_hmac"),
        _own("spouse_employer", 60, "text", "配偶工作单位", "Spouse's employer"),
        _own("spouse_phone", 25, "code", "配偶联系电话", "Spouse's phone", "spouse_phone_masked"),
        _own("home_phone", 25, "code", "住宅电话", "Home phone", "home_phone_masked"),
        _own("mobile", 16, "code", "手机号码", "Mobile", "mobile_masked"),
        _own("office_phone", 25, "code", "单位电话", "Office phone", "office_phone_masked"),
        _own("email", 30, "code", "电子邮箱", "E-mail", "email_masked"),
        _own("mail_address", 60, "text", "通讯地址", "Mail address"),
        _own("mail_postcode", 6, "code", "通讯地址邮政编码", "Postcode of the mail address"),
        *_contact(1, "第一", "first"),
        *_contact(2, "第二", "second"),
        _own("household_address", 60, "text", "户籍地址", "Household address"),
    ),
)  # fmt: skip

_OCCUPATION = Segment(
    "C",
    "职业信息",
    "Occupation",
    (
        _own("occupation", 1, "code", "职业", "Occupation"),
        _own("employer", 60, "text", "单位名称", "Employer"),
        _own("employer_industry", 1, "code", "单位所属行业", "Industry of the employer"),
        _own("employer_address", 60, "text", "单位地址", "Address of the employer"),
        _own("employer_postcode", 6, "code", "单位地址邮政编码", "Postcode of the employer"),
        _own("employed_since_year", 4, "number", "本单位工作起始年份", "Year of entry"),
        _own("position", 1, "code", "职务", "Position"),
        _own("professional_title", 1, "code", "职称", "Professional title"),
        Field("annual_income_yuan", 10, "number", "年收入", "Annual income", "annual_income_cents",
              yuan=True, personal=True),
    ),
)  # fmt: skip

_RESIDENCE = Segment(
    "D",
    "居住信息",
    "Residence",
    (
        _own("residence_address", 60, "text", "居住地址", "Residence"),
        _own("residence_postcode", 6, "code", "居住地址邮政编码", "Postcode of the residence"),
        _own("residence_condition", 1, "code", "居住状况", "Condition of residence"),
    ),
)

_APPLICATION = Segment(
    "S",
    "贷款申请",
    "Loan application",
    (
        _org(),
        Field("application_no", 40, "code", "贷款申请号", "Application number", "application_no",
              required=True),
        *_who(),
        _detail(),
        _yuan("amount", "申请金额", "Amount"),
        Field("months", 6, "number", "申请月数", "Months", "months"),
        Field("applied_on", 8, "date", "申请时间", "Applied on", "applied_on"),
        Field("state", 1, "code", "申请状态", "State", "state"),
    ),
)  # fmt: skip

_ACCOUNT = Segment(
    "A",
    "贷款业务",
    "Loan account in a month",
    (
        _org(),
        _detail(required=True),
        Field("contract_no", 60, "text", "合同号", "Contract number", "contract_no", personal=True),
        _account(),
        Field("area_code", 6, "code", "业务发生地", "Place of business", "area_code"),
        Field("opened_on", 8, "date", "开户日期", "Opened on", "opened_on"),
        Field("due_on", 8, "date", "到期日期", "Due on", "due_on"),
        Field("currency", 3, "code", "币种", "Currency", "currency"),
        _yuan("limit", "授信额度", "Credit limit"),
        _yuan("shared_limit", "共享授信额度", "Shared credit limit"),
        _yuan("largest_debt", "最大负债额", "Largest debt"),
        Field("guarantee_kind", 1, "code", "担保方式", "Kind of guarantee", "guarantee_kind"),
        Field("frequency", 2, "code", "还款频率", "Repayment frequency", "frequency"),
        Field("months_total", 3, "code", "还款月数", "Months of repayment", "months_total"),
        Field("months_left", 3, "code", "剩余还款月数", "Months left", "months_left"),
        Field("agreed_periods", 3, "code", "协定还款期数", "Agreed periods", "agreed_periods"),
        _yuan("agreed", "协定期还款额", "Agreed instalment"),
        _bill(),
        Field("last_payment_on", 8, "date", "最近一次实际还款日期", "Last payment on", "last_payment_on"),
        _yuan("scheduled", "本月应还款金额", "Scheduled this month"),
        _yuan("paid", "本月实际还款金额", "Paid this month"),
        _yuan("balance", "余额", "Balance", signed=True),
        Field("overdue_periods", 2, "number", "当前逾期期数", "Periods overdue now", "overdue_periods"),
        _yuan("overdue", "当前逾期总额", "Overdue now"),
        _yuan("overdue_31_60", "逾期31-60天未归还本金", "Principal overdue 31-60 days"),
        _yuan("overdue_61_90", "逾期61-90天未归还本金", "Principal overdue 61-90 days"),
        _yuan("overdue_91_180", "逾期91-180天未归还本金", "Principal overdue 91-180 days"),
        _yuan("overdue_over_180", "逾期180天以上未归还本金", "Principal overdue over 180 days"),
        Field("overdue_count", 3, "number", "累计逾期期数", "Periods ever overdue", "overdue_count"),
        Field("max_overdue_periods", 2, "number", "最高逾期期数", "Most periods overdue",
              "max_overdue_periods"),
        Field("five_class", 1, "code", "五级分类状态", "Five-class state", "five_class"),
        Field("account_status", 1, "code", "账户状态", "Account status", "account_status"),
        Field("status_24", 24, "code", "24个月还款状态", "Repayment status of 24 months", "status_24"),
        Field("owner_flag", 1, "code", "账户拥有者信息提示", "Owner information flag", "owner_flag"),
        *_who(),
        _consent(),
        Field("negative_notice_on", 8, "date", "不良信息告知日期", "Adverse notice on",
              "negative_notice_on"),
    ),
)  # fmt: skip

_CONTRACT = Segment(
    "H",
    "授信合同",
    "Credit contract",
    (
        Field("contract_no", 60, "text", "合同号", "Contract number", "contract_no", personal=True),
        Field("begins_on", 8, "date", "合同起始日期", "Begins on", "begins_on"),
        Field("ends_on", 8, "date", "合同终止日期", "Ends on", "ends_on"),
        Field("currency", 3, "code", "币种", "Currency", "currency"),
        _yuan("amount", "合同金额", "Amount"),
        Field("state", 1, "code", "合同状态", "State", "state"),
    ),
)

_GUARANTEE = Segment(
    "E",
    "担保信息",
    "Guarantee",
    (
        *_who("担保人", "Guarantor's "),
        _yuan("amount", "担保金额", "Amount"),
        Field("state", 1, "code", "担保状态", "State", "state"),
    ),
)

_INVESTOR = Segment(
    "T",
    "投资人信息",
    "Investor",
    (*_who("投资人", "Investor's "), _yuan("amount", "投资金额", "Amount")),
)

_SPECIAL_TRADE = Segment(
    "G",
    "特殊交易",
    "Special trade",
    (
        _org(),
        *_who(),
        _account(),
        Field("kind", 1, "code", "特殊交易类型", "Kind", "kind"),
        Field("traded_on", 8, "date", "发生日期", "Traded on", "traded_on"),
        Field("months_changed", 4, "number", "变更月数", "Months changed", "months_changed", signed=True),
        _yuan("amount", "发生金额", "Amount"),
        Field("detail", 200, "text", "明细信息", "Details", "detail", personal=True),
    ),
)  # fmt: skip


def _business(name: str, title_zh: str = "业务种类", title_en: str = "Business") -> Field:
    return Field(name, 1, "code", title_zh, title_en, name, required=True)


_DELETION = Segment(
    "X",
    "删除",
    "Deletion of one month of an account",
    (
        _org(),
        _business("business"),
        _account(),
        _bill(),
    ),
)

_KEY_CHANGE = Segment(
    "K",
    "账户标识变更",
    "Change of an account's key",
    (
        Field("old_institution_code", 14, "code", "原金融机构代码", "Old institution code",
              "old_institution_code", required=True),
        _business("old_business", "原业务种类", "Old business"),
        Field("old_account_no", 40, "code", "原业务号", "Old account number", "old_account_no",
              required=True, personal=True),
        Field("new_institution_code", 14, "code", "新金融机构代码", "New institution code",
              "new_institution_code", required=True),
        _business("new_business", "新业务种类", "New business"),
        Field("new_account_no", 40, "code", "新业务号", "New account number", "new_account_no",
              required=True, personal=True),
    ),
)  # fmt: skip

CARD_KINDS = frozenset({"71", "81"})
"""Kinds in A that are credit cards (business 2): 准贷记卡, 贷记卡; every other kind is a loan. Ours."""

_ALL = (
    _PERSON, _APPLICATION, _ACCOUNT, _SPECIAL_TRADE, _DELETION, _KEY_CHANGE,
    _IDENTITY, _OCCUPATION, _RESIDENCE, _CONTRACT, _GUARANTEE, _INVESTOR,
)  # fmt: skip

STANDARD = Layout(
    version="1.3",
    generation=1,
    segments=MappingProxyType({segment.tag: segment for segment in _ALL}),
    follows=MappingProxyType(
        {
            "P": {"B": 1, "C": 1, "D": 1},
            "A": {"B": 1, "C": 1, "D": 1, "H": 1, "E": 50, "T": 50},
        }
    ),
    bases=MappingProxyType({"1": "PSAG", "2": "PSAG", "3": "PSAG", "4": "X", "5": "K"}),
    bill_dates=MappingProxyType({"A": "bill_on", "X": "bill_on"}),
    key=(
        "institution_code",
        "business_detail",
        "account_no",
        "bill_on",
        "name",
        "id_kind",
        "id_number",
        "consent_no",
    ),
)

LAYOUTS = MappingProxyType({STANDARD.version: STANDARD})
"""Format version -> layout; a reader may be given others."""
