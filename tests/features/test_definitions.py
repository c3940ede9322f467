"""Hand-worked values of the declared features."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from features.catalogue import view
from features.point_in_time import build
from tests.features.lakes import lake_of

CARD = {
    "card_account": "account_no | observed_on | credit_limit_cents\n1 | 2005-09-30 | 1000",
    # The status of the last record tells all six months: April 1, May 2, June paid, July unused, August 1,
    # September 2 months in arrears.
    "card_repayment": """
        account_no | bill_on    | billed_cents | paid_cents | status_24
        1          | 2005-04-30 | 100          | 0          | #######################1
        1          | 2005-05-31 | 200          | 50         | ######################12
        1          | 2005-06-30 | 300          | 200        | #####################12N
        1          | 2005-07-31 | 0            | 300        | ####################12N*
        1          | 2005-08-31 | 400          | 0          | ###################12N*1
        1          | 2005-09-30 | 1100         | 0          | ##################12N*12
    """,
}
BY_HAND = {
    "card_limit": 10.0,
    "card_utilisation": 1.1,
    "card_utilisation_mean_6": 2100 / 6 / 1000,
    "card_utilisation_largest_6": 1.1,
    "card_utilisation_change": 0.7,
    "card_utilisation_trend": 1500 / 3 / 1000 - 600 / 3 / 1000,
    "card_bill_spread_6": 1.1,
    "card_months_over_limit_6": 1,
    "card_months_unused_6": 1,
    # September paid nothing on August's 400
    "payment_ratio": 0.0,
    # July to September paid 300 on the 700 of June to August
    "payment_ratio_3": 300 / 700,
    # May to September paid 550 on the 1000 of April to August
    "payment_ratio_5": 0.55,
    "payment_ratio_smallest_5": 0.0,
    # June on May's 200 and July on June's 300; August had nothing to pay
    "months_paid_in_full_5": 2,
    "months_without_payment_5": 1,
    "payment_to_limit": 0.0,
    "payment_to_limit_mean_6": 550 / 6 / 1000,
    "payment_smallest_6": 0.0,
    "payment_trend": 300 / 3 / 1000 - 250 / 3 / 1000,
    "arrears_now": 2,
    "arrears_month_before": 1,
    "worst_arrears_3": 2,
    "worst_arrears_6": 2,
    "mean_arrears_6": 1.0,
    "months_in_arrears_3": 2,
    "months_in_arrears_6": 4,
    "months_in_long_arrears_6": 2,
    "months_since_arrears_6": 0,
    "arrears_streak_6": 2,
    "arrears_change_3": 2,
}


def test_every_feature_of_an_individual_by_hand(tmp_path: Path) -> None:
    spine = pd.DataFrame({"subject_id": ["CARD-1"], "as_of": ["2005-10-01"]})
    found = build(view("individual"), lake_of(tmp_path, CARD), spine).iloc[0]
    assert set(BY_HAND) == set(view("individual").names)
    for name, expected in BY_HAND.items():
        assert found[name] == pytest.approx(expected, abs=1e-12), name


def market() -> dict[str, str]:
    """Bank A lent 40 loans of which 10 went bad within two years, bank B 60 of which 5 did."""
    heads = {
        "registration": "subject_id | registered_on | industry_code | region | employees | new_business",
        "loan_application": "application_no | subject_id | applied_on | institution | institution_region "
        "| programme | amount_cents | guaranteed_cents | jobs_created | jobs_retained",
        "loan_account": "account_no | application_no | subject_id | opened_on | institution | amount_cents",
        "loan_outcome": "account_no | subject_id | outcome_on | institution | status",
    }
    lines: dict[str, list[str]] = {name: [head] for name, head in heads.items()}
    for n in range(100):
        bank, bad = ("A", n < 10) if n < 40 else ("B", n < 45)
        # bank A's clients are retailers in California, bank B's builders in New York
        trade, region = ("445110", "US-CA") if bank == "A" else ("236115", "US-NY")
        lines["registration"].append(f"SBA-{n} | 2001-01-01 | {trade} | {region} | 4 |")
        lines["loan_application"].append(
            f"{n} | SBA-{n} | 2001-01-01 | BANK {bank} | {region} | standard | 20000 | 0 | 0 | 0"
        )
        lines["loan_account"].append(f"{n} | {n} | SBA-{n} | 2001-01-02 | BANK {bank} | 20000")
        if bad:
            # one of bank A's went bad only after 25 months: not within two years
            day = "2003-02-03" if n == 0 else "2002-06-01"
            lines["loan_outcome"].append(f"{n} | SBA-{n} | {day} | BANK {bank} | CHARGED_OFF")
    lines["registration"].append("SBA-100 | 2003-12-31 | 441110 | US-CA | 10 | yes")
    lines["loan_application"].append(
        "100 | SBA-100 | 2003-12-31 | BANK A | US-NY | lowdoc | 50000 | 40000 | 2 | 3"
    )
    return {name: "\n".join(rows) for name, rows in lines.items()}


def test_an_enterprise_by_hand(tmp_path: Path) -> None:
    spine = pd.DataFrame({"subject_id": ["SBA-100"] * 2, "as_of": ["2004-01-01", "2003-12-31"]})
    frame = build(view("enterprise"), lake_of(tmp_path, market()), spine)
    found = frame.iloc[0]
    # 14 of 100 loans went bad within two years; 9 of the lender's 40, of which 5.6 were expected; five
    # charge-offs are added to both. All of them are loans of one sector and one region, too.
    rate = (9 + 5) / (40 * 14 / 100 + 5)
    expected = {
        "loan_amount": 500.0,
        "guaranteed_share": 0.8,
        "loan_programme": "lowdoc",
        "jobs_created": 2,
        "jobs_retained": 3,
        "jobs_per_employee": 0.5,
        "lender_in_same_region": 0,
        "employees": 10,
        "new_business": 1,
        "franchise": 0,
        "industry_sector": "44",
        "lender_charge_off_rate": rate,
        "lender_recent_charge_offs": rate,
        "lender_region_charge_off_rate": rate,
        "sector_recent_charge_offs": rate,
        "region_recent_charge_offs": rate,
    }
    for name, value in expected.items():
        assert found[name] == (
            value if isinstance(value, str) else pytest.approx(value, rel=1e-12)
        ), name
    # nobody lent within a year, so there is nothing to compare the amount with
    assert pd.isna(found["loan_amount_relative"])
    assert set(expected) | {"loan_amount_relative"} == set(view("enterprise").names)
    # registered and applied on the very day: not visible yet
    assert frame.iloc[1][list(view("enterprise").names)].isna().all()


def test_relative_amount_by_hand(tmp_path: Path) -> None:
    records = market()
    spine = pd.DataFrame({"subject_id": ["SBA-5"], "as_of": ["2001-06-01"]})
    found = build(view("enterprise"), lake_of(tmp_path, records), spine).iloc[0]
    assert found["loan_amount_relative"] == 1.0
    # nothing has gone bad anywhere yet
    assert pd.isna(found["lender_charge_off_rate"])
    assert pd.isna(found["sector_recent_charge_offs"])
