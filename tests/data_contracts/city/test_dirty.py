"""The ledger tells exactly what was made wrong, and its rules catch it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from data_contracts.catalogue import all_contracts
from data_contracts.checks import checks, sql_name
from data_contracts.city.dirty import Wishes
from data_contracts.city.spoil import CONFLICT, REPEATED, spoils
from data_contracts.city.write import file_of
from data_contracts.errors import ContractsError


def _ledger(folder: Path) -> list[tuple]:
    path = file_of(folder / "truth", "ledger")
    return (
        duckdb.connect()
        .execute(
            "SELECT contract, line, kind, \"column\", original, written, string_split(rules, ';') "
            f"FROM read_parquet('{path}')"
        )
        .fetchall()
    )


def _lines(folder: Path, name: str) -> str:
    return f"(SELECT *, row_number() OVER () AS _line FROM read_parquet('{file_of(folder, name)}'))"


def test_at_least_twelve_kinds_of_dirt(spoilt):
    kinds = {kind for _, _, kind, *_ in _ledger(spoilt)} - {"late", "corrected"}
    assert len(kinds) >= 12
    assert {
        "wrong check digit", "dates in the wrong order", "missing key", "negative amount",
        "value outside the code table", REPEATED,
    } <= kinds  # fmt: skip


def test_a_clean_city_has_an_empty_ledger(clean):
    assert _ledger(clean) == []
    assert not (clean / "corrections").exists()


def test_the_rules_of_the_ledger_catch_what_it_says_and_nothing_else_is_hit(spoilt):
    connection = duckdb.connect()
    entries = _ledger(spoilt)
    caught = 0
    for name, contract in all_contracts().items():
        wanted: dict[str, set[int]] = {}
        touched = {line for table, line, *_ in entries if table == name}
        for table, line, *_, rules in entries:
            for rule in rules if table == name else ():
                wanted.setdefault(rule, set()).add(line)
        listed = ", ".join(
            f"CASE WHEN {check.broken} THEN '{check.rule_id}' END" for check in checks(contract)
        )
        hits: dict[str, set[int]] = {}
        for line, rule in connection.execute(
            f"SELECT _line, rule FROM (SELECT _line, unnest([{listed}]) AS rule "
            f"FROM {_lines(spoilt, name)}) WHERE rule IS NOT NULL"
        ).fetchall():
            hits.setdefault(rule, set()).add(line)
        for check in checks(contract):
            found = hits.get(check.rule_id, set())
            assert wanted.get(check.rule_id, set()) <= found, check.rule_id
            assert found <= touched, check.rule_id
            caught += len(wanted.get(check.rule_id, ()))
    assert caught > 100


def test_each_dirty_record_is_different_and_reads_as_the_ledger_says(spoilt):
    connection = duckdb.connect()
    seen = 0
    for name, line, kind, column, original, written, _ in _ledger(spoilt):
        if kind in (REPEATED, "late"):
            continue
        assert original != written, (name, line)
        (found,) = connection.execute(
            f"SELECT CAST({sql_name(column)} AS VARCHAR) FROM {_lines(spoilt, name)} WHERE _line = {line}"
        ).fetchone()
        assert _same(found, written), (name, line, kind)
        seen += 1
        if seen > 150:
            return


def _same(found: str | None, written: str | None) -> bool:
    if found is None or written is None:
        return found is written
    return found == written or float(found) == pytest.approx(float(written))


def test_repeated_records_equal_another_and_contradictions_share_its_key(spoilt):
    connection = duckdb.connect()
    counted = 0
    for name, line, kind, *_ in _ledger(spoilt):
        if kind not in (REPEATED, CONFLICT):
            continue
        key = ", ".join(sql_name(column) for column in all_contracts()[name].about.key)
        columns = "* EXCLUDE (_line)" if kind == REPEATED else key
        (twins,) = connection.execute(
            f"WITH t AS {_lines(spoilt, name)}, mine AS (SELECT {columns} FROM t WHERE _line = {line}), "
            f"others AS (SELECT {columns} FROM t WHERE _line <> {line}) "
            "SELECT count(*) FROM (SELECT * FROM mine INTERSECT SELECT * FROM others)"
        ).fetchone()
        assert twins == 1, (name, line)
        counted += 1
    assert counted > 5


def test_corrections_restore_the_original_later(clean, spoilt):
    entries = [entry for entry in _ledger(spoilt) if entry[2] == "corrected"]
    name = max({entry[0] for entry in entries}, key=lambda one: sum(e[0] == one for e in entries))
    contract = all_contracts()[name]
    mine = [entry for entry in entries if entry[0] == name]
    key = " AND ".join(f"c.{sql_name(k)} = w.{sql_name(k)}" for k in contract.about.key)
    fixed = file_of(spoilt / "corrections", name)
    for _, line, _, column, original, written, _ in mine[:20]:
        was, now, later = (
            duckdb.connect()
            .execute(
                f"SELECT CAST(w.{sql_name(column)} AS VARCHAR), CAST(c.{sql_name(column)} AS VARCHAR), "
                f"c._known > w._known FROM {_lines(spoilt, name)} w "
                f"JOIN read_parquet('{fixed}') c ON {key} WHERE w._line = {line}"
            )
            .fetchone()
        )
        assert (was, now, later) == (written, original, True)


def test_late_records_are_known_a_month_or_more_later(clean, spoilt):
    late = [entry for entry in _ledger(spoilt) if entry[2] == "late"]
    assert len(late) > 50
    for _, _, _, _, original, written, rules in late:
        assert written[:10] > original[:10]
        assert rules == [""]


def test_every_contract_can_be_spoilt():
    for name, contract in all_contracts().items():
        assert len(spoils(contract)) > 3, name


def test_shares_that_are_none_are_refused():
    with pytest.raises(ContractsError, match="--dirty"):
        Wishes(dirty=0.9)
