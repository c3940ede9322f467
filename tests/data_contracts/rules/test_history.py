"""Legal histories hit nothing, and each single mutation hits exactly what the table says."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from data_contracts.checks import checks
from data_contracts.finance.credit_month import CreditMonth
from data_contracts.rules import cross_checks, helper_columns, record_checks
from data_contracts.rules.history import legal_histories
from tests.data_contracts.rules.mutations import CROSS_MUTATIONS, MUTATIONS, Mutation
from tests.data_contracts.rules.support import hits

RECORD_RULES = {check.rule_id for check in record_checks(CreditMonth)}


def numbered(table: pa.Table) -> pa.Table:
    return table.append_column("_line", pa.array(range(1, table.num_rows + 1), pa.int64()))


@pytest.fixture(scope="module")
def legal() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.register("source", numbered(legal_histories(3400, 48, seed=20)))
        connection.execute("CREATE TABLE legal AS FROM source")
        yield connection


def broken(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, int]:
    """Hits of every check, published or of the contract, and of every rule between records."""
    found = {}
    for check in (*record_checks(CreditMonth), *checks(CreditMonth)):
        count = connection.execute(
            f"SELECT count(*) FROM {relation} WHERE {check.broken}"
        ).fetchall()
        found[check.rule_id] = count[0][0]
    for cross in cross_checks(CreditMonth):
        sql = cross.sql(relation, f"(FROM {relation} LIMIT 0)")
        found[cross.rule_id] = len(connection.execute(sql).fetchall())
    return {rule: count for rule, count in found.items() if count}


def test_legal_histories_of_three_thousand_accounts_hit_nothing(
    legal: duckdb.DuckDBPyConnection,
) -> None:
    records, accounts, businesses, sevens = legal.execute(
        "SELECT count(*), count(DISTINCT account_no), count(DISTINCT business), "
        "count(*) FILTER (contains(status_24, '7')) FROM legal"
    ).fetchall()[0]
    assert records >= 80_000
    assert accounts >= 3000  # some were settled before the window (GL-01)
    assert businesses == 2
    assert sevens > 1000  # the walk does get into trouble
    assert broken(legal, "legal") == {}


@pytest.mark.parametrize("seed", [1, 2, 3, 99])
def test_legal_histories_of_other_seeds_hit_nothing(seed: int) -> None:
    with duckdb.connect() as connection:
        connection.register("legal", numbered(legal_histories(250, 60, seed=seed)))
        assert broken(connection, "legal") == {}


def test_a_second_batch_goes_on_where_the_first_ended(legal: duckdb.DuckDBPyConnection) -> None:
    new, previous = (f"(FROM legal WHERE bill_on {sign} '2023-06-01')" for sign in (">=", "<"))
    for cross in cross_checks(CreditMonth):
        assert legal.execute(cross.sql(new, previous)).fetchall() == [], cross.rule_id


def test_months_that_come_late_find_the_later_ones(legal: duckdb.DuckDBPyConnection) -> None:
    for late in ("bill_on < '2023-06-01'", "month(bill_on) % 3 = 1"):
        new, previous = (f"(FROM legal WHERE {sign} ({late}))" for sign in ("", "NOT"))
        check = next(one for one in cross_checks(CreditMonth) if one.rule_id == "XM-01")
        assert legal.execute(check.sql(new, previous)).fetchall() == []
        spoilt = f"(SELECT * REPLACE ('#' || right(status_24, 23) AS status_24) FROM {previous})"
        assert len(legal.execute(check.sql(new, spoilt)).fetchall()) > 100


def test_a_seed_gives_the_same_table_and_another_seed_another() -> None:
    assert legal_histories(20, 12, seed=4).equals(legal_histories(20, 12, seed=4))
    assert not legal_histories(20, 12, seed=4).equals(legal_histories(20, 12, seed=5))


def test_prepared_conditions_agree_with_plain_ones(legal: duckdb.DuckDBPyConnection) -> None:
    # Neighbouring months' items are mixed up, so that many rules are hit.
    helpers = ", ".join(f'{sql} AS "{name}"' for name, sql in helper_columns(CreditMonth))
    mixed = """(SELECT * REPLACE (lag(status_24, 7) OVER w AS status_24, lag(account_status, 3) OVER w
        AS account_status, lag(frequency, 11) OVER w AS frequency, lag(bill_on, 5) OVER w AS bill_on)
        FROM legal WHERE _line % 9 = 0 WINDOW w AS (ORDER BY _line))"""
    plain = hits(legal, mixed, record_checks(CreditMonth))
    fast = hits(
        legal, f"(SELECT *, {helpers} FROM {mixed})", record_checks(CreditMonth, prepared=True)
    )
    assert plain == fast
    assert len(set().union(*plain.values())) > 20


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_mutation_hits_exactly_its_rules(
    legal: duckdb.DuckDBPyConnection, mutation: Mutation
) -> None:
    base = f"(SELECT * FROM legal WHERE {mutation.where} ORDER BY _line LIMIT 25)"
    if mutation.given:
        listed = ", ".join(f"{value} AS {item}" for item, value in mutation.given.items())
        base = f"(SELECT * REPLACE ({listed}) FROM {base})"
    changed = f"(SELECT * REPLACE ({mutation.value} AS {mutation.item}) FROM {base})"
    before, after = (
        hits(legal, relation, record_checks(CreditMonth)) for relation in (base, changed)
    )
    assert len(after) > 0, "no legal record is suitable"
    assert set(map(frozenset, before.values())) == {frozenset()}
    assert set(map(frozenset, after.values())) == {mutation.rules}


@pytest.mark.parametrize(
    "mutation", [m for m in MUTATIONS if "DR-01" not in m.rules], ids=lambda mutation: mutation.name
)
def test_what_is_under_review_is_not_quarantined(
    legal: duckdb.DuckDBPyConnection, mutation: Mutation
) -> None:
    """The contract's own limits must leave room for what the rules judge."""
    changed = f"""(SELECT * REPLACE ({mutation.value} AS {mutation.item})
        FROM (SELECT * FROM legal WHERE {mutation.where} ORDER BY _line LIMIT 25))"""
    errors = [check for check in checks(CreditMonth) if check.severity == "ERROR"]
    assert len(errors) > 40
    assert set().union(*hits(legal, changed, errors).values()) == set()


def test_the_table_covers_every_record_rule() -> None:
    assert len(MUTATIONS) >= 40
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS)
    assert set().union(*(mutation.rules for mutation in MUTATIONS)) == RECORD_RULES


@pytest.mark.parametrize("mutation", CROSS_MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_mutation_hits_exactly_its_rules_between_records(
    legal: duckdb.DuckDBPyConnection, mutation: Mutation
) -> None:
    chosen = legal.execute(
        """SELECT account_no FROM legal WHERE frequency = '03' AND due_on IS NULL GROUP BY account_no
           HAVING count(*) >= 20 AND count(*) FILTER (status_24 LIKE '%7%') = 0 ORDER BY account_no LIMIT 12"""
    ).fetchall()
    assert len(chosen) == 12
    for (account,) in chosen:
        one = f"(SELECT *, row_number() OVER (ORDER BY bill_on) AS place FROM legal WHERE account_no = '{account}')"
        change = (
            f"CASE place WHEN 15 THEN {mutation.value} ELSE {mutation.item} END AS {mutation.item}"
        )
        relation = f"(SELECT * EXCLUDE (place) REPLACE ({change}) FROM {one})"
        found = {
            cross.rule_id
            for cross in cross_checks(CreditMonth)
            if legal.execute(cross.sql(relation, "(FROM legal LIMIT 0)")).fetchall()
        }
        assert found == mutation.rules
