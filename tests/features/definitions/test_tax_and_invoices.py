"""Hand-worked values of tax, invoices, social security and customs: windows of whole months."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from features.definitions import (
    customs,
    invoice,
    invoice_pattern,
    registration_history,
    social_arrears,
    social_security,
    tax,
    tax_notice,
)
from tests.features.definitions.firm import DAY, SOLE_TRADER, agree, day, months, values
from tests.features.lakes import Row


def sold(first: str, number: int, cny: int, **items: Any) -> list[Row]:
    usual = {
        "direction": "out",
        "invoice_count": 10,
        "void_count": 1,
        "red_count": 0,
        "red_cents": 0,
    }
    usual |= {"top_share": 0.5, "top5_share": 0.8, "active_days": 5, "partners": 2}
    return months(first, number, **usual | {"amount_cents": cny * 100} | items)


INVOICES = [
    *sold("2022-04-01", 13, 100),
    *sold("2023-05-01", 6, 200),
    # nothing was sold in February
    *sold("2023-11-01", 3, 300, partners=4),
    *sold("2024-03-01", 1, 300, partners=4),
    *sold("2024-04-01", 1, 600, partners=4, red_count=2, red_cents=15000),
    # May is not whole yet on 15 June: it is in no sum
    *sold("2024-05-01", 1, 9999),
    *months(
        "2023-05-01", 12, direction="in", invoice_count=3, amount_cents=10000, partners=3,
        top_share=0.25, top5_share=0.75,
    ),
]  # fmt: skip


def test_invoices_by_hand(tmp_path: Path) -> None:
    found = values([invoice, invoice_pattern], {"invoice_month": INVOICES}, tmp_path)
    mean_month = 3000 / 11
    expected = {
        "sales_12": 3000,
        "sales_trend": 1800 / 1200,
        "sales_trend_3": 900 / 900,
        "sales_year_trend": 3000 / 1200,
        "sales_per_invoice_12": 3000 / 110,
        "void_rate": 0.1,
        "red_amount_rate": 150 / 3150,
        "purchases_12": 1200,
        "purchases_trend": 1,
        "purchases_to_sales": 0.4,
        "customers_12": (5 * 4 + 6 * 2) / 11,
        "customer_trend": 2,
        "top_customer_share_12": 0.5,
        "suppliers_12": 3,
        "top_supplier_share_12": 0.25,
        "sales_season_12": 600 / mean_month,
        "weakest_month_12": 200 / mean_month,
        "months_without_sales_12": 1,
        "months_since_sale": 1,
        "selling_days_12": 5,
    }
    agree(found, expected)


def test_a_young_enterprise_has_no_trend_and_no_months_without_sales(tmp_path: Path) -> None:
    records = {"invoice_month": sold("2023-12-01", 5, 100)}
    found = values([invoice, invoice_pattern], records, tmp_path)
    assert found["sales_12"] == 500
    assert (
        found["sales_trend"] is found["sales_trend_3"] is found["months_without_sales_12"] is None
    )


def test_sales_that_stopped_are_zero_and_not_unknown(tmp_path: Path) -> None:
    records = {"invoice_month": sold("2022-04-01", 19, 100)}
    found = values([invoice, invoice_pattern], records, tmp_path)
    assert (found["sales_12"], found["sales_trend"], found["months_without_sales_12"]) == (
        600,
        0,
        6,
    )
    assert found["months_since_sale"] == 8


def test_amounts_of_a_sole_trader_without_written_consent_are_unknown_and_not_zero(
    tmp_path: Path,
) -> None:
    records = {
        "invoice_month": INVOICES,
        "tax_payment": TAX,
        "customs_trade": TRADE,
    }
    themes = [invoice, invoice_pattern, tax, customs]
    found = values(themes, records, tmp_path, subject=SOLE_TRADER)
    assert found["void_rate"] == 0.1
    assert found["tax_late_share"] == 0.5
    assert found["customs_inspected_share_12"] == 0.1
    for name in (
        "sales_12", "purchases_12", "sales_trend", "sales_per_invoice_12", "months_without_sales_12",
        "months_since_sale", "tax_paid_12", "declared_sales_12", "tax_zero_share_24", "tax_trend",
        "tax_late_fees_12", "exports_12", "imports_12", "trade_trend", "months_trading_12",
    ):  # fmt: skip
        assert found[name] is None, name


def quarter(ends: str, paid: int, payable: int = 0, **items: Any) -> Row:
    cents = {"tax_paid_cents": paid * 100, "tax_payable_cents": (payable or paid) * 100}
    usual = {"tax_kind": "all", "status": "on_time", "sales_cents": paid * 1000}
    return {"period_ends_on": day(ends), **usual, **cents, **items}


TAX = [
    # before all windows: it tells that two years are whole
    quarter("2022-03-31", 999),
    quarter("2022-06-30", 0, status="zero"),
    *(quarter(ends, 50) for ends in ("2022-09-30", "2022-12-31", "2023-03-31")),
    quarter("2023-06-30", 100),
    quarter("2023-09-30", 100),
    quarter("2023-12-31", 200, status="late", late_fee_cents=500),
    quarter("2024-03-31", 400, 500, status="missing"),
    # not due yet
    quarter("2024-05-31", 7777),
]


def test_tax_by_hand(tmp_path: Path) -> None:
    found = values([tax], {"tax_payment": TAX, "invoice_month": INVOICES}, tmp_path)
    expected = {
        "tax_paid_12": 800,
        "tax_trend": 600 / 200,
        "tax_year_trend": 800 / 150,
        "declared_sales_12": 8000,
        "tax_to_sales_12": 0.1,
        "declared_to_invoiced": 8000 / 3000,
        "tax_late_share": 0.5,
        "tax_zero_share_24": 1 / 8,
        "tax_unpaid_share_12": 100 / 900,
        "tax_late_fees_12": 5,
    }
    agree(found, expected)


def test_tax_of_a_young_enterprise_has_no_trend(tmp_path: Path) -> None:
    found = values([tax], {"tax_payment": TAX[5:]}, tmp_path)
    assert found["tax_paid_12"] == 800
    assert found["tax_trend"] is found["tax_year_trend"] is None


def test_what_the_tax_bureau_says_by_hand(tmp_path: Path) -> None:
    records = {
        "tax_grade": """
            year | assessed_on | grade | points
            2022 | 2023-04-20  | B     | 80
            2023 | 2024-04-20  | C     | 60
        """,
        # the second arrears were cleared before the day, the last are cleared after it
        "tax_arrears": """
            published_on | owed_cents | cleared_on
            2024-01-10   | 50000      |
            2023-03-01   | 100000     | 2023-09-01
            2021-01-01   | 7000       | 2024-07-01
        """,
        "tax_violation": """
            published_on | kind            | evaded_cents
            2022-01-01   | special_invoice | 30000
            2023-01-01   | absconded       |
            2019-06-14   | special_invoice | 90000
        """,
    }
    expected = {
        "tax_grade": 3,
        "tax_points": 60,
        "tax_grades_low_60": 1,
        "tax_owed": 570,
        "tax_arrears_24": 2,
        "tax_violations_60": 2,
        "tax_evaded_60": 300,
        "invoice_fraud_60": 1,
    }
    agree(values([tax_notice], records, tmp_path), expected)


def pension(first: str, number: int, people: int, **items: Any) -> list[Row]:
    usual = {"insurance": "pension", "left_people": 1, "joined_people": 0, "base_cents": 5_000_000}
    usual |= {"payable_cents": 100, "contributed_cents": 100, "insured_people": people}
    return months(first, number, **usual | items)


def test_social_security_by_hand(tmp_path: Path) -> None:
    records = {
        "social_security": [
            *pension("2023-04-01", 1, 8),
            *pension("2023-05-01", 9, 10),
            *pension("2024-02-01", 1, 12),
            *pension("2024-03-01", 1, 12, contributed_cents=0),
            *pension("2024-04-01", 1, 12),
            # another insurance is no more people, but it is money
            *pension("2024-04-01", 1, 99, insurance="health", contributed_cents=50),
            *pension("2024-05-01", 1, 15, base_cents=7_500_000),
        ],
        "registration": "registered_on | employees\n2010-01-01 | 30",
    }
    expected = {
        "insured_people": 15,
        "insured_trend": 1.2,
        "insured_year_trend": 15 / 8,
        "insured_to_employees": 0.5,
        "people_left_rate_12": 12 / 10.5,
        "people_joined_rate_12": 0,
        "base_per_person": 5000,
        "base_trend": 1,
        "contributed_share_12": 1150 / 1300,
        "months_underpaid_12": 2,
    }
    agree(values([social_security], records, tmp_path), expected)


def test_arrears_of_social_security_and_wages_by_hand(tmp_path: Path) -> None:
    records = {
        "social_security_arrears": """
            insurance | since_on   | owed_months | owed_cents | cleared_on
            pension   | 2024-01-01 | 3           | 20000      |
            health    | 2023-01-01 | 5           | 10000      | 2023-06-01
        """,
        "wage_arrears": """
            listed_on  | amount_cents | people | cleared_on
            2022-01-01 | 40000        | 4      | 2022-03-01
            2023-01-01 |              | 6      | 2024-06-14
        """,
    }
    expected = {
        "social_security_owed": 200,
        "social_security_arrears_24": 2,
        "longest_social_arrears_24": 5,
        "wage_arrears_open": 0,
        "wage_arrears_36": 2,
        "wages_owed_36": 400,
        "people_unpaid_36": 10,
    }
    agree(values([social_arrears], records, tmp_path), expected)


TRADE = [
    *months(
        "2023-05-01", 12, export_cents=20000, import_cents=5000, declaration_count=5,
        inspected_count=0, credit_grade="general", penalised=False,
    ),
]  # fmt: skip
TRADE[-1] |= {"export_cents": 80000, "inspected_count": 6, "penalised": True}


def test_customs_by_hand(tmp_path: Path) -> None:
    records = {
        "customs_trade": TRADE,
        "invoice_month": INVOICES,
        "export_refund": """
            applied_on | status   | approved_cents | export_class
            2023-07-01 | refunded | 1000           | 1
            2024-01-01 | applied  | 2000           | 2
            2024-02-01 | refused  |                | 3
            2022-07-01 | refunded | 5000           | 1
        """,
    }
    expected = {
        "exports_12": 3000,
        "imports_12": 600,
        "trade_trend": 2100 / 1500,
        "exports_to_sales": 1,
        "months_trading_12": 12,
        "customs_grade": 1,
        "customs_inspected_share_12": 0.1,
        "customs_penalised_24": 1,
        "export_refunds_12": 10,
        "refunds_refused_share_24": 0.25,
    }
    agree(values([customs], records, tmp_path), expected)


def test_months_in_business_are_whole_months_by_the_day(tmp_path: Path) -> None:
    registered = {"registration": "registered_on | established_on\n2020-06-16 | 2020-06-16"}
    found = values([registration_history], registered, tmp_path / "a", day=DAY)
    assert found["months_in_business"] == 47
    found = values([registration_history], registered, tmp_path / "b", day="2024-06-16")
    assert found["months_in_business"] == 48
