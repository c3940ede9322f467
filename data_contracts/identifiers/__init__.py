"""Identifiers and standard codes: one validator for each kind, none of which raises on user data.

``check(kind, value)`` judges one value; :mod:`data_contracts.identifiers.sql` writes the same judgement as
a vectorised DuckDB condition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from data_contracts.errors import ContractsError
from data_contracts.identifiers import (
    bank_card,
    cnaps,
    credit_code,
    institution_code,
    lei,
    mobile,
    organisation_code,
    organisation_no,
    postcode,
    registration_no,
    resident_id,
    uscc,
)
from data_contracts.identifiers.classification import check_area, check_industry
from data_contracts.identifiers.result import Result, Status, normalise

__all__ = ["KINDS", "Result", "Status", "check", "normalise"]

_CHECKS: Mapping[str, Callable[[object], Result]] = MappingProxyType(
    {
        "uscc": uscc.check,
        "organisation_code": organisation_code.check,
        "registration_no": registration_no.check,
        "organisation_no": organisation_no.check,
        "resident_id": resident_id.check,
        "institution_code": institution_code.check,
        "bank_card": bank_card.check,
        "mobile": mobile.check,
        "postcode": postcode.check,
        "lei": lei.check,
        "cnaps": cnaps.check,
        "credit_code": credit_code.check,
        "area": check_area,
        "industry": check_industry,
    }
)

KINDS: tuple[str, ...] = tuple(_CHECKS)
"""All kinds that :func:`check` and ``sql.valid`` know."""


def check(kind: str, value: object) -> Result:
    """Check a value of whatever type and content.

    Parameters
    ----------
    kind
        One of :data:`KINDS`.
    value
        What the supplier sent: text or a whole number; anything else is ``bad_char``.

    Returns
    -------
    Result
        Status, normal form and parsed parts.

    Raises
    ------
    ContractsError
        For an unknown kind, which is a mistake of a declaration and never of the data.

    Examples
    --------
    >>> check("uscc", " 91640100ma774ecw4k ").normal
    '91640100MA774ECW4K'
    >>> check("mobile", None).status
    'bad_char'
    """
    if kind not in _CHECKS:
        raise ContractsError(
            f"there is no kind of identifier {kind!r}.", expected=", ".join(_CHECKS)
        )
    return _CHECKS[kind](value)
