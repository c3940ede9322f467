"""The pattern of invoices: customers and suppliers, how much hangs on one of them, seasons and gaps."""

from __future__ import annotations

from features.definitions.invoice import WHOLE, bought, months, sold, sold_for_a_year
from features.definitions.told import told
from features.expressions import Expression, months_since
from features.view import Feature

THEME = "invoice"

amount = months["amount_cents"]
with_sales = sold.and_also(amount.more_than(0))


def usual(column: str, which: Expression) -> Expression:
    """Mean of a column over the last 12 whole months that have a record."""
    return months[column].mean(months=12 + WHOLE, skip=WHOLE, where=which)


months_with_sales = months["month_on"].distinct(months=12 + WHOLE, skip=WHOLE, where=with_sales)

FEATURES = (
    Feature(
        name="customers_12",
        theme=THEME,
        value=usual("partners", sold),
        unit="partners",
        direction=0,
        title_zh="近 12 个月月均客户数",
        title_en="Mean customers a month over 12 months",
        null_zh="近 12 个月没有销项发票",
        null_en="no sale was invoiced over 12 months",
        too_high_zh="近 12 个月月均客户 {value} 家，偏多",
        too_high_en="There were {value} customers a month over 12 months, many",
        too_low_zh="近 12 个月月均客户仅 {value} 家，偏少",
        too_low_en="There were only {value} customers a month over 12 months, few",
    ),
    Feature(
        name="customer_trend",
        theme=THEME,
        value=months["partners"].mean(months=6 + WHOLE, skip=WHOLE, where=sold)
        / months["partners"].mean(months=12 + WHOLE, skip=6 + WHOLE, where=sold),
        unit="times",
        direction=-1,
        title_zh="近 6 个月月均客户数与此前 6 个月之比",
        title_en="Customers a month of the last 6 months over the 6 before",
        null_zh="近 6 个月或此前 6 个月没有销项发票",
        null_en="no sale was invoiced in the last 6 months, or in the 6 before",
        too_high_zh="近 6 个月月均客户数是此前 6 个月的 {value} 倍，上升",
        too_high_en="Customers of the last 6 months are {value} times those of the 6 before, rising",
        too_low_zh="近 6 个月月均客户数仅为此前 6 个月的 {value} 倍，下降",
        too_low_en="Customers of the last 6 months are only {value} times those of the 6 before, falling",
    ),
    Feature(
        name="top_customer_share_12",
        theme=THEME,
        value=usual("top_share", sold),
        unit="fraction",
        direction=+1,
        title_zh="近 12 个月第一大客户占比",
        title_en="Share of the largest customer over 12 months",
        null_zh="近 12 个月没有销项发票",
        null_en="no sale was invoiced over 12 months",
        too_high_zh="近 12 个月第一大客户平均占销售额的 {value}，集中度偏高",
        too_high_en="The largest customer took {value} of the sales over 12 months, high",
        too_low_zh="近 12 个月第一大客户平均仅占销售额的 {value}",
        too_low_en="The largest customer took only {value} of the sales over 12 months",
    ),
    Feature(
        name="suppliers_12",
        theme=THEME,
        value=usual("partners", bought),
        unit="partners",
        direction=0,
        title_zh="近 12 个月月均供应商数",
        title_en="Mean suppliers a month over 12 months",
        null_zh="近 12 个月没有进项发票",
        null_en="no purchase was invoiced over 12 months",
        too_high_zh="近 12 个月月均供应商 {value} 家，偏多",
        too_high_en="There were {value} suppliers a month over 12 months, many",
        too_low_zh="近 12 个月月均供应商仅 {value} 家，偏少",
        too_low_en="There were only {value} suppliers a month over 12 months, few",
    ),
    Feature(
        name="top_supplier_share_12",
        theme=THEME,
        value=usual("top_share", bought),
        unit="fraction",
        direction=0,
        title_zh="近 12 个月第一大供应商占比",
        title_en="Share of the largest supplier over 12 months",
        null_zh="近 12 个月没有进项发票",
        null_en="no purchase was invoiced over 12 months",
        too_high_zh="近 12 个月第一大供应商平均占采购额的 {value}，集中度偏高",
        too_high_en="The largest supplier gave {value} of the purchases over 12 months, high",
        too_low_zh="近 12 个月第一大供应商平均仅占采购额的 {value}，供应商分散",
        too_low_en="The largest supplier gave only {value} of the purchases over 12 months, low",
    ),
    Feature(
        name="sales_season_12",
        theme=THEME,
        value=amount.largest(months=12 + WHOLE, skip=WHOLE, where=sold)
        / usual("amount_cents", sold),
        unit="times",
        direction=0,
        title_zh="近 12 个月最高月销售额与月均之比",
        title_en="Sales of the best month over the mean month, 12 months",
        null_zh="近 12 个月没有销项发票",
        null_en="no sale was invoiced over 12 months",
        too_high_zh="近 12 个月最高月销售额是月均的 {value} 倍，波动偏大",
        too_high_en="The best of 12 months sold {value} times the mean month, high",
        too_low_zh="近 12 个月最高月销售额是月均的 {value} 倍，较为平稳",
        too_low_en="The best of 12 months sold {value} times the mean month, even",
    ),
    Feature(
        name="weakest_month_12",
        theme=THEME,
        value=amount.smallest(months=12 + WHOLE, skip=WHOLE, where=sold)
        / usual("amount_cents", sold),
        unit="fraction",
        direction=0,
        title_zh="近 12 个月最低月销售额占月均比例",
        title_en="Sales of the weakest month, of the mean month, 12 months",
        null_zh="近 12 个月没有销项发票",
        null_en="no sale was invoiced over 12 months",
        too_high_zh="近 12 个月最低月销售额为月均的 {value}，较为平稳",
        too_high_en="The weakest of 12 months sold {value} of the mean month, even",
        too_low_zh="近 12 个月最低月销售额仅为月均的 {value}，波动偏大",
        too_low_en="The weakest of 12 months sold only {value} of the mean month, low",
    ),
    Feature(
        name="months_without_sales_12",
        theme=THEME,
        value=(months_with_sales * -1 + 12).only_if(sold_for_a_year.and_also(told(amount))),
        unit="months",
        direction=+1,
        title_zh="近 12 个月无销售月数",
        title_en="Months without sales, of 12",
        null_zh="没有一年前的销项发票，或未经书面同意使用金额",
        null_en="there are no sales invoices of a year ago, or the amounts may not be used without written consent",
        too_high_zh="近 12 个月有 {value} 个月没有销售，偏多",
        too_high_en="Nothing was sold in {value} of 12 months, often",
        too_low_zh="近 12 个月仅 {value} 个月没有销售",
        too_low_en="Nothing was sold in only {value} of 12 months",
    ),
    Feature(
        name="months_since_sale",
        theme=THEME,
        value=months_since(months["month_on"].latest(where=with_sales)),
        unit="months",
        direction=+1,
        title_zh="最近一个有销售的月份至今月数",
        title_en="Months since the last month with sales",
        null_zh="没有销项发票，或未经书面同意使用金额",
        null_en="no sale was invoiced, or the amounts may not be used without written consent",
        too_high_zh="最近一个有销售的月份在 {value} 个月前，时间较久",
        too_high_en="The last month with sales was {value} months ago, long ago",
        too_low_zh="最近一个有销售的月份在 {value} 个月前，时间较近",
        too_low_en="The last month with sales was {value} months ago, recently",
    ),
    Feature(
        name="selling_days_12",
        theme=THEME,
        value=usual("active_days", sold),
        unit="days",
        direction=0,
        title_zh="近 12 个月月均开票天数",
        title_en="Mean days with sales invoices a month over 12 months",
        null_zh="近 12 个月没有开票天数记录",
        null_en="no days with sales invoices over 12 months are on file",
        too_high_zh="近 12 个月月均开票 {value} 天，偏多",
        too_high_en="Sales were invoiced on {value} days a month over 12 months, many",
        too_low_zh="近 12 个月月均开票仅 {value} 天，偏少",
        too_low_en="Sales were invoiced on only {value} days a month over 12 months, few",
    ),
)
