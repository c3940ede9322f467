"""Any number that proves an organisation by its own check digit: what bureaux write as the code of a subject.

Since 2015 that is the unified social credit code; records of before carry the organisation code or the
registration number of 15 digits. The registration number of 13 digits has no check, so it proves nothing.
"""

from __future__ import annotations

from data_contracts.identifiers import organisation_code, registration_no, uscc
from data_contracts.identifiers.result import Result, result

CHECKED_DIGITS = 15


def check(value: object) -> Result:
    """Check a unified social credit code, an organisation code or a registration number.

    Returns
    -------
    Result
        Of the kind that the length tells, with the part ``kind`` besides; of a unified social credit code
        where the length is no other's.

    Examples
    --------
    >>> [check(number).parts["kind"] for number in ("91110000600037341L", "60003734-1", "440301103097413")]
    ['uscc', 'organisation_code', 'registration_no']
    >>> check("4403011030974").status
    'bad_length'
    """
    code = organisation_code.check(value)
    if code.status != "bad_length":
        return _as("organisation_code", code)
    number = registration_no.check(value)
    if number.status != "bad_length" and len(number.normal) == CHECKED_DIGITS:
        return _as("registration_no", number)
    return _as("uscc", uscc.check(value))


def _as(kind: str, found: Result) -> Result:
    parts = {**found.parts, "kind": kind} if found.parts else {}
    return result(found.status, found.normal, **parts)
