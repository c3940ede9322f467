"""Pledges: what of the equity and of the movables stands as security."""

from __future__ import annotations

from features.definitions.told import told
from features.expressions import Records
from features.view import Feature

THEME = "pledge"

equity = Records("equity_pledge")
movables = Records("movable_pledge")
capital = Records("registration")["registered_capital_cents"].latest()

equity_stands = (
    equity["status"].one_of("valid", "changed").and_also(equity["cancelled_on"].open_on_day())
)
movables_stand = (
    movables["status"]
    .one_of("valid", "changed")
    .and_also(movables["cancelled_on"].open_on_day())
    .and_also(movables["expires_on"].open_on_day())
)

FEATURES = (
    Feature(
        name="equity_pledges_open",
        theme=THEME,
        value=equity.count(where=equity_stands),
        unit="records",
        direction=0,
        title_zh="有效股权出质笔数",
        title_en="Pledges of equity that stand",
        null_zh="没有股权出质记录",
        null_en="no pledge of equity is on record",
        too_high_zh="有效股权出质 {value} 笔，偏多",
        too_high_en="{value} pledges of equity stand, many",
        too_low_zh="有效股权出质 {value} 笔，偏少",
        too_low_en="{value} pledges of equity stand, few",
    ),
    Feature(
        name="equity_pledged_to_capital",
        theme=THEME,
        value=equity["shares_cents"]
        .total(where=equity_stands)
        .only_if(told(equity["shares_cents"]))
        / capital,
        unit="times",
        direction=+1,
        title_zh="有效出质股权与注册资本之比",
        title_en="Pledged equity over registered capital",
        null_zh="没有股权出质记录，或没有登记注册资本",
        null_en="no pledge of equity, or no capital is on record",
        too_high_zh="有效出质股权是注册资本的 {value} 倍，偏高",
        too_high_en="Pledged equity is {value} times the registered capital, high",
        too_low_zh="有效出质股权为注册资本的 {value} 倍，偏低",
        too_low_en="Pledged equity is {value} times the registered capital, low",
    ),
    Feature(
        name="movable_pledges_open",
        theme=THEME,
        value=movables.count(where=movables_stand),
        unit="records",
        direction=0,
        title_zh="有效动产担保笔数",
        title_en="Securities over movables that stand",
        null_zh="没有动产担保记录",
        null_en="no security over movables is on record",
        too_high_zh="有效动产担保 {value} 笔，偏多",
        too_high_en="{value} securities over movables stand, many",
        too_low_zh="有效动产担保 {value} 笔，偏少",
        too_low_en="{value} securities over movables stand, few",
    ),
    Feature(
        name="movables_secured",
        theme=THEME,
        value=(movables["secured_cents"].total(where=movables_stand) / 100).only_if(
            told(movables["secured_cents"])
        ),
        unit="CNY",
        direction=0,
        title_zh="有效动产担保的债权金额",
        title_en="Debt secured by movables",
        null_zh="没有动产担保记录",
        null_en="no security over movables is on record",
        too_high_zh="有效动产担保的债权金额 {value} 元，偏高",
        too_high_en="Movables secure a debt of {value} CNY, high",
        too_low_zh="有效动产担保的债权金额 {value} 元，偏低",
        too_low_en="Movables secure a debt of {value} CNY, low",
    ),
    Feature(
        name="movable_pledges_12",
        theme=THEME,
        value=movables.count(months=12),
        unit="records",
        direction=0,
        title_zh="近 12 个月新登记动产担保笔数",
        title_en="New securities over movables in 12 months",
        null_zh="没有动产担保记录",
        null_en="no security over movables is on record",
        too_high_zh="近 12 个月新登记动产担保 {value} 笔，偏多",
        too_high_en="{value} securities over movables were registered in 12 months, many",
        too_low_zh="近 12 个月新登记动产担保 {value} 笔，偏少",
        too_low_en="{value} securities over movables were registered in 12 months, few",
    ),
)
