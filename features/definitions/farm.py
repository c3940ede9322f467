"""Farming: land, subsidies, crop insurance and the files of the farm bureau.

Area of land and amounts of subsidies and insurance are told with the person's written consent alone
(REG-03), so they are sums, which are null and not zero without it. Numbers of rights, grants and policies
need none.
"""

from __future__ import annotations

from features.expressions import Records, call, months_since
from features.view import Feature, code_titles

THEME = "farm"
NO_RECORD_LAND_ZH = "没有土地权利记录"
NO_RECORD_LAND_EN = "no right to land is on record"
NO_RECORD_AREA_ZH = "没有土地权利记录，或未取得书面授权"
NO_RECORD_AREA_EN = "no right to land is on record, or there is no written consent"
NO_RECORD_SUBSIDY_ZH = "没有涉农补贴记录"
NO_RECORD_SUBSIDY_EN = "no farm subsidy is on record"
NO_RECORD_SUBSIDY_AMOUNT_ZH = "近 24 个月没有涉农补贴，或未取得书面授权"
NO_RECORD_SUBSIDY_AMOUNT_EN = (
    "no farm subsidy was granted over 24 months, or there is no written consent"
)
NO_RECORD_POLICY_ZH = "没有农业保险记录"
NO_RECORD_POLICY_EN = "no farm insurance is on record"
NO_RECORD_POLICY_AMOUNT_ZH = "没有农业保险记录、没有相应金额，或未取得书面授权"
NO_RECORD_POLICY_AMOUNT_EN = (
    "no farm insurance or no such amount is on record, or there is no written consent"
)
NO_RECORD_ENTITY_ZH = "没有新型农业经营主体或农户信用档案"
NO_RECORD_ENTITY_EN = "no file of the farm bureau is on record"

land = Records("farm_land")
subsidies = Records("farm_subsidy")
policies = Records("farm_insurance")
entities = Records("farm_entity")

held = land["until_on"].open_on_day()
insured = policies["until_on"].open_on_day()
grade = entities["grade"]
recognition = call(
    "how_many",
    grade.one_of("county", "city", "provincial", "national"),
    grade.one_of("city", "provincial", "national"),
    grade.one_of("provincial", "national"),
    grade.equals("national"),
)

FEATURES = (
    Feature(
        name="farm_land_rights",
        theme=THEME,
        value=land.count(where=held),
        unit="records",
        direction=0,
        title_zh="现有土地权利宗数",
        title_en="Rights to land held",
        null_zh=NO_RECORD_LAND_ZH,
        null_en=NO_RECORD_LAND_EN,
        too_high_zh="现有土地权利 {value} 宗，偏多",
        too_high_en="{value} right(s) to land are held, many",
        too_low_zh="现有土地权利 {value} 宗，偏少",
        too_low_en="{value} right(s) to land are held, few",
    ),
    Feature(
        name="farm_land_area",
        theme=THEME,
        value=land["area_mu"].sum(where=held),
        unit="mu",
        direction=0,
        title_zh="经营土地面积",
        title_en="Area of land worked",
        null_zh=NO_RECORD_AREA_ZH,
        null_en=NO_RECORD_AREA_EN,
        too_high_zh="经营土地 {value} 亩，偏大",
        too_high_en="{value} mu of land are worked, large",
        too_low_zh="经营土地 {value} 亩，偏小",
        too_low_en="{value} mu of land are worked, small",
    ),
    Feature(
        name="farm_land_leased_share",
        theme=THEME,
        value=land.count(where=held.and_also(land["kind"].equals("leased")))
        / land.count(where=held),
        unit="fraction",
        direction=0,
        title_zh="租入土地宗数占比",
        title_en="Share of rights to land that are leases",
        null_zh=NO_RECORD_LAND_ZH,
        null_en=NO_RECORD_LAND_EN,
        too_high_zh="土地权利中有 {value} 为租入，偏高",
        too_high_en="{value} of the rights to land are leases, high",
        too_low_zh="土地权利中有 {value} 为租入，偏低",
        too_low_en="{value} of the rights to land are leases, low",
    ),
    Feature(
        name="farm_land_mortgaged",
        theme=THEME,
        value=land.count(where=held.and_also(land["mortgaged"])),
        unit="records",
        direction=0,
        title_zh="已抵押土地宗数",
        title_en="Mortgaged rights to land",
        null_zh=NO_RECORD_LAND_ZH,
        null_en=NO_RECORD_LAND_EN,
        too_high_zh="有 {value} 宗土地权利已抵押，偏多",
        too_high_en="{value} right(s) to land are mortgaged, many",
        too_low_zh="有 {value} 宗土地权利已抵押，偏少",
        too_low_en="{value} right(s) to land are mortgaged, few",
    ),
    Feature(
        name="farm_land_rent",
        theme=THEME,
        value=land["yearly_rent_cents"].total(where=held) / 100,
        unit="CNY",
        direction=0,
        title_zh="土地年租金",
        title_en="Yearly rent of land",
        null_zh=NO_RECORD_LAND_ZH,
        null_en=NO_RECORD_LAND_EN,
        too_high_zh="土地年租金合计 {value} 元，偏高",
        too_high_en="Rent of land comes to {value} CNY a year, high",
        too_low_zh="土地年租金合计 {value} 元，偏低",
        too_low_en="Rent of land comes to {value} CNY a year, low",
    ),
    Feature(
        name="farm_months_on_land",
        theme=THEME,
        value=months_since(land["since_on"].smallest(where=held)),
        unit="months",
        direction=-1,
        title_zh="经营现有土地最长月数",
        title_en="Months on the land held longest",
        null_zh=NO_RECORD_LAND_ZH,
        null_en=NO_RECORD_LAND_EN,
        too_high_zh="经营现有土地最长已 {value} 个月，偏长",
        too_high_en="The land held longest has been worked for {value} month(s), long",
        too_low_zh="经营现有土地最长已 {value} 个月，偏短",
        too_low_en="The land held longest has been worked for {value} month(s), short",
    ),
    Feature(
        name="farm_subsidies_12",
        theme=THEME,
        value=subsidies.count(months=12),
        unit="records",
        direction=0,
        title_zh="近 12 个月涉农补贴笔数",
        title_en="Farm subsidies over 12 months",
        null_zh=NO_RECORD_SUBSIDY_ZH,
        null_en=NO_RECORD_SUBSIDY_EN,
        too_high_zh="近 12 个月获涉农补贴 {value} 笔，偏多",
        too_high_en="{value} farm subsidies were granted over 12 months, many",
        too_low_zh="近 12 个月获涉农补贴 {value} 笔，偏少",
        too_low_en="{value} farm subsidies were granted over 12 months, few",
    ),
    Feature(
        name="farm_subsidy_kinds_36",
        theme=THEME,
        value=subsidies["kind"].distinct(months=36),
        unit="kinds",
        direction=0,
        title_zh="近 36 个月涉农补贴种类数",
        title_en="Kinds of farm subsidies over 36 months",
        null_zh=NO_RECORD_SUBSIDY_ZH,
        null_en=NO_RECORD_SUBSIDY_EN,
        too_high_zh="近 36 个月获 {value} 种涉农补贴，偏多",
        too_high_en="{value} kind(s) of farm subsidy were granted over 36 months, many",
        too_low_zh="近 36 个月获 {value} 种涉农补贴，偏少",
        too_low_en="{value} kind(s) of farm subsidy were granted over 36 months, few",
    ),
    Feature(
        name="farm_subsidy_amount_24",
        theme=THEME,
        value=subsidies["amount_cents"].sum(months=24) / 100,
        unit="CNY",
        direction=0,
        title_zh="近 24 个月涉农补贴金额",
        title_en="Farm subsidies over 24 months",
        null_zh=NO_RECORD_SUBSIDY_AMOUNT_ZH,
        null_en=NO_RECORD_SUBSIDY_AMOUNT_EN,
        too_high_zh="近 24 个月获涉农补贴 {value} 元，偏高",
        too_high_en="Farm subsidies over 24 months come to {value} CNY, high",
        too_low_zh="近 24 个月获涉农补贴 {value} 元，偏低",
        too_low_en="Farm subsidies over 24 months come to {value} CNY, low",
    ),
    Feature(
        name="farm_months_since_subsidy",
        theme=THEME,
        value=months_since(subsidies["granted_on"].largest()),
        unit="months",
        direction=0,
        title_zh="距最近一次涉农补贴的月数",
        title_en="Months since the last farm subsidy",
        null_zh=NO_RECORD_SUBSIDY_ZH,
        null_en=NO_RECORD_SUBSIDY_EN,
        too_high_zh="距最近一次涉农补贴 {value} 个月，偏长",
        too_high_en="The last farm subsidy was granted {value} month(s) ago, long",
        too_low_zh="距最近一次涉农补贴 {value} 个月，偏短",
        too_low_en="The last farm subsidy was granted {value} month(s) ago, short",
    ),
    Feature(
        name="farm_policies",
        theme=THEME,
        value=policies.count(where=insured),
        unit="records",
        direction=-1,
        title_zh="有效农业保险张数",
        title_en="Farm insurance policies in force",
        null_zh=NO_RECORD_POLICY_ZH,
        null_en=NO_RECORD_POLICY_EN,
        too_high_zh="有效农业保险 {value} 张，偏多",
        too_high_en="{value} farm insurance policies are in force, many",
        too_low_zh="有效农业保险 {value} 张，偏少",
        too_low_en="{value} farm insurance policies are in force, few",
    ),
    Feature(
        name="farm_insured_amount",
        theme=THEME,
        value=policies["insured_cents"].sum(where=insured) / 100,
        unit="CNY",
        direction=-1,
        title_zh="农业保险保额",
        title_en="Amount insured on the farm",
        null_zh=NO_RECORD_POLICY_AMOUNT_ZH,
        null_en=NO_RECORD_POLICY_AMOUNT_EN,
        too_high_zh="农业保险保额为 {value} 元，偏高",
        too_high_en="Farm insurance covers {value} CNY, high",
        too_low_zh="农业保险保额为 {value} 元，偏低",
        too_low_en="Farm insurance covers {value} CNY, low",
    ),
    Feature(
        name="farm_indemnity_36",
        theme=THEME,
        value=policies["indemnity_cents"].sum(months=36) / 100,
        unit="CNY",
        direction=0,
        title_zh="近 36 个月农业保险赔款",
        title_en="Farm insurance paid out over 36 months",
        null_zh=NO_RECORD_POLICY_AMOUNT_ZH,
        null_en=NO_RECORD_POLICY_AMOUNT_EN,
        too_high_zh="近 36 个月农业保险赔款 {value} 元，偏高",
        too_high_en="Farm insurance paid out {value} CNY over 36 months, high",
        too_low_zh="近 36 个月农业保险赔款 {value} 元，偏低",
        too_low_en="Farm insurance paid out {value} CNY over 36 months, low",
    ),
    Feature(
        name="farm_kind",
        theme=THEME,
        value=entities["kind"].latest(),
        unit="code",
        direction=0,
        title_zh="农业经营主体类型",
        title_en="Kind of farm entity",
        labels=code_titles("farm_entity", "kind"),
        null_zh=NO_RECORD_ENTITY_ZH,
        null_en=NO_RECORD_ENTITY_EN,
        too_high_zh="该类农业经营主体（{value}）以往风险较高",
        too_high_en="Farm entities of this kind ({value}) carried more risk",
    ),
    Feature(
        name="farm_branch",
        theme=THEME,
        value=entities["branch"].latest(),
        unit="code",
        direction=0,
        title_zh="农业行业",
        title_en="Branch of farming",
        labels=code_titles("farm_entity", "branch"),
        null_zh=NO_RECORD_ENTITY_ZH,
        null_en=NO_RECORD_ENTITY_EN,
        too_high_zh="所从事的农业行业（{value}）以往风险较高",
        too_high_en="Farms of this branch ({value}) carried more risk",
    ),
    Feature(
        name="farm_recognition",
        theme=THEME,
        value=recognition.largest(where=entities["valid_until"].open_on_day()),
        unit="levels",
        direction=-1,
        title_zh="农业经营主体认定级别（0 为无，4 为国家级）",
        title_en="Level of recognition of the farm (0 none, 4 national)",
        null_zh=NO_RECORD_ENTITY_ZH,
        null_en=NO_RECORD_ENTITY_EN,
        too_high_zh="农业经营主体认定级别为 {value} 级（0 为无，4 为国家级），偏高",
        too_high_en="The farm is recognised at level {value} of 4, high",
        too_low_zh="农业经营主体认定级别为 {value} 级（0 为无，4 为国家级），偏低",
        too_low_en="The farm is recognised at level {value} of 4, low",
    ),
    Feature(
        name="farm_certifications",
        theme=THEME,
        value=entities["certification"].distinct(where=entities["valid_until"].open_on_day()),
        unit="kinds",
        direction=0,
        title_zh="质量安全认证数",
        title_en="Certifications of quality and safety",
        null_zh=NO_RECORD_ENTITY_ZH,
        null_en=NO_RECORD_ENTITY_EN,
        too_high_zh="有 {value} 项质量安全认证，偏多",
        too_high_en="There are {value} certification(s) of quality and safety, many",
        too_low_zh="有 {value} 项质量安全认证，偏少",
        too_low_en="There are {value} certification(s) of quality and safety, few",
    ),
    Feature(
        name="farm_village_verified",
        theme=THEME,
        value=entities["village_verified"].latest(),
        unit="yes/no",
        direction=-1,
        title_zh="村级已核实",
        title_en="Verified by the village",
        null_zh=NO_RECORD_ENTITY_ZH,
        null_en=NO_RECORD_ENTITY_EN,
        too_high_zh="档案已经村级核实",
        too_high_en="The file is verified by the village",
        too_low_zh="档案未经村级核实",
        too_low_en="The file is not verified by the village",
    ),
)
