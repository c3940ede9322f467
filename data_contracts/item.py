"""One item of a contract: constraint and description in one place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field

from data_contracts.errors import ContractsError

Sensitivity = Literal["public", "restricted", "consent", "separate-consent", "protected"]
"""``protected``: kept for fairness checks alone, never an input of a model."""

Identifier = Literal[
    "uscc", "organisation_code", "registration_no", "organisation_no", "resident_id",
    "institution_code", "bank_card", "mobile", "postcode", "lei", "cnaps", "credit_code", "area", "industry",
]  # fmt: skip
"""Kinds of identifiers and standard codes with a validator of their own (identifiers, codes)."""

OF_ORGANISATIONS: tuple[Identifier, ...] = ("uscc", "organisation_no")
"""Identifiers of a subject under which a supplier may write a natural person's number: that is masked."""

Seal = Literal["hmac", "mask"]
"""``hmac``: the value is stored as its keyed HMAC; ``mask``: as its masked form. Never in clear."""

WrittenConsent = Literal[
    "income", "deposit", "securities", "insurance", "real_estate", "tax_amount"
]
"""What of a person needs written consent after notice of its adverse effects (REG-03)."""

Severity = Literal["ERROR", "REVIEW"]
"""A row that breaks an ERROR is quarantined; one under REVIEW enters the lake flagged."""

# RE2 (DuckDB) and Rust's regex (pydantic) read these differently: Unicode or ASCII classes.
_UNPORTABLE = re.compile(r"\\[dDwWsSbBpP]|\(\?")


@dataclass(frozen=True)
class Item:
    """What a contract says of one column. Made by :func:`item`."""

    title_zh: str
    title_en: str
    description: str = ""
    unit: str = ""
    sensitivity: Sensitivity = "restricted"
    personal: bool = False
    pattern: str | None = None
    form: tuple[str, str] | None = None
    ge: int | float | date | None = None
    le: int | float | date | None = None
    max_length: int | None = None
    codes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    identifier: Identifier | None = None
    severity: Severity = "ERROR"
    seal: Seal | None = None
    written_consent: WrittenConsent | None = None
    duty_related: bool = False
    copy_of: str | None = None

    @property
    def masked(self) -> bool:
        """Whether values are hidden in quarantine, feedback and errors."""
        return bool(
            self.personal or self.seal or self.sensitivity in ("protected", "separate-consent")
        )

    def __call__(self, schema: dict[str, Any]) -> None:
        """Add what JSON Schema has no word for (pydantic calls this while it writes the schema)."""
        schema["title"] = self.title_en
        schema["x-title-zh"] = self.title_zh
        schema["x-sensitivity"] = self.sensitivity
        if self.unit:
            schema["x-unit"] = self.unit
        if self.personal:
            schema["x-personal"] = True
        for name in ("identifier", "seal", "written_consent", "copy_of"):
            if getattr(self, name):
                schema["x-" + name.replace("_", "-")] = getattr(self, name)
        if self.codes:
            target = next(
                (part for part in schema.get("anyOf", []) if part.get("type") == "string"), schema
            )
            target["enum"] = list(self.codes)
            schema["x-codes"] = {code: list(titles) for code, titles in self.codes.items()}


def item(
    title_zh: str,
    title_en: str,
    *,
    description: str = "",
    unit: str = "",
    sensitivity: Sensitivity = "restricted",
    personal: bool = False,
    pattern: str | None = None,
    form: tuple[str, str] | None = None,
    ge: int | float | date | None = None,
    le: int | float | date | None = None,
    max_length: int | None = None,
    codes: Mapping[str, tuple[str, str]] | None = None,
    identifier: Identifier | None = None,
    severity: Severity = "ERROR",
    seal: Seal | None = None,
    written_consent: WrittenConsent | None = None,
    duty_related: bool = False,
    copy_of: str | None = None,
) -> Any:
    r"""Declare an item of a contract.

    Parameters
    ----------
    title_zh, title_en
        Titles, both required.
    description
        What the value means, where the titles leave a doubt.
    unit
        Unit of a number, such as ``"USD cents"`` or ``"people"``.
    sensitivity
        Who may see it and under what condition.
    personal
        The value identifies or describes a natural person: hidden in quarantine and feedback.
    pattern
        Regular expression for the whole text, portable between RE2 and Rust (no ``\d``, ``\w``).
    form
        The pattern in words, Chinese and English, for rule texts.
    ge, le
        Smallest and largest value.
    max_length
        Longest text in characters.
    codes
        Closed code table: code -> (Chinese title, English title).
    identifier
        The value must pass the validator of this kind of identifier or standard code.
    severity
        What it means when the identifier check fails: a quarantined row, or one flagged for review.
    seal
        Store the keyed HMAC or the masked form instead of the value. What ``identifier`` says holds
        for the value before it is sealed; the stored form has a pattern of its own.
    written_consent
        Class of a person's data that needs written consent (REG-03).
    duty_related
        Concerns a manager's duties, so that it is not personal information (REG-01).
    copy_of
        ``contract.item`` of the authoritative source, where this is a copy of its fact (一数一源).

    Raises
    ------
    ContractsError
        For a missing title or a pattern that the two engines would read differently.
    """
    if not title_zh.strip() or not title_en.strip():
        raise ContractsError("an item lacks a title.", expected="a Chinese and an English title")
    if pattern is not None:
        if _UNPORTABLE.search(pattern):
            raise ContractsError(
                f"the pattern {pattern!r} means different things to different engines.",
                expected="explicit classes such as [0-9], no look-around, no inline flags",
            )
        if not (pattern.startswith("^") and pattern.endswith("$")):
            raise ContractsError(f"the pattern {pattern!r} is not anchored.", expected="^...$")
    if seal is not None:
        if pattern is not None or codes or max_length is not None:
            raise ContractsError(
                f"the sealed item {title_en!r} may not say how it is stored.",
                expected="seal alone, with identifier for the value before it is sealed",
            )
        pattern, max_length = ("^[0-9a-f]{32}$", None) if seal == "hmac" else (None, 64)
    declared = Item(
        title_zh=title_zh,
        title_en=title_en,
        description=description,
        unit=unit,
        sensitivity=sensitivity,
        personal=personal,
        pattern=pattern,
        form=form,
        ge=ge,
        le=le,
        max_length=max_length,
        codes=MappingProxyType(dict(codes or {})),
        identifier=identifier,
        severity=severity,
        seal=seal,
        written_consent=written_consent,
        duty_related=duty_related,
        copy_of=copy_of,
    )
    limits: dict[str, Any] = {
        name: value
        for name, value in (
            ("ge", ge),
            ("le", le),
            ("max_length", max_length),
            ("pattern", pattern),
        )
        if value is not None
    }
    return Field(
        title=title_en, description=description or None, json_schema_extra=declared, **limits
    )
