"""VAT invoices, single ones and their monthly sums (税务: 开票)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract
from data_contracts.government.bureaux import TAX
from data_contracts.government.shapes import consented
from data_contracts.government.subject import ConsentSubject

DIRECTIONS = {"out": ("销项", "Issued (sales)"), "in": ("进项", "Received (purchases)")}

LEAST = -(10**15)
"""A red-letter invoice takes back an earlier one: its amounts are negative."""


class Invoice(ConsentSubject, Contract):
    """One VAT invoice, issued or received."""

    about: ClassVar[About] = About(
        name="invoice",
        version="1.1",
        title_zh="增值税发票",
        title_en="VAT invoice",
        **TAX,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "direction", "counterparty_id", "invoice_no", "issued_on"),
        event="issued_on",
        negative=False,
        retention_years=None,
        frequency_zh="每月",
        frequency_en="monthly",
        sensitivity="consent",
        catalogue_id="C05-2",
        latency_days=31,
        mode="query-with-consent",
        used_in=("score", "match"),
    )

    direction: str = consented.code("进销项", "Direction", DIRECTIONS)
    invoice_no: str = consented.text(
        "发票号码",
        "Invoice number",
        20,
        description="8 digits, unique within an invoice code; 20 digits for a digital invoice.",
    )
    invoice_code: str | None = consented.text("发票代码", "Invoice code", 12)
    issued_on: date = consented.day("开票日期", "Issued on")
    counterparty_id: str = consented.subject_id(
        "交易对方编号", "Counterparty's subject id", personal=True
    )
    kind: str | None = consented.code(
        "发票种类",
        "Kind of invoice",
        {
            "special": ("增值税专用发票", "Special VAT invoice"),
            "ordinary": ("增值税普通发票", "Ordinary VAT invoice"),
            "electronic": ("增值税电子普通发票", "Electronic ordinary invoice"),
            "digital": ("数电票", "Fully digital invoice"),
            "other": ("其他", "Other"),
        },
    )
    amount_cents: int = consented.cents(
        "金额", "Amount without tax", least=LEAST, written_consent="income"
    )
    tax_cents: int | None = consented.cents(
        "税额", "Tax", least=LEAST, written_consent="tax_amount"
    )
    total_cents: int | None = consented.cents(
        "价税合计", "Amount with tax", least=LEAST, written_consent="income"
    )
    status: str = consented.code(
        "发票状态",
        "Status",
        {
            "valid": ("有效发票", "Valid"),
            "void": ("作废发票", "Void"),
            "reversed": ("已红冲", "Reversed"),
        },
    )


class InvoiceMonth(ConsentSubject, Contract):
    """What an enterprise issued, or received, in one month."""

    about: ClassVar[About] = About(
        name="invoice_month",
        version="1.1",
        title_zh="增值税发票月度汇总",
        title_en="VAT invoices of a month",
        **TAX,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "direction", "month_on"),
        event="month_on",
        negative=False,
        retention_years=None,
        frequency_zh="每月",
        frequency_en="monthly",
        sensitivity="consent",
        catalogue_id="C05-2",
        latency_days=46,
        mode="query-with-consent",
        used_in=("score", "match", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "void", "void_count", "<=", "invoice_count",
            "作废份数不超过开具份数", "Void invoices are part of all",
        ),
        Compare(
            "active_days", "active_days", "<=", "invoice_count",
            "开票天数不超过开具份数", "There is an invoice on each active day",
        ),
        Compare(
            "shares", "top_share", "<=", "top5_share",
            "最大交易对方占比不超过前五大占比", "The largest partner is one of the five largest",
        ),
    )  # fmt: skip

    direction: str = consented.code("进销项", "Direction", DIRECTIONS)
    month_on: date = consented.month()
    invoice_count: int = consented.count("开具份数", "Invoices", "invoices", 10_000_000)
    void_count: int | None = consented.count("作废份数", "Void invoices", "invoices", 10_000_000)
    red_count: int | None = consented.count(
        "红字份数", "Red-letter invoices", "invoices", 10_000_000
    )
    amount_cents: int = consented.cents(
        "有效金额",
        "Amount without tax of valid invoices",
        least=LEAST,
        description="Net of red-letter invoices.",
        written_consent="income",
    )
    tax_cents: int | None = consented.cents(
        "税额", "Tax", least=LEAST, written_consent="tax_amount"
    )
    red_cents: int | None = consented.cents(
        "红字金额",
        "Amount taken back",
        description="As a positive number.",
        written_consent="income",
    )
    partners: int | None = consented.count(
        "交易对方数", "Counterparties", "counterparties", 10_000_000
    )
    top_share: float | None = consented.share(
        "最大交易对方占比", "Share of the largest counterparty"
    )
    top5_share: float | None = consented.share(
        "前五大交易对方占比", "Share of the five largest counterparties"
    )
    active_days: int | None = consented.count("开票天数", "Days with an invoice", "days", 31)
