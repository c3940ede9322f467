"""Spec tables: what the suppliers sent, the days asked, the answers expected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from features.expressions import Expression
from features.point_in_time import build
from features.validation import subject_kind
from features.view import Feature, FeatureView
from tests.features.lakes import lake_of
from tests.features.oracle import Oracle

TEXTS: dict[str, Any] = {
    f"{part}_{language}": "text"
    for part in ("title", "null", "too_high", "too_low")
    for language in ("zh", "en")
}
"""Texts of a feature that nobody reads."""


class Expect(Protocol):
    """Checks one expression of one subject on some days."""

    def __call__(
        self,
        value: Expression,
        records: Mapping[str, str],
        answers: Mapping[str, object],
        subject: str = "",
    ) -> None:
        """Compare the engine, the slow reading of the language and the answers of the table."""


def view_of(value: Expression) -> FeatureView:
    """A view of one feature called ``asked``."""
    unit = "code" if subject_kind(value) == "text" else "times"
    asked = Feature(name="asked", theme="spec", value=value, unit=unit, direction=0, **TEXTS)
    return FeatureView("spec", "enterprise", (asked,))


def check(
    value: Expression,
    records: Mapping[str, str],
    answers: Mapping[str, object],
    folder: Path,
    subject: str = "",
    engine: Any = None,
) -> None:
    """Compare what an engine and the slow reading say with the answers; SBA-1 is asked about, or CARD-1."""
    view = view_of(value)
    lake = lake_of(folder, records)
    subject = subject or ("CARD-1" if "card_repayment" in records else "SBA-1")
    days = list(answers)
    spine = pd.DataFrame({"subject_id": subject, "as_of": days})
    found = build(view, lake, spine, engine=engine)["asked"]
    shown = [None if pd.isna(answer) else answer for answer in found]
    assert shown == list(answers.values())
    oracle = Oracle(lake, view.contracts)
    slow = [oracle.vector(view, subject, date.fromisoformat(day))["asked"] for day in days]
    assert slow == shown
