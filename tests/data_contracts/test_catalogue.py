"""The catalogue is what the rooms above build on: names, columns, keys."""

from __future__ import annotations

import pytest

from data_contracts.catalogue import CONTRACTS, contract
from data_contracts.contract import SYSTEM_COLUMNS
from data_contracts.errors import ContractsError


def test_the_lake_adds_its_columns_last() -> None:
    schema = contract("loan_outcome").arrow_schema(system=True)
    assert (
        schema.names[-6:]
        == SYSTEM_COLUMNS.names
        == ["_event", "_known", "_version", "_batch", "_line", "_withdrawn"]
    )


def test_an_unknown_name_is_answered_with_the_nearest_ones() -> None:
    with pytest.raises(ContractsError, match=r"loan_account.*contracts list"):
        contract("loan_acount")
    with pytest.raises(ContractsError, match="a name of the catalogue"):
        contract("zzz")


def test_amounts_declare_a_currency() -> None:
    for found in CONTRACTS:
        for column in found.columns():
            if column.name.endswith("_cents"):
                assert column.item.unit in ("USD cents", "TWD cents", "CNY cents")


def test_what_describes_a_person_is_protected_and_hidden() -> None:
    person = contract("person")
    for name in ("sex", "education", "marital_status", "age"):
        assert person.column(name).item.sensitivity == "protected"
        assert person.column(name).item.masked
    assert not contract("registration").column("employees").item.masked
