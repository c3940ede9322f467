"""The part of a score's answer that suggests a limit and a rate band."""

from __future__ import annotations

from typing import Any

from models.credit_line import Part, suggest
from serving.asked import Credit


def credit_line(probability: float, credit: Credit) -> dict[str, Any]:
    """Limit and rate band for a probability of default; money in units of the portfolio's currency.

    Parameters
    ----------
    probability : float
        The score's own.
    credit : Credit
        What was asked for, and the numbers in force.
    """
    line = suggest(probability, credit.ask, credit.settings)
    return {
        "outcome": line.outcome,
        "limit": line.limit_cents / 100,
        "instalment": line.instalment_cents / 100,
        "binding": line.binding or None,
        "rate_low": float(line.rate_low),
        "rate_high": float(line.rate_high),
        "rate_parts": [_part(part, 1) for part in line.rate_parts],
        "caps": [_part(part, 100) for part in line.caps],
        "statements": [
            {"code": one.code, "text_zh": one.zh, "text_en": one.en} for one in line.statements
        ],
        "note_zh": line.note_zh,
        "note_en": line.note_en,
    }


def _part(part: Part, unit: int) -> dict[str, Any]:
    return {"code": part.code, "value": float(part.value / unit), "zh": part.zh, "en": part.en}
