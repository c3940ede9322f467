"""What the engine needs to judge a file: SQL from the source rows to typed ones, and the rules on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from data_contracts.item import Severity

Kind = Literal["fault", "filter", "rule"]


@dataclass(frozen=True)
class Rule:
    """A rule as the intake applies it to a row: who breaks it, and which source column to name.

    Parameters
    ----------
    rule_id, column
        Its id and the supplier's column; an id may stand for several columns.
    broken
        SQL condition over the relation that it is tested on; true for the rows that break it.
    text_zh, text_en
        What it asks.
    severity
        ``ERROR``: the row is quarantined; ``REVIEW``: its record enters the lake flagged.
    kind
        ``fault``: the value cannot be read, so that no other rule speaks of this column; ``filter``: the
        row is no record, so that no other rule speaks of the row.
    hint_zh, hint_en
        What the supplier may do.
    contract, item
        The record and item that it is about, for flags of records under review.
    """

    rule_id: str
    column: str
    broken: str
    text_zh: str
    text_en: str
    severity: Severity = "ERROR"
    kind: Kind = "rule"
    hint_zh: str = ""
    hint_en: str = ""
    contract: str = ""
    item: str = ""


@dataclass(frozen=True)
class Stage:
    """Rules tested together in one pass over a relation with ``_line``."""

    relation: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Repeats:
    """A key that must not occur twice.

    Of rows that are equal in ``content`` the first stands; rows with one key and different contents all
    fall. Both name ``rule``.
    """

    relation: str
    key: tuple[str, ...]
    content: tuple[str, ...]
    rule: Rule


@dataclass(frozen=True)
class Plan:
    """How one file is judged.

    Parameters
    ----------
    name
        Portfolio, mapping or contract.
    typed
        SELECT that makes the typed rows from ``raw``.
    stages, repeats
        What is tested.
    columns
        Source column -> its quoted name in ``raw``.
    hidden
        Source columns whose values are shown masked only -> kind of identifier, or empty.
    direct
        The typed rows are the raw ones under other names: nothing is gained by storing them.
    """

    name: str
    typed: str
    stages: tuple[Stage, ...]
    repeats: tuple[Repeats, ...]
    columns: Mapping[str, str]
    hidden: Mapping[str, str] = field(default_factory=dict)
    direct: bool = False

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, in the order in which they are told."""
        found = [rule for stage in self.stages for rule in stage.rules]
        return (*found, *(repeat.rule for repeat in self.repeats))
