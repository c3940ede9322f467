"""Housing fund, telephone bills and trade on platforms by hand."""

from __future__ import annotations

from pathlib import Path

from features.definitions import housing_fund, platform_trade, telecom
from tests.features.definitions.vectors import same, values_of

FUND = {
    "housing_fund": """
        subject_id|fund_account_no|month_on|people|base_cents|payable_cents|contributed_cents|fund_status|contributed_on
        PID-1|1|2023-06-01|1|900000|90000||owed|
        PID-1|1|2023-05-01|1|900000|90000|90000|normal|2023-05-20
        PID-1|1|2023-04-01|1|900000|90000|90000|normal|2023-04-20
        PID-1|2|2022-12-01|2|600000|60000|60000|normal|2022-12-20
        PID-1|2|2021-01-01|2|400000|40000|40000|normal|2021-01-20
    """,
    "consent": """
        consent_no | subject_id | kind | legal_basis | item_classes | adverse_notice | granted_on
        1 | PID-1 | written | consent | housing_fund | yes | 2020-01-01
    """,
}


def test_housing_fund(tmp_path: Path) -> None:
    expected = {
        "fund_months_12": 3,
        "fund_months_total": 4,
        "fund_owed_months_12": 1,
        "fund_months_since_contribution": 2,
        "fund_accounts_24": 2,
        "fund_base": 9000.0,
        "fund_base_growth": 1.5,
        "fund_paid_share_12": 2400 / 3300,
    }
    found = values_of(tmp_path / "yes", housing_fund.FEATURES, FUND, "PID-1", "2023-07-01")
    same(found, expected)
    # amounts tell of income; months do not
    bare = {"housing_fund": FUND["housing_fund"]}
    found = values_of(tmp_path / "no", housing_fund.FEATURES, bare, "PID-1", "2023-07-01")
    same(found, expected | dict.fromkeys(("fund_base", "fund_base_growth", "fund_paid_share_12")))


BILLS = {
    "telecom_bill": """
        operator|phone|subject_id|bill_on|billed_cents|paid_cents|arrears_cents|state|ended_on|in_service_months
        A|1|PID-1|2023-06-30|12000|0|12000|normal||40
        A|1|PID-1|2023-05-31|8000|3000|5000|suspended|2023-07-01|39
        A|1|PID-1|2023-01-31|6000|6000|0|normal|2023-02-10|35
        A|1|PID-1|2022-11-30|4000|1000|3000|normal|2023-01-05|33
        A|1|PID-1|2022-01-31|5000|5000|0|normal|2022-02-10|23
    """
}


def test_telephone_bills(tmp_path: Path) -> None:
    found = values_of(tmp_path, telecom.FEATURES, BILLS, "PID-1", "2023-07-01")
    expected = {
        "telecom_billed_6": 26000 / 3 / 100,
        "telecom_bill_trend": 10000 / 5000,
        "telecom_arrears_12": 3,
        # the bill of May is paid on the very day, and still open on it
        "telecom_arrears_open": 170.0,
        "telecom_suspensions_24": 1,
        "telecom_months_in_service": 40,
    }
    same(found, expected)


TRADE = {
    "platform_trade": """
        platform|account|subject_id|month_end|orders|gross_cents|refunded_cents|buyers|rating|disputes|opened_on
        shop|1|PID-1|2023-06-30|30|300000|6000|20|4.5|1|2021-07-01
        food|2|PID-1|2023-06-30|10|100000|2000|10|4.5|0|2022-07-01
        shop|1|PID-1|2023-05-31|0|0|0|0||0|2021-07-01
        shop|1|PID-1|2022-12-31|20|200000|4000|10|4.0|2|2021-07-01
        shop|1|PID-1|2021-12-31|90|900000|0|50|3.0|9|2021-07-01
    """
}


def test_trade_on_platforms(tmp_path: Path) -> None:
    found = values_of(tmp_path, platform_trade.FEATURES, TRADE, "PID-1", "2023-07-01")
    expected = {
        "platform_gross_12": 6000.0,
        # December still is within six months: its last day plus six months is 30 June
        "platform_trend": 2.0,
        "platform_peak_12": 3000 / 1500,
        "platform_months_active_12": 2,
        "platform_order_value_12": 100.0,
        "platform_refund_share_12": 0.02,
        "platform_dispute_share_12": 3 / 60,
        "platform_buyers_6": 10.0,
        "platform_rating_6": 4.5,
        "platforms_traded_12": 2,
        "platform_months_open": 24,
    }
    same(found, expected)
