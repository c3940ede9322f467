"""What became of earlier loans of the same lender, industry and region, known by the day.

Rates of a group are told as a multiple of the rate of all loans on the same day, because the overall rate
moves with the calendar: a model that learned the rate itself would learn the years. Small groups are drawn
towards 1 by `PRIOR` charge-offs that everybody is credited with and charged with (the mean of a
Gamma-Poisson model): (observed + PRIOR) / (expected + PRIOR).
"""

from __future__ import annotations

from features.expressions import EVERYONE, Aggregate, Expression, Group, Records, call, own
from features.view import Feature

THEME = "charge_off_history"
PRIOR = 5  # charge-offs; ours

applications = Records("loan_application")
registrations = Records("registration")
loans = Records("loan_account")
outcomes = Records("loan_outcome")

industry_code = registrations["industry_code"]
region = registrations["region"]

LENDER = Group("lender", mine=(applications["institution"].latest(),), theirs=(own("institution"),))
SECTOR = Group(
    "sector",
    mine=(call("sector", industry_code.latest()),),
    theirs=(call("sector", industry_code),),
)
REGION = Group("region", mine=(region.latest(),), theirs=(region,))
charged_off = outcomes["status"].equals("CHARGED_OFF")
within_two_years = outcomes["outcome_on"].at_most(call("months_after", loans["opened_on"], 24))
early = charged_off.and_also(within_two_years)

# Loans that had two years to go wrong, and those of them that did.
seasoned = loans.count(months=60, skip=24)
seasoned_charged_off = loans.count(months=60, skip=24, where=early)
# Recent charge-offs of young loans, and the loans that they came from.
lent = loans.count(months=60)
recently_charged_off = outcomes.count(months=36, where=early)


def relative_rate(events: Aggregate, exposure: Aggregate, group: Group) -> Expression:
    """Rate of events in a group as a multiple of the overall rate, drawn towards 1 where it is small."""
    overall = events.among(EVERYONE) / exposure.among(EVERYONE)
    expected = exposure.among(group) * overall.only_if(overall.more_than(0))
    return (events.among(group) + PRIOR) / (expected + PRIOR)


FEATURES = (
    Feature(
        name="lender_charge_off_rate",
        theme=THEME,
        value=relative_rate(seasoned_charged_off, seasoned, LENDER),
        unit="times",
        direction=+1,
        lender_history=True,
        title_zh="贷款机构此前放款两年内核销率（相对总体）",
        title_en="Lender's rate of charge-off within two years, relative to all lenders",
        null_zh="未登记贷款机构，或此前没有任何可比的核销",
        null_en="no lender is on record, or nobody has had a comparable charge-off",
        too_high_zh="所选贷款机构此前放款的两年内核销率为总体的 {value} 倍，偏高",
        too_high_en="Earlier loans of this lender were charged off within two years {value} times as "
        "often as loans overall, high",
        too_low_zh="所选贷款机构此前放款的两年内核销率为总体的 {value} 倍，偏低",
        too_low_en="Earlier loans of this lender were charged off within two years {value} times as "
        "often as loans overall, low",
    ),
    Feature(
        name="lender_recent_charge_offs",
        theme=THEME,
        value=relative_rate(recently_charged_off, lent, LENDER),
        unit="times",
        direction=+1,
        lender_history=True,
        title_zh="贷款机构近三年早期核销水平（相对总体）",
        title_en="Lender's early charge-offs of the last three years, relative to all lenders",
        null_zh="未登记贷款机构，或近三年没有任何早期核销",
        null_en="no lender is on record, or nobody had an early charge-off in three years",
        too_high_zh="所选贷款机构近三年的早期核销水平为总体的 {value} 倍，偏高",
        too_high_en="Early charge-offs of this lender in the last three years are {value} times the "
        "overall level, high",
        too_low_zh="所选贷款机构近三年的早期核销水平为总体的 {value} 倍，偏低",
        too_low_en="Early charge-offs of this lender in the last three years are {value} times the "
        "overall level, low",
    ),
    Feature(
        name="lender_region_charge_off_rate",
        theme=THEME,
        value=relative_rate(seasoned_charged_off, seasoned, LENDER & REGION),
        unit="times",
        direction=+1,
        lender_history=True,
        title_zh="贷款机构在本地区此前放款两年内核销率（相对总体）",
        title_en="Lender's rate of charge-off within two years in the region, relative to all loans",
        null_zh="未登记贷款机构或地区，或此前没有任何可比的核销",
        null_en="no lender or region is on record, or nobody has had a comparable charge-off",
        too_high_zh="所选贷款机构此前在本地区放款的两年内核销率为总体的 {value} 倍，偏高",
        too_high_en="Earlier loans of this lender in the region were charged off within two years "
        "{value} times as often as loans overall, high",
        too_low_zh="所选贷款机构此前在本地区放款的两年内核销率为总体的 {value} 倍，偏低",
        too_low_en="Earlier loans of this lender in the region were charged off within two years "
        "{value} times as often as loans overall, low",
    ),
    Feature(
        name="sector_recent_charge_offs",
        theme=THEME,
        value=relative_rate(recently_charged_off, lent, SECTOR),
        unit="times",
        direction=+1,
        title_zh="同行业近三年早期核销水平（相对总体）",
        title_en="Early charge-offs of the industry sector in three years, relative to all sectors",
        null_zh="行业代码未登记，或近三年没有任何早期核销",
        null_en="no industry code is registered, or nobody had an early charge-off in three years",
        too_high_zh="同行业贷款近三年的早期核销水平为总体的 {value} 倍，偏高",
        too_high_en="Early charge-offs in this industry over three years are {value} times the overall "
        "level, high",
        too_low_zh="同行业贷款近三年的早期核销水平为总体的 {value} 倍，偏低",
        too_low_en="Early charge-offs in this industry over three years are {value} times the overall "
        "level, low",
    ),
    Feature(
        name="region_recent_charge_offs",
        theme=THEME,
        value=relative_rate(recently_charged_off, lent, REGION),
        unit="times",
        direction=+1,
        title_zh="同地区近三年早期核销水平（相对总体）",
        title_en="Early charge-offs of the region in three years, relative to all regions",
        null_zh="地区未登记，或近三年没有任何早期核销",
        null_en="no region is registered, or nobody had an early charge-off in three years",
        too_high_zh="同地区贷款近三年的早期核销水平为总体的 {value} 倍，偏高",
        too_high_en="Early charge-offs in this region over three years are {value} times the overall "
        "level, high",
        too_low_zh="同地区贷款近三年的早期核销水平为总体的 {value} 倍，偏低",
        too_low_en="Early charge-offs in this region over three years are {value} times the overall "
        "level, low",
    ),
)
