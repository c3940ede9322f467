"""Real estate: what is owned on the day, what of it is mortgaged, what is seized."""

from __future__ import annotations

from features.definitions.told import told
from features.expressions import Records
from features.view import Feature

THEME = "real_estate"

estates = Records("real_estate")
burdens = Records("real_estate_encumbrance")

owned = estates["disposed_on"].open_on_day()
# What belongs to the subject alone: where the share is not told, the whole.
worth = estates["appraised_cents"].otherwise(estates["price_cents"]) * estates[
    "owner_share"
].otherwise(1)
value = worth.total(where=owned).only_if(estates.count(where=worth.known()).at_least(1))

stands = burdens["released_on"].open_on_day()
mortgaged = burdens["kind"].equals("mortgage").and_also(stands)
seized = burdens["kind"].one_of("seizure", "waiting_seizure").and_also(stands)
secured = burdens["secured_cents"].total(where=mortgaged).only_if(told(burdens["secured_cents"]))

FEATURES = (
    Feature(
        name="estates_owned",
        theme=THEME,
        value=estates.count(where=owned),
        unit="records",
        direction=0,
        title_zh="拥有的不动产数",
        title_en="Real estate owned",
        null_zh="没有不动产记录",
        null_en="no real estate is on record",
        too_high_zh="拥有不动产 {value} 处，偏多",
        too_high_en="{value} pieces of real estate are owned, many",
        too_low_zh="拥有不动产 {value} 处，偏少",
        too_low_en="{value} pieces of real estate are owned, few",
    ),
    Feature(
        name="estate_value",
        theme=THEME,
        value=value / 100,
        unit="CNY",
        direction=-1,
        title_zh="拥有的不动产价值",
        title_en="Value of the real estate owned",
        null_zh="没有不动产记录",
        null_en="no real estate is on record",
        too_high_zh="拥有的不动产价值 {value} 元，偏高",
        too_high_en="The real estate owned is worth {value} CNY, high",
        too_low_zh="拥有的不动产价值仅 {value} 元，偏低",
        too_low_en="The real estate owned is worth only {value} CNY, low",
    ),
    Feature(
        name="estate_area",
        theme=THEME,
        value=estates["area_m2"].total(where=owned).only_if(told(estates["area_m2"])),
        unit="m2",
        direction=0,
        title_zh="拥有的不动产面积",
        title_en="Area of the real estate owned",
        null_zh="没有不动产记录",
        null_en="no real estate is on record",
        too_high_zh="拥有不动产 {value} 平方米，偏大",
        too_high_en="{value} square metres of real estate are owned, much",
        too_low_zh="拥有不动产仅 {value} 平方米，偏小",
        too_low_en="Only {value} square metres of real estate are owned, little",
    ),
    Feature(
        name="business_estates_owned",
        theme=THEME,
        value=estates.count(
            where=owned.and_also(estates["kind"].one_of("shop", "office", "plant", "land"))
        ),
        unit="records",
        direction=0,
        title_zh="拥有的经营用不动产数",
        title_en="Business premises owned",
        null_zh="没有不动产记录",
        null_en="no real estate is on record",
        too_high_zh="拥有经营用不动产 {value} 处，偏多",
        too_high_en="{value} business premises are owned, many",
        too_low_zh="拥有经营用不动产 {value} 处，偏少",
        too_low_en="{value} business premises are owned, few",
    ),
    Feature(
        name="estate_secured",
        theme=THEME,
        value=secured / 100,
        unit="CNY",
        direction=0,
        title_zh="不动产抵押担保的债权金额",
        title_en="Debt secured by mortgages",
        null_zh="没有不动产权利限制记录",
        null_en="no encumbrance of real estate is on record",
        too_high_zh="不动产抵押担保的债权金额 {value} 元，偏高",
        too_high_en="Mortgages secure a debt of {value} CNY, high",
        too_low_zh="不动产抵押担保的债权金额 {value} 元，偏低",
        too_low_en="Mortgages secure a debt of {value} CNY, low",
    ),
    Feature(
        name="estate_loan_to_value",
        theme=THEME,
        value=secured / value,
        unit="times",
        direction=+1,
        title_zh="抵押债权与不动产价值之比",
        title_en="Debt secured by mortgages over the value of the real estate",
        null_zh="没有不动产或权利限制记录",
        null_en="no real estate, or no encumbrance of it, is on record",
        too_high_zh="抵押债权是不动产价值的 {value} 倍，偏高",
        too_high_en="Debt secured by mortgages is {value} times the value of the real estate, high",
        too_low_zh="抵押债权为不动产价值的 {value} 倍，偏低",
        too_low_en="Debt secured by mortgages is {value} times the value of the real estate, low",
    ),
    Feature(
        name="estates_mortgaged",
        theme=THEME,
        value=burdens["record_no"].distinct(where=mortgaged),
        unit="records",
        direction=0,
        title_zh="抵押中的不动产数",
        title_en="Real estate under mortgage",
        null_zh="没有不动产权利限制记录",
        null_en="no encumbrance of real estate is on record",
        too_high_zh="有 {value} 处不动产在抵押中，偏多",
        too_high_en="{value} pieces of real estate are mortgaged, many",
        too_low_zh="有 {value} 处不动产在抵押中，偏少",
        too_low_en="{value} pieces of real estate are mortgaged, few",
    ),
    Feature(
        name="estates_seized",
        theme=THEME,
        value=burdens["record_no"].distinct(where=seized),
        unit="records",
        direction=+1,
        title_zh="查封中的不动产数",
        title_en="Real estate seized",
        null_zh="没有不动产权利限制记录",
        null_en="no encumbrance of real estate is on record",
        too_high_zh="有 {value} 处不动产被查封",
        too_high_en="{value} pieces of real estate are seized",
        too_low_zh="仅 {value} 处不动产被查封",
        too_low_en="Only {value} pieces of real estate are seized",
    ),
    Feature(
        name="seizures_36",
        theme=THEME,
        value=burdens.count(months=36, where=burdens["kind"].one_of("seizure", "waiting_seizure")),
        unit="records",
        direction=+1,
        title_zh="近 36 个月不动产查封次数",
        title_en="Seizures of real estate over 36 months",
        null_zh="没有不动产权利限制记录",
        null_en="no encumbrance of real estate is on record",
        too_high_zh="近 36 个月不动产被查封 {value} 次",
        too_high_en="Real estate was seized {value} times over 36 months",
        too_low_zh="近 36 个月不动产仅被查封 {value} 次",
        too_low_en="Real estate was seized only {value} times over 36 months",
    ),
)
