"""Public records of persons, checks of identity and own statements by hand."""

from __future__ import annotations

from pathlib import Path

from features.definitions import identity_check, public_record, statement
from tests.features.definitions.vectors import same, values_of

RECORDS = {
    "dishonest_debtor": """
        subject_id | case_no | published_on | removed_on
        PID-1 | 1 | 2023-02-01 |
        PID-1 | 2 | 2021-02-01 | 2022-02-01
        PID-1 | 3 | 2016-02-01 | 2018-07-01
    """,
    "enforcement": """
        subject_id | case_no | kind | filed_on | amount_cents | unperformed_cents | closed_on
        PID-1 | 1 | enforcement | 2023-01-01 | 500000 | 200000 |
        PID-1 | 1 | consumption | 2023-02-01 | | |
        PID-1 | 2 | enforcement | 2022-01-01 | 300000 | 300000 | 2022-06-01
        PID-1 | 3 | enforcement | 2020-01-01 | 100000 | |
    """,
    "court_case": """
        subject_id | case_no | kind | announced_on | role | amount_cents | outcome
        PID-1 | 1 | judgment | 2023-01-01 | defendant | 500000 | lost
        PID-1 | 2 | judgment | 2020-01-01 | defendant | 300000 | won
        PID-1 | 3 | judgment | 2023-03-01 | plaintiff | 700000 | won
        PID-1 | 4 | filing | 2023-04-01 | defendant | 100000 | pending
    """,
    "penalty": """
        subject_id | penalty_no | authority | decided_on | fine_cents | ends_on
        PID-1 | 1 | A | 2023-01-01 | 200000 | 2024-01-01
        PID-1 | 2 | A | 2020-01-01 | 900000 | 2021-01-01
    """,
    "tax_arrears": """
        subject_id | tax_kind | published_on | entry_no | owed_cents | cleared_on
        PID-1 | vat | 2023-01-01 | 1 | 70000 |
        PID-1 | vat | 2022-01-01 | 2 | 90000 | 2022-06-01
    """,
}
EXPECTED = {
    "person_dishonest_listed": 1,
    "person_dishonest_60": 2,
    "person_months_since_dishonest": 5,
    # two on one case, and an old one of which no end is known
    "person_enforcements_open": 3,
    "person_enforcements_24": 2,
    # what is left of the first, and the whole of the old one
    "person_unperformed_amount": 3000.0,
    "person_consumption_limits": 1,
    "person_cases_against_24": 2,
    "person_cases_lost_share_60": 0.5,
    "person_claimed_amount_24": 6000.0,
    "person_penalties_24": 1,
    "person_fines_24": 2000.0,
    "person_tax_arrears_open": 700.0,
}


def test_public_records(tmp_path: Path) -> None:
    found = values_of(tmp_path, public_record.FEATURES, RECORDS, "PID-1", "2023-07-02")
    same(found, EXPECTED)


def test_an_adverse_fact_is_unseen_five_years_after_its_end(tmp_path: Path) -> None:
    # the listing that ended on 1 July 2018 is the only one left in this lake
    head, _, _, old = RECORDS["dishonest_debtor"].strip().splitlines()
    records = {"dishonest_debtor": f"{head}\n{old}"}
    features = public_record.FEATURES[:3]
    for day, months in (("2023-06-30", 88), ("2023-07-01", None)):
        found = values_of(tmp_path / day, features, records, "PID-1", day)
        assert found["person_months_since_dishonest"] == months, day


CHECKS = {
    "identity_check": """
        check_no | subject_id | kind | result | checked_on
        1 | PID-1 | name_id | match | 2023-06-01
        2 | PID-1 | name_id | mismatch | 2023-03-01
        3 | PID-1 | name_id | unavailable | 2023-02-01
        4 | PID-1 | name_id | not_found | 2021-09-01
    """,
    "voluntary_statement": """
        statement_no | subject_id | theme | commitment_signed | stated_on | valid_until | verification
        1 | PID-1 | land | yes | 2023-01-01 | 2024-01-01 | verified
        2 | PID-1 | revenue | yes | 2023-01-01 | | unverified
        3 | PID-1 | assets | yes | 2022-01-01 | 2023-01-01 | refuted
        4 | PID-1 | land | yes | 2019-01-01 | 2020-01-01 | refuted
    """,
}


def test_checks_of_identity(tmp_path: Path) -> None:
    found = values_of(tmp_path, identity_check.FEATURES, CHECKS, "PID-1", "2023-07-01")
    expected = {
        "identity_checks_12": 3,
        "identity_mismatches_24": 2,
        # what could not be checked tells nothing
        "identity_mismatch_share_24": 2 / 3,
        "identity_months_since_mismatch": 4,
    }
    same(found, expected)


def test_own_statements(tmp_path: Path) -> None:
    found = values_of(tmp_path, statement.FEATURES, CHECKS, "PID-1", "2023-07-01")
    expected = {
        "statements_verified": 1,
        "statements_refuted_36": 1,
        "statement_refuted_share": 2 / 3,
        "statement_themes": 2,
    }
    same(found, expected)
