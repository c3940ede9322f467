"""The normal form as SQL: DuckDB has no NFKC, so the characters that fold to ASCII are listed.

A valid identifier is ASCII in its normal form, and NFKC folds character by character into ASCII; so this
table is all that the validators need. Other characters are left as they are, in upper case.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from data_contracts.identifiers.result import LONGEST

_BREAK = "、"  # in no entry of the table: it folds to itself

_SOURCES = (range(0x80, 0x3400), range(0xA000, 0xAC00), range(0xF900, 0x20000))
"""Where compatibility characters live; ideographs and Hangul in between never fold to ASCII."""


@cache
def folds() -> Mapping[str, str]:
    """Characters outside ASCII whose normal form (NFKC, upper case) is ASCII."""
    found = {}
    for block in _SOURCES:
        for point in block:
            folded = unicodedata.normalize("NFKC", chr(point)).upper()
            if folded.isascii():
                found[chr(point)] = folded
    return MappingProxyType(found)


@cache
def _class() -> str:
    """Regular expression of one character of the table, in ranges."""
    points = sorted(ord(character) for character in folds())
    ranges: list[list[int]] = []
    for point in points:
        if ranges and point == ranges[-1][1] + 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return "[" + "".join(rf"\x{{{low:X}}}-\x{{{high:X}}}" for low, high in ranges) + "]"


@cache
def blanks() -> str:
    """Characters that ``str.strip`` removes, as far as they are left after NFKC, and those it folds."""
    return "".join(chr(point) for point in range(0x3001) if chr(point).isspace())


def literal(text: str) -> str:
    """Write a text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def let(name: str, value: str, body: str) -> str:
    """SQL that works out ``value`` once and uses it as ``name`` in ``body`` (DuckDB has no LET)."""
    return f"list_transform([{value}], lambda {name}: {body})[1]"


def folded(column_sql: str, *, longest: int | None = None) -> str:
    """SQL of the normal form; with ``longest`` a text that has more characters gives ``''``.

    Plain codes pass on a fast path; only a text with a character of the table is taken apart.
    """
    table = folds()
    keys, values = literal(_BREAK.join(table)), literal(_BREAK.join(table.values()))
    character = (
        f"coalesce(list_extract(string_split({values}, '{_BREAK}'), "
        f"list_position(string_split({keys}, '{_BREAK}'), xq_c)), xq_c)"
    )
    apart = (
        f"list_aggregate(list_transform(string_split(xq_f, ''), lambda xq_c: {character}), "
        f"'string_agg', '')"
    )
    fold = f"CASE WHEN regexp_matches(xq_f, '{_class()}') THEN {apart} ELSE xq_f END"
    if longest is not None:
        fold = f"CASE WHEN length(xq_f) > {longest} THEN '' ELSE {fold} END"
    edges = literal(blanks())
    stripped = f"trim({column_sql}, {edges})"
    slow = f"upper(trim({let('xq_f', stripped, fold)}, {edges}))"
    return (
        f"CASE WHEN regexp_full_match({column_sql}, '[0-9A-Z]{{1,{LONGEST}}}') "
        f"THEN {column_sql} ELSE {slow} END"
    )
