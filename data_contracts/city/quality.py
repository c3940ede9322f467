"""How well the rules find what the ledger says: precision and recall, rule by rule."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_contracts.catalogue import all_contracts
from data_contracts.checks import checks, sql_text
from data_contracts.city.dirty import CORRECTED, LATE
from data_contracts.city.write import file_of
from data_contracts.contract import Contract
from data_contracts.errors import ContractsError
from data_contracts.rules import ALL_RULES, cross_checks
from data_contracts.rules.rule import Rule


@dataclass(frozen=True)
class RuleQuality:
    """One rule against the ledger.

    ``meant`` records were spoilt so that this rule must catch them, ``caught`` of them were hit; ``hits`` records
    were hit in all, ``dirty_hits`` of them stand in the ledger as dirty (a rule may rightly hit a record that was
    spoilt in another way). A break of one month's history is also hit at the month after it, which is clean.
    ``reason`` says in both languages why a published rule has no figure.
    """

    rule_id: str
    meant: int
    caught: int
    hits: int
    dirty_hits: int
    reason: tuple[str, str] = ("", "")

    @property
    def recall(self) -> float | None:
        """Share of the records that it must catch and does; None where there are none."""
        return self.caught / self.meant if self.meant else None

    @property
    def precision(self) -> float | None:
        """Share of its hits that were dirty; None without hits."""
        return self.dirty_hits / self.hits if self.hits else None


NOT_SPOILT = ("账本中没有违反它的记录", "no record of the ledger breaks it")
NO_ITEMS = ("城市的文件没有它所需的数据项", "no file of the city has its items")
OF_MANY = ("按分布或报文头判定，不逐条判定", "judged on shares or headers, not on records")
OF_WORK = ("对工作的要求，不由程序判定", "a demand on people's work, judged by no program")
SEALED = (
    "城市中的证件号码已加密，本条只能在加密前判定",
    "the city's certificates are sealed, and it is judged before that",
)
"""Why a published rule has no figure."""


def rule_quality(folder: Path) -> list[RuleQuality]:
    """Judge the files of a city by all record rules and rules across months.

    Repeated keys are left to the intake and are not judged here.

    Parameters
    ----------
    folder
        Where a city with dirty records was written.

    Returns
    -------
    list of RuleQuality
        Every published rule, and the contracts' own that were meant for a record or that hit one, in the
        order of their ids; published rules are summed up over the contracts.
    """
    ledger_file = file_of(Path(folder) / "truth", "ledger")
    if not ledger_file.is_file():
        raise ContractsError("this folder holds no city.", file=folder, hint="xinqiao city build")
    meant: dict[str, set[tuple[str, int]]] = defaultdict(set)
    dirty: set[tuple[str, int]] = set()
    hits: dict[str, set[tuple[str, int]]] = defaultdict(set)
    judged: set[str] = set()
    with duckdb.connect() as connection:
        entries = connection.execute(
            "SELECT contract, line, kind, string_split(rules, ';') "
            f"FROM read_parquet({sql_text(str(ledger_file))})"
        ).fetchall()
        for name, line, kind, rules in entries:
            if kind not in (LATE, CORRECTED):
                dirty.add((name, line))
            for rule in rules:
                if rule and not rule.endswith(".key.unique"):
                    meant[rule].add((name, line))
        for name, contract in all_contracts().items():
            if file_of(Path(folder), name).is_file():
                judged |= {one.rule_id for one in checks(contract)}
                judged |= {one.rule_id for one in cross_checks(contract)}
                for rule, line in hits_of(connection, Path(folder), contract):
                    hits[rule].add((name, line))
    published = {one.id: one for one in ALL_RULES}
    return [
        RuleQuality(
            rule, len(meant[rule]), len(meant[rule] & hits[rule]), len(hits[rule]),
            len(hits[rule] & dirty),
            ("", "") if meant[rule] else _reason(published.get(rule), judged),
        )
        for rule in sorted({*meant, *hits, *published})
    ]  # fmt: skip


def _reason(rule: Rule | None, judged: set[str]) -> tuple[str, str]:
    if rule is None or rule.id in judged:
        return NOT_SPOILT
    if rule.kind in ("distribution", "procedure"):
        return OF_MANY if rule.kind == "distribution" else OF_WORK
    return SEALED if rule.clear_sql else NO_ITEMS


def hits_of(
    connection: duckdb.DuckDBPyConnection, folder: Path, contract: type[Contract]
) -> list[tuple[str, int]]:
    """Rule and line of every hit in a contract's file, by the SQL of the rules."""
    path = sql_text(str(file_of(folder, contract.about.name)))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE city_records AS "
        f"SELECT *, row_number() OVER () AS _line FROM read_parquet({path})"
    )
    connection.execute("CREATE OR REPLACE TEMP TABLE city_earlier AS FROM city_records LIMIT 0")
    listed = ", ".join(
        f"CASE WHEN {check.broken} THEN {sql_text(check.rule_id)} END" for check in checks(contract)
    )
    found: list[tuple[str, int]] = connection.execute(
        f"SELECT rule, _line FROM (SELECT _line, unnest([{listed}]) AS rule FROM city_records) "
        "WHERE rule IS NOT NULL"
    ).fetchall()
    for check in cross_checks(contract):
        lines = connection.execute(check.sql("city_records", "city_earlier")).fetchall()
        found += [(check.rule_id, int(line)) for (line,) in lines]
    return found
