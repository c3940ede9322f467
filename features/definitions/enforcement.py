"""Enforcement of judgments: what was not paid, orders that limit spending, the list of dishonest debtors."""

from __future__ import annotations

from features.expressions import Records, months_since
from features.view import Feature

THEME = "judicial"

records = Records("enforcement")
debtors = Records("dishonest_debtor")

enforced = records["kind"].equals("enforcement")
running = records["closed_on"].open_on_day()
amount = records["unperformed_cents"].otherwise(records["amount_cents"])

FEATURES = (
    Feature(
        name="enforcements_24",
        theme=THEME,
        value=records.count(months=24, where=enforced),
        unit="records",
        direction=+1,
        title_zh="近 24 个月被执行次数",
        title_en="Enforcement cases over 24 months",
        null_zh="没有被执行记录",
        null_en="no enforcement is on file",
        too_high_zh="近 24 个月被执行 {value} 次",
        too_high_en="There are {value} enforcement cases over 24 months",
        too_low_zh="近 24 个月仅被执行 {value} 次",
        too_low_en="There are only {value} enforcement cases over 24 months",
    ),
    Feature(
        name="enforcements_open",
        theme=THEME,
        value=records.count(where=enforced.and_also(running)),
        unit="records",
        direction=+1,
        title_zh="未结执行案件数",
        title_en="Open enforcement cases",
        null_zh="没有被执行记录",
        null_en="no enforcement is on file",
        too_high_zh="目前有 {value} 起执行案件未结",
        too_high_en="{value} enforcement cases are open now",
        too_low_zh="目前仅 {value} 起执行案件未结",
        too_low_en="Only {value} enforcement cases are open now",
    ),
    Feature(
        name="unperformed_open",
        theme=THEME,
        value=(amount.total(where=enforced.and_also(running)) / 100).only_if(
            records.count(where=amount.known()).at_least(1)
        ),
        unit="CNY",
        direction=+1,
        title_zh="未结执行案件的未履行金额",
        title_en="Amount not performed in open enforcement cases",
        null_zh="没有被执行记录",
        null_en="no enforcement is on file",
        too_high_zh="未结执行案件尚有 {value} 元未履行，偏高",
        too_high_en="{value} CNY is not performed in open enforcement cases, high",
        too_low_zh="未结执行案件仅有 {value} 元未履行",
        too_low_en="Only {value} CNY is not performed in open enforcement cases",
    ),
    Feature(
        name="consumption_orders_open",
        theme=THEME,
        value=records.count(where=records["kind"].equals("consumption").and_also(running)),
        unit="records",
        direction=+1,
        title_zh="有效的限制消费令数",
        title_en="Orders that limit consumption in force",
        null_zh="没有被执行记录",
        null_en="no enforcement is on file",
        too_high_zh="目前有 {value} 项限制消费令有效",
        too_high_en="{value} orders that limit consumption are in force",
        too_low_zh="目前仅 {value} 项限制消费令有效",
        too_low_en="Only {value} orders that limit consumption are in force",
    ),
    Feature(
        name="closed_without_assets_60",
        theme=THEME,
        value=records.count(months=60, where=records["kind"].equals("no_assets")),
        unit="records",
        direction=+1,
        title_zh="近 60 个月终结本次执行（无财产可供执行）次数",
        title_en="Enforcements closed for want of assets over 60 months",
        null_zh="没有被执行记录",
        null_en="no enforcement is on file",
        too_high_zh="近 60 个月有 {value} 次因无财产可供执行而终结本次执行",
        too_high_en="{value} enforcements were closed for want of assets over 60 months",
        too_low_zh="近 60 个月仅 {value} 次因无财产可供执行而终结本次执行",
        too_low_en="Only {value} enforcements were closed for want of assets over 60 months",
    ),
    Feature(
        name="months_since_enforcement",
        theme=THEME,
        value=months_since(records["filed_on"].latest()),
        unit="months",
        direction=-1,
        title_zh="最近一次被执行至今月数",
        title_en="Months since the last enforcement",
        null_zh="没有被执行记录",
        null_en="no enforcement is on file",
        too_high_zh="最近一次被执行在 {value} 个月前，时间较久",
        too_high_en="The last enforcement was {value} months ago, long ago",
        too_low_zh="最近一次被执行在 {value} 个月前，时间较近",
        too_low_en="The last enforcement was {value} months ago, recently",
    ),
    Feature(
        name="dishonest_debtor_open",
        theme=THEME,
        value=debtors.count(where=debtors["removed_on"].open_on_day()).more_than(0),
        unit="yes/no",
        direction=+1,
        title_zh="目前列入失信被执行人名单",
        title_en="On the list of dishonest debtors now",
        null_zh="没有列入失信被执行人名单的记录",
        null_en="no listing as a dishonest debtor is on file",
        too_high_zh="目前列入失信被执行人名单",
        too_high_en="The list of dishonest debtors holds an entry now",
        too_low_zh="已移出失信被执行人名单",
        too_low_en="Taken off the list of dishonest debtors",
    ),
    Feature(
        name="dishonest_debtor_60",
        theme=THEME,
        value=debtors["case_no"].distinct(months=60),
        unit="records",
        direction=+1,
        title_zh="近 60 个月列入失信被执行人名单次数",
        title_en="Times on the list of dishonest debtors over 60 months",
        null_zh="没有列入失信被执行人名单的记录",
        null_en="no listing as a dishonest debtor is on file",
        too_high_zh="近 60 个月列入失信被执行人名单 {value} 次",
        too_high_en="There are {value} entries in the list of dishonest debtors over 60 months",
        too_low_zh="近 60 个月仅列入失信被执行人名单 {value} 次",
        too_low_en="There are only {value} entries in the list of dishonest debtors over 60 months",
    ),
)
