"""Customs: exports and imports, their trend, the customs grade, and refunds of export tax.

Whole months are counted: a month is told by its first day and is known only in the month after.
"""

from __future__ import annotations

from features.definitions.invoice import sales
from features.definitions.told import told
from features.expressions import Expression, Records, call
from features.view import Feature

THEME = "customs"

WHOLE = 2

trade = Records("customs_trade")
refunds = Records("export_refund")
grade = trade["credit_grade"].latest()


def year(column: str) -> Expression:
    """Sum of a column over the last 12 whole months."""
    return trade[column].total(months=12 + WHOLE, skip=WHOLE).only_if(told(trade[column]))


exports = year("export_cents")
both = trade["export_cents"] + trade["import_cents"]


def half(skip: int) -> Expression:
    """Exports and imports of six whole months, after some that are left out."""
    return both.total(months=6 + skip + WHOLE, skip=skip + WHOLE)


FEATURES = (
    Feature(
        name="exports_12",
        theme=THEME,
        value=exports / 100,
        unit="CNY",
        direction=0,
        title_zh="近 12 个月出口额",
        title_en="Exports over 12 months",
        null_zh="没有进出口记录，或未经书面同意使用金额",
        null_en="no customs record is on file, or the amounts may not be used without written consent",
        too_high_zh="近 12 个月出口额 {value} 元，偏高",
        too_high_en="Exports were {value} CNY over 12 months, high",
        too_low_zh="近 12 个月出口额仅 {value} 元，偏低",
        too_low_en="Exports were only {value} CNY over 12 months, low",
    ),
    Feature(
        name="imports_12",
        theme=THEME,
        value=year("import_cents") / 100,
        unit="CNY",
        direction=0,
        title_zh="近 12 个月进口额",
        title_en="Imports over 12 months",
        null_zh="没有进出口记录，或未经书面同意使用金额",
        null_en="no customs record is on file, or the amounts may not be used without written consent",
        too_high_zh="近 12 个月进口额 {value} 元，偏高",
        too_high_en="Imports were {value} CNY over 12 months, high",
        too_low_zh="近 12 个月进口额仅 {value} 元，偏低",
        too_low_en="Imports were only {value} CNY over 12 months, low",
    ),
    Feature(
        name="trade_trend",
        theme=THEME,
        value=(half(0) / half(6)).only_if(trade.count(skip=11 + WHOLE).at_least(1)),
        unit="times",
        direction=-1,
        title_zh="近 6 个月进出口额与此前 6 个月之比",
        title_en="Trade of the last 6 months over the 6 months before",
        null_zh="进出口记录不足一年，或此前 6 个月没有进出口",
        null_en="there is no whole year of customs records, or nothing was traded in the 6 months before",
        too_high_zh="近 6 个月进出口额是此前 6 个月的 {value} 倍，上升",
        too_high_en="Trade of the last 6 months is {value} times that of the 6 before, rising",
        too_low_zh="近 6 个月进出口额仅为此前 6 个月的 {value} 倍，下降",
        too_low_en="Trade of the last 6 months is only {value} times that of the 6 before, falling",
    ),
    Feature(
        name="exports_to_sales",
        theme=THEME,
        value=exports / sales,
        unit="times",
        direction=0,
        title_zh="出口额与开票销售额之比",
        title_en="Exports over invoiced sales",
        null_zh="近 12 个月没有进出口记录或销项发票",
        null_en="no customs record or no sales invoice of 12 months is on file",
        too_high_zh="近 12 个月出口额是开票销售额的 {value} 倍，偏高",
        too_high_en="Exports are {value} times the invoiced sales over 12 months, high",
        too_low_zh="近 12 个月出口额仅为开票销售额的 {value} 倍，偏低",
        too_low_en="Exports are only {value} times the invoiced sales over 12 months, low",
    ),
    Feature(
        name="months_trading_12",
        theme=THEME,
        value=trade["month_on"]
        .distinct(
            months=12 + WHOLE,
            skip=WHOLE,
            where=both.more_than(0),
        )
        .only_if(trade.count(where=both.known()).at_least(1)),
        unit="months",
        direction=0,
        title_zh="近 12 个月有进出口的月数",
        title_en="Months with trade, of 12",
        null_zh="没有进出口记录，或未经书面同意使用金额",
        null_en="no customs record is on file, or the amounts may not be used without written consent",
        too_high_zh="近 12 个月有 {value} 个月发生进出口，偏多",
        too_high_en="Goods were traded in {value} of 12 months, often",
        too_low_zh="近 12 个月仅 {value} 个月发生进出口，偏少",
        too_low_en="Goods were traded in only {value} of 12 months, seldom",
    ),
    Feature(
        name="customs_grade",
        theme=THEME,
        value=call(
            "how_many",
            grade.one_of("general", "registered", "dishonest"),
            grade.one_of("registered", "dishonest"),
            grade.equals("dishonest"),
        ),
        unit="levels",
        direction=+1,
        title_zh="海关信用等级低于高级认证的级数（高级认证、一般认证、注册登记、失信）",
        title_en="Levels of the customs grade below certified (certified, general, registered, dishonest)",
        null_zh="没有海关信用等级",
        null_en="no customs credit grade is on file",
        too_high_zh="海关信用等级比高级认证低 {value} 级，偏低",
        too_high_en="The customs grade is {value} level(s) below certified, low",
        too_low_zh="海关信用等级仅比高级认证低 {value} 级",
        too_low_en="The customs grade is only {value} level(s) below certified",
    ),
    Feature(
        name="customs_inspected_share_12",
        theme=THEME,
        value=year("inspected_count") / year("declaration_count"),
        unit="fraction",
        direction=0,
        title_zh="近 12 个月报关查验比例",
        title_en="Share of declarations inspected by customs over 12 months",
        null_zh="近 12 个月没有报关单",
        null_en="nothing was declared to customs over 12 months",
        too_high_zh="近 12 个月有 {value} 的报关单被查验，偏高",
        too_high_en="{value} of the declarations of 12 months were inspected, high",
        too_low_zh="近 12 个月仅 {value} 的报关单被查验，偏低",
        too_low_en="Only {value} of the declarations of 12 months were inspected, low",
    ),
    Feature(
        name="customs_penalised_24",
        theme=THEME,
        value=trade["month_on"].distinct(months=24, where=trade["penalised"]),
        unit="months",
        direction=+1,
        title_zh="近 24 个月受海关处罚的月数",
        title_en="Months with a customs penalty, of 24",
        null_zh="没有进出口记录",
        null_en="no customs record is on file",
        too_high_zh="近 24 个月有 {value} 个月受到海关处罚",
        too_high_en="Customs imposed penalties in {value} of 24 months",
        too_low_zh="近 24 个月仅 {value} 个月受到海关处罚",
        too_low_en="Customs imposed penalties in only {value} of 24 months",
    ),
    Feature(
        name="export_refunds_12",
        theme=THEME,
        value=refunds["approved_cents"].total(
            months=12, where=refunds["status"].one_of("approved", "refunded")
        )
        / 100,
        unit="CNY",
        direction=0,
        title_zh="近 12 个月核准出口退税额",
        title_en="Refunds of export tax approved over 12 months",
        null_zh="没有出口退税记录",
        null_en="no refund of export tax is on file",
        too_high_zh="近 12 个月核准出口退税 {value} 元，偏高",
        too_high_en="Refunds of {value} CNY were approved over 12 months, high",
        too_low_zh="近 12 个月核准出口退税仅 {value} 元，偏低",
        too_low_en="Refunds of only {value} CNY were approved over 12 months, low",
    ),
    Feature(
        name="refunds_refused_share_24",
        theme=THEME,
        value=refunds.count(months=24, where=refunds["status"].one_of("refused", "suspended"))
        / refunds.count(months=24),
        unit="fraction",
        direction=+1,
        title_zh="近 24 个月出口退税被拒或暂缓比例",
        title_en="Share of export refunds refused or suspended over 24 months",
        null_zh="近 24 个月没有申请出口退税",
        null_en="no refund of export tax was applied for over 24 months",
        too_high_zh="近 24 个月有 {value} 的退税申请被拒或暂缓，偏高",
        too_high_en="{value} of the refund applications of 24 months were refused or suspended, high",
        too_low_zh="近 24 个月仅 {value} 的退税申请被拒或暂缓",
        too_low_en="Only {value} of the refund applications of 24 months were refused or suspended",
    ),
)
