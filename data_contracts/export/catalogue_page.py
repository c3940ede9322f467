"""The catalogue as a page that people read: HTML through the house's renderer, or Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from data_contracts.checks import checks
from data_contracts.documents import (
    Block,
    Document,
    Heading,
    KeyValues,
    Lang,
    Paragraph,
    Table,
    Text,
    shown,
)
from data_contracts.export.odcs import room
from data_contracts.export.wording import ROOMS, SENSITIVITIES, constraint, facts, kind_of

if TYPE_CHECKING:
    from data_contracts.contract import Contract

TITLE = Text("数据契约目录", "Catalogue of data contracts")
INTRODUCTION = Text(
    "每类记录一份契约：谁提供、关于谁、每个数据项是什么、怎样判断对错。目录编号为本平台自拟。",
    "One contract for each record type: who supplies it, about whom, what each item is and how it is "
    "judged. The catalogue ids are ours.",
)
INDEX_COLUMNS = (
    Text("契约", "Contract"),
    Text("名称", "Title"),
    Text("编号", "Id"),
    Text("来源", "Supplier"),
    Text("数据项", "Items"),
)
ITEM_COLUMNS = (
    Text("数据项", "Item"),
    Text("名称", "Title"),
    Text("类型", "Type"),
    Text("要求", "Constraint"),
    Text("单位", "Unit"),
    Text("敏感级别", "Sensitivity"),
)
RULE_COLUMNS = (Text("规则", "Rule"), Text("内容", "Text"), Text("级别", "Severity"))


def catalogue_document(contracts: Sequence[type[Contract]]) -> Document:
    """Make the catalogue page of some contracts, grouped by room."""
    blocks: list[Block] = [Paragraph(INTRODUCTION)]
    for name, found in by_room(contracts).items():
        blocks += [Heading(ROOMS[name]), _index(found)]
        for contract in found:
            blocks += _section(contract)
    return Document(TITLE, blocks=tuple(blocks))


def catalogue_markdown(contracts: Sequence[type[Contract]], lang: Lang = "zh") -> str:
    """Write the catalogue page of some contracts as Markdown."""
    lines = [f"# {TITLE.of(lang)}", "", INTRODUCTION.of(lang), ""]
    for block in catalogue_document(contracts).blocks[1:]:
        if isinstance(block, Heading):
            lines += ["#" * (block.level + 1) + " " + shown(block.text, lang), ""]
        elif isinstance(block, Paragraph):
            lines += [_cell(shown(block.text, lang)), ""]
        elif isinstance(block, KeyValues):
            lines += [
                f"- {shown(name, lang)}: {_cell(shown(value, lang))}" for name, value in block.items
            ]
            lines.append("")
        elif isinstance(block, Table):
            lines += _table(block, lang)
    return "\n".join(lines).rstrip("\n") + "\n"


def by_room(contracts: Sequence[type[Contract]]) -> dict[str, list[type[Contract]]]:
    """Contracts by the room that declares them, rooms in the order of the house."""
    found: dict[str, list[type[Contract]]] = {name: [] for name in ROOMS}
    for contract in contracts:
        found[room(contract) if room(contract) in ROOMS else "other"].append(contract)
    return {name: some for name, some in found.items() if some}


def _index(contracts: Sequence[type[Contract]]) -> Table:
    rows = tuple(
        (
            contract.about.name,
            Text(contract.about.title_zh, contract.about.title_en),
            contract.about.catalogue_id or None,
            Text(contract.about.supplier_zh, contract.about.supplier_en),
            len(contract.columns()),
        )
        for contract in contracts
    )
    return Table(INDEX_COLUMNS, rows, align=("left", "left", "left", "left", "right"))


def _section(contract: type[Contract]) -> list[Block]:
    about = contract.about
    title = Text(
        f"{about.name} {about.version} · {about.title_zh}",
        f"{about.name} {about.version} · {about.title_en}",
    )
    items = tuple(
        (
            column.name,
            Text(column.item.title_zh, column.item.title_en),
            kind_of(column),
            constraint(column),
            column.item.unit,
            SENSITIVITIES[column.item.sensitivity],
        )
        for column in contract.columns()
    )
    blocks: list[Block] = [
        Heading(title, 2),
        KeyValues(facts(contract)),
        Table(ITEM_COLUMNS, items, widths=(4, 5, 3, 8, 2.5, 3)),
    ]
    between = [check for check in checks(contract) if check.rule_id.count(".") != 2]
    if between:
        rows = tuple(
            (check.rule_id, Text(check.text_zh, check.text_en), check.severity) for check in between
        )
        blocks.append(Table(RULE_COLUMNS, rows, widths=(3, 8, 1)))
    return blocks


def _table(table: Table, lang: Lang) -> list[str]:
    marks = ["---:" if side == "right" else "---" for side in table.align]
    head = [_cell(shown(column, lang)) for column in table.columns]
    lines = [_row(head), _row(marks or ["---"] * len(head))]
    lines += [_row([_cell(shown(cell, lang)) for cell in row]) for row in table.rows]
    return [*lines, ""]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(text: str) -> str:
    r"""Keep a text in its cell: bars and what Markdown would read as a mark are escaped."""
    for mark in ("\\", "|", "*", "_", "`", "<"):
        text = text.replace(mark, "\\" + mark)
    return text.replace("\n", " ")
