"""Collateral that the subject has given: in force on the day, secured amounts, value and rank."""

from __future__ import annotations

from features.definitions.credit_history import credit_balance
from features.expressions import Records
from features.view import Feature

THEME = "collateral"
NO_RECORD_ZH = "没有抵质押登记"
NO_RECORD_EN = "no collateral is on record"
NO_RECORD_CREDIT_ZH = "没有抵质押登记，或没有信贷余额"
NO_RECORD_CREDIT_EN = "no collateral or no balance is on record"
NO_RECORD_CONSENT_ZH = "没有抵质押登记、没有评估价值，或未取得书面授权"
NO_RECORD_CONSENT_EN = "no collateral or no appraisal is on record, or there is no written consent"
NO_RECORD_OPEN_ZH = "当前没有有效的抵质押"
NO_RECORD_OPEN_EN = "no collateral is in force"

collateral = Records("collateral")
secured = collateral["secured_cents"]
in_force = collateral["released_on"].open_on_day()

FEATURES = (
    Feature(
        name="collateral_given",
        theme=THEME,
        value=collateral.count(where=in_force),
        unit="records",
        direction=0,
        title_zh="有效抵质押笔数",
        title_en="Collateral in force",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="有效抵质押共 {value} 笔，偏多",
        too_high_en="{value} pieces of collateral are in force, many",
        too_low_zh="有效抵质押共 {value} 笔，偏少",
        too_low_en="{value} pieces of collateral are in force, few",
    ),
    Feature(
        name="collateral_kinds",
        theme=THEME,
        value=collateral["kind"].distinct(where=in_force),
        unit="kinds",
        direction=0,
        title_zh="有效抵质押物种类数",
        title_en="Kinds of collateral in force",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="有效抵质押物共 {value} 种，偏多",
        too_high_en="There are {value} kind(s) of collateral in force, many",
        too_low_zh="有效抵质押物共 {value} 种，偏少",
        too_low_en="There are {value} kind(s) of collateral in force, few",
    ),
    Feature(
        name="collateral_secured_amount",
        theme=THEME,
        value=secured.total(where=in_force) / 100,
        unit="CNY",
        direction=0,
        title_zh="抵质押担保债权金额",
        title_en="Debt secured by collateral",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="抵质押担保的债权为 {value} 元，偏高",
        too_high_en="Collateral secures {value} CNY of debt, high",
        too_low_zh="抵质押担保的债权为 {value} 元，偏低",
        too_low_en="Collateral secures {value} CNY of debt, low",
    ),
    Feature(
        name="collateral_to_credit",
        theme=THEME,
        value=secured.total(where=in_force) / 100 / credit_balance,
        unit="times",
        direction=-1,
        title_zh="抵质押担保债权相当于信贷余额的倍数",
        title_en="Secured debt relative to the balance",
        null_zh=NO_RECORD_CREDIT_ZH,
        null_en=NO_RECORD_CREDIT_EN,
        too_high_zh="抵质押担保的债权是信贷余额的 {value} 倍，偏高",
        too_high_en="Secured debt is {value} times the balance, high",
        too_low_zh="抵质押担保的债权是信贷余额的 {value} 倍，偏低",
        too_low_en="Secured debt is {value} times the balance, low",
    ),
    Feature(
        name="collateral_cover",
        theme=THEME,
        value=collateral["appraised_cents"].sum(where=in_force) / secured.sum(where=in_force),
        unit="times",
        direction=-1,
        title_zh="抵质押物评估价值对债权的覆盖倍数",
        title_en="Cover of secured debt by appraised value",
        null_zh=NO_RECORD_CONSENT_ZH,
        null_en=NO_RECORD_CONSENT_EN,
        too_high_zh="抵质押物评估价值是所担保债权的 {value} 倍，偏高",
        too_high_en="The appraised value is {value} times the secured debt, high",
        too_low_zh="抵质押物评估价值是所担保债权的 {value} 倍，偏低",
        too_low_en="The appraised value is {value} times the secured debt, low",
    ),
    Feature(
        name="collateral_loan_to_value",
        theme=THEME,
        value=collateral["ltv_bp"].mean(where=in_force) / 10000,
        unit="fraction",
        direction=+1,
        title_zh="平均抵质押率",
        title_en="Mean loan-to-value",
        null_zh=NO_RECORD_OPEN_ZH,
        null_en=NO_RECORD_OPEN_EN,
        too_high_zh="平均抵质押率为 {value}，偏高",
        too_high_en="The mean loan-to-value is {value}, high",
        too_low_zh="平均抵质押率为 {value}，偏低",
        too_low_en="The mean loan-to-value is {value}, low",
    ),
    Feature(
        name="collateral_lower_rank_share",
        theme=THEME,
        value=collateral.count(where=in_force.and_also(collateral["rank"].more_than(1)))
        / collateral.count(where=in_force),
        unit="fraction",
        direction=+1,
        title_zh="后顺位抵质押占比",
        title_en="Share of collateral of a lower rank",
        null_zh=NO_RECORD_OPEN_ZH,
        null_en=NO_RECORD_OPEN_EN,
        too_high_zh="有 {value} 的抵质押为后顺位，偏高",
        too_high_en="{value} of the collateral is of a lower rank, high",
        too_low_zh="有 {value} 的抵质押为后顺位，偏低",
        too_low_en="{value} of the collateral is of a lower rank, low",
    ),
    Feature(
        name="collateral_rural",
        theme=THEME,
        value=collateral.count(
            where=in_force.and_also(collateral["register_office"].equals("rural"))
        ),
        unit="records",
        direction=0,
        title_zh="农村产权抵押笔数",
        title_en="Collateral of rural property rights",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="农村产权抵押 {value} 笔，偏多",
        too_high_en="{value} pieces of collateral are rural property rights, many",
        too_low_zh="农村产权抵押 {value} 笔，偏少",
        too_low_en="{value} pieces of collateral are rural property rights, few",
    ),
)
