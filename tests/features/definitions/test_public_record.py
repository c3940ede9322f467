"""Public records of a person by hand: the same features that tell of an enterprise."""

from __future__ import annotations

from pathlib import Path

from features.catalogue import view
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
    "dishonest_debtor_open": 1,
    "dishonest_debtor_60": 2,
    # an old one of which no end is known
    "enforcements_open": 2,
    "enforcements_24": 2,
    # what is left of the first, and the whole of the old one
    "unperformed_open": 3000.0,
    "consumption_orders_open": 1,
    "cases_against_24": 2,
    "lost_share_36": 1 / 2,
    "claimed_against_24": 1000.0,
    "cases_brought_24": 1,
    "court_cases_24": 3,
    "penalties_36": 1,
    "fined_36": 2000.0,
    "tax_owed": 700.0,
    "tax_arrears_24": 2,
}


def test_public_records(tmp_path: Path) -> None:
    features = tuple(view("household")[name] for name in EXPECTED)
    same(values_of(tmp_path, features, RECORDS, "PID-1", "2023-07-02"), EXPECTED)


def test_an_adverse_fact_is_unseen_five_years_after_its_end(tmp_path: Path) -> None:
    # the listing that ended on 1 July 2018 is the only one in this lake
    head, _, _, old = RECORDS["dishonest_debtor"].strip().splitlines()
    records = {"dishonest_debtor": f"{head}\n{old}"}
    features = (view("household")["dishonest_debtor_open"],)
    for day, listed in (("2023-06-30", 0), ("2023-07-01", None)):
        found = values_of(tmp_path / day, features, records, "PID-1", day)
        assert found["dishonest_debtor_open"] == listed, day
