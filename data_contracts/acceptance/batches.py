"""Batches of an institution: what they brought and what was thrown out of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

import pyarrow.parquet as pq

from data_contracts.acceptance.hits import GUARANTOR_RULE
from data_contracts.acceptance.scope import TABLES, Months, Scope
from data_contracts.checks import sql_text
from data_contracts.intake.manifest import Commit


@dataclass(frozen=True)
class BatchFigures:
    """Rows that one standing batch lost to the quarantine.

    ``month`` is the first day of its month, None where neither its period nor its records tell it;
    ``other`` counts rows that broke another rule than BI-04.
    """

    batch: str
    contract: str
    month: date | None
    received_on: date
    quarantined: int
    guarantors: int
    other: int
    by_rule: dict[str, int]


def find_batches(scope: Scope) -> tuple[tuple[BatchFigures, ...], int]:
    """Batches of the institution that concern the judged months, and rows nobody can assign.

    A batch is the institution's when it was sent under its code, or when it holds records of no other
    institution. Rows that fell out of a batch of several institutions belong to one nobody knows; they are
    counted apart.
    """
    records = _records(scope)
    found, shared = [], 0
    for commit in scope.lake.standing():
        supplier = commit.identity.supplier if commit.identity else commit.note.get("supplier")
        contracts = _contracts(commit)
        if not contracts & TABLES.keys():
            continue
        mine, others, month = records.get(commit.batch, (0, 0, None))
        if supplier != scope.institution and (not mine or others):
            if mine and commit.quarantine:
                shared += _lost(scope, commit)[0]
            continue
        period = commit.identity.period if commit.identity else ""
        month = _month(period) or month
        if month is not None and not scope.months.first <= month < scope.months.end:
            continue
        lost, guarantors, other, by_rule = _lost(scope, commit)
        found.append(
            BatchFigures(
                commit.batch,
                "+".join(sorted(contracts)),
                month,
                commit.received_on,
                lost,
                guarantors,
                other,
                by_rule,
            )
        )
    return tuple(found), shared


def in_month(batches: tuple[BatchFigures, ...], month: date, months: Months) -> int:
    """Rows thrown out in one month; batches without a month count to the last one."""
    return sum(b.other for b in batches if (b.month or months.last) == month)


def _records(scope: Scope) -> dict[str, tuple[int, int, date | None]]:
    """Records of the institution and of others by batch, and the batch's first month."""
    found: dict[str, tuple[int, int, date | None]] = {}
    mine = f"institution_code = {sql_text(scope.institution)}"
    for name in TABLES:
        relation = scope.lake.relation(name)
        if relation is None:
            continue
        rows = scope.connection.execute(
            f"SELECT _batch, count(*) FILTER ({mine}), count(*) FILTER (NOT {mine}), "
            f"CAST(date_trunc('month', min(_event) FILTER ({mine})) AS DATE) "
            f"FROM {relation} AS r GROUP BY _batch"
        ).fetchall()
        for batch, own, others, month in rows:
            before = found.get(batch, (0, 0, None))
            months = [day for day in (before[2], month) if day is not None]
            found[batch] = (before[0] + own, before[1] + others, min(months, default=None))
    return found


def _contracts(commit: Commit) -> set[str]:
    named = set(commit.records) | set(str(commit.note.get("contract", "")).split("+"))
    if commit.identity:
        named.add(commit.identity.contract)
    return named & TABLES.keys()


def _month(period: str) -> date | None:
    plain = period.replace("-", "")
    if len(plain) < 6 or not plain[:6].isdigit() or not 1 <= int(plain[4:6]) <= 12:
        return None
    return date(int(plain[:4]), int(plain[4:6]), 1)


def _lost(scope: Scope, commit: Commit) -> tuple[int, int, int, dict[str, int]]:
    """Rows in quarantine: all, with a faulty guarantor, with another fault; and rows by rule."""
    if not commit.quarantine:
        return 0, 0, 0, {}
    table = pq.read_table(scope.lake.root / commit.quarantine, columns=["line", "rule_id"])
    pairs = set(zip(table["line"].to_pylist(), table["rule_id"].to_pylist(), strict=True))
    lines = {line for line, _ in pairs}
    guarantors = {line for line, rule in pairs if rule == GUARANTOR_RULE}
    other = {line for line, rule in pairs if rule != GUARANTOR_RULE}
    by_rule = Counter(rule for _, rule in pairs)
    return len(lines), len(guarantors), len(other), dict(sorted(by_rule.items()))
