"""Hits of the published rules on the newest records, and which of them somebody waived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from data_contracts.acceptance.scope import CONTRACTS, TABLES, Scope
from data_contracts.checks import sql_name, sql_text
from data_contracts.contract import Contract
from data_contracts.documents import Text
from data_contracts.intake.reviews import commits_table, standing_reviews
from data_contracts.rules import ALL_RULES, cross_checks, record_checks

GUARANTOR_RULE = "BI-04"
"""Forbidden outright: told apart from what is only to be looked at."""


@dataclass(frozen=True)
class RuleHits:
    """Records that one rule asks to look at, of which some are waived."""

    contract: str
    rule_id: str
    text: Text
    hits: int
    waived: int

    @property
    def open(self) -> int:
        """Hits that nobody waived: they block the acceptance."""
        return self.hits - self.waived


@dataclass(frozen=True)
class Waived:
    """Hits of one rule that one person waived on one day."""

    rule_id: str
    count: int
    by: str
    on: date


def find_hits(scope: Scope, on: date) -> tuple[tuple[RuleHits, ...], tuple[Waived, ...]]:
    """Judge the records of the judged months and put the waivers beside the hits.

    The rules run anew over the newest records, those between months too: a correction that came later may
    have made or healed a hit. What only the intake can see (values that are sealed before they are stored)
    comes from its review files, where no later batch said anything of the record. A waiver covers the record
    as it was on its day: a version that reached us later needs a new look.

    The connection then holds the table ``hits`` (contract, rule_id, _key, month, waived).

    Parameters
    ----------
    scope
        The institution and its months.
    on
        Day of the judgement: waivers after it or ended before it do not count.
    """
    connection = scope.connection
    connection.execute(
        "CREATE TABLE found (contract VARCHAR, rule_id VARCHAR, _key VARCHAR, month DATE)"
    )
    connection.register("reviewed", standing_reviews(scope.lake))
    connection.register("commits", commits_table(scope.lake))
    versions = " UNION ALL ".join(
        f"SELECT {sql_text(name)} AS contract, t._key, c.received_on FROM {table} AS t "
        "JOIN commits AS c ON c.batch = t._batch"
        for name, table in TABLES.items()
    )
    connection.execute(f"CREATE TEMP VIEW versions AS {versions}")
    for contract in CONTRACTS:
        _records(scope, contract)
        _reviewed(scope, contract)
        _between(scope, contract)
    connection.execute(
        "CREATE TABLE hits AS SELECT DISTINCT f.*, w.rule_id IS NOT NULL AS waived, "
        "w.waived_by, w.waived_on FROM found AS f JOIN versions AS v USING (contract, _key) "
        f"LEFT JOIN {scope.lake.latest_sql('waiver')} AS w "
        "ON w.contract = f.contract AND w.rule_id = f.rule_id AND w.record_key = f._key "
        f"AND v.received_on <= w.waived_on AND w.waived_on <= {sql_text(on)} "
        f"AND coalesce(w.valid_until >= {sql_text(on)}, TRUE)"
    )
    rows = connection.execute(
        "SELECT contract, rule_id, count(*), count(*) FILTER (waived) FROM hits "
        "GROUP BY ALL ORDER BY contract, rule_id"
    ).fetchall()
    texts = {rule.id: Text(rule.text_zh, rule.text_en) for rule in ALL_RULES}
    unknown = Text("见契约中该项的约束", "See the item in the contract")
    found = tuple(
        RuleHits(name, rule, texts.get(rule, unknown), int(hits), int(waived))
        for name, rule, hits, waived in rows
    )
    waived = connection.execute(
        "SELECT rule_id, count(*), waived_by, waived_on FROM hits WHERE waived "
        "GROUP BY ALL ORDER BY rule_id, waived_on, waived_by"
    ).fetchall()
    return found, tuple(Waived(rule, int(n), by, day) for rule, n, by, day in waived)


def _from(contract: type[Contract], scope: Scope) -> str:
    return f"{TABLES[contract.about.name]} WHERE _at >= {sql_text(scope.months.first)}"


def _records(scope: Scope, contract: type[Contract]) -> None:
    """Rules of one record, over what is stored."""
    listed = [check for check in record_checks(contract) if check.rule_id != GUARANTOR_RULE]
    if not listed:
        return
    cases = ", ".join(
        f"CASE WHEN {check.broken} THEN {sql_text(check.rule_id)} END" for check in listed
    )
    scope.connection.execute(
        f"INSERT INTO found SELECT {sql_text(contract.about.name)}, rule_id, _key, "
        "date_trunc('month', _at) FROM (SELECT _key, _at, "
        f"unnest([{cases}]) AS rule_id FROM {_from(contract, scope)}) WHERE rule_id IS NOT NULL"
    )


def _reviewed(scope: Scope, contract: type[Contract]) -> None:
    """What the intake put under review and no later batch has spoken of."""
    between = ", ".join(sql_text(check.rule_id) for check in cross_checks(contract)) or "''"
    name = sql_text(contract.about.name)
    scope.connection.execute(
        f"INSERT INTO found SELECT r.contract, r.rule_id, t._key, date_trunc('month', t._at) "
        f"FROM reviewed AS r JOIN (SELECT * FROM {_from(contract, scope)}) AS t "
        f"ON t._key = r.record_key WHERE r.contract = {name} "
        f"AND r.rule_id NOT IN ({between}) AND r.rule_id <> {sql_text(GUARANTOR_RULE)}"
    )


def _between(scope: Scope, contract: type[Contract]) -> None:
    """Rules between the months of one account."""
    checks = cross_checks(contract)
    if not checks:
        return
    table = TABLES[contract.about.name]
    columns = ", ".join(sql_name(column.name) for column in contract.columns())
    first = sql_text(scope.months.first)
    connection = scope.connection
    connection.execute(
        f"CREATE TABLE incoming AS SELECT {columns}, _key, _at, row_number() OVER () AS _line "
        f"FROM {_from(contract, scope)}"
    )
    connection.execute(f"CREATE TABLE earlier AS SELECT {columns} FROM {table} WHERE _at < {first}")
    for check in checks:
        connection.execute(
            f"INSERT INTO found SELECT {sql_text(contract.about.name)}, {sql_text(check.rule_id)}, "
            "_key, date_trunc('month', _at) FROM incoming SEMI JOIN "
            f"({check.sql('incoming', 'earlier')}) AS h USING (_line)"
        )
    connection.execute("DROP TABLE incoming; DROP TABLE earlier")
