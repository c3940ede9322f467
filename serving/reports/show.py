"""How values of records stand in a report: titles, codes and units from their declarations."""

from __future__ import annotations

from data_contracts.catalogue import contract
from data_contracts.documents import Text, Value
from features.view import UNITS
from serving.records import Record
from serving.texts import Both
from serving.values import MISSING, NO, YES


def both(text: Both) -> Text:
    """A text of ours as a text of the document."""
    return Text(text.zh, text.en)


def title_of(record: Record, column: str) -> Text:
    """The title of a record's column, from its contract."""
    item = contract(record.contract).column(column).item
    return Text(item.title_zh, item.title_en)


def value_of(record: Record, column: str) -> Value:
    """A record's value for people: code titles, main units of money, yes and no."""
    value = record.values[column]
    item = contract(record.contract).column(column).item
    if value is None:
        return both(MISSING)
    if value in item.codes:
        zh, en = item.codes[value]
        return Text(zh, en)
    if item.unit.endswith(" cents"):
        return money(value, item.unit.removesuffix(" cents"))
    if isinstance(value, bool):
        return both(YES if value else NO)
    return value if isinstance(value, int | float | str) else str(value)


def money(cents: int, currency: str) -> Text:
    """An amount of minor units in main units.

    >>> money(1234500, "USD").zh
    '12,345 美元'
    """
    zh, _ = UNITS.get(currency, (currency, currency))
    number = f"{cents / 100:,.2f}".removesuffix(".00")
    return Text(f"{number} {zh}", f"{currency} {number}")


def contract_title(name: str) -> Text:
    """The title of a contract."""
    about = contract(name).about
    return Text(about.title_zh, about.title_en)


def record_text(record: Record) -> Text:
    """How a hint names a record: contract, key, event date."""
    about = contract(record.contract).about
    return Text(
        f"{about.title_zh} · {record.key} · {record.event}",
        f"{about.title_en} · {record.key} · {record.event}",
    )
