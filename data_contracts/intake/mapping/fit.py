"""Does a mapping fit its contract? And the mapping of a file that comes in the contract's own form."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from data_contracts.contract import Contract
from data_contracts.errors import ContractsError
from data_contracts.intake.mapping.model import Mapping, Source


def own_mapping(contract: type[Contract], header: Sequence[str], path: Path) -> Mapping:
    """Mapping of a file whose columns are the contract's item names.

    Raises
    ------
    ContractsError
        When the file lacks an item that may not be null, or has columns that are no items.
    """
    items = {column.name: column for column in contract.columns()}
    there = {name.strip(): name for name in header}
    known = "_known" in there
    missing = [name for name, column in items.items() if not column.nullable and name not in there]
    strange = [name for name in there if name not in items and name != "_known"]
    if missing or (strange and len(strange) == len(there)):
        raise ContractsError(
            f"the file is not in the form of the contract {contract.about.name}.",
            expected="columns named as the items: " + ", ".join(items),
            hint="give a mapping with --mapping, if the supplier names its columns otherwise",
            file=path,
            column=", ".join(missing or strange[:10]),
        )
    if strange:
        raise ContractsError(
            "the file has columns that are no items of the contract.",
            expected=", ".join(items),
            hint="drop them or give a mapping, which reads only the columns that it names",
            file=path,
            column=", ".join(strange[:10]),
        )
    return Mapping(
        name=contract.about.name,
        contract=contract.about.name,
        null_words=(),
        items={name: Source(column=column) for name, column in there.items() if name != "_known"},
        known=Source(column="_known") if known else None,
    )


def refuse_items(
    mapping: Mapping,
    contract: type[Contract],
    wanted: set[str],
    mapping_file: Path | None,
    path: Path,
) -> None:
    """Refuse a mapping with items that the contract has not got, or without those of ``wanted``."""
    unknown = sorted(set(mapping.items) - {c.name for c in contract.columns()})
    if unknown:
        raise ContractsError(
            f"the contract {contract.about.name} has no such item.",
            expected=", ".join(c.name for c in contract.columns()),
            hint="xinqiao contracts show lists the items of a contract",
            file=mapping_file or path,
            column=", ".join(f"items.{name}" for name in unknown),
        )
    missing = [
        c.name
        for c in contract.columns()
        if c.name in wanted and not c.nullable and c.name not in mapping.items
    ]
    if missing:
        raise ContractsError(
            "the mapping leaves out items that may not be missing.",
            expected=f"a source for {', '.join(missing)}",
            hint="{const: ...} gives the same value to every row, {day: received} the day of receipt",
            file=mapping_file or path,
            column=", ".join(f"items.{name}" for name in missing),
        )
