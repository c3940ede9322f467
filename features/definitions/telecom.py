"""Telephone bills: what is billed, whether it is paid, and since when the line is in service."""

from __future__ import annotations

from features.expressions import Records
from features.view import Feature

THEME = "telecom"
NO_RECORD_ZH = "没有通信账单记录，或相应月份没有账单"
NO_RECORD_EN = "no telephone bill is on record, or none of these months"
NO_RECORD_BEFORE_ZH = "此前 9 个月没有通信账单"
NO_RECORD_BEFORE_EN = "there was no telephone bill in the 9 months before"

bills = Records("telecom_bill")
billed = bills["billed_cents"]
owed = bills["arrears_cents"].more_than(0)
stopped = bills["state"].one_of("suspended", "closed_in_arrears")

FEATURES = (
    Feature(
        name="telecom_billed_6",
        theme=THEME,
        value=billed.mean(months=6) / 100,
        unit="CNY",
        direction=0,
        title_zh="近 6 个月平均通信账单",
        title_en="Mean telephone bill over 6 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 6 个月平均通信账单为 {value} 元，偏高",
        too_high_en="The telephone bill averages {value} CNY over 6 months, high",
        too_low_zh="近 6 个月平均通信账单为 {value} 元，偏低",
        too_low_en="The telephone bill averages {value} CNY over 6 months, low",
    ),
    Feature(
        name="telecom_bill_trend",
        theme=THEME,
        value=billed.mean(months=3) / billed.mean(months=12, skip=3),
        unit="times",
        direction=0,
        title_zh="通信账单变化倍数",
        title_en="Change of the telephone bill",
        null_zh=NO_RECORD_BEFORE_ZH,
        null_en=NO_RECORD_BEFORE_EN,
        too_high_zh="近 3 个月通信账单是此前 9 个月的 {value} 倍，上升",
        too_high_en="The telephone bill is {value} times that of the 9 months before, rising",
        too_low_zh="近 3 个月通信账单是此前 9 个月的 {value} 倍，下降",
        too_low_en="The telephone bill is {value} times that of the 9 months before, falling",
    ),
    Feature(
        name="telecom_arrears_12",
        theme=THEME,
        value=bills.count(months=12, where=owed),
        unit="records",
        direction=+1,
        title_zh="近 12 个月欠费账单数",
        title_en="Telephone bills in arrears over 12 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月有 {value} 期通信账单欠费，偏多",
        too_high_en="{value} telephone bills were in arrears over 12 months, many",
        too_low_zh="近 12 个月有 {value} 期通信账单欠费，偏少",
        too_low_en="{value} telephone bills were in arrears over 12 months, few",
    ),
    Feature(
        name="telecom_arrears_open",
        theme=THEME,
        value=bills["arrears_cents"].total(where=owed.and_also(bills["ended_on"].open_on_day()))
        / 100,
        unit="CNY",
        direction=+1,
        title_zh="尚未缴清的通信欠费",
        title_en="Telephone arrears not yet paid",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="尚有通信欠费 {value} 元未缴清，偏高",
        too_high_en="{value} CNY of telephone arrears is not yet paid, high",
        too_low_zh="尚有通信欠费 {value} 元未缴清，偏低",
        too_low_en="{value} CNY of telephone arrears is not yet paid, low",
    ),
    Feature(
        name="telecom_suspensions_24",
        theme=THEME,
        value=bills.count(months=24, where=stopped),
        unit="records",
        direction=+1,
        title_zh="近 24 个月欠费停机账期数",
        title_en="Billing periods suspended for arrears over 24 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 24 个月有 {value} 个账期欠费停机，偏多",
        too_high_en="Service was suspended for arrears in {value} billing periods over 24 months, many",
        too_low_zh="近 24 个月有 {value} 个账期欠费停机，偏少",
        too_low_en="Service was suspended for arrears in {value} billing periods over 24 months, few",
    ),
    Feature(
        name="telecom_months_in_service",
        theme=THEME,
        value=bills["in_service_months"].largest(),
        unit="months",
        direction=-1,
        title_zh="在网月数",
        title_en="Months in service",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="在网 {value} 个月，偏长",
        too_high_en="The line has been in service for {value} month(s), long",
        too_low_zh="在网 {value} 个月，偏短",
        too_low_en="The line has been in service for {value} month(s), short",
    ),
)
