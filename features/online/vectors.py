"""A stored vector: the values, and everything that says when, from what and by what they were made."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from features.errors import FeaturesError

Value = float | str | None

NOT_SUPPLIED = "not supplied"
"""Reason of a null: no record of a contract that the feature reads was supplied of the subject (or none
that may be seen)."""
LEFT_OUT = "file left out"
"""Reason of a null: the same, but a file of the contract was damaged and left out, so nobody can say."""
NO_VALUE = "no value"
"""Reason of a null: there are records, and they give no value; see the feature's null meaning."""


@dataclass(frozen=True)
class StoredVector:
    """One subject's features as they were computed.

    Attributes
    ----------
    values : dict of str to float, str or None
        None is null.
    as_of : date
        Only records with ``event < as_of`` and ``known <= as_of`` entered.
    digest : str
        SHA-256 of the values, see :func:`vector_digest`.
    view, subject_id : str
    built_at : datetime
        When it was computed, in UTC.
    sequence : int, optional
        Number of the lake's newest commit when it was computed. What was committed later could not enter,
        whatever day it says it was known. None for vectors that were put without a lake.
    definition : str
        Digest of the view's declarations, see :mod:`features.online.declared`.
    freshness : dict of str to date
        For each contract with records of the subject that were seen: the newest day on which one of them
        became known. A contract that is not named gave nothing.
    reasons : dict of str to list of str
        :data:`NOT_SUPPLIED` and :data:`LEFT_OUT`, each with the features that are null because of it.
    skipped_files : tuple of str
        Damaged files of the lake that were left out.
    review : str
        How much of what people decided about identities was known
        (:class:`features.identity.review.Position`); empty where ids were taken as they are.
    aliases : str
        Digest of the ids whose records counted (:meth:`features.identity.aliases.Known.digest`); empty for a
        subject with one id.
    """

    values: dict[str, Value]
    as_of: date
    digest: str
    view: str
    built_at: datetime
    subject_id: str = ""
    sequence: int | None = None
    definition: str = ""
    freshness: dict[str, date] = field(default_factory=dict)
    reasons: dict[str, list[str]] = field(default_factory=dict)
    skipped_files: tuple[str, ...] = ()
    review: str = ""
    aliases: str = ""

    def null_reason(self, feature: str) -> str | None:
        """Why a feature is null; None when it is not.

        Raises
        ------
        KeyError
            When the vector has no such feature.
        """
        if self.values[feature] is not None:
            return None
        told = (reason for reason, names in self.reasons.items() if feature in names)
        return next(told, NO_VALUE)

    def suppliers(self) -> dict[tuple[str, str], date]:
        """Newest known day by supplier (title in Chinese and in English)."""
        from data_contracts.catalogue import contract as contract_of

        found: dict[tuple[str, str], date] = {}
        for name, day in self.freshness.items():
            about = contract_of(name).about
            supplier = (about.supplier_zh, about.supplier_en)
            found[supplier] = max(day, found.get(supplier, day))
        return found

    @cached_property
    def text(self) -> str:
        """The values as canonical JSON."""
        return canonical(self.values)

    @cached_property
    def about_text(self) -> str:
        """Freshness, reasons and left-out files as canonical JSON."""
        freshness = {name: day.isoformat() for name, day in self.freshness.items()}
        return canonical(
            {"freshness": freshness, "reasons": self.reasons, "skipped": list(self.skipped_files)}
        )


def vector_of(
    view: str,
    subject_id: str,
    as_of: date,
    values: Mapping[str, Any],
    *,
    sequence: int | None = None,
    definition: str = "",
    freshness: Mapping[str, date] | None = None,
    reasons: Mapping[str, list[str]] | None = None,
    skipped_files: Iterable[str] = (),
    built_at: datetime | None = None,
    review: str = "",
    aliases: str = "",
) -> StoredVector:
    """Make a vector of computed values; see :class:`StoredVector`.

    Raises
    ------
    FeaturesError
        For a value that can not be stored.
    """
    plain = plain_values(values)
    text = canonical(plain)
    made = StoredVector(
        values=plain,
        as_of=as_of,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        view=view,
        built_at=built_at or datetime.now(UTC),
        subject_id=subject_id,
        sequence=sequence,
        definition=definition,
        freshness=dict(freshness or {}),
        reasons={reason: list(names) for reason, names in (reasons or {}).items()},
        skipped_files=tuple(skipped_files),
        review=review,
        aliases=aliases,
    )
    made.__dict__["text"] = text  # written once: a nightly run makes millions
    return made


def seal_of(
    view: str, subject_id: str, as_of: date, sequence: int | None, definition: str, *texts: str
) -> str:
    """SHA-256 over everything that a stored row says, so that no part of it can be altered alone.

    The digest of the values alone would not see a row that was given to another subject or day.
    """
    parts = [view, subject_id, as_of.isoformat(), str(sequence), definition, *texts]
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def plain_values(values: Mapping[str, Any]) -> dict[str, Value]:
    """Values as a store and JSON have them: float, text, or None for null and NaN.

    Raises
    ------
    FeaturesError
        For any other type, and for infinity, which JSON cannot write.
    """
    plain: dict[str, Value] = {}
    for name, value in values.items():
        if value is None or isinstance(value, str):
            plain[name] = value
            continue
        try:
            number = float(value)
        except (TypeError, ValueError) as error:
            raise FeaturesError(
                f"a value of type {type(value).__name__} can not be stored.",
                feature=name,
                expected="a number, a text or null",
            ) from error
        if math.isinf(number):
            raise FeaturesError("an infinite value can not be stored.", feature=name)
        # adding zero makes one zero of the two that floats have
        plain[name] = None if number != number else number + 0.0
    return plain


def vector_digest(values: Mapping[str, Any]) -> str:
    """SHA-256 over a vector's values in canonical JSON: sorted names, shortest exact floats.

    Equal vectors have equal digests, whatever the order of their names; an integer equals its float and
    NaN equals null.

    Examples
    --------
    >>> vector_digest({"a": 1, "b": float("nan")}) == vector_digest({"b": None, "a": 1.0})
    True
    """
    return hashlib.sha256(canonical(plain_values(values)).encode()).hexdigest()


def canonical(values: Any) -> str:
    """JSON with sorted names and nothing between them: equal values have equal texts."""
    return json.dumps(
        values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
