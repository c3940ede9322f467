"""Functions that SQL lacks: Chinese numerals and names with rare characters, vectorised over Arrow."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.intake.mapping.subject import normal_name

_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_DIGITS |= dict(zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True))
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8}
_PARTS = {"角": Decimal("0.1"), "分": Decimal("0.01")}
_TOKEN = re.compile(r"[0-9]+(?:[.][0-9]+)?|.")
_SKIPPED = re.compile(r"[\s,，¥￥]|人民币|元?整$|正$")
_COUNTS = re.compile(f"[0-9{''.join(_DIGITS)}十拾]")
_LONGEST = 40


def numeral(text: str) -> Decimal | None:
    """Yuan of an amount in Chinese numerals, or None if the text is no such amount.

    Examples
    --------
    >>> numeral("贰万元"), numeral("五千五百八十元"), numeral("3万5千元"), numeral("壹拾元伍角")
    (Decimal('20000'), Decimal('5580'), Decimal('35000'), Decimal('10.5'))
    >>> numeral("四十大") is None, numeral("一万五千万元") is None
    (True, True)
    """
    if len(text) > _LONGEST or not _COUNTS.search(text):
        return None
    total = section = Decimal(0)
    last: Decimal | None = None
    yuan: Decimal | None = None
    unit = Decimal(10**9)
    larger: set[str] = set()
    for token in _TOKEN.findall(_SKIPPED.sub("", text)):
        if token[0].isascii() and token[0].isdigit():
            if last is not None:
                return None
            try:
                last = Decimal(token)
            except InvalidOperation:
                return None
        elif token in _DIGITS:
            if last is not None and last != 0:
                return None
            last = Decimal(_DIGITS[token])
        elif token in _SMALL and yuan is None:
            if _SMALL[token] >= unit:
                return None
            unit = Decimal(_SMALL[token])
            section += (Decimal(1) if last is None else last) * unit
            last = None
        elif token in _LARGE and yuan is None:
            if token in larger:  # 万 after 万 says two things
                return None
            larger = {token} if token == "亿" else larger | {token}
            section += last or 0
            if token == "亿":
                total = (total + section) * _LARGE[token]
            else:
                total += section * _LARGE[token]
            section, last, unit = Decimal(0), None, Decimal(10**9)
        elif token in "元圆" and yuan is None:
            yuan = total + section + (last or 0)
            last = None
        elif token in _PARTS and yuan is not None:
            yuan += (last or 0) * _PARTS[token]
            last = None
        else:
            return None
    if yuan is None:
        yuan = total + section + (last or 0)
    elif last:
        return None
    return yuan if yuan < 10**13 else None


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Make ``xq_numeral(VARCHAR) -> DECIMAL(18,2)`` and ``xq_name(VARCHAR) -> VARCHAR`` known."""
    made: Any = connection.create_function  # its stub has no Arrow functions
    for name, function, result in (
        ("xq_numeral", _numerals, "DECIMAL(18,2)"),
        ("xq_name", _names, "VARCHAR"),
    ):
        made(name, function, ["VARCHAR"], result, type="arrow", null_handling="special")


def _numerals(texts: pa.ChunkedArray) -> pa.Array:
    cent = Decimal("0.01")
    found = [None if t is None else numeral(t) for t in texts.to_pylist()]
    return pa.array([None if n is None else n.quantize(cent) for n in found], pa.decimal128(18, 2))


def _names(texts: pa.ChunkedArray) -> pa.Array:
    return pa.array([None if t is None else normal_name(t) for t in texts.to_pylist()], pa.string())
