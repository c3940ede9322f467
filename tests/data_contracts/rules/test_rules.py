"""The published table: complete, bilingual, and every example does what it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import duckdb
import pytest

from data_contracts.errors import ContractsError
from data_contracts.finance.borrower import Borrower
from data_contracts.finance.credit_account import LoanAccount
from data_contracts.finance.credit_month import CreditMonth
from data_contracts.finance.guarantor import Guarantor
from data_contracts.rules import (
    ALL_RULES,
    Rule,
    clear_checks,
    cross_checks,
    helper_columns,
    record_checks,
    rule,
)
from data_contracts.rules.comparison import (
    cause_recorded,
    compare_shares,
    dates_plausible,
    differing_counts,
)
from data_contracts.rules.completeness import (
    FillRate,
    differs_from_collection,
    header_agrees,
    missing,
    months_in_a_row,
    query_rights_open,
)
from data_contracts.rules.rederive import derive, differences
from tests.data_contracts.rules.support import as_table, hits

CONTRACTS = (CreditMonth, Borrower, Guarantor)
ACCOUNT = {"institution_code": "C1099944000011", "business": "1", "account_no": "A1"}


def month(text: str) -> date:
    return date.fromisoformat(f"{text}-15")


def value_is_missing(value: str) -> bool:
    with duckdb.connect() as connection:
        connection.register("b", as_table(Borrower, [{"employer": value}]))
        query = f"SELECT {missing(Borrower, 'employer')} FROM b"
        return bool(connection.execute(query).fetchall()[0][0])


def shares_agree(e: Mapping[str, Any]) -> bool:
    return not any(b.differs for b in compare_shares(e["ours"], e["theirs"]))


def days(*texts: str) -> list[date]:
    return [date.fromisoformat(text) for text in texts]


DISTRIBUTIONS: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "XM-02": lambda e: months_in_a_row(map(month, e["months"])) >= 3,
    "BI-01": lambda e: FillRate("C", "employer", e["filled"], e["accounts"]).rate == e["rate"],
    "BI-02": lambda e: value_is_missing(e["value"]) == e["missing"],
    "BI-03": lambda e: (
        not differs_from_collection(
            FillRate("C", "employer", e["filled"], e["accounts"]).rate, e["collected"]
        )
    ),
    "BI-05": lambda e: FillRate("C", "employer", e["filled"], e["accounts"]).rate == e["rate"],
    "DI-01": lambda e: dates_plausible(*days(e["opened_on"], e["due_on"])),
    "DI-02": lambda e: e["limit_cents"] <= e["cap_cents"],
    "DI-03": lambda e: not differing_counts(e["ours"], e["theirs"]),
    "DI-04": shares_agree,
    "DI-05": shares_agree,
    "DI-06": shares_agree,
    "DI-07": lambda e: cause_recorded(e["difference"], e["cause"]),
    "GL-01": lambda e: set(e["open_last_month"]) <= set(e["reported"]),
    "GL-06": lambda e: not differences(e, derive(e["history"])),
    "GL-08": lambda e: query_rights_open(
        map(month, e["months"]), on_time=e["on_time"], loaded=e["loaded"]
    ),
    "DR-07": lambda e: header_agrees(
        e["accounts"], *days(e["earliest"], e["latest"]), days(*e["bills"])
    ),
}


def numbers(prefix: str, last: int) -> list[str]:
    return [f"{prefix}-{n:02d}" for n in range(1, last + 1)]


def test_every_published_rule_is_there_once() -> None:
    expected = [*numbers("LR", 17), "LR-07b", *numbers("XM", 4), *numbers("BI", 5)]
    expected += [*numbers("DI", 7), *numbers("GL", 8), *numbers("DR", 7)]
    expected += [f"PUB-{n}" for n in range(201, 227)]
    assert sorted(each.id for each in ALL_RULES) == sorted(expected)


def test_procedures_are_those_that_nobody_can_compute() -> None:
    assert {r.id for r in ALL_RULES if r.kind == "procedure"} == {"XM-04", "GL-02", "GL-07"}
    assert {r.id for r in ALL_RULES if r.kind == "distribution"} == set(DISTRIBUTIONS)


def test_only_what_the_papers_forbid_or_nobody_can_read_is_an_error() -> None:
    assert {r.id for r in ALL_RULES if r.severity == "ERROR"} == {"BI-04", "DR-01", "DR-07"}
    assert {r.severity for r in ALL_RULES if r.id.startswith("LR")} == {"REVIEW"}


@pytest.mark.parametrize("each", ALL_RULES, ids=lambda each: each.id)
def test_a_rule_speaks_both_languages_and_knows_its_likes(each: Rule) -> None:
    assert re.search("[\u4e00-\u9fff]", each.text_zh)
    assert re.search("[A-Za-z]{3}", each.text_en)
    assert set(each.generations) <= {1, 2}
    assert set(each.business) <= {"1", "2"}
    for other in each.same_as:
        assert rule(other).id == other
    if each.kind != "procedure":
        return
    assert isinstance(each.passing, str)
    assert isinstance(each.failing, str)


@pytest.mark.parametrize("each", [r for r in ALL_RULES if r.sql or r.clear_sql], ids=lambda r: r.id)
def test_record_rules_pass_and_fail_on_their_examples(each: Rule) -> None:
    found = 0
    for contract in CONTRACTS:
        checks = [
            c for c in (*record_checks(contract), *clear_checks(contract)) if c.rule_id == each.id
        ]
        if not checks:
            continue
        found += 1
        if isinstance(each.passing, tuple):  # DR-03 has a form for records and one between them
            good, bad = {"status_24": "N".rjust(24, "/")}, {"status_24": "CN".rjust(24, "/")}
        else:
            good, bad = each.passing, each.failing
        with duckdb.connect() as connection:
            connection.register("records", as_table(contract, [good, bad]))
            assert hits(connection, "records", checks) == {1: set(), 2: {each.id}}
    assert found == 1


@pytest.mark.parametrize(
    "each", [r for r in ALL_RULES if r.kind == "cross-record"], ids=lambda r: r.id
)
def test_rules_between_records_pass_and_fail_on_their_examples(each: Rule) -> None:
    contract = next(c for c in CONTRACTS if each.id in {x.rule_id for x in cross_checks(c)})
    check = next(x for x in cross_checks(contract) if x.rule_id == each.id)
    for example, expected in ((each.passing, 0), (each.failing, 1)):
        assert isinstance(example, tuple)
        sides = [
            [{**ACCOUNT, **record} for record in example if record["_new"] is fresh]
            for fresh in (True, False)
        ]
        with duckdb.connect() as connection:
            connection.register("incoming", as_table(contract, sides[0]))
            connection.register("known", as_table(contract, sides[1]).drop_columns(["_line"]))
            assert len(connection.execute(check.sql("incoming", "known")).fetchall()) == expected


@pytest.mark.parametrize("id", sorted(DISTRIBUTIONS))
def test_distribution_rules_pass_and_fail_on_their_examples(id: str) -> None:
    each = rule(id)
    assert isinstance(each.passing, Mapping)
    assert isinstance(each.failing, Mapping)
    assert DISTRIBUTIONS[id](each.passing)
    assert not DISTRIBUTIONS[id](each.failing)


GUARANTOR = {"name_masked": "张三", "id_kind": "0", "id_no_hmac": "11010519491231002X"}


@pytest.mark.parametrize(
    ("change", "clear", "stored"),
    [
        ({}, False, False),
        ({"name_masked": "暂缺"}, True, False),
        ({"name_masked": " 未知 "}, True, False),
        ({"name_masked": ""}, True, False),
        ({"name_masked": None}, False, True),
        ({"id_no_hmac": "X"}, True, False),
        ({"id_no_hmac": "ＸＸＸ"}, True, False),
        ({"id_no_hmac": None}, False, True),
        ({"id_kind": None}, False, True),
        ({"id_kind": "X"}, False, False),  # the code of other certificates
    ],
)
def test_a_guarantor_is_named_once_and_in_full(
    change: dict[str, str | None], clear: bool, stored: bool
) -> None:
    with duckdb.connect() as connection:
        connection.register("records", as_table(Guarantor, [GUARANTOR | change]))
        found = [
            bool(hits(connection, "records", checks)[1])
            for checks in (clear_checks(Guarantor), record_checks(Guarantor))
        ]
    assert found == [clear, stored]


def test_rules_are_bound_once_and_only_where_they_belong() -> None:
    assert record_checks(CreditMonth) is record_checks(CreditMonth)
    assert record_checks(LoanAccount) == ()
    assert cross_checks(LoanAccount) == ()
    assert helper_columns(LoanAccount) == ()
    plain, prepared = (record_checks(CreditMonth, prepared=p) for p in (False, True))
    assert [c.rule_id for c in plain] == [c.rule_id for c in prepared]
    assert not any('"!' in c.sql for c in plain)


def test_an_unknown_or_incomplete_rule_is_refused() -> None:
    with pytest.raises(ContractsError, match="there is no rule"):
        rule("LR-99")
    with pytest.raises(ContractsError, match="has no condition"):
        Rule("X", "record", "REVIEW", "S4", "甲", "a", {"a": 1}, {"a": 2}, "why")
    with pytest.raises(ContractsError, match="points at no item"):
        Rule("X", "record", "REVIEW", "S4", "甲", "a", {"a": 1}, {"a": 2}, "why", sql="TRUE")
    with pytest.raises(ContractsError, match="lacks a text"):
        Rule("X", "distribution", "REVIEW", "S4", "", "a", {"a": 1}, {"a": 2}, "why")
