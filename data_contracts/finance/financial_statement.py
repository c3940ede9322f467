"""The main lines of an enterprise's balance sheet, income and cash flow statements."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.finance.items import LARGEST, currency, day, money, subject


class FinancialStatement(Contract):
    """One period of one enterprise; amounts that may be negative say so by their bounds."""

    about: ClassVar[About] = About(
        name="financial_statement",
        version="1.0",
        title_zh="财务报表",
        title_en="Financial statement",
        supplier_zh="企业、金融机构",
        supplier_en="Enterprise or financial institution",
        subject_kinds=("enterprise",),
        key=("subject_id", "period_end", "period_kind", "scope"),
        event="period_end",
        negative=False,
        retention_years=None,
        frequency_zh="每季、每年",
        frequency_en="quarterly and yearly",
        latency_days=180,
        sensitivity="consent",
        used_in=("score", "match", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "period",
            "period_start",
            "<",
            "period_end",
            "期间的终止须晚于开始",
            "A period ends after it begins",
        ),
        Compare(
            "balance",
            "total_assets_cents",
            "=",
            "liabilities_and_equity_cents",
            "资产总计须等于负债和所有者权益总计",
            "Total assets equal liabilities and equity",
        ),
        Compare(
            "current_assets",
            "current_assets_cents",
            "<=",
            "total_assets_cents",
            "流动资产不得大于资产总计",
            "Current assets are part of total assets",
        ),
        Compare(
            "cash",
            "cash_cents",
            "<=",
            "current_assets_cents",
            "货币资金不得大于流动资产",
            "Cash is part of current assets",
        ),
        Compare(
            "current_liabilities",
            "current_liabilities_cents",
            "<=",
            "total_liabilities_cents",
            "流动负债不得大于负债合计",
            "Current liabilities are part of liabilities",
        ),
        Compare(
            "net_profit",
            "net_profit_cents",
            "<=",
            "total_profit_cents",
            "净利润一般不大于利润总额",
            "Net profit rarely exceeds profit before tax",
            "REVIEW",
        ),
    )

    subject_id: str = subject(personal=False)
    period_start: date = day("期间开始", "Period begins")
    period_end: date = day("期间终止", "Period ends")
    period_kind: str = item(
        "期间",
        "Kind of period",
        codes={
            "year": ("年度", "Year"),
            "half": ("半年度", "Half-year"),
            "quarter": ("季度", "Quarter"),
            "month": ("月度", "Month"),
        },
    )
    scope: str = item(
        "报表口径",
        "Scope",
        codes={"single": ("本部", "Single"), "group": ("合并", "Consolidated")},
    )
    standard: str = item(
        "会计制度",
        "Accounting standard",
        codes={
            "2007": ("企业会计准则", "Accounting standards of 2007"),
            "2002": ("2002 版报表", "Statements of 2002"),
            "small": ("小企业会计准则", "Standards for small enterprises"),
            "institution": ("事业单位会计制度", "Standards for public institutions"),
        },
    )
    audited: bool = item("已审计", "Audited")
    auditor: str | None = item("审计机构", "Auditor", max_length=120)
    opinion: str | None = item(
        "审计意见",
        "Audit opinion",
        codes={
            "unqualified": ("无保留意见", "Unqualified"),
            "emphasis": ("带强调事项的无保留意见", "Unqualified with emphasis"),
            "qualified": ("保留意见", "Qualified"),
            "adverse": ("否定意见", "Adverse"),
            "disclaimer": ("无法表示意见", "Disclaimer"),
        },
    )
    currency: str | None = currency()

    cash_cents: int | None = money("货币资金", "Cash")
    receivables_cents: int | None = money("应收账款", "Receivables")
    inventory_cents: int | None = money("存货", "Inventory")
    current_assets_cents: int | None = money("流动资产合计", "Current assets")
    fixed_assets_cents: int | None = money("固定资产净额", "Fixed assets")
    intangible_assets_cents: int | None = money("无形资产", "Intangible assets")
    total_assets_cents: int = money("资产总计", "Total assets")
    short_loans_cents: int | None = money("短期借款", "Short-term loans")
    payables_cents: int | None = money("应付账款", "Payables")
    current_liabilities_cents: int | None = money("流动负债合计", "Current liabilities")
    long_loans_cents: int | None = money("长期借款", "Long-term loans")
    total_liabilities_cents: int = money("负债合计", "Liabilities")
    paid_in_capital_cents: int | None = money("实收资本", "Paid-in capital")
    retained_cents: int | None = money("未分配利润", "Retained earnings", ge=-LARGEST)
    equity_cents: int = money("所有者权益合计", "Equity", ge=-LARGEST)
    liabilities_and_equity_cents: int | None = money(
        "负债和所有者权益总计", "Liabilities and equity"
    )

    revenue_cents: int = money("营业收入", "Revenue")
    cost_cents: int | None = money("营业成本", "Cost of sales")
    selling_cents: int | None = money("销售费用", "Selling expenses")
    administrative_cents: int | None = money("管理费用", "Administrative expenses")
    research_cents: int | None = money("研发费用", "Research expenses")
    financial_cents: int | None = money("财务费用", "Financial expenses", ge=-LARGEST)
    operating_profit_cents: int | None = money("营业利润", "Operating profit", ge=-LARGEST)
    total_profit_cents: int | None = money("利润总额", "Profit before tax", ge=-LARGEST)
    income_tax_cents: int | None = money("所得税费用", "Income tax", ge=-LARGEST)
    net_profit_cents: int = money("净利润", "Net profit", ge=-LARGEST)

    operating_in_cents: int | None = money("经营活动现金流入", "Cash from operations, in")
    operating_out_cents: int | None = money("经营活动现金流出", "Cash from operations, out")
    operating_net_cents: int | None = money(
        "经营活动现金流量净额", "Cash from operations, net", ge=-LARGEST
    )
    investing_net_cents: int | None = money(
        "投资活动现金流量净额", "Cash from investing, net", ge=-LARGEST
    )
    financing_net_cents: int | None = money(
        "筹资活动现金流量净额", "Cash from financing, net", ge=-LARGEST
    )
