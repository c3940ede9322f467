"""Ids of subjects: ``<scheme>-<number>``, never a natural person's number in clear.

``USCC-`` unified social credit code, ``ORG-`` organisation code, ``REG-`` registration number, ``TAX-``
another taxpayer number, ``NAME-`` digest of a normalised name, ``PID-`` keyed HMAC of a resident identity
number, ``INST-`` institution code, ``GOV-`` an authority; portfolios have schemes of their own.
"""

from __future__ import annotations

import re

from data_contracts.identifiers import check
from data_contracts.identifiers.sql import valid

SUBJECT_ID = "^[A-Z]{2,8}-[0-9A-Za-z-]{1,40}$"
SUBJECT_ID_FORM = ("前缀-编号", "PREFIX-number")

RESIDENT_ID = (
    "([1-9][0-9]{2})[0-9]{3}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    "([0-9]{3}[0-9Xx])"
)
"""A resident identity number inside a text: its first three and last four characters are groups."""

_RESIDENT = re.compile(RESIDENT_ID)
_SEALED = "^PID-[0-9a-f]{32}$"

ORGANISATIONS = "^(USCC-(9[^2]|[^9])|ORG-|INST-|GOV-|REG-[0-9]{6}[0-5])"
"""Subject ids that are proven not to be a natural person's: a credit code of another class than 92 (sole
trader), an organisation code, a registration number whose sequence is no sole trader's, a public body."""


def is_sealed(subject: str) -> bool:
    """Whether a subject id shows no resident identity number.

    Examples
    --------
    >>> is_sealed("PID-11010519491231002X"), is_sealed("FARM-11010519491231002X"), is_sealed("SBA-1000014003")
    (False, False, True)
    """
    if subject.startswith("PID-"):
        return re.fullmatch(_SEALED, subject) is not None
    if _RESIDENT.search(subject) is None:
        return True
    return subject.startswith("USCC-") and check("uscc", subject[5:]).ok


def is_sealed_sql(column: str) -> str:
    """The same as a SQL condition; null where the column is null."""
    return (
        f"CASE WHEN starts_with({column}, 'PID-') THEN regexp_matches({column}, '{_SEALED}') "
        f"WHEN regexp_matches({column}, '{RESIDENT_ID}') "
        f"THEN starts_with({column}, 'USCC-') AND {valid('uscc', f'substr({column}, 6)')} "
        f"WHEN {column} IS NOT NULL THEN TRUE END"
    )
