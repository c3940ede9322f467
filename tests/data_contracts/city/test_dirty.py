"""The ledger tells exactly what was made wrong, and its rules catch it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from data_contracts.catalogue import all_contracts
from data_contracts.checks import sql_name
from data_contracts.city.dirty import Wishes
from data_contracts.city.faults import faults
from data_contracts.city.quality import hits_of
from data_contracts.city.spoil import CONFLICT, REPEATED, spoils
from data_contracts.city.write import file_of
from data_contracts.errors import ContractsError
from data_contracts.rules import cross_checks, record_checks
from tests.data_contracts.city.conftest import LENDING

TWICE = "billed twice in a month"
"""Both records stand in the ledger; the clean one has nothing written."""


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


def _hits(folder: Path) -> dict[tuple[str, int], set[str]]:
    found: dict[tuple[str, int], set[str]] = {}
    with duckdb.connect() as connection:
        for name, contract in all_contracts().items():
            if file_of(folder, name).is_file():
                for rule, line in hits_of(connection, folder, contract):
                    found.setdefault((name, line), set()).add(rule)
    return found


def _dirty(folder: Path) -> dict[tuple[str, int], set[str]]:
    """Rules of each dirty line but that of repeated keys, which is the intake's."""
    return {
        (name, line): {rule for rule in rules if rule and not rule.endswith(".key.unique")}
        for name, line, kind, *_, rules in _ledger(folder)
        if kind not in ("late", "corrected")
    }


@pytest.mark.parametrize("city", ["spoilt", "lending"])
def test_each_line_of_the_ledger_is_caught_by_exactly_the_rules_that_it_names(
    city: str, request: pytest.FixtureRequest
):
    folder = request.getfixturevalue(city)
    hits, dirty = _hits(folder), _dirty(folder)
    assert len(dirty) > 300
    wrong = {
        at: (rules, hits.get(at)) for at, rules in dirty.items() if hits.get(at, set()) != rules
    }
    assert wrong == {}
    # A clean month is hit only where it follows a broken one.
    assert {rule for at, rules in hits.items() if at not in dirty for rule in rules} <= {"XM-01"}


def test_every_rule_for_one_record_or_several_is_broken_somewhere(lending):
    named = set().union(*_dirty(lending).values())
    wanted = {
        check.rule_id
        for name in LENDING
        for check in (*record_checks(all_contracts()[name]), *cross_checks(all_contracts()[name]))
    }
    assert len(wanted) > 50
    assert wanted - named == set()


@pytest.mark.parametrize("name", LENDING)
def test_a_way_breaks_the_rule_that_it_is_made_for(clean, name):
    contract = all_contracts()[name]
    rows = pq.read_table(file_of(clean, name)).slice(0, 400).to_pylist()
    across = {check.rule_id for check in cross_checks(contract)}
    for way in spoils(contract):
        for row in rows:
            changed = way.change(row)
            if changed and way.kind not in (REPEATED, CONFLICT) and not across & {*way.rules}:
                assert {*way.rules} <= faults(contract, {**row, **changed}), way.kind
            assert faults(contract, row) == set()


def test_each_dirty_record_is_different_and_reads_as_the_ledger_says(spoilt):
    connection = duckdb.connect()
    seen = 0
    for name, line, kind, column, original, written, _ in _ledger(spoilt):
        if kind in (REPEATED, "late") or (kind == TWICE and written is None):
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
