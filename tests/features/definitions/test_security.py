"""Guarantees given and received, and collateral, by hand."""

from __future__ import annotations

from pathlib import Path

from features.definitions import collateral, guarantee
from tests.features.definitions.vectors import same, values_of

REPORTS = """
    institution_code | account_no | subject_id | opened_on  | bill_on    | balance_cents
    A                | 1          | PID-1      | 2022-09-10 | 2023-06-10 | 1000000
"""
GUARANTEES = {
    "credit_month": REPORTS,
    "guarantee": """
        guarantee_no|subject_id|guaranteed_id|kind|amount_cents|from_on|until_on|state|compensated_cents
        1|PID-1|PID-2|joint|200000|2023-01-01|2024-01-01|live|
        2|PID-1|PID-2|joint_households|100000|2022-01-01||live|
        3|PID-1|PID-3|joint|500000|2021-01-01|2023-06-30|live|
        4|PID-1|PID-4|joint|300000|2020-01-01|2022-01-01|compensated|250000
        5|PID-5|PID-1|joint|700000|2023-02-01|2024-02-01|live|
        6|PID-6|PID-1|joint|800000|2021-02-01|2022-02-01|released|
    """,
    "guarantor": """
        institution_code | account_no | reported_on | guarantor_no | subject_id | state
        A                | 7          | 2023-01-31  | 1            | PID-1      | 1
        A                | 8          | 2023-01-31  | 1            | PID-1      | 2
        A                | 7          | 2023-02-28  | 1            | PID-1      | 1
    """,
}


def test_guarantees(tmp_path: Path) -> None:
    found = values_of(tmp_path, guarantee.FEATURES, GUARANTEES, "PID-1", "2023-07-01")
    expected = {
        "guarantees_given": 2,
        "guarantees_given_amount": 3000.0,
        "guaranteed_parties": 1,
        "guarantee_to_credit": 3000 / 10000,
        "guarantees_joint": 1,
        "guarantees_called_60": 1,
        "guarantee_compensated_amount": 2500.0,
        "months_since_guarantee": 6,
        "guarantor_accounts": 1,
        "guarantees_received": 1,
        "guarantees_received_amount": 7000.0,
    }
    same(found, expected)


def test_a_guarantee_is_open_on_its_last_day(tmp_path: Path) -> None:
    for day, left in (("2023-06-30", 3), ("2023-07-01", 2)):
        found = values_of(tmp_path / day, guarantee.FEATURES, GUARANTEES, "PID-1", day)
        assert found["guarantees_given"] == left, day


COLLATERAL = {
    "credit_month": REPORTS,
    "collateral": """
        collateral_no|subject_id|borrower_id|kind|appraised_cents|ltv_bp|secured_cents|rank|register_office|registered_on|released_on
        1|PID-1|PID-1|house|1000000|6000|600000|1|real_estate|2022-01-01|
        2|PID-1|PID-1|house|500000|4000|200000|2|rural|2022-02-01|2024-01-01
        3|PID-1|PID-1|shop|900000|9000|900000|1|real_estate|2020-01-01|2022-01-01
    """,
}
CONSENT = """
    consent_no | subject_id | kind    | legal_basis | item_classes | adverse_notice | granted_on
    1          | PID-1      | written | consent     | real_estate  | yes            | 2021-01-01
"""


def test_collateral(tmp_path: Path) -> None:
    expected = {
        "collateral_given": 2,
        "collateral_kinds": 1,
        "collateral_secured_amount": 8000.0,
        "collateral_to_credit": 8000 / 10000,
        "collateral_cover": 15000 / 8000,
        "collateral_loan_to_value": 0.5,
        "collateral_lower_rank_share": 0.5,
        "collateral_rural": 1,
    }
    records = {**COLLATERAL, "consent": CONSENT}
    found = values_of(tmp_path / "yes", collateral.FEATURES, records, "PID-1", "2023-07-01")
    same(found, expected)
    # the appraised value of a person's house is told with a written consent alone (REG-03)
    found = values_of(tmp_path / "no", collateral.FEATURES, COLLATERAL, "PID-1", "2023-07-01")
    same(found, {**expected, "collateral_cover": None})
