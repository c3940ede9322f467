"""Validation keeps count of every row and tells each rule in both languages."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_contracts.errors import ContractsError
from data_contracts.intake.load import IntakeResult, check_portfolio
from data_contracts.intake.validate import rules_of
from data_contracts.portfolios import PORTFOLIOS

ODD = ["", " ", "0", "-1", "1", "2", "9", "abc", "1e9", "NaN", "1,5", "2000-01-01", "1850-01-01", "2000-13-01",
       "9" * 25, "字", "'; DROP TABLE raw; --", '"', "\n", "\t", "Y", "N", "CHGOFF", "P I F", "FDIC"]  # fmt: skip


@pytest.mark.parametrize("name", list(PORTFOLIOS))
def test_rules_have_ids_columns_and_texts(name: str) -> None:
    portfolio = PORTFOLIOS[name]
    for rule in rules_of(portfolio):
        assert rule.text_zh
        assert rule.text_en
        assert rule.column in {*portfolio.column_by_name, ""}
    own = {rule.rule_id for rule in portfolio.rules}
    assert all(rule_id.startswith(f"{name}.") for rule_id in own)
    assert len(own) == len(portfolio.rules)


def judged(name: str, source: Path) -> IntakeResult | None:
    """The result, or None where a whole column is refused; any other error is a fault."""
    try:
        return check_portfolio(name, source)
    except ContractsError as error:
        if error.column is None:
            raise
        return None


@pytest.mark.parametrize("name", ["sba", "cards"])
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_row_is_ever_dropped(
    name: str,
    data: st.DataObject,
    write_csv: Callable[..., Path],
    sba_row: Callable[..., dict[str, Any]],
    cards_row: Callable[..., dict[str, Any]],
) -> None:
    """Good rows with odd values anywhere: accepted + quarantined = rows, or one clear error."""
    make, key = (sba_row, "LoanNr_ChkDgt") if name == "sba" else (cards_row, "ID")
    columns = list(make())
    changes = st.dictionaries(st.sampled_from(columns), st.sampled_from(ODD) | st.text(
        st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=5), max_size=3)  # fmt: skip
    drawn = data.draw(st.lists(changes, min_size=1, max_size=12))
    rows = [{**make(**{key: str(place + 1)}), **change} for place, change in enumerate(drawn)]
    result = judged(name, write_csv(rows, quoting=csv.QUOTE_ALL))
    if result is None:
        return
    assert result.rows == len(rows)
    assert result.accepted + result.quarantined == len(rows)
    untouched = sum(not change for change in drawn)
    assert result.accepted >= untouched - sum(key in change for change in drawn)
    assert set(result.by_rule) <= {rule.rule_id for rule in rules_of(PORTFOLIOS[name])}
    assert sum(result.by_rule.values()) >= result.quarantined
