"""Technology: recognitions in force on the day, and what is spent on research."""

from __future__ import annotations

from features.expressions import Records
from features.view import Feature

THEME = "technology"

lists = Records("technology_list")
research = Records("research_spending")

code = lists["list_code"]
stands = lists["valid_until"].open_on_day().and_also(lists["removed_on"].open_on_day())
spending, revenue = research["spending_cents"], research["revenue_cents"]

FEATURES = (
    Feature(
        name="technology_lists_valid",
        theme=THEME,
        value=code.distinct(where=stands),
        unit="kinds",
        direction=0,
        title_zh="有效的科技企业认定种数",
        title_en="Technology recognitions in force",
        null_zh="没有科技企业认定记录",
        null_en="no recognition as a technology enterprise is on record",
        too_high_zh="有效的科技企业认定 {value} 种，偏多",
        too_high_en="{value} technology recognitions are in force, many",
        too_low_zh="有效的科技企业认定仅 {value} 种，偏少",
        too_low_en="Only {value} technology recognitions are in force",
    ),
    Feature(
        name="high_tech_valid",
        theme=THEME,
        value=lists.count(
            where=code.one_of("high_tech", "zgc_high_tech").and_also(stands)
        ).more_than(0),
        unit="yes/no",
        direction=0,
        title_zh="高新技术企业资格有效",
        title_en="High-tech enterprise in force",
        null_zh="没有科技企业认定记录",
        null_en="no recognition as a technology enterprise is on record",
        too_high_zh="高新技术企业资格有效",
        too_high_en="The enterprise is a recognised high-tech enterprise",
        too_low_zh="没有有效的高新技术企业资格",
        too_low_en="The enterprise is no recognised high-tech enterprise now",
    ),
    Feature(
        name="specialised_valid",
        theme=THEME,
        value=lists.count(
            where=code.one_of("specialised", "little_giant", "champion").and_also(stands)
        ).more_than(0),
        unit="yes/no",
        direction=0,
        title_zh="专精特新等认定有效",
        title_en="Recognised as specialised, little giant or champion",
        null_zh="没有科技企业认定记录",
        null_en="no recognition as a technology enterprise is on record",
        too_high_zh="专精特新、“小巨人”或单项冠军认定有效",
        too_high_en="The enterprise is recognised as a specialised enterprise, little giant or champion",
        too_low_zh="没有有效的专精特新、“小巨人”或单项冠军认定",
        too_low_en="The enterprise is not recognised as a specialised enterprise, little giant or champion now",
    ),
    Feature(
        name="research_intensity",
        theme=THEME,
        value=spending.latest() / revenue.latest(),
        unit="fraction",
        direction=0,
        title_zh="研发费用占营业收入比例",
        title_en="Research spending over revenue",
        null_zh="没有研发费用记录，或未填营业收入",
        null_en="no research spending, or no revenue with it, is on file",
        too_high_zh="研发费用占营业收入的 {value}，偏高",
        too_high_en="Research spending is {value} of the revenue, high",
        too_low_zh="研发费用仅占营业收入的 {value}，偏低",
        too_low_en="Research spending is only {value} of the revenue, low",
    ),
    Feature(
        name="research_trend",
        theme=THEME,
        value=spending.latest() / spending.mean(months=36),
        unit="times",
        direction=0,
        title_zh="最近一年研发费用与近三年均值之比",
        title_en="Research spending of the last year over the mean of three years",
        null_zh="没有研发费用记录",
        null_en="no research spending is on file",
        too_high_zh="最近一年研发费用是近三年均值的 {value} 倍，上升",
        too_high_en="Research spending of the last year is {value} times the mean of three years, rising",
        too_low_zh="最近一年研发费用仅为近三年均值的 {value} 倍，下降",
        too_low_en="Research spending of the last year is only {value} times the mean of three years, falling",
    ),
    Feature(
        name="research_staff_share",
        theme=THEME,
        value=research["research_staff"].latest() / research["staff"].latest(),
        unit="fraction",
        direction=0,
        title_zh="研发人员占比",
        title_en="Share of staff in research",
        null_zh="没有研发人员记录",
        null_en="no research staff is on file",
        too_high_zh="研发人员占职工的 {value}，偏高",
        too_high_en="{value} of the staff works in research, high",
        too_low_zh="研发人员仅占职工的 {value}，偏低",
        too_low_en="Only {value} of the staff works in research, low",
    ),
)
