"""Hand-worked values of utilities, real estate, patents, technology and procurement."""

from __future__ import annotations

from pathlib import Path

from features.definitions import (
    intellectual_property,
    procurement,
    real_estate,
    technology,
    utility,
)
from tests.features.definitions.firm import SOLE_TRADER, agree, day, months, values

POWER = [
    *months("2022-11-01", 6, used_kwh=100.0, due_cents=100, received_cents=100, arrears_cents=0),
    *months("2023-05-01", 6, used_kwh=50.0, due_cents=100, received_cents=100, arrears_cents=0),
    *months("2023-11-01", 4, used_kwh=120.0, due_cents=100, received_cents=100, arrears_cents=0),
    # two months were paid late, one of them is still owed on the day
    *months("2024-03-01", 1, used_kwh=120.0, due_cents=100, received_cents=0, arrears_cents=100),
    *months("2024-04-01", 1, used_kwh=300.0, due_cents=300, received_cents=100, arrears_cents=200),
]
POWER[-2] |= {"settled_on": day("2024-06-01")}


def test_utilities(tmp_path: Path) -> None:
    gas = months("2024-02-01", 3, used_m3=10.0, due_cents=1, received_cents=1, arrears_cents=0)
    records = {"electricity_bill": POWER, "gas_bill": gas}
    mean_power = (6 * 50 + 5 * 120 + 300) / 12
    expected = {
        "electricity_used_12": 1200,
        "electricity_trend": 1.5,
        "electricity_owed": 2,
        "electricity_late_months_12": 2,
        "electricity_swing_12": 300 / mean_power,
        "gas_used_12": 30,
        "gas_trend": None,
        "gas_owed": 0,
        "gas_late_months_12": 0,
        "water_used_12": None,
        "water_trend": None,
        "water_owed": None,
        "water_late_months_12": None,
        "utilities_owed": 1,
    }
    agree(values([utility], records, tmp_path), expected)


def test_arrears_that_no_bill_tells_are_unknown_and_not_zero(tmp_path: Path) -> None:
    bills = months("2023-11-01", 6, used_m3=10.0, due_cents=100)
    found = values([utility], {"water_bill": bills}, tmp_path)
    assert found["water_used_12"] == 60
    assert found["water_owed"] is found["water_late_months_12"] is None


ESTATES = {
    "real_estate": """
        record_no | acquired_on | kind  | area_m2 | price_cents | appraised_cents | owner_share | disposed_on
        1         | 2015-01-01  | plant | 100     | 500000      | 800000          | 0.5         |
        2         | 2016-01-01  | house | 50      | 200000      |                 |             | 2024-06-15
        3         | 2017-01-01  | shop  | 20      | 900000      |                 |             | 2024-01-01
    """,
    "real_estate_encumbrance": """
        record_no | document_no | kind            | entered_on | secured_cents | released_on
        1         | A           | mortgage        | 2020-01-01 | 100000        |
        1         | B           | mortgage        | 2021-01-01 | 50000         |
        2         | C           | mortgage        | 2019-01-01 | 70000         | 2023-01-01
        2         | D           | seizure         | 2024-01-01 |               |
        2         | E           | waiting_seizure | 2024-02-01 |               |
        1         | F           | seizure         | 2022-01-01 |               | 2022-02-01
    """,
}


def test_real_estate(tmp_path: Path) -> None:
    # half of 8,000 yuan, and 2,000 yuan that were still owned on the day
    expected = {
        "estates_owned": 2,
        "estate_value": 6000,
        "estate_area": 150,
        "business_estates_owned": 1,
        "estate_secured": 1500,
        "estate_loan_to_value": 0.25,
        "estates_mortgaged": 1,
        "estates_seized": 1,
        "seizures_36": 3,
    }
    agree(values([real_estate], ESTATES, tmp_path), expected)


def test_real_estate_of_a_sole_trader_is_unseen_without_written_consent(tmp_path: Path) -> None:
    found = values([real_estate], ESTATES, tmp_path, subject=SOLE_TRADER)
    assert set(found.values()) == {None}


def test_patents_and_trademarks(tmp_path: Path) -> None:
    records = {
        "patent": """
            applied_on | kind      | status  | expires_on | pledged | released_on | disputed
            2019-01-01 | invention | valid   | 2039-01-01 | yes     |             | no
            2020-01-01 | utility   | valid   | 2024-06-14 | yes     | 2024-01-01  |
            2021-01-01 | design    | lapsed  |            | no      |             | yes
            2023-12-15 | invention | pending |            |         |             |
        """,
        "trademark": """
            trademark_no | nice_class | applied_on | status  | valid_until
            1            | 9          | 2019-01-01 | valid   | 2029-01-01
            1            | 42         | 2019-01-01 | valid   |
            2            | 9          | 2020-01-01 | valid   | 2024-06-15
            3            | 35         | 2021-01-01 | pending |
        """,
    }
    expected = {
        "patents_valid": 1,
        "inventions_valid": 1,
        "patents_applied_24": 1,
        "patents_lapsed_share": 0.25,
        "patents_pledged": 1,
        "patents_disputed": 1,
        "trademarks_valid": 2,
        "trademark_classes": 2,
        "months_since_patent": 6,
    }
    agree(values([intellectual_property], records, tmp_path), expected)


def test_technology(tmp_path: Path) -> None:
    records = {
        "technology_list": """
            list_code   | published_on | valid_until | removed_on
            high_tech   | 2020-01-01   | 2023-01-01  |
            high_tech   | 2023-01-01   | 2026-01-01  |
            tech_sme    | 2023-01-01   | 2025-01-01  |
            specialised | 2023-01-01   | 2026-01-01  | 2024-01-01
        """,
        "research_spending": """
            year | declared_on | spending_cents | revenue_cents | research_staff | staff
            2022 | 2023-05-20  | 1000           | 9000          | 1              | 10
            2023 | 2024-05-20  | 3000           | 60000         | 4              | 16
        """,
    }
    expected = {
        "technology_lists_valid": 2,
        "high_tech_valid": 1,
        "specialised_valid": 0,
        "research_intensity": 0.05,
        "research_trend": 1.5,
        "research_staff_share": 0.25,
    }
    agree(values([technology], records, tmp_path), expected)


def test_procurement_and_support(tmp_path: Path) -> None:
    records = {
        "procurement_contract": """
            contract_no | signed_on  | stage      | amount_cents | received_cents | buyer_code | breached
            A           | 2024-01-01 | paid       | 100000       | 90000          | X          | no
            B           | 2023-01-01 | terminated | 200000       | 0              | X          |
            C           | 2022-01-01 | accepted   | 60000        | 0              | Y          | yes
        """,
        "policy_support": """
            scheme | published_on | stage    | amount_cents
            1      | 2024-01-01   | proposed | 5000
            1      | 2023-01-01   | paid     | 3000
            2      | 2022-01-01   | granted  | 1000
        """,
    }
    expected = {
        "contracts_won_24": 2,
        "contract_amount_24": 3000,
        "contracts_received_share_36": 0.25,
        "public_buyers_36": 2,
        "contracts_failed_36": 2,
        "support_granted_36": 40,
        "support_schemes_36": 2,
    }
    agree(values([procurement], records, tmp_path), expected)
