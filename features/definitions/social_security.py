"""Social security: who is insured, whether that grows, and whether contributions are paid.

People are counted by the pension insurance, or by all insurances together where a bureau reports them so.
Whole months are counted: a month is told by its first day and is known only in the month after, so that the
last two months are left out of sums.
"""

from __future__ import annotations

from features.definitions.told import told
from features.expressions import Expression, Records
from features.view import Feature

THEME = "social_security"

WHOLE = 2

insured = Records("social_security")
by_pension = insured["insurance"].one_of("pension", "all")


def people(column: str) -> Expression:
    """People in the latest month."""
    return insured[column].latest(where=by_pension)


def year(column: str) -> Expression:
    """Sum over the last 12 whole months and all insurances."""
    return insured[column].sum(months=12 + WHOLE, skip=WHOLE)


def moved(column: str) -> Expression:
    """People who came or went over the last 12 whole months."""
    return insured[column].sum(months=12 + WHOLE, skip=WHOLE, where=by_pension)


mean_people = insured["insured_people"].mean(months=12 + WHOLE, skip=WHOLE, where=by_pension)
base = insured["base_cents"]

FEATURES = (
    Feature(
        name="insured_people",
        theme=THEME,
        value=people("insured_people"),
        unit="people",
        direction=0,
        title_zh="参保人数",
        title_en="Insured people",
        null_zh="没有参保记录",
        null_en="no social security record is on file",
        too_high_zh="参保人数 {value} 人，偏多",
        too_high_en="{value} people are insured, many",
        too_low_zh="参保人数仅 {value} 人，偏少",
        too_low_en="Only {value} people are insured, few",
    ),
    Feature(
        name="insured_trend",
        theme=THEME,
        value=insured["insured_people"].mean(months=3 + WHOLE, skip=WHOLE, where=by_pension)
        / insured["insured_people"].mean(months=12 + WHOLE, skip=3 + WHOLE, where=by_pension),
        unit="times",
        direction=-1,
        title_zh="近 3 个月参保人数与此前 9 个月之比",
        title_en="Insured people of the last 3 months over the 9 before",
        null_zh="近 3 个月或此前没有参保记录",
        null_en="no social security record of the last 3 months or of those before is on file",
        too_high_zh="近 3 个月参保人数是此前的 {value} 倍，上升",
        too_high_en="Insured people of the last 3 months are {value} times those before, rising",
        too_low_zh="近 3 个月参保人数仅为此前的 {value} 倍，下降",
        too_low_en="Insured people of the last 3 months are only {value} times those before, falling",
    ),
    Feature(
        name="insured_year_trend",
        theme=THEME,
        value=people("insured_people")
        / insured["insured_people"].latest(skip=14, where=by_pension),
        unit="times",
        direction=-1,
        title_zh="参保人数与上年同期之比",
        title_en="Insured people over those of a year before",
        null_zh="没有一年前的参保记录",
        null_en="no social security record of a year ago is on file",
        too_high_zh="参保人数是上年同期的 {value} 倍，上升",
        too_high_en="Insured people are {value} times those of a year before, rising",
        too_low_zh="参保人数仅为上年同期的 {value} 倍，下降",
        too_low_en="Insured people are only {value} times those of a year before, falling",
    ),
    Feature(
        name="insured_to_employees",
        theme=THEME,
        value=people("insured_people") / Records("registration")["employees"].latest(),
        unit="times",
        direction=0,
        title_zh="参保人数与登记从业人数之比",
        title_en="Insured people over registered employees",
        null_zh="没有参保记录，或没有登记从业人数",
        null_en="no social security record is on file, or no employees are registered",
        too_high_zh="参保人数是登记从业人数的 {value} 倍，偏高",
        too_high_en="Insured people are {value} times the registered employees, high",
        too_low_zh="参保人数仅为登记从业人数的 {value} 倍，偏低",
        too_low_en="Insured people are only {value} times the registered employees, low",
    ),
    Feature(
        name="people_left_rate_12",
        theme=THEME,
        value=moved("left_people") / mean_people,
        unit="times",
        direction=0,
        title_zh="近 12 个月减员人次与平均参保人数之比",
        title_en="People who left over 12 months, over the mean insured",
        null_zh="近 12 个月没有参保记录",
        null_en="no social security record of 12 months is on file",
        too_high_zh="近 12 个月减员人次是平均参保人数的 {value} 倍，流动偏大",
        too_high_en="People who left over 12 months are {value} times the mean insured, high",
        too_low_zh="近 12 个月减员人次为平均参保人数的 {value} 倍，流动偏小",
        too_low_en="People who left over 12 months are {value} times the mean insured, low",
    ),
    Feature(
        name="people_joined_rate_12",
        theme=THEME,
        value=moved("joined_people") / mean_people,
        unit="times",
        direction=0,
        title_zh="近 12 个月增员人次与平均参保人数之比",
        title_en="People who joined over 12 months, over the mean insured",
        null_zh="近 12 个月没有参保记录",
        null_en="no social security record of 12 months is on file",
        too_high_zh="近 12 个月增员人次是平均参保人数的 {value} 倍，偏高",
        too_high_en="People who joined over 12 months are {value} times the mean insured, high",
        too_low_zh="近 12 个月增员人次仅为平均参保人数的 {value} 倍，偏低",
        too_low_en="People who joined over 12 months are only {value} times the mean insured, low",
    ),
    Feature(
        name="base_per_person",
        theme=THEME,
        value=base.latest(where=by_pension) / people("insured_people") / 100,
        unit="CNY",
        direction=0,
        title_zh="人均月缴费基数",
        title_en="Monthly contribution base a person",
        null_zh="没有缴费基数",
        null_en="no contribution base is on file",
        too_high_zh="人均月缴费基数 {value} 元，偏高",
        too_high_en="The contribution base is {value} CNY a person and month, high",
        too_low_zh="人均月缴费基数仅 {value} 元，偏低",
        too_low_en="The contribution base is only {value} CNY a person and month, low",
    ),
    Feature(
        name="base_trend",
        theme=THEME,
        value=base.mean(months=6 + WHOLE, skip=WHOLE, where=by_pension)
        / base.mean(months=12 + WHOLE, skip=6 + WHOLE, where=by_pension),
        unit="times",
        direction=-1,
        title_zh="近 6 个月缴费基数总额与此前 6 个月之比",
        title_en="Contribution base of the last 6 months over the 6 before",
        null_zh="近 6 个月或此前 6 个月没有缴费基数",
        null_en="no contribution base of the last 6 months or of the 6 before is on file",
        too_high_zh="近 6 个月缴费基数总额是此前 6 个月的 {value} 倍，上升",
        too_high_en="The contribution base of the last 6 months is {value} times that of the 6 before, rising",
        too_low_zh="近 6 个月缴费基数总额仅为此前 6 个月的 {value} 倍，下降",
        too_low_en="The contribution base of the last 6 months is only {value} times that of the 6 before, falling",
    ),
    Feature(
        name="contributed_share_12",
        theme=THEME,
        value=year("contributed_cents") / year("payable_cents"),
        unit="fraction",
        direction=-1,
        title_zh="近 12 个月社保实缴比例",
        title_en="Share of contributions due that was paid over 12 months",
        null_zh="近 12 个月没有应缴社保费",
        null_en="no contribution was due over 12 months",
        too_high_zh="近 12 个月社保费实缴 {value}",
        too_high_en="{value} of the contributions due over 12 months was paid",
        too_low_zh="近 12 个月社保费仅实缴 {value}，偏低",
        too_low_en="Only {value} of the contributions due over 12 months was paid, low",
    ),
    Feature(
        name="months_underpaid_12",
        theme=THEME,
        value=insured["month_on"]
        .distinct(
            months=12 + WHOLE,
            skip=WHOLE,
            where=insured["payable_cents"].more_than(insured["contributed_cents"]),
        )
        .only_if(told(insured["contributed_cents"])),
        unit="months",
        direction=+1,
        title_zh="近 12 个月社保欠缴月数",
        title_en="Months with contributions not fully paid, of 12",
        null_zh="没有参保记录",
        null_en="no social security record is on file",
        too_high_zh="近 12 个月有 {value} 个月社保费未缴足，偏多",
        too_high_en="Contributions were not fully paid in {value} of 12 months, often",
        too_low_zh="近 12 个月仅 {value} 个月社保费未缴足",
        too_low_en="Contributions were not fully paid in only {value} of 12 months",
    ),
)
