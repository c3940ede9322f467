"""All tests of one contract's rows: its own rules, the law, and the rules between batches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import duckdb

from data_contracts import lawful
from data_contracts.catalogue import all_contracts
from data_contracts.checks import sql_name, sql_text
from data_contracts.intake.judge import months
from data_contracts.intake.judge.judge import Judge, Verdict
from data_contracts.intake.judge.plan import Rule
from data_contracts.intake.lake import Lake
from data_contracts.intake.mapping.hints import hints
from data_contracts.intake.mapping.plan import MappedPlan
from data_contracts.rules import CrossCheck, cross_checks


@dataclass(frozen=True)
class Judged:
    """Judged rows of one contract; ``schema`` holds their tables.

    ``before`` is the quarantine file of an earlier intake of the same file, if there was one.
    """

    mapped: MappedPlan
    judge: Judge
    verdict: Verdict
    schema: str = "main"
    before: str | None = None

    @property
    def contract(self) -> str:
        """Name of the contract."""
        return self.mapped.contract.about.name

    def table(self, name: str) -> str:
        """Name of one of the judge's tables, for another cursor."""
        return f"{self.schema}.{name}"

    def done_sql(self, raw: str) -> str:
        """SELECT of the ``_line`` of what an earlier intake of the same file has done already."""
        return done_sql(self.before, raw)


def done_sql(before: str | None, raw: str) -> str:
    """SELECT of the lines of ``raw`` that do not stand in an earlier quarantine file of the same file."""
    if before is None:
        return "SELECT NULL::BIGINT AS _line WHERE FALSE"
    fallen = f"(SELECT line AS _line FROM read_parquet({sql_text(before)}))"
    return f"SELECT _line FROM {raw} ANTI JOIN {fallen} USING (_line)"


def judge_all(
    connection: duckdb.DuckDBPyConnection,
    mapped: MappedPlan,
    lake: Lake,
    *,
    public_source: str | None,
    tell: Callable[[str, int, int], None],
    opened: int,
    schema: str = "main",
    before: str | None = None,
) -> Judged:
    """Judge ``raw`` by a plan; the tables of the judge stay on the connection.

    ``before`` is the quarantine file of an earlier intake of the same file: what that one deleted or moved
    is not missed now.
    """
    plan = mapped.plan
    total = len(plan.stages) + len(plan.repeats) + 4
    label = f"check {mapped.contract.about.name}"
    tell(label, 0, total)
    compared = (
        months.compared(cross_checks(mapped.contract)) if mapped.message == "records" else None
    )
    judge = Judge(connection, plan, seal=True, compared=compared)
    done = 1
    for stage in plan.stages:
        tell(label, done, total)
        judge.test(stage)
        done += 1
    for repeats in plan.repeats:
        tell(label, done, total)
        judge.test_repeats(repeats)
        done += 1
    tell(label, done, total)
    if mapped.message == "records":
        _lawful(judge, mapped, lake, public_source)
        _between_batches(connection, judge, mapped, lake)
    tell(label, done + 1, total)
    _unknown_keys(judge, mapped, lake, before)
    verdict = judge.conclude()
    tell(label, total, total)
    return Judged(mapped, judge, verdict, schema, before)


def _rule(
    mapped: MappedPlan, rule_id: str, column: str, text_zh: str, text_en: str, severity: str
) -> Rule:
    hint_zh, hint_en = hints(rule_id, mapped.contract)
    return Rule(
        rule_id, mapped.blamed.get(column, ""), "FALSE", text_zh, text_en,
        "REVIEW" if severity == "REVIEW" else "ERROR",
        hint_zh=hint_zh, hint_en=hint_en, contract=mapped.contract.about.name, item=column,
    )  # fmt: skip


def _bringing(judge: Judge, mapped: MappedPlan) -> str:
    names = [column.name for column in mapped.contract.columns()]
    columns = ", ".join(sql_name(name) for name in [*names, "_known", "_line"])
    standing = judge.standing()
    return f"(SELECT {columns} FROM {standing} AS standing WHERE {mapped.bringing})"


def _lawful(judge: Judge, mapped: MappedPlan, lake: Lake, public_source: str | None) -> None:
    checks = lawful.lawful_checks(mapped.contract, public_source)
    if not checks:
        return
    consents = lake.latest_sql("consent") if "consent" in all_contracts() else _NO_CONSENTS
    new = _bringing(judge, mapped)
    for check in checks:
        rule = _rule(
            mapped, check.rule_id, check.column, check.text_zh, check.text_en, check.severity
        )
        judge.note(rule, check.sql(new, consents))


_NO_CONSENTS = (
    "(SELECT NULL::VARCHAR AS consent_no, NULL::VARCHAR AS subject_id, NULL::VARCHAR AS kind, "
    "NULL::BOOLEAN AS adverse_notice, NULL::DATE AS granted_on, NULL::DATE AS valid_until, "
    "NULL::DATE AS revoked_on WHERE FALSE)"
)


def _between_batches(
    connection: duckdb.DuckDBPyConnection, judge: Judge, mapped: MappedPlan, lake: Lake
) -> None:
    contract = mapped.contract
    checks = cross_checks(contract)
    if not checks:
        return
    latest = lake.latest_sql(contract.about.name)

    def rule_of(check: CrossCheck) -> Rule:
        return _rule(
            mapped, check.rule_id, check.column, check.text_zh, check.text_en, check.severity
        )

    months.gather(
        connection, contract, checks, _bringing(judge, mapped), latest,
        ledger=None if mapped.acts else judge.ledger, fallen=judge.struck(),
    )  # fmt: skip
    for check in checks:
        judge.note(rule_of(check), check.sql("incoming", "previous"))
    connection.execute("DROP TABLE incoming; DROP TABLE previous; DROP TABLE IF EXISTS doubtful")


def _unknown_keys(judge: Judge, mapped: MappedPlan, lake: Lake, before: str | None) -> None:
    """A deletion or change of a record that the lake has not got is told, not passed over."""
    key = mapped.contract.about.key
    latest = lake.latest_sql(mapped.contract.about.name)
    name = mapped.plan.name
    asking = f"(SELECT * FROM {judge.standing()} AS s ANTI JOIN ({done_sql(before, 'raw')}) AS d USING (_line)"
    if mapped.message == "rekey":
        same = [f"t.{sql_name('old_' + n)} = l.{sql_name(n)}" for n in mapped.moved]
        same += [f"t.{sql_name(n)} = l.{sql_name(n)}" for n in mapped.narrowed]
        rule = _rule(
            mapped, f"{name}.rekey.unknown", "old_" + mapped.moved[-1],
            "没有以原标识报送的记录", "There is no record under the old key", "ERROR",
        )  # fmt: skip
        rows = f"{asking}) AS t"
        judge.note(
            rule, f"SELECT t._line FROM {rows} ANTI JOIN {latest} AS l ON {' AND '.join(same)}"
        )
        # The lake keeps what stands under the new key: the old record would be gone without a trace.
        taken = " AND ".join(
            f"x.{sql_name(n)} = " + (f"t.{sql_name('new_' + n)}" if n in mapped.moved else f"l.{sql_name(n)}")
            for n in key
        )  # fmt: skip
        rule = _rule(
            mapped, f"{name}.rekey.taken", "new_" + mapped.moved[-1],
            "新标识下已有记录", "There is a record under the new key already", "ERROR",
        )  # fmt: skip
        rule = replace(
            rule,
            hint_zh="请核对新标识，或先删除其下的记录，再重报",
            hint_en="check the new key, or delete the record under it first, then send again",
        )
        judge.note(
            rule,
            f"SELECT t._line FROM {rows} JOIN {latest} AS l ON {' AND '.join(same)} "
            f"SEMI JOIN {latest} AS x ON {taken}",
        )
    elif mapped.deleting != "FALSE":
        same = [f"t.{sql_name(n)} = l.{sql_name(n)}" for n in key]
        rule = _rule(
            mapped, f"{name}.delete.unknown", key[0],
            "要删除的记录不存在", "The record to be deleted does not exist", "ERROR",
        )  # fmt: skip
        rows = f"{asking} WHERE {mapped.deleting}) AS t"
        judge.note(
            rule, f"SELECT t._line FROM {rows} ANTI JOIN {latest} AS l ON {' AND '.join(same)}"
        )
