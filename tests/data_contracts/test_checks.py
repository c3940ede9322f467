"""Vectorised checks and pydantic are derived from one declaration and must judge alike."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from data_contracts.catalogue import CONTRACTS
from data_contracts.checks import Check, checks, sql_name, sql_text
from data_contracts.contract import Column, Contract
from data_contracts.finance.credit_account import LoanAccount
from data_contracts.rules import ALL_RULES

INT64 = 2**63 - 1
VALID = {
    "uscc": ["91110000600037341L", "914403001922038216", "N2110105MF00000058"],
    "organisation_no": ["91110000600037341L", "60003734-1", "440301103097413"],
    "organisation_code": ["60003734-1", "MA774ECW-4"],
    "institution_code": ["C1010211000012", "Z2004944000010"],
    "area": ["110000", "442000"],
    "industry": ["C1310", "6510"],
    "registration_no": ["440301103097413"],
    "postcode": ["528400"],
    "mobile": ["13800138000"],
    "cnaps": ["102100099996"],
}
CONNECTION = duckdb.connect(config={"threads": 1})


def values(column: Column) -> st.SearchStrategy[Any]:
    """Good values, values at and just beyond each bound, wild values, null."""
    declared = column.item
    options: list[st.SearchStrategy[Any]] = [st.none()]
    if column.kind is int:
        assert isinstance(declared.ge, int)
        assert isinstance(declared.le, int)
        edges = [declared.ge - 1, declared.ge, declared.le, declared.le + 1]
        options += [st.sampled_from(edges), st.integers(-INT64 - 1, INT64)]
        options += [st.integers(declared.ge, declared.le)] * 3
    elif column.kind is str:
        options += [st.text(st.characters(exclude_categories=("Cs",)), max_size=130)]
        if declared.pattern:
            options += [st.from_regex(declared.pattern, fullmatch=True)] * 4
            options += [st.from_regex(declared.pattern.strip("^$"))]
            options += [st.from_regex(declared.pattern, fullmatch=True).map(lambda t: t + "\n")]
        if declared.codes:
            codes = sorted(declared.codes)
            options += [st.sampled_from(codes)] * 4 + [st.sampled_from(codes).map(str.lower)]
        if declared.identifier and not declared.seal:
            options += [st.sampled_from(VALID[declared.identifier])] * 4
        if declared.max_length:
            options += [
                st.just("字" * declared.max_length),
                st.just("é" * (declared.max_length + 1)),
            ]
    elif column.kind is date:
        options += [st.dates()] * 2 + [st.dates(date(1990, 1, 1), date(2030, 1, 1))] * 3
    elif column.kind is bool:
        options += [st.booleans()] * 3
    return st.one_of(options)


@cache
def rows(contract: type[Contract]) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.fixed_dictionaries({column.name: values(column) for column in contract.columns()})
    return st.lists(one, min_size=1, max_size=5)


def own_errors(contract: type[Contract]) -> list[Check]:
    """The checks that pydantic makes too: neither published rules nor what is only looked at."""
    prefix = contract.about.name + "."
    return [c for c in checks(contract) if c.rule_id.startswith(prefix) and c.severity == "ERROR"]


def vectorised(contract: type[Contract], data: list[dict[str, Any]]) -> set[tuple[int, str]]:
    """(row, rule id) of every broken rule."""
    schema = pa.schema([pa.field(f.name, f.type) for f in contract.arrow_schema()])
    table = pa.Table.from_pylist(data, schema=schema).append_column(
        "_row", pa.array(range(len(data)))
    )
    rules = own_errors(contract)
    flags = ", ".join(check.broken for check in rules)
    CONNECTION.register("data", table)
    judged = CONNECTION.execute(f"SELECT _row, [{flags}] FROM data").fetchall()
    CONNECTION.unregister("data")
    return {
        (row, check.rule_id)
        for row, broken in judged
        for check, hit in zip(rules, broken, strict=True)
        if hit
    }


def by_pydantic(contract: type[Contract], data: list[dict[str, Any]]) -> set[tuple[int, str]]:
    """(row, column) of every error; the column is empty for a rule between columns."""
    found = set()
    for place, row in enumerate(data):
        try:
            contract(**row)
        except ValidationError as error:
            found |= {(place, str((*e["loc"], "")[0])) for e in error.errors()}
    return found


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.about.name)
@settings(
    max_examples=3, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(data=st.data())
def test_vectorised_checks_and_pydantic_agree(
    contract: type[Contract], data: st.DataObject
) -> None:
    drawn = data.draw(rows(contract))
    one, other = vectorised(contract, drawn), by_pydantic(contract, drawn)
    column_of = {check.rule_id: check.column for check in checks(contract)}
    between = {f"{contract.about.name}.{rule.name}" for rule in contract.rules}
    assert {(r, column_of[i]) for r, i in one if i not in between} == {
        (r, c) for r, c in other if c
    }
    # pydantic looks at rules between columns only where every column is good.
    faulty = {row for row, column in other if column}
    assert {r for r, i in one if i in between} - faulty == {r for r, c in other if not c}


def test_rule_ids_are_unique_and_speak_both_languages() -> None:
    for contract in CONTRACTS:
        found = checks(contract)
        assert len({check.rule_id for check in found}) == len(found)
        published = {rule.id for rule in ALL_RULES}
        for check in found:
            own = check.rule_id.startswith(f"{contract.about.name}.")
            assert own or check.rule_id in published
            assert check.text_zh != check.text_en


def test_the_rule_id_names_column_and_constraint() -> None:
    account = {
        "account_no": "1", "application_no": "1", "subject_id": "SBA-1", "institution": None,
        "amount_cents": 0, "guaranteed_cents": 5, "opened_on": date(2000, 1, 1),
    }  # fmt: skip
    assert vectorised(LoanAccount, [account]) == {
        (0, "loan_account.amount_cents.ge"),
        (0, "loan_account.guarantee"),
    }


def test_literals_are_quoted() -> None:
    with duckdb.connect() as connection:
        for value in ("O'Hara", 'say "x"', "a\\b", "", "字"):
            assert connection.execute(f"SELECT {sql_text(value)}").fetchall() == [(value,)]
    assert sql_name('a"b') == '"a""b"'
