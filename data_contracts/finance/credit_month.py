"""One account in one reporting month: segment A of the credit message, for loans and cards."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from data_contracts.contract import About, Contract, item
from data_contracts.finance.loan_application import EARLIEST, LARGEST, LATEST, SUBJECT_PATTERN

BUSINESSES: dict[str, tuple[str, str]] = {"1": ("贷款", "Loan"), "2": ("信用卡", "Credit card")}
ACCOUNT_TYPES: dict[str, tuple[str, str]] = {
    "D1": ("非循环贷账户", "Non-revolving loan"),
    "R1": ("循环贷账户", "Revolving loan"),
    "R2": ("贷记卡账户", "Credit card"),
    "R3": ("准贷记卡账户", "Semi-credit card"),
    "R4": ("循环额度下分账户", "Account under a revolving line"),
    "C1": ("催收账户", "Collection account"),
}
FREQUENCIES: dict[str, tuple[str, str]] = {
    "01": ("日", "Daily"),
    "02": ("周", "Weekly"),
    "03": ("月", "Monthly"),
    "04": ("季", "Quarterly"),
    "05": ("半年", "Half-yearly"),
    "06": ("年", "Yearly"),
    "07": ("一次性", "Once"),
    "08": ("不定期", "Irregular"),
    "99": ("其他", "Other"),
}
GUARANTEES: dict[str, tuple[str, str]] = {
    "1": ("质押(含保证金)", "Pledge, deposits included"),
    "2": ("抵押", "Mortgage"),
    "3": ("自然人保证", "Guarantee of a natural person"),
    "4": ("信用/免担保", "Unsecured"),
    "5": ("组合(含自然人保证)", "Combined, with a natural person"),
    "6": ("组合(不含自然人保证)", "Combined, without a natural person"),
    "7": ("农户联保", "Joint guarantee of farmers"),
    "9": ("其他", "Other"),
}
FIVE_CLASSES: dict[str, tuple[str, str]] = {
    "1": ("正常", "Normal"),
    "2": ("关注", "Special mention"),
    "3": ("次级", "Substandard"),
    "4": ("可疑", "Doubtful"),
    "5": ("损失", "Loss"),
    "9": ("未知", "Unknown"),
}
# One column for both businesses: the meaning of 2, 3, 4 and 5 depends on the business.
ACCOUNT_STATES: dict[str, tuple[str, str]] = {
    "1": ("正常(催收账户: 催收)", "Normal (collection account: in collection)"),
    "2": (
        "贷款: 逾期; 卡: 冻结; 催收账户: 结束",
        "Loan: overdue; card: frozen; collection account: ended",
    ),
    "3": ("贷款: 结清; 卡: 止付", "Loan: settled; card: payment stopped"),
    "31": ("卡: 银行止付", "Card: stopped by the bank"),
    "4": ("贷款: 呆账; 卡: 销户", "Loan: bad debt; card: cancelled"),
    "5": (
        "贷款: 转出(循环贷: 银行止付); 卡: 呆账",
        "Loan: transferred out or stopped; card: bad debt",
    ),
    "6": ("贷款: 担保物不足; 卡: 未激活", "Loan: collateral short; card: not activated"),
    "7": ("贷款: 强制平仓", "Loan: forced liquidation"),
    "8": ("司法追偿", "Recovery in court"),
}


def _money(title_zh: str, title_en: str, **more: Any) -> Any:
    """Declare an amount: CNY cents, not negative unless said otherwise."""
    settings: dict[str, Any] = {
        "ge": 0,
        "le": LARGEST,
        "unit": "CNY cents",
        "sensitivity": "consent",
    }
    return item(title_zh, title_en, **{**settings, **more})


class CreditMonth(Contract):
    """Limit, schedule, payment, balance, arrears and the 24-month repayment status of one month."""

    about: ClassVar[About] = About(
        name="credit_month",
        version="1.0",
        title_zh="信贷账户月度记录",
        title_en="Credit account month",
        supplier_zh="金融机构(征信中心报文)",
        supplier_en="Financial institution (credit message)",
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        # XM-03: the account key is institution, business and account number.
        key=("institution_code", "business", "account_no", "bill_on"),
        event="bill_on",
        # An unpaid month is an adverse fact of that month alone: it ends with its own bill date.
        end="bill_on",
        negative=True,
        retention_years=5,
        frequency_zh="每月",
        frequency_en="monthly",
        sensitivity="consent",
        catalogue_id="X-1",
        used_in=("score", "match", "report", "rule", "monitor"),
        description="Amounts of the message are whole yuan; its reader turns them into cents.",
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
    subject_id: str = item(
        "主体编号",
        "Subject id",
        pattern=SUBJECT_PATTERN,
        form=("前缀-编号", "PREFIX-number"),
        personal=True,
    )
    contract_no: str | None = item("合同号", "Contract number", max_length=60, personal=True)
    account_type: str | None = item("账户类型", "Account type", codes=ACCOUNT_TYPES)
    business_detail: str | None = item(
        "业务种类细分",
        "Kind of business",
        description=(
            "Loans: 11 housing, 12 commercial property, 13 housing fund, 21 car, 31 student, 41 business, "
            "51 farmer, 91 consumption, 99 other."
        ),
        pattern="^[0-9]{2}$",
        form=("两位数字", "two digits"),
    )
    area_code: str | None = item(
        "业务发生地",
        "Place of business",
        pattern="^[0-9]{6}$",
        form=("六位行政区划代码", "six digits of GB/T 2260"),
        identifier="area",
        severity="REVIEW",
    )
    opened_on: date = item("开户日期", "Opened on", ge=EARLIEST, le=LATEST)
    due_on: date | None = item("到期日期", "Due on", ge=EARLIEST, le=LATEST)
    bill_on: date = item(
        "结算/应还款日期",
        "Billing date",
        description="Its month is the reporting month; the last character of the status is this month.",
        ge=EARLIEST,
        le=LATEST,
    )
    last_payment_on: date | None = item(
        "最近一次实际还款日期", "Last paid on", ge=EARLIEST, le=LATEST, sensitivity="consent"
    )
    currency: str = item(
        "币种", "Currency", pattern="^[A-Z]{3}$", form=("三位字母", "three letters, ISO 4217")
    )
    limit_cents: int | None = _money("授信额度", "Credit limit")
    shared_limit_cents: int | None = _money("共享授信额度", "Shared credit limit")
    largest_debt_cents: int | None = _money("最大负债额", "Largest debt")
    guarantee_kind: str | None = item("担保方式", "Kind of guarantee", codes=GUARANTEES)
    frequency: str | None = item("还款频率", "Repayment frequency", codes=FREQUENCIES)
    months_total: str | None = item(
        "还款月数",
        "Repayment months",
        description="Digits, or the fill letter O (once), U (irregular) or X (other).",
        pattern="^([0-9]{1,3}|[OUX]{1,3})$",
        form=("至多三位数字，或 O、U、X", "up to three digits, or O, U, X"),
    )
    months_left: str | None = item(
        "剩余还款月数",
        "Repayment months left",
        description="Digits, or the fill letter O (once), U (irregular) or X (other).",
        pattern="^([0-9]{1,3}|[OUX]{1,3})$",
        form=("至多三位数字，或 O、U、X", "up to three digits, or O, U, X"),
    )
    agreed_periods: str | None = item(
        "协定还款期数",
        "Agreed periods",
        pattern="^([0-9]{1,3}|[OUX]{1,3})$",
        form=("至多三位数字，或 O、U、X", "up to three digits, or O, U, X"),
    )
    agreed_cents: int | None = _money("协定期还款额", "Agreed payment of a period")
    scheduled_cents: int | None = _money("本月应还款金额", "Scheduled this month")
    paid_cents: int | None = _money("本月实际还款金额", "Paid this month")
    balance_cents: int = _money(
        "余额", "Balance", ge=-LARGEST, description="Negative when the client has paid too much."
    )
    overdue_periods: int = item(
        "当前逾期期数", "Periods overdue now", unit="periods", ge=0, le=99, sensitivity="consent"
    )
    overdue_cents: int = _money("当前逾期总额", "Amount overdue now")
    overdue_31_60_cents: int | None = _money(
        "逾期31-60天未归还本金", "Principal overdue 31-60 days"
    )
    overdue_61_90_cents: int | None = _money(
        "逾期61-90天未归还本金", "Principal overdue 61-90 days"
    )
    overdue_91_180_cents: int | None = _money(
        "逾期91-180天未归还本金", "Principal overdue 91-180 days"
    )
    overdue_over_180_cents: int | None = _money(
        "逾期180天以上未归还本金", "Principal overdue over 180 days"
    )
    overdue_count: int = item(
        "违约次数(累计逾期期数)",
        "Periods ever overdue",
        unit="periods",
        ge=0,
        le=999,
        sensitivity="consent",
    )
    max_overdue_periods: int = item(
        "最高逾期期数", "Most periods overdue", unit="periods", ge=0, le=99, sensitivity="consent"
    )
    five_class: str | None = item(
        "五级分类", "Five-class state", codes=FIVE_CLASSES, sensitivity="consent"
    )
    account_status: str = item(
        "账户状态", "Account state", codes=ACCOUNT_STATES, sensitivity="consent"
    )
    status_24: str = item(
        "24个月还款状态",
        "24-month repayment status",
        description=(
            "One character a month, the last is the month of the bill: / not yet opened, * nothing due, "
            "N paid as agreed, 1 to 6 overdue 1-30 to 151-180 days, 7 longer, D paid by a guarantor, Z settled "
            "in kind, C settled, G closed otherwise, # unknown; generation 2 adds A no bill, B bad debt, M paid "
            "late within the month. DR-01 judges the letters."
        ),
        pattern="^[!-~]{24}$",
        form=("24 个字符", "24 characters"),
        sensitivity="consent",
    )
    owner_flag: str | None = item(
        "账户拥有者信息提示",
        "Account owner flag",
        codes={"1": ("已开立账户", "Existing account"), "2": ("新账户", "New account")},
    )
    negative_notice_on: date | None = item(
        "不良信息告知日期",
        "Notified of negative information on",
        description="The day on which the person was told before the report (REG-04).",
        ge=EARLIEST,
        le=LATEST,
    )
    consent_no: str | None = item("授权编号", "Consent number", max_length=60)
    format_generation: int = item(
        "报文格式代", "Format generation", unit="generation", ge=1, le=2, sensitivity="public"
    )
