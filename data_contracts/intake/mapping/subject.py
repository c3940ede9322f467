"""Who a record is about: the first valid identifier, else a digest of the normalised name.

``USCC-``, ``ORG-``, ``REG-`` and ``TAX-`` numbers are public numbers of organisations. The taxpayer number
of a natural person holds the resident identity number, so that it becomes ``PID-`` and its keyed HMAC.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence

from data_contracts.checks import sql_text
from data_contracts.identifiers import sql as identifier_sql
from data_contracts.intake.mapping.forms import half_width
from data_contracts.subject_id import RESIDENT_ID

_OPEN, _CLOSE = "〔【［[{﹝（", "〕】］]}﹞）"
_PLAIN = "^[ -~·一-鿿]*$"

_PERSONAL_LENGTHS = ((15, 15), (17, 15), (18, 15), (18, 18), (20, 18))
"""Taxpayer numbers of natural persons: a resident identity number, old or new, and perhaps two characters."""


def normal_name(name: str) -> str:
    """Name of an organisation as it is compared: NFKC, no blanks, one kind of brackets, upper case.

    Examples
    --------
    >>> normal_name("顺琦（北京） 劳务　派遣有限公司") == normal_name("顺琦(北京)劳务派遣有限公司")
    True
    """
    text = unicodedata.normalize("NFKC", name)
    text = text.translate(str.maketrans(_OPEN + _CLOSE, "(" * len(_OPEN) + ")" * len(_CLOSE)))
    return re.sub(r"[\s\u200b\ufeff]+", "", text).upper()


def name_subject(name: str) -> str:
    """Subject id of an organisation of which only the name is known.

    Examples
    --------
    >>> len(name_subject("北京市同乐制帽厂"))
    37
    """
    return "NAME-" + hashlib.sha256(normal_name(name).encode()).hexdigest()[:32]


def name_subject_sql(text: str) -> str:
    """The same as SQL; what plain characters cannot settle is left to the function ``xq_name``."""
    wide = half_width(text)
    unified = f"translate({wide}, {sql_text(_OPEN + _CLOSE)}, {sql_text('(' * len(_OPEN) + ')' * len(_CLOSE))})"
    plain = rf"upper(regexp_replace({unified}, '\s+', '', 'g'))"
    normal = f"CASE WHEN regexp_matches({plain}, '{_PLAIN}') THEN {plain} ELSE xq_name({text}) END"
    return f"'NAME-' || left(sha256(nullif({normal}, '')), 32)"


def compact(text: str) -> str:
    """SQL of a number without blanks and hyphens, half-width, upper case."""
    return rf"nullif(regexp_replace(upper({half_width(text)}), '[\s-]+', '', 'g'), '')"


def number_subject_sql(kind: str, number: str) -> str:
    """SQL of the subject id that a number gives, null if it is no valid number of its kind.

    Parameters
    ----------
    kind
        ``uscc``, ``organisation_code``, ``registration_no`` or ``taxpayer_no``. A unified social credit
        code is recognised in any of them: since 2015 it replaces the others.
    number
        Column with the number, as :func:`compact` makes it.
    """
    valid = identifier_sql.valid
    cases = [f"WHEN length({number}) = 18 AND {valid('uscc', number)} THEN 'USCC-' || {number}"]
    if kind == "organisation_code":
        cases.append(
            f"WHEN length({number}) = 9 AND {valid('organisation_code', number)} THEN 'ORG-' || {number}"
        )
    if kind == "registration_no":
        cases.append(
            f"WHEN length({number}) = 15 AND {valid('registration_no', number)} THEN 'REG-' || {number}"
        )
    if kind == "taxpayer_no":
        # 15 characters: area and organisation code, or the registration number.
        code = f"right({number}, 9)"
        long = f"length({number}) = 15"
        cases.append(f"WHEN {long} AND {valid('organisation_code', code)} THEN 'ORG-' || {code}")
        cases.append(f"WHEN {long} AND {valid('registration_no', number)} THEN 'REG-' || {number}")
        for whole, part in _PERSONAL_LENGTHS:
            person = f"left({number}, {part})"
            cases.append(
                f"WHEN length({number}) = {whole} AND {valid('resident_id', person)} "
                f"THEN 'PID-' || xq_hmac({person})"
            )
        cases.append(
            f"WHEN regexp_matches({number}, '^[0-9A-Z]{{15,20}}$') THEN 'TAX-' || {number}"
        )
    return f"CASE {' '.join(cases)} END"


_MOBILE = "(^|[^0-9])(1[3-9][0-9])[0-9]{4}([0-9]{4})($|[^0-9])"
_CARD = "(^|[^0-9])(62[0-9]{4})[0-9]{6,9}([0-9]{4})($|[^0-9])"


def without_persons_sql(text: str) -> str:
    r"""SQL of a free text in which resident identity numbers, mobile and card numbers are masked.

    Reports of penalties and judgments tell numbers of persons in prose; they are kept as little as in an
    item of their own.

    Examples
    --------
    >>> import duckdb
    >>> told = "张某(11010519491231002X,电话13800138000)向6222021234567890128转账12345678901元"
    >>> duckdb.execute(f"SELECT {without_persons_sql('x')} FROM (SELECT ? AS x)", [told]).fetchall()[0][0]
    '张某(110***********002X,电话138****8000)向622202*********0128转账12345678901元'
    """
    masked = f"regexp_replace({text}, '{RESIDENT_ID}', '\\1***********\\2', 'g')"
    for pattern, stars in ((_CARD, "*********"), (_MOBILE, "****")):
        for _ in range(2):  # neighbours share the character between them
            masked = f"regexp_replace({masked}, '{pattern}', '\\1\\2{stars}\\3\\4', 'g')"
    return f"CASE WHEN regexp_matches({text}, '[0-9]{{11}}') THEN {masked} ELSE {text} END"


def kept_text_sql(text: str, *, key: bool) -> str:
    """SQL of a text as it is kept; a key that was masked stays a key by the digest of what it was."""
    masked = without_persons_sql(text)
    if not key:
        return masked
    return (
        f"CASE WHEN {masked} = {text} THEN {text} "
        f"WHEN {text} IS NOT NULL THEN {masked} || '#' || left(xq_hmac({text}), 8) END"
    )


def mask_kind(name: str) -> str:
    """Kind of a value that is masked, where its item has no validator: phones show more than names."""
    for kind in ("phone", "mobile", "resident_id", "bank_card"):
        if kind in name:
            return kind
    return "resident_id" if "_id" in name else "name"


def holds_person_sql(number: str) -> str:
    """SQL condition: a number of an organisation holds the resident identity number of a person."""
    valid = identifier_sql.valid
    persons = " OR ".join(
        f"length({number}) = {whole} AND {valid('resident_id', f'left({number}, {part})')}"
        for whole, part in _PERSONAL_LENGTHS
    )
    code = f"right({number}, 9)"
    return (
        f"(length({number}) IN (15, 17, 18, 20) AND CASE "
        f"WHEN length({number}) = 18 AND {valid('uscc', number)} THEN FALSE "
        f"WHEN length({number}) = 15 AND {valid('organisation_code', code)} THEN FALSE "
        f"WHEN length({number}) = 15 AND {valid('registration_no', number)} THEN FALSE "
        f"ELSE {persons} END)"
    )


def first_subject_sql(numbers: Sequence[tuple[str, str]], names: Sequence[str]) -> str:
    """SQL of the subject: numbers as (kind, column) best first, then names."""
    parts = [number_subject_sql(kind, number) for kind, number in numbers]
    parts += [name_subject_sql(name) for name in names]
    return f"coalesce({', '.join(parts)}, NULL)"
