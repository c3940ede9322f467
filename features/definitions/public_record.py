"""Public records of persons and farmers: dishonest debtors, enforcement, courts, penalties and tax.

They stand in public lists; when a fact has ended, five years later it is no longer seen (REG-05).
"""

from __future__ import annotations

from features.expressions import Records, months_since
from features.view import Feature

THEME = "public_record"
NO_RECORD_DISHONEST_ZH = "没有失信被执行人记录"
NO_RECORD_DISHONEST_EN = "no listing as a dishonest debtor is on file"
NO_RECORD_ENFORCEMENT_ZH = "没有被执行记录"
NO_RECORD_ENFORCEMENT_EN = "no enforcement is on file"
NO_RECORD_CASE_ZH = "没有涉诉记录"
NO_RECORD_CASE_EN = "no court case is on file"
NO_RECORD_DECIDED_ZH = "没有作为被告的判决"
NO_RECORD_DECIDED_EN = "no judgment against the subject is on file"
NO_RECORD_PENALTY_ZH = "没有行政处罚记录"
NO_RECORD_PENALTY_EN = "no penalty is on file"
NO_RECORD_TAX_ZH = "没有欠税公告记录"
NO_RECORD_TAX_EN = "no published tax arrears are on file"

listings = Records("dishonest_debtor")
enforcements = Records("enforcement")
cases = Records("court_case")
penalties = Records("penalty")
arrears = Records("tax_arrears")

listed = listings["removed_on"].open_on_day()
running = enforcements["closed_on"].open_on_day()
money = enforcements["kind"].equals("enforcement")
defendant = cases["role"].equals("defendant")
judged = defendant.and_also(cases["kind"].equals("judgment"))

FEATURES = (
    Feature(
        name="person_dishonest_listed",
        theme=THEME,
        value=listings.count(where=listed),
        unit="records",
        direction=+1,
        title_zh="当前失信被执行人记录数",
        title_en="Listings as a dishonest debtor in force",
        null_zh=NO_RECORD_DISHONEST_ZH,
        null_en=NO_RECORD_DISHONEST_EN,
        too_high_zh="当前有 {value} 条失信被执行人记录，偏多",
        too_high_en="{value} listing(s) as a dishonest debtor are in force, many",
        too_low_zh="当前有 {value} 条失信被执行人记录，偏少",
        too_low_en="{value} listing(s) as a dishonest debtor are in force, few",
    ),
    Feature(
        name="person_dishonest_60",
        theme=THEME,
        value=listings.count(months=60),
        unit="records",
        direction=+1,
        title_zh="近 60 个月失信被执行人记录数",
        title_en="Listings as a dishonest debtor over 60 months",
        null_zh=NO_RECORD_DISHONEST_ZH,
        null_en=NO_RECORD_DISHONEST_EN,
        too_high_zh="近 60 个月有 {value} 条失信被执行人记录，偏多",
        too_high_en="There are {value} listing(s) as a dishonest debtor over 60 months, many",
        too_low_zh="近 60 个月有 {value} 条失信被执行人记录，偏少",
        too_low_en="There are {value} listing(s) as a dishonest debtor over 60 months, few",
    ),
    Feature(
        name="person_months_since_dishonest",
        theme=THEME,
        value=months_since(listings["published_on"].largest()),
        unit="months",
        direction=-1,
        title_zh="距最近一次被列为失信被执行人的月数",
        title_en="Months since the last listing as a dishonest debtor",
        null_zh=NO_RECORD_DISHONEST_ZH,
        null_en=NO_RECORD_DISHONEST_EN,
        too_high_zh="距最近一次被列为失信被执行人 {value} 个月，偏长",
        too_high_en="The last listing as a dishonest debtor was {value} month(s) ago, long",
        too_low_zh="距最近一次被列为失信被执行人 {value} 个月，偏短",
        too_low_en="The last listing as a dishonest debtor was {value} month(s) ago, short",
    ),
    Feature(
        name="person_enforcements_open",
        theme=THEME,
        value=enforcements.count(where=running),
        unit="records",
        direction=+1,
        title_zh="尚未结案的执行记录数",
        title_en="Enforcement records not yet closed",
        null_zh=NO_RECORD_ENFORCEMENT_ZH,
        null_en=NO_RECORD_ENFORCEMENT_EN,
        too_high_zh="尚有 {value} 条执行记录未结案，偏多",
        too_high_en="{value} enforcement record(s) are not yet closed, many",
        too_low_zh="尚有 {value} 条执行记录未结案，偏少",
        too_low_en="{value} enforcement record(s) are not yet closed, few",
    ),
    Feature(
        name="person_enforcements_24",
        theme=THEME,
        value=enforcements.count(months=24, where=money),
        unit="records",
        direction=+1,
        title_zh="近 24 个月被执行案件数",
        title_en="Enforcement cases over 24 months",
        null_zh=NO_RECORD_ENFORCEMENT_ZH,
        null_en=NO_RECORD_ENFORCEMENT_EN,
        too_high_zh="近 24 个月有 {value} 起被执行案件，偏多",
        too_high_en="There are {value} enforcement case(s) over 24 months, many",
        too_low_zh="近 24 个月有 {value} 起被执行案件，偏少",
        too_low_en="There are {value} enforcement case(s) over 24 months, few",
    ),
    Feature(
        name="person_unperformed_amount",
        theme=THEME,
        value=enforcements["unperformed_cents"]
        .otherwise(enforcements["amount_cents"])
        .total(where=running)
        / 100,
        unit="CNY",
        direction=+1,
        title_zh="尚未履行的执行金额",
        title_en="Amount under enforcement not yet performed",
        null_zh=NO_RECORD_ENFORCEMENT_ZH,
        null_en=NO_RECORD_ENFORCEMENT_EN,
        too_high_zh="尚有 {value} 元执行金额未履行，偏高",
        too_high_en="{value} CNY under enforcement is not yet performed, high",
        too_low_zh="尚有 {value} 元执行金额未履行，偏低",
        too_low_en="{value} CNY under enforcement is not yet performed, low",
    ),
    Feature(
        name="person_consumption_limits",
        theme=THEME,
        value=enforcements.count(
            where=running.and_also(enforcements["kind"].equals("consumption"))
        ),
        unit="records",
        direction=+1,
        title_zh="当前限制消费令数",
        title_en="Limits on consumption in force",
        null_zh=NO_RECORD_ENFORCEMENT_ZH,
        null_en=NO_RECORD_ENFORCEMENT_EN,
        too_high_zh="当前有 {value} 份限制消费令，偏多",
        too_high_en="{value} limit(s) on consumption are in force, many",
        too_low_zh="当前有 {value} 份限制消费令，偏少",
        too_low_en="{value} limit(s) on consumption are in force, few",
    ),
    Feature(
        name="person_cases_against_24",
        theme=THEME,
        value=cases.count(months=24, where=defendant),
        unit="records",
        direction=+1,
        title_zh="近 24 个月作为被告的涉诉记录数",
        title_en="Court records as a defendant over 24 months",
        null_zh=NO_RECORD_CASE_ZH,
        null_en=NO_RECORD_CASE_EN,
        too_high_zh="近 24 个月有 {value} 条作为被告的涉诉记录，偏多",
        too_high_en="There are {value} court record(s) as a defendant over 24 months, many",
        too_low_zh="近 24 个月有 {value} 条作为被告的涉诉记录，偏少",
        too_low_en="There are {value} court record(s) as a defendant over 24 months, few",
    ),
    Feature(
        name="person_cases_lost_share_60",
        theme=THEME,
        value=cases.count(
            months=60, where=judged.and_also(cases["outcome"].one_of("lost", "partly"))
        )
        / cases.count(months=60, where=judged),
        unit="fraction",
        direction=+1,
        title_zh="近 60 个月作为被告败诉或部分败诉比例",
        title_en="Share of judgments lost as a defendant over 60 months",
        null_zh=NO_RECORD_DECIDED_ZH,
        null_en=NO_RECORD_DECIDED_EN,
        too_high_zh="近 60 个月作为被告的判决中有 {value} 败诉或部分败诉，偏高",
        too_high_en="{value} of the judgments as a defendant over 60 months were lost, wholly or partly, high",
        too_low_zh="近 60 个月作为被告的判决中有 {value} 败诉或部分败诉，偏低",
        too_low_en="{value} of the judgments as a defendant over 60 months were lost, wholly or partly, low",
    ),
    Feature(
        name="person_claimed_amount_24",
        theme=THEME,
        value=cases["amount_cents"].total(months=24, where=defendant) / 100,
        unit="CNY",
        direction=+1,
        title_zh="近 24 个月作为被告的涉诉金额",
        title_en="Amount claimed in court as a defendant over 24 months",
        null_zh=NO_RECORD_CASE_ZH,
        null_en=NO_RECORD_CASE_EN,
        too_high_zh="近 24 个月作为被告的涉诉金额为 {value} 元，偏高",
        too_high_en="{value} CNY was claimed in court against this subject over 24 months, high",
        too_low_zh="近 24 个月作为被告的涉诉金额为 {value} 元，偏低",
        too_low_en="{value} CNY was claimed in court against this subject over 24 months, low",
    ),
    Feature(
        name="person_penalties_24",
        theme=THEME,
        value=penalties.count(months=24),
        unit="records",
        direction=+1,
        title_zh="近 24 个月行政处罚次数",
        title_en="Penalties over 24 months",
        null_zh=NO_RECORD_PENALTY_ZH,
        null_en=NO_RECORD_PENALTY_EN,
        too_high_zh="近 24 个月受行政处罚 {value} 次，偏多",
        too_high_en="There were {value} penalties over 24 months, many",
        too_low_zh="近 24 个月受行政处罚 {value} 次，偏少",
        too_low_en="There were {value} penalties over 24 months, few",
    ),
    Feature(
        name="person_fines_24",
        theme=THEME,
        value=penalties["fine_cents"].total(months=24) / 100,
        unit="CNY",
        direction=+1,
        title_zh="近 24 个月罚款金额",
        title_en="Fines over 24 months",
        null_zh=NO_RECORD_PENALTY_ZH,
        null_en=NO_RECORD_PENALTY_EN,
        too_high_zh="近 24 个月罚款 {value} 元，偏高",
        too_high_en="Fines over 24 months come to {value} CNY, high",
        too_low_zh="近 24 个月罚款 {value} 元，偏低",
        too_low_en="Fines over 24 months come to {value} CNY, low",
    ),
    Feature(
        name="person_tax_arrears_open",
        theme=THEME,
        value=arrears["owed_cents"].total(where=arrears["cleared_on"].open_on_day()) / 100,
        unit="CNY",
        direction=+1,
        title_zh="尚未缴清的公告欠税",
        title_en="Published tax arrears not yet cleared",
        null_zh=NO_RECORD_TAX_ZH,
        null_en=NO_RECORD_TAX_EN,
        too_high_zh="尚有公告欠税 {value} 元未缴清，偏高",
        too_high_en="{value} CNY of published tax arrears is not yet cleared, high",
        too_low_zh="尚有公告欠税 {value} 元未缴清，偏低",
        too_low_en="{value} CNY of published tax arrears is not yet cleared, low",
    ),
)
