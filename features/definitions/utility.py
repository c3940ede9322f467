"""Electricity, gas and water: how much is used, whether that grows, and whether it is paid.

Use follows the seasons, so that half a year is compared with the same months of the year before. A month is
told by its first day and its bill comes in the next one, so that the last two months are left out of sums.
"""

from __future__ import annotations

from features.definitions.told import told
from features.expressions import Expression, Records, call
from features.view import Feature

THEME = "utility"

WHOLE = 2

power, gas, water = Records("electricity_bill"), Records("gas_bill"), Records("water_bill")


def year(bills: Records, column: str) -> Expression:
    """Sum of a column over the last 12 whole months."""
    return bills[column].total(months=12 + WHOLE, skip=WHOLE)


def against_last_year(used: Expression) -> Expression:
    """Mean use of the last 6 whole months over that of the same months a year before."""
    before = used.mean(months=18 + WHOLE, skip=12 + WHOLE)
    return used.mean(months=6 + WHOLE, skip=WHOLE) / before


def owed(bills: Records) -> Expression:
    """Arrears of bills that are not settled on the day, in cents."""
    unsettled = bills["arrears_cents"].total(where=bills["settled_on"].open_on_day())
    return unsettled.only_if(told(bills["arrears_cents"]))


def late_months(bills: Records) -> Expression:
    """Months of the last 12 whole ones whose bill was not paid in full."""
    late = bills["month_on"].distinct(
        months=12 + WHOLE, skip=WHOLE, where=bills["arrears_cents"].more_than(0)
    )
    return late.only_if(told(bills["arrears_cents"]))


used_power, used_gas, used_water = power["used_kwh"], gas["used_m3"], water["used_m3"]

FEATURES = (
    Feature(
        name="electricity_used_12",
        theme=THEME,
        value=year(power, "used_kwh"),
        unit="kWh",
        direction=0,
        title_zh="近 12 个月用电量",
        title_en="Electricity used over 12 months",
        null_zh="没有用电账单",
        null_en="no electricity bill is on file",
        too_high_zh="近 12 个月用电量 {value} 千瓦时，偏高",
        too_high_en="{value} kWh of electricity were used over 12 months, high",
        too_low_zh="近 12 个月用电量仅 {value} 千瓦时，偏低",
        too_low_en="Only {value} kWh of electricity were used over 12 months, low",
    ),
    Feature(
        name="electricity_trend",
        theme=THEME,
        value=against_last_year(used_power),
        unit="times",
        direction=-1,
        title_zh="近 6 个月用电量与上年同期之比",
        title_en="Electricity use of the last 6 months over the same months a year before",
        null_zh="没有一年前的用电账单",
        null_en="no electricity bill of a year ago is on file",
        too_high_zh="近 6 个月用电量是上年同期的 {value} 倍，上升",
        too_high_en="Electricity use of the last 6 months is {value} times that of a year before, rising",
        too_low_zh="近 6 个月用电量仅为上年同期的 {value} 倍，下降",
        too_low_en="Electricity use of the last 6 months is only {value} times that of a year before, falling",
    ),
    Feature(
        name="electricity_owed",
        theme=THEME,
        value=owed(power) / 100,
        unit="CNY",
        direction=+1,
        title_zh="尚未结清的电费",
        title_en="Electricity arrears not settled",
        null_zh="没有用电账单",
        null_en="no electricity bill is on file",
        too_high_zh="尚有 {value} 元电费未结清，偏高",
        too_high_en="Electricity arrears of {value} CNY are not settled, high",
        too_low_zh="尚有 {value} 元电费未结清，偏低",
        too_low_en="Electricity arrears of {value} CNY are not settled, low",
    ),
    Feature(
        name="electricity_late_months_12",
        theme=THEME,
        value=late_months(power),
        unit="months",
        direction=+1,
        title_zh="近 12 个月电费欠缴月数",
        title_en="Months with electricity arrears, of 12",
        null_zh="没有用电账单",
        null_en="no electricity bill is on file",
        too_high_zh="近 12 个月有 {value} 个月欠缴电费，偏多",
        too_high_en="Electricity bills were in arrears in {value} of 12 months, often",
        too_low_zh="近 12 个月仅 {value} 个月欠缴电费",
        too_low_en="Electricity bills were in arrears in only {value} of 12 months",
    ),
    Feature(
        name="electricity_swing_12",
        theme=THEME,
        value=used_power.largest(months=12 + WHOLE, skip=WHOLE)
        / used_power.mean(months=12 + WHOLE, skip=WHOLE),
        unit="times",
        direction=0,
        title_zh="近 12 个月最高月用电量与月均之比",
        title_en="Electricity of the highest month over the mean month, 12 months",
        null_zh="近 12 个月没有用电账单",
        null_en="no electricity bill of 12 months is on file",
        too_high_zh="近 12 个月最高月用电量是月均的 {value} 倍，波动偏大",
        too_high_en="The highest of 12 months used {value} times the electricity of the mean month, high",
        too_low_zh="近 12 个月最高月用电量是月均的 {value} 倍，较为平稳",
        too_low_en="The highest of 12 months used {value} times the electricity of the mean month, even",
    ),
    Feature(
        name="gas_used_12",
        theme=THEME,
        value=year(gas, "used_m3"),
        unit="m3",
        direction=0,
        title_zh="近 12 个月用气量",
        title_en="Gas used over 12 months",
        null_zh="没有用气账单",
        null_en="no gas bill is on file",
        too_high_zh="近 12 个月用气量 {value} 立方米，偏高",
        too_high_en="{value} cubic metres of gas were used over 12 months, high",
        too_low_zh="近 12 个月用气量仅 {value} 立方米，偏低",
        too_low_en="Only {value} cubic metres of gas were used over 12 months, low",
    ),
    Feature(
        name="gas_trend",
        theme=THEME,
        value=against_last_year(used_gas),
        unit="times",
        direction=-1,
        title_zh="近 6 个月用气量与上年同期之比",
        title_en="Gas use of the last 6 months over the same months a year before",
        null_zh="没有一年前的用气账单",
        null_en="no gas bill of a year ago is on file",
        too_high_zh="近 6 个月用气量是上年同期的 {value} 倍，上升",
        too_high_en="Gas use of the last 6 months is {value} times that of a year before, rising",
        too_low_zh="近 6 个月用气量仅为上年同期的 {value} 倍，下降",
        too_low_en="Gas use of the last 6 months is only {value} times that of a year before, falling",
    ),
    Feature(
        name="gas_owed",
        theme=THEME,
        value=owed(gas) / 100,
        unit="CNY",
        direction=+1,
        title_zh="尚未结清的气费",
        title_en="Gas arrears not settled",
        null_zh="没有用气账单",
        null_en="no gas bill is on file",
        too_high_zh="尚有 {value} 元气费未结清，偏高",
        too_high_en="Gas arrears of {value} CNY are not settled, high",
        too_low_zh="尚有 {value} 元气费未结清，偏低",
        too_low_en="Gas arrears of {value} CNY are not settled, low",
    ),
    Feature(
        name="gas_late_months_12",
        theme=THEME,
        value=late_months(gas),
        unit="months",
        direction=+1,
        title_zh="近 12 个月气费欠缴月数",
        title_en="Months with gas arrears, of 12",
        null_zh="没有用气账单",
        null_en="no gas bill is on file",
        too_high_zh="近 12 个月有 {value} 个月欠缴气费，偏多",
        too_high_en="Gas bills were in arrears in {value} of 12 months, often",
        too_low_zh="近 12 个月仅 {value} 个月欠缴气费",
        too_low_en="Gas bills were in arrears in only {value} of 12 months",
    ),
    Feature(
        name="water_used_12",
        theme=THEME,
        value=year(water, "used_m3"),
        unit="m3",
        direction=0,
        title_zh="近 12 个月用水量",
        title_en="Water used over 12 months",
        null_zh="没有用水账单",
        null_en="no water bill is on file",
        too_high_zh="近 12 个月用水量 {value} 立方米，偏高",
        too_high_en="{value} cubic metres of water were used over 12 months, high",
        too_low_zh="近 12 个月用水量仅 {value} 立方米，偏低",
        too_low_en="Only {value} cubic metres of water were used over 12 months, low",
    ),
    Feature(
        name="water_trend",
        theme=THEME,
        value=against_last_year(used_water),
        unit="times",
        direction=-1,
        title_zh="近 6 个月用水量与上年同期之比",
        title_en="Water use of the last 6 months over the same months a year before",
        null_zh="没有一年前的用水账单",
        null_en="no water bill of a year ago is on file",
        too_high_zh="近 6 个月用水量是上年同期的 {value} 倍，上升",
        too_high_en="Water use of the last 6 months is {value} times that of a year before, rising",
        too_low_zh="近 6 个月用水量仅为上年同期的 {value} 倍，下降",
        too_low_en="Water use of the last 6 months is only {value} times that of a year before, falling",
    ),
    Feature(
        name="water_owed",
        theme=THEME,
        value=owed(water) / 100,
        unit="CNY",
        direction=+1,
        title_zh="尚未结清的水费",
        title_en="Water arrears not settled",
        null_zh="没有用水账单",
        null_en="no water bill is on file",
        too_high_zh="尚有 {value} 元水费未结清，偏高",
        too_high_en="Water arrears of {value} CNY are not settled, high",
        too_low_zh="尚有 {value} 元水费未结清，偏低",
        too_low_en="Water arrears of {value} CNY are not settled, low",
    ),
    Feature(
        name="water_late_months_12",
        theme=THEME,
        value=late_months(water),
        unit="months",
        direction=+1,
        title_zh="近 12 个月水费欠缴月数",
        title_en="Months with water arrears, of 12",
        null_zh="没有用水账单",
        null_en="no water bill is on file",
        too_high_zh="近 12 个月有 {value} 个月欠缴水费，偏多",
        too_high_en="Water bills were in arrears in {value} of 12 months, often",
        too_low_zh="近 12 个月仅 {value} 个月欠缴水费",
        too_low_en="Water bills were in arrears in only {value} of 12 months",
    ),
    Feature(
        name="utilities_owed",
        theme=THEME,
        value=call(
            "how_many",
            owed(power).more_than(0),
            owed(gas).more_than(0),
            owed(water).more_than(0),
        ),
        unit="kinds",
        direction=+1,
        title_zh="水电气中尚有欠费的种数",
        title_en="Utilities with arrears: electricity, gas, water",
        null_zh="没有水电气账单",
        null_en="no utility bill is on file",
        too_high_zh="水电气中有 {value} 种尚有欠费",
        too_high_en="{value} of electricity, gas and water are in arrears",
        too_low_zh="水电气中仅 {value} 种尚有欠费",
        too_low_en="Only {value} of electricity, gas and water are in arrears",
    ),
)
