"""Public procurement and support: contracts won, whether they were performed and paid, subsidies granted."""

from __future__ import annotations

from features.definitions.told import told
from features.expressions import Records
from features.view import Feature

THEME = "procurement"

contracts = Records("procurement_contract")
support = Records("policy_support")

granted = support["stage"].one_of("granted", "paid")

FEATURES = (
    Feature(
        name="contracts_won_24",
        theme=THEME,
        value=contracts["contract_no"].distinct(months=24),
        unit="records",
        direction=0,
        title_zh="近 24 个月政府采购中标合同数",
        title_en="Procurement contracts won over 24 months",
        null_zh="没有政府采购合同",
        null_en="no procurement contract is on record",
        too_high_zh="近 24 个月政府采购中标 {value} 项，偏多",
        too_high_en="{value} procurement contracts were won over 24 months, many",
        too_low_zh="近 24 个月政府采购中标仅 {value} 项，偏少",
        too_low_en="Only {value} procurement contracts were won over 24 months",
    ),
    Feature(
        name="contract_amount_24",
        theme=THEME,
        value=(contracts["amount_cents"].total(months=24) / 100).only_if(
            told(contracts["amount_cents"])
        ),
        unit="CNY",
        direction=0,
        title_zh="近 24 个月政府采购合同金额",
        title_en="Amount of procurement contracts over 24 months",
        null_zh="没有政府采购合同",
        null_en="no procurement contract is on record",
        too_high_zh="近 24 个月政府采购合同 {value} 元，偏高",
        too_high_en="Procurement contracts of 24 months amount to {value} CNY, high",
        too_low_zh="近 24 个月政府采购合同仅 {value} 元，偏低",
        too_low_en="Procurement contracts of 24 months amount to only {value} CNY, low",
    ),
    Feature(
        name="contracts_received_share_36",
        theme=THEME,
        value=contracts["received_cents"].sum(months=36) / contracts["amount_cents"].sum(months=36),
        unit="fraction",
        direction=0,
        title_zh="近 36 个月政府采购合同回款比例",
        title_en="Share of procurement contracts that was paid, 36 months",
        null_zh="近 36 个月没有政府采购合同金额",
        null_en="no amount of a procurement contract in 36 months is on record",
        too_high_zh="近 36 个月政府采购合同已回款 {value}，偏高",
        too_high_en="{value} of the procurement contracts of 36 months was paid, high",
        too_low_zh="近 36 个月政府采购合同仅回款 {value}，偏低",
        too_low_en="Only {value} of the procurement contracts of 36 months was paid, low",
    ),
    Feature(
        name="public_buyers_36",
        theme=THEME,
        value=contracts["buyer_code"].distinct(months=36),
        unit="partners",
        direction=0,
        title_zh="近 36 个月政府采购人数量",
        title_en="Public buyers over 36 months",
        null_zh="没有政府采购合同",
        null_en="no procurement contract is on record",
        too_high_zh="近 36 个月有 {value} 家政府采购人，偏多",
        too_high_en="There were {value} public buyers over 36 months, many",
        too_low_zh="近 36 个月仅 {value} 家政府采购人，偏少",
        too_low_en="There were only {value} public buyers over 36 months",
    ),
    Feature(
        name="contracts_failed_36",
        theme=THEME,
        value=contracts.count(
            months=36,
            where=contracts["breached"].or_also(contracts["stage"].equals("terminated")),
        ),
        unit="records",
        direction=+1,
        title_zh="近 36 个月违约或终止的政府采购合同数",
        title_en="Procurement contracts breached or terminated over 36 months",
        null_zh="没有政府采购合同",
        null_en="no procurement contract is on record",
        too_high_zh="近 36 个月有 {value} 项政府采购合同违约或终止",
        too_high_en="{value} procurement contracts of 36 months were breached or terminated",
        too_low_zh="近 36 个月仅 {value} 项政府采购合同违约或终止",
        too_low_en="Only {value} procurement contracts of 36 months were breached or terminated",
    ),
    Feature(
        name="support_granted_36",
        theme=THEME,
        value=(support["amount_cents"].total(months=36, where=granted) / 100).only_if(
            told(support["amount_cents"])
        ),
        unit="CNY",
        direction=0,
        title_zh="近 36 个月获得的政策扶持金额",
        title_en="Public support granted over 36 months",
        null_zh="没有政策扶持记录",
        null_en="no public support is on record",
        too_high_zh="近 36 个月获得政策扶持 {value} 元，偏高",
        too_high_en="Public support of {value} CNY was granted over 36 months, high",
        too_low_zh="近 36 个月获得政策扶持仅 {value} 元，偏低",
        too_low_en="Public support of only {value} CNY was granted over 36 months, low",
    ),
    Feature(
        name="support_schemes_36",
        theme=THEME,
        value=support["scheme"].distinct(months=36, where=granted),
        unit="kinds",
        direction=0,
        title_zh="近 36 个月获得扶持的政策项数",
        title_en="Support schemes granted over 36 months",
        null_zh="没有政策扶持记录",
        null_en="no public support is on record",
        too_high_zh="近 36 个月获得 {value} 项政策扶持，偏多",
        too_high_en="Support was granted under {value} schemes over 36 months, many",
        too_low_zh="近 36 个月仅获得 {value} 项政策扶持，偏少",
        too_low_en="Support was granted under only {value} schemes over 36 months",
    ),
)
