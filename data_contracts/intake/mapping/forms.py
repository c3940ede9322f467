"""SQL of the forms in which suppliers write texts, dates, amounts, numbers and yes or no.

Every function takes and gives SQL over texts. A text that has not got the form gives null; whoever asks
compares with what stood there. Regular expressions are RE2's, so that no text takes long.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from data_contracts.checks import sql_text

FULL = "".join(map(chr, range(0xFF01, 0xFF5F))) + "\u3000\u00a0"
HALF = "".join(map(chr, range(0x21, 0x7F))) + "  "

_TIME = r"(?:[ T]+[0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]*)?)?)?"
_Y, _MD, _GAP = "([12][0-9]{3})", "([0-9]{1,2})", r"\s*"

DATE_FORMS: dict[str, tuple[str, str]] = {
    "YYYY-MM-DD": (f"^{_Y}-{_MD}-{_MD}{_TIME}$", r"\1-\2-\3"),
    "YYYY/M/D": (f"^{_Y}/{_MD}/{_MD}{_TIME}$", r"\1-\2-\3"),
    "YYYY.M.D": (f"^{_Y}[.]{_MD}[.]{_MD}{_TIME}$", r"\1-\2-\3"),
    "YYYY年M月D日": (
        f"^{_Y}{_GAP}年{_GAP}{_MD}{_GAP}月{_GAP}{_MD}{_GAP}[日号]?{_TIME}$",
        r"\1-\2-\3",
    ),
    "YYYYMMDD": (f"^{_Y}([0-9]{{2}})([0-9]{{2}})(?:[0-9]{{6}})?$", r"\1-\2-\3"),
    "D/M/YYYY": (f"^{_MD}/{_MD}/{_Y}{_TIME}$", r"\3-\2-\1"),
    "M/D/YYYY": (f"^{_MD}/{_MD}/{_Y}{_TIME}$", r"\3-\1-\2"),
    "YYYY-MM": (f"^{_Y}[-/.]{_MD}$", r"\1-\2-01"),
    "YYYYMM": (f"^{_Y}([0-9]{{2}})$", r"\1-\2-01"),
    "YYYY年M月": (f"^{_Y}{_GAP}年{_GAP}度?{_GAP}{_MD}{_GAP}月{_GAP}份?$", r"\1-\2-01"),
    "YYYY": (f"^{_Y}{_GAP}年?{_GAP}度?$", r"\1-01-01"),
    "excel": ("^[2-7][0-9]{4}(?:[.][0-9]+)?$", ""),
    "scientific": ("^[12](?:[.][0-9]{1,7})?E[+]?(?:7|13)$", ""),
}
"""Form -> its shape, and how its parts make a date; months and years stand for one of their days."""

UNAMBIGUOUS = (
    "YYYY-MM-DD", "YYYY/M/D", "YYYY.M.D", "YYYY年M月D日", "YYYYMMDD", "YYYY-MM", "YYYYMM", "YYYY年M月",
)  # fmt: skip
"""Forms that are read where a mapping names none: no text has two meanings among them."""

_MONTHS = ("YYYY-MM", "YYYYMM", "YYYY年M月")

UNITS: dict[str, int] = {
    "cents": 1, "分": 1, "yuan": 100, "元": 100, "千元": 100_000, "万元": 1_000_000,
    "百万元": 100_000_000, "亿元": 10_000_000_000,
}  # fmt: skip
"""Unit of an amount -> cents."""

_SUFFIXES = {
    "亿元": 10_000_000_000, "亿": 10_000_000_000, "百万元": 100_000_000, "万元": 1_000_000,
    "万": 1_000_000, "千元": 100_000, "元": 100, "圆": 100,
}  # fmt: skip
_NUMBER = "[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4}"
_YES = ("是", "有", "Y", "YES", "TRUE", "T", "1", "√", "对")
_NO = ("否", "无", "没有", "N", "NO", "FALSE", "F", "0", "×", "不")


def clean(text: str) -> str:
    """Trim blanks of every kind and join lines; a blank text is null."""
    joined = rf"regexp_replace({text}, '[\x00-\x1f\x7f\x{{85}}\x{{2028}}\x{{2029}}]+', ' ', 'g')"
    return f"nullif(trim({joined}, ' \u3000\u00a0\ufeff\u200b'), '')"


def half_width(text: str) -> str:
    """Full-width letters, digits and signs as half-width ones; outer blanks trimmed again."""
    return f"nullif(trim(translate({text}, {sql_text(FULL)}, {sql_text(HALF)})), '')"


def date_of(text: str, forms: Sequence[str], month: Literal["first", "last"]) -> str:
    """Read a date in the first of the forms that fits."""
    parts = [_one_date(text, form, month) for form in forms]
    return f"coalesce({', '.join(parts)}, NULL::DATE)"


def _one_date(text: str, form: str, month: str) -> str:
    shape, parts = DATE_FORMS[form]
    fits = f"regexp_matches({text}, {sql_text(shape)})"
    if form == "excel":  # days since 1899-12-30, as spreadsheets count
        return f"CASE WHEN {fits} THEN DATE '1899-12-30' + TRY_CAST(split_part({text}, '.', 1) AS INTEGER) END"
    if (
        form == "scientific"
    ):  # YYYYMMDD[HHMMSS] after a spreadsheet rounded it: often no day is left
        digits = f"left(TRY_CAST({text} AS DOUBLE)::HUGEINT::VARCHAR, 8)"
        day = f"TRY_CAST(regexp_replace({digits}, '^(....)(..)(..)$', '\\1-\\2-\\3') AS DATE)"
        first = f"TRY_CAST(regexp_replace({digits}, '^(....)(..)00$', '\\1-\\2-01') AS DATE)"
        whole = f"last_day({first})" if month == "last" else first
        return f"CASE WHEN {fits} THEN coalesce({day}, {whole}) END"
    day = f"TRY_CAST(regexp_replace({text}, {sql_text(shape)}, {sql_text(parts)}) AS DATE)"
    if month == "last" and form in _MONTHS:
        day = f"last_day({day})"
    if month == "last" and form == "YYYY":
        day = f"{day} + INTERVAL 1 YEAR - INTERVAL 1 DAY"
    return f"CASE WHEN {fits} THEN CAST({day} AS DATE) END"


def cents_of(text: str, unit: str = "yuan", *, negate: bool = False) -> str:
    """Read an amount as whole cents.

    Reads thousands separators, currency signs, a unit behind the number (which outweighs ``unit``),
    a sign, brackets for negative amounts, and Chinese numerals (function ``xq_numeral``).
    """
    plain = rf"regexp_replace({text}, '[\s¥￥$]|人民币|CNY|RMB|(?:元|圆)?整$', '', 'g')"
    ends = "|".join(_SUFFIXES)
    shape = f"^([(]?)([+-]?)({_NUMBER}|)([.][0-9]*)?({ends}|)([)]?)$"
    factor = " ".join(f"WHEN '{word}' THEN {cents}" for word, cents in _SUFFIXES.items())
    number = f"replace(regexp_extract({plain}, '{shape}', 3) || regexp_extract({plain}, '{shape}', 4), ',', '')"
    value = (
        f"TRY_CAST({number} AS DECIMAL(22,6)) * CAST(CASE regexp_extract({plain}, '{shape}', 5) "
        f"{factor} ELSE {UNITS[unit]} END AS DECIMAL(12,0))"
    )
    minus = f"(regexp_extract({plain}, '{shape}', 1) = '(' OR regexp_extract({plain}, '{shape}', 2) = '-')"
    sign = f"CASE WHEN {minus} THEN -1 ELSE 1 END"
    fits = (
        f"regexp_matches({plain}, '{shape}') AND regexp_matches({plain}, '[0-9]') AND "
        f"(starts_with({plain}, '(') = ends_with({plain}, ')'))"
    )
    words = f"TRY_CAST(xq_numeral({text}) * {UNITS['yuan']} AS BIGINT)"
    read = (
        f"CASE WHEN {fits} THEN TRY_CAST(round({value}, 0) * {sign} AS BIGINT) "
        f"WHEN regexp_matches({text}, '[零〇一二三四五六七八九两十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟萬]') "
        f"THEN {words} END"
    )
    return f"-({read})" if negate else read


def integer_of(text: str, scale: float | None = None) -> str:
    """Read a whole number; thousands separators and zeros behind the point are read over."""
    if scale is not None:
        scaled = f"TRY_CAST(({float_of(text)}) * {scale!r} AS DECIMAL(20,4))"
        return f"CASE WHEN {scaled} = round({scaled}, 0) THEN TRY_CAST({scaled} AS BIGINT) END"
    shape = f"^([+-]?(?:{_NUMBER}|[0-9]{{16,18}}))(?:[.]0*)?$"
    return f"TRY_CAST(replace(regexp_extract({text}, '{shape}', 1), ',', '') AS BIGINT)"


def float_of(text: str, scale: float | None = None) -> str:
    """Read a number, with separators, a point, an exponent; times ``scale``."""
    shape = f"^[+-]?(?:{_NUMBER}|)(?:[.][0-9]*)?(?:[eE][+-]?[0-9]{{1,2}})?$"
    read = (
        f"CASE WHEN regexp_matches({text}, '{shape}') "
        f"THEN TRY_CAST(replace({text}, ',', '') AS DOUBLE) END"
    )
    return f"({read}) * {scale!r}" if scale is not None else read


def truth_of(text: str, yes: Sequence[str] | None, no: Sequence[str] | None) -> str:
    """Read yes or no."""

    def listed(words: Sequence[str]) -> str:
        return ", ".join(sql_text(word.upper()) for word in words)

    return (
        f"CASE WHEN upper({text}) IN ({listed(yes or _YES)}) THEN TRUE "
        f"WHEN upper({text}) IN ({listed(no or _NO)}) THEN FALSE END"
    )


def text_of(column: str, stored: str) -> str | None:
    """SQL of a stored value as a text; None for a type that has no text that a person would write."""
    if stored == "VARCHAR":
        return column
    if stored == '"NULL"':
        return "NULL::VARCHAR"
    if stored in ("FLOAT", "DOUBLE"):
        whole = f"CASE WHEN abs({column}) < 1e15 AND {column} = trunc({column}) THEN {column}::BIGINT::VARCHAR"
        return f"{whole} WHEN isnan({column}) THEN NULL ELSE {column}::VARCHAR END"
    if stored == "BOOLEAN" or "INT" in stored or stored.startswith("DECIMAL"):
        return None if stored.startswith("INTERVAL") or "[" in stored else f"{column}::VARCHAR"
    if stored == "DATE" or (stored.startswith("TIMESTAMP") and "ZONE" not in stored):
        return f"left({column}::VARCHAR, 10)"
    return None


def narrowed(word: str) -> str:
    """The same as :func:`half_width`, for words of the mapping."""
    return word.translate(str.maketrans(FULL, HALF)).strip()
