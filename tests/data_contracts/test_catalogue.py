"""The catalogue is what the rooms above build on: names, columns, keys."""

from __future__ import annotations

import pytest

from data_contracts.catalogue import CONTRACTS, all_contracts, contract
from data_contracts.contract import SYSTEM_COLUMNS
from data_contracts.errors import ContractsError

COLUMNS = {
    "registration": "subject_id industry_scheme industry_code region postal_code employees new_business "
    "franchise urban registered_on",
    "person": "subject_id sex education marital_status age observed_on",
    "loan_application": "application_no subject_id institution institution_region programme amount_cents "
    "guaranteed_cents jobs_created jobs_retained applied_on",
    "loan_account": "account_no application_no subject_id institution amount_cents guaranteed_cents opened_on",
    "loan_outcome": "account_no subject_id institution status outcome_on",
    "card_account": "account_no subject_id credit_limit_cents observed_on",
    "card_repayment": "account_no subject_id bill_on status_24 billed_cents paid_cents",
}


def test_columns_are_those_agreed() -> None:
    assert {
        name: " ".join(found.model_fields) for name, found in all_contracts().items()
    } == COLUMNS


def test_the_lake_adds_its_columns_last() -> None:
    schema = contract("loan_outcome").arrow_schema(system=True)
    assert (
        schema.names[-5:]
        == SYSTEM_COLUMNS.names
        == ["_event", "_known", "_version", "_batch", "_line"]
    )


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ContractsError, match="registration, person"):
        contract("tax")


def test_amounts_declare_a_currency() -> None:
    for found in CONTRACTS:
        for column in found.columns():
            if column.name.endswith("_cents"):
                assert column.item.unit in ("USD cents", "TWD cents")


def test_what_describes_a_person_is_protected_and_hidden() -> None:
    person = contract("person")
    for name in ("sex", "education", "marital_status", "age"):
        assert person.column(name).item.sensitivity == "protected"
        assert person.column(name).item.masked
    assert not contract("registration").column("employees").item.masked
