"""A column of texts: is it numbers, dates or categories?"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from training.table.remark import Remark

Kind = Literal["number", "category", "date"]
Values: TypeAlias = pd.Categorical | np.ndarray

MISSING = ("", "na", "n/a", "nan", "null", "#n/a", r"\n", "?")
"""Texts that mean missing, in any case, whatever the column holds."""
NO_NUMBER = ("none", "-", "--", ".", "无", "缺失", "不详", "未知", "missing", "unknown")
"""Texts that mean missing in a column of numbers, and are levels in a column of categories."""
NUMBER_SHARE = 0.95
"""A column is numbers when so many of its values are (ours); the others then count as missing."""

_DECORATED = re.compile(
    r"[-+]?[$¥￥€£]?\s*[-+]?\d{1,3}(?:,\d{3})+(?:\.\d*)?\s*%?|.+%|[-+]?[$¥￥€£].+"
)
_DATED = re.compile(
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|\d{1,2}[-/]\d{1,2}[-/]\d{4}|\d{1,2}[- ][A-Za-z]{3}[- ]\d{2,4}"
)
_FORMATS = (
    "ISO8601", "%Y/%m/%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y.%m.%d", "%Y年%m月%d日",
    "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%m/%d/%Y", "%d/%m/%Y", "%m-%d-%Y", "%d-%m-%Y",
    "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M:%S",
)  # fmt: skip
_SWAPPED = {"%m/%d/%Y": "%d/%m/%Y", "%m-%d-%Y": "%d-%m-%Y"}


def read_text(
    name: str, column: pa.ChunkedArray, wanted: Kind | None = None
) -> tuple[Values, Kind, list[Remark]]:
    """Read a column of texts as what it holds, or as what is wanted.

    Returns
    -------
    values, kind, remarks
        float64 with NaN, a categorical of trimmed texts, or datetime64; remarks where the reading lost or
        assumed something.
    """
    rows = len(column)
    coded = pc.dictionary_encode(pc.utf8_trim_whitespace(column)).combine_chunks()
    if isinstance(coded, pa.ChunkedArray):
        coded = (
            coded.chunk(0) if coded.num_chunks else pa.array([], pa.string()).dictionary_encode()
        )
    levels = np.asarray(coded.dictionary.to_pylist(), dtype=object)
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.intp)
    lower = np.asarray([level.lower() for level in levels], dtype=object)
    codes, levels, lower = _without(codes, levels, lower, MISSING)
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    if wanted in (None, "number"):
        found = _numbers(name, codes, levels, lower, counts, must=wanted == "number")
        if found is not None:
            return found[0], "number", found[1]
    if wanted in (None, "date"):
        dates = _dates(name, codes, levels, counts, must=wanted == "date")
        if dates is not None:
            return dates[0], "date", dates[1]
    if not len(levels):
        return pd.Categorical([None] * rows, categories=pd.Index([], dtype=object)), "category", []
    return pd.Categorical.from_codes(codes, categories=levels), "category", []


def finite(name: str, values: np.ndarray) -> tuple[np.ndarray, list[Remark]]:
    """Read infinite numbers as missing, and say so."""
    count = int(np.isinf(values).sum())
    if not count:
        return values, []
    told = Remark(
        "infinite",
        "warning",
        f"列 {name} 有 {count:,} 个无穷值，按缺失处理。",
        f"Column {name} holds {count:,} infinite values; they are read as missing.",
        name,
        count,
    )
    return np.where(np.isinf(values), np.nan, values), [told]


def _without(
    codes: np.ndarray, levels: np.ndarray, lower: np.ndarray, gone: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Codes and levels where some texts count as missing."""
    kept = ~np.isin(lower, gone) if len(lower) else np.zeros(0, dtype=bool)
    place = np.where(kept, np.cumsum(kept) - 1, -1)
    return np.asarray([*place, -1], dtype=np.intp)[codes], levels[kept], lower[kept]


def _numbers(
    name: str,
    codes: np.ndarray,
    levels: np.ndarray,
    lower: np.ndarray,
    counts: np.ndarray,
    *,
    must: bool,
) -> tuple[np.ndarray, list[Remark]] | None:
    if not len(levels):
        return (np.full(len(codes), np.nan), []) if must else None
    truth = {"true": "1", "false": "0"}
    if set(lower) <= set(truth):
        levels = np.asarray([truth[text] for text in lower], dtype=object)
    texts = pd.Series(levels, dtype=object)
    values = np.array(pd.to_numeric(texts, errors="coerce"), dtype=np.float64)
    plain = int(counts[~np.isnan(values)].sum())
    open_ = np.flatnonzero(np.isnan(values))
    for i in open_:
        if _DECORATED.fullmatch(levels[i]):
            bare = re.sub(r"[$¥￥€£,%\s]", "", levels[i])
            values[i] = pd.to_numeric(bare, errors="coerce")
    named = np.isin(lower, NO_NUMBER)
    read = int(counts[~np.isnan(values)].sum())
    asked = int(counts[~named].sum())
    if not must and (asked == 0 or read < NUMBER_SHARE * asked):
        return None
    remarks = []
    lost = int(counts[np.isnan(values)].sum())
    if lost:
        remarks.append(
            Remark(
                "not_numbers",
                "warning",
                f"列 {name} 按数字读取；{lost:,} 个非数字的值按缺失处理。",
                f"Column {name} is read as numbers; {lost:,} values that are none count as missing.",
                name,
                lost,
            )
        )
    if read > plain:
        remarks.append(
            Remark(
                "decorated",
                "note",
                f"列 {name} 的货币符号、千分位与百分号已去除（12% 读作 12）。",
                f"Column {name}: currency signs, thousands separators and % were removed (12% is 12).",
                name,
            )
        )
    values, endless = finite(name, np.asarray([*values, np.nan])[codes])
    return values, remarks + endless


def _dates(
    name: str, codes: np.ndarray, levels: np.ndarray, counts: np.ndarray, *, must: bool
) -> tuple[np.ndarray, list[Remark]] | None:
    nothing = np.datetime64("NaT", "s")
    if not len(levels):
        return (np.full(len(codes), nothing), []) if must else None
    if not must and sum(bool(_DATED.match(level)) for level in levels[:200]) < 0.9 * min(
        200, len(levels)
    ):
        return None
    texts = pd.Series(levels, dtype=object)
    best: tuple[int, str, np.ndarray] | None = None
    for form in _FORMATS:
        parsed = _parsed(texts, form)
        read = int(counts[~np.isnat(parsed)].sum())
        if best is None or read > best[0]:
            best = read, form, parsed
        if read == counts.sum():
            break
    assert best is not None  # the loop runs at least once
    read, form, parsed = best
    if not must and read < NUMBER_SHARE * counts.sum():
        return None
    remarks = []
    if lost := int(counts.sum()) - read:
        remarks.append(
            Remark(
                "not_dates",
                "warning",
                f"列 {name} 按日期读取；{lost:,} 个不是日期的值按缺失处理。",
                f"Column {name} is read as dates; {lost:,} values that are none count as missing.",
                name,
                lost,
            )
        )
    if form in _SWAPPED and not np.isnat(_parsed(texts, _SWAPPED[form])).any():
        remarks.append(
            Remark(
                "month_first",
                "warning",
                f"列 {name} 的日期按“月/日/年”读取，但也可能是“日/月/年”。",
                f"Column {name} is read as month/day/year, but could be day/month/year.",
                name,
            )
        )
    return np.asarray([*parsed, nothing], dtype="datetime64[s]")[codes], remarks


def _parsed(texts: pd.Series, form: str) -> np.ndarray:
    read = pd.to_datetime(texts, format=form, errors="coerce", utc=form == "ISO8601")
    if read.dt.tz is not None:
        read = read.dt.tz_localize(None)
    return np.asarray(read.to_numpy(), dtype="datetime64[s]")
