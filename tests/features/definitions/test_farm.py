"""A farmer by hand: land, subsidies, insurance and the file of the farm bureau."""

from __future__ import annotations

from pathlib import Path

from features.definitions import farm
from tests.features.definitions.vectors import same, values_of

FARM = {
    "farm_land": """
        subject_id | right_no | kind | area_mu | since_on | until_on | yearly_rent_cents | mortgaged
        PID-1 | 1 | contracted | 10.5 | 2013-06-30 | 2043-06-30 | 0 | yes
        PID-1 | 2 | leased | 4.5 | 2022-01-01 | 2024-01-01 | 90000 | no
        PID-1 | 3 | leased | 8 | 2020-01-01 | 2023-01-01 | 160000 | no
    """,
    "farm_subsidy": """
        subject_id | kind | year | granted_on | amount_cents
        PID-1 | grain | 2023 | 2023-03-01 | 60000
        PID-1 | land | 2022 | 2022-05-01 | 40000
        PID-1 | land | 2021 | 2021-05-01 | 30000
    """,
    "farm_insurance": """
        subject_id | policy_no | since_on | until_on | insured_cents | indemnity_cents
        PID-1 | 1 | 2023-04-01 | 2024-03-31 | 500000 |
        PID-1 | 2 | 2022-04-01 | 2023-03-31 | 400000 | 120000
    """,
    "farm_entity": """
        subject_id|list_code|entry_no|published_on|kind|grade|branch|certification|village_verified|valid_until
        PID-1|credit_files|1|2021-01-01|household|none|crops||no|
        PID-1|family_farms|2|2022-01-01|family_farm|city|livestock|organic|yes|2024-12-31
        PID-1|leading|3|2020-01-01|family_farm|national|crops|green|yes|2022-12-31
    """,
}
CONSENT = """
    consent_no | subject_id | kind | legal_basis | item_classes | adverse_notice | granted_on | revoked_on
    1 | PID-1 | written | consent | real_estate;income;insurance | yes | 2023-01-01 | 2023-08-01
"""
WITH_CONSENT = {
    "farm_land_area": 15.0,
    "farm_subsidy_amount_24": 1000.0,
    "farm_insured_amount": 5000.0,
    "farm_indemnity_36": 1200.0,
}
EXPECTED = {
    "farm_land_rights": 2,
    "farm_land_leased_share": 0.5,
    "farm_land_mortgaged": 1,
    "farm_land_rent": 900.0,
    "farm_months_on_land": 120,
    "farm_subsidies_12": 1,
    "farm_subsidy_kinds_36": 2,
    "farm_months_since_subsidy": 4,
    "farm_policies": 1,
    # the latest file; the national recognition has run out
    "farm_kind": "family_farm",
    "farm_branch": "livestock",
    "farm_recognition": 2,
    "farm_certifications": 1,
    "farm_village_verified": 1,
    **WITH_CONSENT,
}


def test_a_farmer_with_written_consent(tmp_path: Path) -> None:
    records = {**FARM, "consent": CONSENT}
    found = values_of(tmp_path, farm.FEATURES, records, "PID-1", "2023-07-01")
    same(found, EXPECTED)


def test_what_needs_written_consent_is_null_and_not_zero_without(tmp_path: Path) -> None:
    records = {**FARM, "consent": CONSENT}
    for folder, given, day in (("none", FARM, "2023-07-01"), ("revoked", records, "2023-08-01")):
        found = values_of(tmp_path / folder, farm.FEATURES, given, "PID-1", day)
        assert {name for name, value in found.items() if value is None} == set(WITH_CONSENT), folder
        assert found["farm_land_rights"] == 2


def test_whoever_is_no_farmer_has_no_value(tmp_path: Path) -> None:
    found = values_of(tmp_path, farm.FEATURES, FARM, "PID-2", "2023-07-01")
    assert set(found.values()) == {None}
