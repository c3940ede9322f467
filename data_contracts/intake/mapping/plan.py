"""The plan of a mapped file: what is read of each row, the rules of its contract, and whom they blame."""

from __future__ import annotations

from collections.abc import Mapping as AbcMapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from data_contracts.checks import Check, checks, sql_name, sql_text
from data_contracts.contract import Column, Contract
from data_contracts.errors import ContractsError
from data_contracts.identifiers import sql as identifier_sql
from data_contracts.intake.judge.plan import Plan, Repeats, Rule, Stage
from data_contracts.intake.mapping.columns import SQL_TYPES
from data_contracts.intake.mapping.compile import Reader
from data_contracts.intake.mapping.fit import refuse_items
from data_contracts.intake.mapping.hints import form_texts, hints
from data_contracts.intake.mapping.model import Mapping, Source
from data_contracts.intake.mapping.tower import Days, Reading
from data_contracts.intake.source import needed as columns_read
from data_contracts.item import OF_ORGANISATIONS
from data_contracts.prohibited import prohibited_class
from data_contracts.rules import clear_checks


@dataclass(frozen=True)
class MappedPlan:
    """The plan of one contract's rows in a file, and what becomes of those that stand.

    Parameters
    ----------
    plan
        What the judge needs.
    contract
        The contract.
    message
        ``records``, ``delete`` or ``rekey``.
    acts
        Rows may bring or delete: column ``_delete`` tells.
    blamed
        Item -> the supplier's column to name.
    moved, narrowed
        For ``rekey``: parts of the key that change, and those that stay.
    """

    plan: Plan
    contract: type[Contract]
    message: str
    acts: bool
    blamed: AbcMapping[str, str]
    moved: tuple[str, ...] = ()
    narrowed: tuple[str, ...] = ()

    @property
    def bringing(self) -> str:
        """SQL condition of the typed rows that bring a record."""
        return "TRUE" if not self.acts else "NOT _delete"

    @property
    def deleting(self) -> str:
        """SQL condition of the typed rows that delete one."""
        return "_delete" if self.acts else ("TRUE" if self.message == "delete" else "FALSE")


@dataclass
class _Build:
    contract: type[Contract]
    mapping: Mapping
    reader: Reader
    columns: list[str] = field(default_factory=lambda: ["_line"])
    faults: list[Rule] = field(default_factory=list)
    clear: list[Rule] = field(default_factory=list)
    readings: dict[str, Reading] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, source: Source, item: Column, only: str = "TRUE") -> None:
        """Read one item into the typed column ``name``; ``only`` tells of which rows faults matter."""
        reading = self.reader.read(source, item)
        self.readings[name] = reading
        self.hidden.update(reading.hidden)
        kind = SQL_TYPES[item.kind]
        self.columns.append(f"CAST({reading.value.sql} AS {kind}) AS {sql_name(name)}")
        title = item.item
        if reading.fault.sql != "FALSE":
            fault = sql_name("!" + name)
            self.columns.append(f"(({reading.fault.sql}) AND {only}) AS {fault}")
            text_zh, text_en, hint_zh, hint_en = form_texts(source, item)
            self.faults.append(
                Rule(
                    f"{self.mapping.name}.{name}.form", self._blame(reading), fault,
                    f"{title.title_zh}{text_zh}", f"{title.title_en} {text_en}", kind="fault",
                    hint_zh=hint_zh, hint_en=hint_en, contract=self.contract.about.name, item=name,
                )
            )  # fmt: skip
        if reading.clear is not None:
            self.columns.append(f"({reading.clear.sql}) AS {sql_name('~' + name)}")
        if reading.clear is not None and title.identifier:
            valid = identifier_sql.valid(title.identifier, sql_name("~" + name))
            check = Check(
                f"{self.contract.about.name}.{name}.identifier", name, valid,
                f"{title.title_zh}未通过校验", f"{title.title_en} fails its validator",
                title.severity,
            )  # fmt: skip
            self.clear.append(self.rule(check, self._blame(reading)))

    def rule(self, check: Check, column: str) -> Rule:
        hint_zh, hint_en = hints(check.rule_id, self.contract)
        return Rule(
            check.rule_id, column, check.broken, check.text_zh, check.text_en, check.severity,
            hint_zh=hint_zh, hint_en=hint_en, contract=self.contract.about.name, item=check.column,
        )  # fmt: skip

    @staticmethod
    def _blame(reading: Reading) -> str:
        return reading.columns[0] if reading.columns else ""

    @property
    def blamed(self) -> dict[str, str]:
        return {name: self._blame(reading) for name, reading in self.readings.items()}


def plan_mapping(
    mapping: Mapping,
    contract: type[Contract],
    stored: AbcMapping[str, tuple[str, str]],
    path: Path,
    days: Days,
    *,
    mapping_file: Path | None,
    where: str = "TRUE",
) -> MappedPlan:
    """Compile a mapping against the columns of a file.

    Parameters
    ----------
    mapping, contract
        The mapping and its contract.
    stored
        Column of the file -> (quoted name in ``raw``, DuckDB type).
    path
        The file, to be named in errors.
    days
        Day of receipt and period.
    mapping_file
        Where the mapping stands; None for a file in the contract's own form.
    where
        SQL condition of the rows of ``raw`` that are meant.

    Raises
    ------
    ContractsError
        For an item that the contract has not got, a required one that the mapping leaves out, and a
        column that the file lacks.
    """
    _refuse_prohibited(columns_read(mapping, stored), mapping_file)
    reader = Reader(mapping, path, stored, days, trusted=mapping_file is None)
    reader.keys = frozenset(contract.about.key)
    build = _Build(contract, mapping, reader)
    items = {column.name: column for column in contract.columns()}
    key = contract.about.key
    if mapping.message == "rekey":
        return _plan_rekey(build, items, mapping_file, where)
    wanted = set(items) if mapping.message == "records" else set(key)
    refuse_items(mapping, contract, wanted, mapping_file, path)
    acts = mapping.action is not None
    if acts:
        build.columns.append(f"{_deletes(reader, mapping)} AS _delete")
    # Digests of personal columns must be known as such, so they come last.
    ordered = sorted(mapping.items, key=lambda name: mapping.items[name].row_key is not None)
    for name in ordered:
        only = "TRUE" if not acts or name in key else f"NOT {_deletes(reader, mapping)}"
        reader.personal = frozenset(build.hidden)
        build.add(name, mapping.items[name], items[name], only)
    known = _known(mapping, contract, build) if mapping.message == "records" else "NULL::DATE"
    build.columns.append(f"{known} AS _known")
    given = set(build.readings)
    if mapping.message == "records":
        build.columns += [
            f"NULL::{SQL_TYPES[c.kind]} AS {sql_name(c.name)}"
            for c in items.values()
            if c.name not in given
        ]
    filters = _filters(mapping, reader, build)
    relation = "typed" if not acts else "(SELECT * FROM typed WHERE NOT _delete)"
    stages = [Stage("typed", (*filters, *build.faults))]
    blamed = build.blamed
    of_keys = [
        build.rule(check, blamed.get(check.column, ""))
        for check in checks(contract)
        if check.column in key
        and check.rule_id.startswith(f"{contract.about.name}.{check.column}.")
    ]
    deleting = "(SELECT * FROM typed WHERE _delete)" if acts else "typed"
    unique = _unique(mapping, contract, blamed)
    repeats = []
    if mapping.message == "records":
        needed = [
            check
            for check in checks(contract)
            if check.column in given or not items[check.column].nullable or _many(check, given)
        ]
        rules = [build.rule(check, blamed.get(check.column, "")) for check in needed]
        if mapping.known is not None:
            rules.append(_known_rule(build))
        stages.append(Stage(relation, (*rules, *build.clear)))
        stages += _clear_stages(build, relation)
        repeats.append(Repeats(relation, key, tuple(items), unique))
    if acts or mapping.message == "delete":
        stages.append(Stage(deleting, tuple(of_keys)))
        repeats.append(Repeats(deleting, key, key, unique))
    typed = reader.tower.select(build.columns, f"(SELECT * FROM raw WHERE {where})")
    plan = Plan(
        mapping.name, typed, tuple(stages), tuple(repeats),
        {name: quoted for name, (quoted, _) in stored.items()},
        _hidden(mapping, contract, build, reader),
        direct=all(r.value.floor == 0 for r in build.readings.values()) and not filters and not acts,
    )  # fmt: skip
    return MappedPlan(plan, contract, mapping.message, acts, blamed)


def _refuse_prohibited(columns: set[str], file: Path | None) -> None:
    """A column of what may never be collected is not taken under another name either (REG-02)."""
    for name in sorted(columns):
        found = prohibited_class(name)
        if found:
            raise ContractsError(
                f"the column may not be collected: {found} (REG-02).",
                hint="leave it out of the mapping; no name makes it lawful",
                file=file,
                column=name,
            )


def _plan_rekey(
    build: _Build, items: AbcMapping[str, Column], mapping_file: Path | None, where: str
) -> MappedPlan:
    mapping, contract, reader = build.mapping, build.contract, build.reader
    assert mapping.rekey is not None
    key = contract.about.key
    old, new = mapping.rekey.old, mapping.rekey.new
    wrong = (set(old) ^ set(new)) | (set(old) | set(new) | set(mapping.items)) - set(key)
    if wrong or not old:
        raise ContractsError(
            "the old and the new key do not fit the contract.",
            expected=f"the same of {', '.join(key)} under old and new",
            file=mapping_file,
            column=", ".join(sorted(wrong)) or "rekey",
        )
    moved = tuple(name for name in key if name in old)
    narrowed = tuple(name for name in key if name in mapping.items and name not in old)
    for name in moved:
        build.add(f"old_{name}", old[name], replace(items[name]))
        build.add(f"new_{name}", new[name], items[name])
    for name in narrowed:
        build.add(name, mapping.items[name], items[name])
    blamed = build.blamed
    stages = [Stage("typed", (*_filters(mapping, reader, build), *build.faults))]
    same = [sql_name(name) for name in narrowed]
    for side in ("old_", "new_"):
        columns = ", ".join(
            ["_line", *same, *(f"{sql_name(side + n)} AS {sql_name(n)}" for n in moved)]
        )
        rules = [
            build.rule(check, blamed.get(side + check.column, blamed.get(check.column, "")))
            for check in checks(contract)
            if check.column in (*moved, *narrowed)
            and check.rule_id.startswith(f"{contract.about.name}.{check.column}.")
        ]
        stages.append(Stage(f"(SELECT {columns} FROM typed)", tuple(rules)))
    olds = (*(f"old_{name}" for name in moved), *narrowed)
    news = (*(f"new_{name}" for name in moved), *narrowed)
    repeats = (
        Repeats("typed", olds, (*olds, *news), _unique(mapping, contract, blamed)),
        Repeats("typed", news, (*olds, *news), _unique(mapping, contract, blamed)),
    )
    typed = reader.tower.select(build.columns, f"(SELECT * FROM raw WHERE {where})")
    plan = Plan(
        mapping.name, typed, tuple(stages), repeats,
        {name: quoted for name, (quoted, _) in reader.stored.items()},
        _hidden(mapping, contract, build, reader),
    )  # fmt: skip
    return MappedPlan(plan, contract, "rekey", False, blamed, moved, narrowed)


def _clear_stages(build: _Build, relation: str) -> list[Stage]:
    """Published rules that need the clear values of sealed items, before they are gone."""
    sealed = [name for name, reading in build.readings.items() if reading.clear is not None]
    found = [check for check in clear_checks(build.contract) if check.column in build.readings]
    if not sealed or not found:
        return []
    clear = ", ".join(f"{sql_name('~' + name)} AS {sql_name(name)}" for name in sealed)
    rules = [build.rule(check, build.blamed.get(check.column, "")) for check in found]
    return [Stage(f"(SELECT * REPLACE ({clear}) FROM {relation} AS sealed)", tuple(rules))]


def _many(check: Check, given: set[str]) -> bool:
    """Whether a check of a column that is always null may still speak, because it names others."""
    return any(sql_name(name) in check.sql for name in given) or check.column not in check.sql


def _known(mapping: Mapping, contract: type[Contract], build: _Build) -> str:
    if mapping.known is None:
        return sql_text(build.reader.days.received)
    event = contract.column(contract.about.event)
    build.add("_known", mapping.known, replace(event, name="_known"))
    return build.columns.pop(
        next(n for n, sql in enumerate(build.columns) if sql.endswith(' AS "_known"'))
    ).removesuffix(' AS "_known"')


def _known_rule(build: _Build) -> Rule:
    name = build.contract.about.name
    return Rule(
        f"{name}._known.required", build.blamed.get("_known", ""), "_known IS NULL",
        "知悉日期不得为空", "The day on which the record was known must not be missing",
        contract=name, item="_known",
    )  # fmt: skip


def _unique(mapping: Mapping, contract: type[Contract], blamed: AbcMapping[str, str]) -> Rule:
    first = contract.about.key[0]
    return Rule(
        f"{mapping.name}.key.unique", blamed.get(first) or blamed.get("old_" + first, ""), "FALSE",
        "同一批次内主键不得重复", "A key must not repeat within a file",
        hint_zh="完全相同的行只保留第一行；内容矛盾的行请核对后重报",
        hint_en="of equal rows the first stands; settle rows that contradict each other and send them again",
        contract=contract.about.name, item=first,
    )  # fmt: skip


def _deletes(reader: Reader, mapping: Mapping) -> str:
    assert mapping.action is not None
    _, text = reader.raw_text(mapping.action.column)
    words = ", ".join(sql_text(word) for word in mapping.action.delete)
    term = reader.tower.keep(f"coalesce({text.sql} IN ({words}), FALSE)", text)
    # The typed columns stand on top of every floor, so any of them may be named there.
    return term.sql


def _filters(mapping: Mapping, reader: Reader, build: _Build) -> list[Rule]:
    found = []
    for place, row in enumerate(mapping.filter):
        if row.header:
            parts = [
                f"{reader.raw_text(name)[1].sql} IS NOT DISTINCT FROM {sql_text(name.strip())}"
                for name, (_, kind) in reader.stored.items()
                if kind == "VARCHAR"
            ]
            condition, column = " AND ".join(parts) or "FALSE", next(iter(reader.stored), "")
        else:
            assert row.column is not None
            column, text = reader.raw_text(row.column)
            if row.blank:
                condition = f"{text.sql} IS NULL"
            elif row.equals is not None:
                words = ", ".join(sql_text(word.strip()) for word in row.equals)
                condition = f"{text.sql} IN ({words})"
            else:
                condition = f"regexp_matches({text.sql}, {sql_text(row.matches)})"
        name = sql_name(f"?{place}")
        build.columns.append(f"coalesce({condition}, FALSE) AS {name}")
        found.append(
            Rule(
                f"{mapping.name}.filter", column, name,
                "本行不是记录（小计、重复表头等）", "The row is no record (a subtotal, a repeated header)",
                kind="filter", hint_zh="无需处理，或请从报表中删去", hint_en="nothing to do, or drop the row",
                contract=build.contract.about.name,
            )
        )  # fmt: skip
    return found


def _hidden(
    mapping: Mapping, contract: type[Contract], build: _Build, reader: Reader
) -> dict[str, str]:
    """Source columns to hide: those of personal items, and taxpayer numbers where they hold a person's."""
    hidden = dict(build.hidden)
    for source in mapping.items.values():
        for column in (source.subject.taxpayer_no or ()) if source.subject is not None else ():
            hidden.setdefault(reader.column(column), "taxpayer_no")
    for column in _codes(build):
        hidden.setdefault(column, "taxpayer_no")
    return hidden


def _codes(build: _Build) -> set[str]:
    """Source columns of items that hold codes of organisations."""
    items = {column.name: column.item for column in build.contract.columns()}
    return {
        column
        for name, reading in build.readings.items()
        if name in items and items[name].identifier in OF_ORGANISATIONS
        for column in reading.columns
    }
