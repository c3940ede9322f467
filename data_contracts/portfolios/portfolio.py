"""What a portfolio is: a source, its columns, and how they become records."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from data_contracts.contract import SubjectKind
from data_contracts.errors import ContractsError
from data_contracts.intake.mapping.columns import RecordMapping, RowRule, SourceColumn, mentioned


@dataclass(frozen=True)
class Portfolio:
    """A real data set mapped to contracts.

    Parameters
    ----------
    name, title_zh, title_en
        Name on the command line and titles.
    subject_kind
        Whom its records are about.
    shipped
        The file that comes with the house.
    source_zh, source_en, licence
        Where the data come from and on what terms.
    columns
        Source columns that are read; no other is.
    key
        Source columns that identify a row.
    records
        Records made from each row.
    rules
        Rules beyond those of the contracts.
    currency
        Currency of its amounts (ISO 4217).
    simulated
        Whether the data are made up.
    """

    name: str
    title_zh: str
    title_en: str
    subject_kind: SubjectKind
    shipped: Path
    source_zh: str
    source_en: str
    licence: str
    columns: tuple[SourceColumn, ...]
    key: tuple[str, ...]
    records: tuple[RecordMapping, ...]
    rules: tuple[RowRule, ...] = ()
    currency: str = "CNY"
    simulated: bool = False

    def __post_init__(self) -> None:
        """Refuse names of columns that the source has not got."""
        columns = self.column_by_name
        named = {*self.key, *(rule.column for rule in self.rules)}
        named |= {blamed for record in self.records for blamed in record.blame.values()}
        if not named <= set(columns):
            raise ContractsError(
                f"portfolio {self.name} names unknown source columns.",
                column=", ".join(sorted(named - set(columns))),
            )

    @cached_property
    def column_by_name(self) -> dict[str, SourceColumn]:
        """Source columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def masked_columns(self) -> frozenset[str]:
        """Source columns whose values are hidden, because a personal item is made from them."""
        return frozenset(
            name
            for record in self.records
            for column in record.contract.columns()
            if column.item.masked
            for name in mentioned(record.items.get(column.name, ""), self.column_by_name)
        )

    @property
    def contracts(self) -> tuple[str, ...]:
        """Names of the contracts that it fills."""
        return tuple(dict.fromkeys(record.contract.about.name for record in self.records))
