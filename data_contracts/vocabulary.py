"""Closed words that a contract uses of itself: whom it is about, how it comes, what it is for."""

from __future__ import annotations

from typing import Literal

SubjectKind = Literal["enterprise", "sole_trader", "farmer", "individual", "institution"]
"""``institution``: a lender, bureau or platform, for records that are about no borrower."""

PERSONS: tuple[SubjectKind, ...] = ("sole_trader", "farmer", "individual")
"""Sole traders and farmers are natural persons: the rules for personal information hold."""

Mode = Literal["batch", "api", "raw", "query-with-consent"]
Use = Literal["score", "match", "report", "rule", "monitor", "identity", "platform"]
Purpose = Literal[
    "LOAN_APPROVAL", "CARD_APPROVAL", "GUARANTOR_REVIEW", "POST_LOAN", "SELF", "JUDICIAL",
    "OBJECTION", "SUPERVISION", "MATCHING",
]  # fmt: skip
PURPOSES: tuple[Purpose, ...] = (
    "LOAN_APPROVAL", "CARD_APPROVAL", "GUARANTOR_REVIEW", "POST_LOAN", "SELF", "JUDICIAL",
    "OBJECTION", "SUPERVISION", "MATCHING",
)  # fmt: skip
