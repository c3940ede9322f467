"""The catalogue on a terminal: the list of contracts and the page of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from data_contracts.checks import checks
from data_contracts.export.catalogue_page import by_room
from data_contracts.export.sources import mappings_of, portfolios_of
from data_contracts.export.wording import ROOMS, constraint, facts, kind_of

if TYPE_CHECKING:
    from data_contracts.contract import Contract, SubjectKind


def chosen(
    contracts: Sequence[type[Contract]],
    supplier: str | None = None,
    subject: SubjectKind | None = None,
    personal: bool | None = None,
) -> list[type[Contract]]:
    """Contracts that fit all filters.

    Parameters
    ----------
    contracts
        Where to choose from.
    supplier
        Part of the supplier's name in either language, letter case ignored.
    subject
        Kind of subject that the records are about.
    personal
        Whether the rules for personal information hold.
    """
    wanted = (supplier or "").casefold()
    return [
        found
        for found in contracts
        if wanted in f"{found.about.supplier_zh}\n{found.about.supplier_en}".casefold()
        and (subject is None or subject in found.about.subject_kinds)
        and (personal is None or found.about.personal is personal)
    ]


def list_tables(contracts: Sequence[type[Contract]]) -> list[Any]:
    """One table for each room, in the order of the catalogue ids."""
    from rich.table import Table

    tables = []
    for name, found in by_room(contracts).items():
        table = Table(title=f"{ROOMS[name].zh} {ROOMS[name].en}", title_justify="left")
        table.add_column("id", no_wrap=True)
        table.add_column("contract", no_wrap=True)
        for column in ("标题 title", "来源 supplier"):
            table.add_column(column, overflow="fold")
        table.add_column("items", justify="right")
        table.add_column("marks", no_wrap=True)
        for contract in sorted(found, key=_order):
            about = contract.about
            table.add_row(
                about.catalogue_id,
                f"{about.name} {about.version}",
                f"{about.title_zh} {about.title_en}",
                f"{about.supplier_zh} {about.supplier_en}",
                str(len(contract.columns())),
                _marks(contract),
            )
        tables.append(table)
    return tables


MARKS = "marks: P personal, C consent needed, N adverse (kept five years), S sealed items"
"""What the letters of the last column mean."""


def _marks(contract: type[Contract]) -> str:
    about = contract.about
    sealed = any(column.item.seal for column in contract.columns())
    given = (
        ("P", about.personal),
        ("C", about.needs_consent),
        ("N", about.negative),
        ("S", sealed),
    )
    return "".join(letter if holds else "·" for letter, holds in given)


def _order(contract: type[Contract]) -> tuple[int, str, list[int]]:
    """C01-1 to C17-2, then X-1 to X-7, then what has no id, in the order of declaration."""
    catalogue_id = contract.about.catalogue_id
    head, _, rest = catalogue_id.partition("-")
    numbers = [int(part) for part in rest.split("-") if part.isdigit()]
    return (0 if head.startswith("C") else 1 if head else 2, head, numbers)


def show_blocks(contract: type[Contract]) -> list[Any]:
    """What a terminal shows of one contract: facts, sources, items, rules."""
    from rich.table import Table

    about = contract.about
    whole = Table(show_header=False, box=None, pad_edge=False)
    whole.add_column(no_wrap=True, style="dim")
    whole.add_column(overflow="fold")
    for name, text in facts(contract):
        both = text.zh if text.zh == text.en else f"{text.zh} · {text.en}"
        whole.add_row(f"{name.zh} {name.en}", both)
    whole.add_row("数据组合 Portfolios", ", ".join(portfolios_of(about.name)) or "—")
    whole.add_row("映射 Mappings", ", ".join(mappings_of(about.name)) or "—")
    return [whole, _items(contract), _rules(contract)]


def _items(contract: type[Contract]) -> Any:
    from rich.table import Table

    about = contract.about
    table = Table(title="数据项 Items", title_justify="left")
    for name in ("item", "标题 title", "type", "unit", "要求 constraint", "sensitivity"):
        table.add_column(name, overflow="fold")
    for column in contract.columns():
        roles = [
            role
            for role, holds in (
                ("key", column.name in about.key),
                ("event", column.name == about.event),
                ("end", column.name == about.end),
                ("subject", column.name == about.subject),
            )
            if holds
        ]
        text = constraint(column)
        table.add_row(
            column.name + (f" ({', '.join(roles)})" if roles else ""),
            f"{column.item.title_zh} {column.item.title_en}",
            kind_of(column).en,
            column.item.unit,
            text.zh if text.zh == text.en else f"{text.zh}\n{text.en}",
            column.item.sensitivity,
        )
    return table


def _rules(contract: type[Contract]) -> Any:
    from rich.table import Table

    table = Table(title="规则 Rules", title_justify="left")
    for name in ("rule id", "severity", "规则 rule"):
        table.add_column(name, overflow="fold")
    for check in checks(contract):
        table.add_row(check.rule_id, check.severity, f"{check.text_zh}\n{check.text_en}")
    return table
