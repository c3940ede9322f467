"""A portfolio names only what its source has."""

from __future__ import annotations

import dataclasses

import pytest

from data_contracts.errors import ContractsError
from data_contracts.intake.mapping.columns import RowRule
from data_contracts.portfolios import PORTFOLIOS, portfolio


def test_unknown_names() -> None:
    with pytest.raises(ContractsError, match="Expected: sba, cards"):
        portfolio("tax")
    sba = portfolio("sba")
    with pytest.raises(ContractsError, match="colour"):
        dataclasses.replace(sba, key=("colour",))
    rule = RowRule("sba.x", "colour", "TRUE", "一", "one")
    with pytest.raises(ContractsError, match="colour"):
        dataclasses.replace(sba, rules=(rule,))


def test_each_has_terms_and_a_file() -> None:
    for found in PORTFOLIOS.values():
        assert found.shipped.is_file()
        assert found.licence
        assert found.source_zh != found.source_en
        assert not found.simulated
        assert not found.name.startswith("_")
