"""Enquiries, many lenders and applications by hand."""

from __future__ import annotations

from pathlib import Path

from features.definitions import applications_filed, enquiry, multi_lending
from tests.features.definitions.vectors import same, values_of

ENQUIRIES = {
    "credit_enquiry": """
        enquiry_no | subject_id | institution_code | purpose          | answered | refusal | enquired_on
        1          | PID-1      | A                | LOAN_APPROVAL    | yes      |         | 2023-06-15
        2          | PID-1      | B                | CARD_APPROVAL    | yes      |         | 2023-05-15
        3          | PID-1      | B                | GUARANTOR_REVIEW | no       | consent | 2022-08-01
        4          | PID-1      | A                | POST_LOAN        | yes      |         | 2023-02-01
        5          | PID-1      |                  | SELF             | yes      |         | 2023-06-30
        6          | PID-1      | C                | LOAN_APPROVAL    | yes      |         | 2023-07-01
        7          | PID-1      | C                | LOAN_APPROVAL    | yes      |         | 2021-01-01
    """
}


def test_enquiries(tmp_path: Path) -> None:
    found = values_of(tmp_path, enquiry.FEATURES, ENQUIRIES, "PID-1", "2023-07-01")
    expected = {
        "approval_enquiries_1": 1,
        "approval_enquiries_3": 2,
        "approval_enquiries_12": 3,
        "enquiring_lenders_12": 2,
        "enquiry_pace": 2 * 4 / 3,
        "guarantor_enquiries_12": 1,
        "post_loan_enquiries_12": 1,
    }
    same(found, expected)


LENDING = {
    "multi_lending": """
        platform|record_no|subject_id|member_code|event_kind|occurred_on|ended_on|amount_cents|overdue_days
        NFCS|1|PID-1|M1|applied|2023-06-01|2023-06-01||
        NFCS|2|PID-1|M1|approved|2023-06-02|2023-06-02|100000|
        NFCS|3|PID-1|M1|lent|2023-06-03|2023-06-03|90000|
        MSP|4|PID-1|M2|rejected|2023-02-01|2023-02-01||
        OTHER|5|PID-1|M3|approved|2022-10-01|2022-10-01|50000|
        OTHER|6|PID-1|M3|overdue|2023-03-01||20000|45
        OTHER|7|PID-1|M3|overdue|2022-12-01|2023-01-15|10000|60
        NFCS|8|PID-1|M4|rejected|2021-09-01|2021-09-01||
    """
}


def test_borrowing_from_many(tmp_path: Path) -> None:
    found = values_of(tmp_path, multi_lending.FEATURES, LENDING, "PID-1", "2023-07-01")
    expected = {
        "online_lenders_asked_3": 1,
        "online_lenders_asked_12": 3,
        # M1 on 2 June
        "online_days_since_asked": 29,
        "online_rejections_12": 1,
        "online_rejection_share_24": 2 / 4,
        "online_lenders_granted_12": 2,
        "online_granted_amount_12": 1500.0,
        "online_lent_amount_12": 900.0,
        "online_overdue_24": 2,
        # the second was paid in January
        "online_overdue_open": 1,
        "online_overdue_amount": 200.0,
        "online_overdue_days_24": 60,
    }
    same({name: found[name] for name in expected}, expected)


def test_arrears_are_open_up_to_the_day_on_which_they_end(tmp_path: Path) -> None:
    for day, left in (("2023-01-15", 1), ("2023-01-16", 0)):
        found = values_of(tmp_path / day, multi_lending.FEATURES, LENDING, "PID-1", day)
        assert found["online_overdue_open"] == left, day


APPLICATIONS = {
    "loan_application": """
        application_no|subject_id|institution_code|amount_cents|currency|term_months|guarantee_kind|group_application_no|applied_on
        1|PID-1|A|300000|CNY|12|credit||2023-06-01
        2|PID-1|B|500000|CNY|24|mortgage|G1|2022-09-01
        3|PID-1|B|900000||36|credit||2023-06-20
        4|PID-1|C|100000|CNY|12|pledge||2023-07-01
    """,
    "loan_account": """
        account_no | application_no | subject_id | amount_cents | rate_bp | opened_on
        1          | 2              | PID-1      | 500000       | 435     | 2022-09-10
    """,
    "credit_month": """
        institution_code | account_no | subject_id | opened_on  | bill_on    | balance_cents
        B                | 1          | PID-1      | 2022-09-10 | 2023-06-10 | 400000
    """,
}


def test_applications_filed_before(tmp_path: Path) -> None:
    found = values_of(tmp_path, applications_filed.FEATURES, APPLICATIONS, "PID-1", "2023-07-01")
    expected = {
        "applications_6": 2,
        "applications_24": 3,
        "application_lenders_12": 2,
        # the one in US dollars is later, and is not compared in yuan
        "application_amount_last": 3000.0,
        "application_amount_12": 8000.0,
        "application_to_credit": 3000 / 4000,
        "application_term_last": 36,
        "application_secured_share_24": 1 / 3,
        "applications_joint_24": 1,
        "loans_granted_share_24": 1 / 3,
        "loan_rate_last": 0.0435,
    }
    same(found, expected)
