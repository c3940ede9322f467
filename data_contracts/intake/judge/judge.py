"""The judge: typed rows against rules, vectorised, nothing lost.

Works on one DuckDB connection that holds ``raw``, the file's rows as they stand with ``_line``:

1. ``typed``: every value in its form.
2. ``hits``: which line breaks which rule, one pass for each stage of the plan.
3. ``fallen`` lines break an ERROR; ``broken`` tells their rules and original values for the quarantine, and
   ``reviewed`` the REVIEW rules that standing lines break. A line falls or stands, never both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from data_contracts.checks import sql_name, sql_text
from data_contracts.intake.judge.plan import Plan, Repeats, Rule, Stage
from data_contracts.intake.mapping.subject import compact, holds_person_sql

if TYPE_CHECKING:
    from data_contracts.intake.judge.ledger import Ledger
    from data_contracts.intake.judge.suspects import Suspects
    from data_contracts.rules.binding import Compared

WORTH_ROWS = 150_000
"""Below so many rows asking every row everything is as quick."""

LONGEST_VALUE = 200
"""Characters of an original value that quarantine keeps."""

RESIDENT_ID = (
    "[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
)
_DIGITS = "^[0-9]{10,18}[0-9Xx]$"


@dataclass(frozen=True)
class Verdict:
    """Counts of a judgement: standing + fallen = rows; by rule in the order of the plan."""

    rows: int
    accepted: int
    quarantined: int
    by_rule: dict[str, int] = field(default_factory=dict)
    reviewed: dict[str, int] = field(default_factory=dict)


class Judge:
    """Judges the rows of ``raw`` by a plan.

    Parameters
    ----------
    connection
        Holds ``raw``; with ``seal`` also the functions of the seal key.
    plan
        Forms and rules.
    seal
        Whether personal values get their keyed HMAC beside the masked form.
    compared
        What of a month the next one is compared with, if months are.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        plan: Plan,
        *,
        seal: bool = False,
        compared: Compared | None = None,
    ) -> None:
        self.connection, self.plan, self.seal = connection, plan, seal
        self.compared = compared
        self.ledger: Ledger | None = None
        self._kept: str | None = None
        self._few: Suspects | None = None
        self._rules: list[Rule] = []
        kind = "VIEW" if plan.direct else "TABLE"
        connection.execute(f"CREATE {kind} typed AS {plan.typed}")
        connection.execute("CREATE TABLE hits (_line BIGINT, place INTEGER)")
        self.rows: int = connection.execute("SELECT count(*) FROM raw").fetchall()[0][0]
        self.many = self.rows >= WORTH_ROWS

    def test(self, stage: Stage) -> None:
        """Note who breaks which rule, in one pass over the stage's relation.

        Few rows break any rule, so the rows are filtered first and their rules listed afterwards.
        """
        if not stage.rules:
            return
        first = self._place(*stage.rules)
        relation, places = stage.relation, tuple(range(len(stage.rules)))
        if self.many:
            found = self._suspects(stage)
            relation, places = found.relation, found.rules
        self._insert_hits(relation, {n: stage.rules[n].broken for n in places}, first)

    def _suspects(self, stage: Stage) -> Suspects:
        """Rows that may break a rule; in passing the ledger is kept of rows whose key must not occur twice."""
        from data_contracts.intake.judge import (
            suspects as suspecting,  # compiled code, for many rows
        )

        repeats = [r for r in self.plan.repeats if r.relation == stage.relation]
        if self.ledger is None and len(repeats) == 1:
            self.ledger = suspecting.ledger_of(
                self.connection, self.plan, repeats[0], self.compared, self.rows
            )
            self._kept = repeats[0].relation
            found = suspecting.suspects(
                self.connection, self.plan, stage.relation, stage.rules, ledger=self.ledger
            )
        else:
            found = suspecting.suspects(self.connection, self.plan, stage.relation, stage.rules)
        self._few = found
        return found

    def _insert_hits(self, relation: str, broken: Mapping[int, str], first: int) -> None:
        if not broken:
            return
        hits = ", ".join(f"CASE WHEN {sql} THEN {first + n} END" for n, sql in broken.items())
        where = " OR ".join(f"({sql})" for sql in broken.values())
        self.connection.execute(
            "INSERT INTO hits SELECT _line, place FROM "
            f"(SELECT _line, unnest([{hits}]) AS place FROM {relation} WHERE {where}) "
            "WHERE place IS NOT NULL"
        )

    def test_repeats(self, repeats: Repeats) -> None:
        """A row repeated word for word stands once; rows that contradict each other all fall."""
        place = self._place(repeats.rule)
        relation = repeats.relation
        key = ", ".join(sql_name(name) for name in repeats.key)
        filled = " AND ".join(f"{sql_name(name)} IS NOT NULL" for name in repeats.key)
        row = ", ".join(sql_name(name) for name in repeats.content)
        run = self.connection.execute
        # One number for each key is quick to count; the few that recur are then compared as they are.
        if self.ledger is not None and self._kept == relation:
            lines = self.ledger.repeated()
            if not len(lines):
                return
            self.connection.register("_lines", pa.table({"_line": lines}))
            run("CREATE OR REPLACE TEMP TABLE recurring AS SELECT DISTINCT _line FROM _lines")
            again = f"(SELECT * FROM {relation} SEMI JOIN recurring USING (_line) WHERE {filled})"
        else:
            run(
                f"CREATE OR REPLACE TEMP TABLE recurring AS SELECT hash({key}) AS number FROM {relation} "
                f"WHERE {filled} GROUP BY number HAVING count(*) > 1"
            )
            if not run("SELECT 1 FROM recurring LIMIT 1").fetchall():
                return
            again = (
                f"(SELECT * FROM (SELECT *, hash({key}) AS number FROM {relation} WHERE {filled}) "
                "SEMI JOIN recurring USING (number))"
            )
        run(
            f"INSERT INTO hits WITH seen AS (SELECT _line, {key}, hash({row}) AS content "
            f"FROM {again}), judged AS (SELECT _line, "
            f"row_number() OVER (PARTITION BY {key} ORDER BY _line) AS place, "
            f"min(content) OVER (PARTITION BY {key}) <> max(content) OVER (PARTITION BY {key}) AS differ "
            f"FROM seen) SELECT _line, {place} FROM judged WHERE place > 1 OR differ"
        )

    def note(self, rule: Rule, lines: str) -> None:
        """Note that the lines of a SELECT of ``_line`` break a rule."""
        place = self._place(rule)
        self.connection.execute(
            f"INSERT INTO hits SELECT DISTINCT _line, {place} FROM ({lines}) AS found"
        )

    def standing(self, columns: str = "*") -> str:
        """SQL to put after FROM: typed rows that no ERROR has hit so far."""
        return f"(SELECT {columns} FROM typed ANTI JOIN ({self.struck()}) USING (_line))"

    def struck(self) -> str:
        """SELECT of the lines that an ERROR has hit so far."""
        return f"SELECT _line FROM hits WHERE place IN ({self._places('ERROR')})"

    def conclude(self) -> Verdict:
        """Make the tables ``fallen``, ``broken`` and ``reviewed`` and count."""
        run = self.connection.execute
        run(
            "CREATE TABLE rules (place INTEGER, rule_id VARCHAR, col VARCHAR, severity VARCHAR, "
            "kind VARCHAR, contract VARCHAR, item VARCHAR, told INTEGER)"
        )
        told: dict[str, int] = {}
        for rule in self._rules:
            told.setdefault(rule.rule_id, len(told))
        values = ", ".join(
            f"({n}, {sql_text(r.rule_id)}, {sql_text(r.column)}, '{r.severity}', '{r.kind}', "
            f"{sql_text(r.contract)}, {sql_text(r.item)}, {told[r.rule_id]})"
            for n, r in enumerate(self._rules)
        )
        if values:
            run(f"INSERT INTO rules VALUES {values}")
        run(
            "CREATE TABLE fallen AS SELECT DISTINCT _line FROM hits "
            f"WHERE place IN ({self._places('ERROR')})"
        )
        # Of a value that cannot be read only that is said: what follows from it would be noise. The same
        # goes for a row that is no record.
        run(
            "CREATE TABLE said AS SELECT DISTINCT _line, rule_id, col, kind, told FROM hits "
            "JOIN rules USING (place) WHERE severity = 'ERROR'"
        )
        run(
            "DELETE FROM said WHERE kind <> 'filter' AND _line IN "
            "(SELECT _line FROM said WHERE kind = 'filter')"
        )
        run(
            "DELETE FROM said WHERE kind = 'rule' AND (_line, col) IN "
            "(SELECT (_line, col) FROM said WHERE kind = 'fault')"
        )
        told_of = {row[0] for row in run("SELECT DISTINCT col FROM said").fetchall()}
        run(
            f'CREATE TABLE broken AS SELECT said._line AS line, said.rule_id, said.col AS "column", '
            f"{self.value_sql(told_of)} AS value, said.told FROM said "
            f"JOIN (SELECT * FROM {self._raw(told_of)} SEMI JOIN fallen USING (_line)) AS raw "
            "ON raw._line = said._line ORDER BY said._line, said.told, said.col"
        )
        run(
            "CREATE TABLE reviewed AS SELECT DISTINCT _line AS line, contract, rule_id, item, told "
            "FROM hits JOIN rules USING (place) ANTI JOIN fallen USING (_line) "
            "WHERE severity = 'REVIEW'"
        )
        return self._verdict()

    def _raw(self, columns: Set[str]) -> str:
        """Relation of the source rows of all that fell: the suspects', if none fell besides."""
        few = self._few
        if few is None or few.raw is None or not columns <= few.held:
            return "raw"
        more = f"SELECT 1 FROM fallen ANTI JOIN {few.raw} USING (_line) LIMIT 1"
        return "raw" if self.connection.execute(more).fetchall() else few.raw

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that were tested."""
        return tuple(self._rules)

    def _place(self, *rules: Rule) -> int:
        first = len(self._rules)
        self._rules += rules
        return first

    def _places(self, severity: str) -> str:
        listed = [str(n) for n, rule in enumerate(self._rules) if rule.severity == severity]
        return ", ".join(listed) or "-1"

    def value_sql(self, columns: Collection[str] | None = None) -> str:
        """SQL of the original value of ``said.col`` in ``raw``, as far as it may be shown.

        ``columns`` are those that may be asked for; all if omitted.
        """
        whens = []
        for column, quoted in self.plan.columns.items():
            if columns is not None and column not in columns:
                continue
            text = f"raw.{quoted}::VARCHAR"
            kind = self.plan.hidden.get(column)
            # A free text may tell somebody's number: it is hidden wherever it stands.
            shown = (
                f"left(regexp_replace({text}, '{RESIDENT_ID}', '{'*' * 18}', 'g'), {LONGEST_VALUE})"
            )
            if kind == "taxpayer_no":
                held = holds_person_sql(compact(text))
                shown = f"CASE WHEN {held} THEN {self._masked(text, '')} ELSE {shown} END"
            elif kind is not None:
                shown = self._masked(text, kind)
            whens.append(f"WHEN {sql_text(column)} THEN {shown}")
        return (
            f"CASE said.col {' '.join(whens)} ELSE NULL::VARCHAR END" if whens else "NULL::VARCHAR"
        )

    def _masked(self, text: str, kind: str) -> str:
        # The shape of a value tells the supplier what is wrong; its letters and digits are hidden.
        shape = (
            rf"regexp_replace(left({text}, {LONGEST_VALUE}), '[\p{{L}}\p{{N}}\p{{M}}]', '*', 'g')"
        )
        if not self.seal:
            return shape
        if kind in ("resident_id", "mobile", "bank_card"):
            known = f"regexp_matches({text}, '{_DIGITS}')"
            shape = f"CASE WHEN {known} THEN xq_mask('{kind}', {text}) ELSE {shape} END"
        return f"{shape} || ' #' || xq_hmac({text})"

    def _verdict(self) -> Verdict:
        rows, fallen, told = self.connection.execute(
            "SELECT (SELECT count(*) FROM raw), (SELECT count(*) FROM fallen), "
            "(SELECT count(DISTINCT line) FROM broken)"
        ).fetchall()[0]
        if fallen != told:
            raise AssertionError(f"{fallen} rows fell, but {told} stand in quarantine")

        def counted(table: str) -> dict[str, int]:
            return dict(
                self.connection.execute(
                    f"SELECT rule_id, count(DISTINCT line) FROM {table} GROUP BY rule_id, told ORDER BY told"
                ).fetchall()
            )

        return Verdict(rows, rows - fallen, fallen, counted("broken"), counted("reviewed"))
