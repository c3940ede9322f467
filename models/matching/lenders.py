"""Which names in the lender column are institutions that a borrower can go to."""

from __future__ import annotations

import re
from typing import Literal

LenderKind = Literal["lender", "receiver", "placeholder"]

# A receiver winds a failed bank up; it makes no loans. Its name stands where the failed bank's stood.
_RECEIVER = re.compile(
    r"\b(FDIC|FSLIC|RTC|RECEIVER|RECEIVERSHIP)\b"
    r"|\bRESOLUTION (TRUST|FUND|CORP)"
    r"|\bFEDERAL DEPOSIT INS"
    r"|\bDEPOSIT INSUR\w* (NATL|NATIONAL) (BK|BANK)\b"
)

# The agency's own desks and collective names of its books: loans moved there, nobody lends there.
_PLACEHOLDER = re.compile(
    r"^SBA\b|\bOLD CLOSED LENDERS?\b|\bENFORCEMENT ACTION\b|^UNKNOWN\b|^N/?A$"
)


def lender_kind(name: str) -> LenderKind:
    """Tell a lender from the receiver of a failed bank and from a placeholder of the books.

    Parameters
    ----------
    name : str
        The institution's name as the record gives it; case does not matter.

    Returns
    -------
    {"lender", "receiver", "placeholder"}

    Examples
    --------
    >>> lender_kind("FDIC/JEFFERSON NATIONAL BANK")
    'receiver'
    >>> lender_kind("Loans from old closed lenders")
    'placeholder'
    >>> lender_kind("WACHOVIA SBA LENDING, INC.")
    'lender'
    """
    upper = " ".join(name.upper().split())
    if _RECEIVER.search(upper):
        return "receiver"
    return "placeholder" if _PLACEHOLDER.search(upper) else "lender"
