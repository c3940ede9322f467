"""Moments as text, canonical JSON and new ids: the small forms that hashes and replays rest on."""

from __future__ import annotations

import hashlib
import json
import math
import re
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

Clock = Callable[[], datetime]

_RECORD_ID = re.compile(r"[a-z]{3}_[0-9a-f]{32}")


def utc_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def moment_text(moment: datetime) -> str:
    """Write a moment as it is stored and hashed.

    >>> moment_text(datetime(2026, 1, 31, 8, 15, tzinfo=UTC))
    '2026-01-31T08:15:00.000000Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def plain(value: Any) -> Any:
    """Turn a feature value into what JSON can carry exactly: NaN and NA become null, dates ISO text.

    >>> plain(float("nan")) is None, plain(date(2026, 1, 31)), plain(2.5)
    (True, '2026-01-31', 2.5)
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if hasattr(value, "item"):  # a numpy scalar
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    raise TypeError(f"a {type(value).__name__} cannot stand in an answer")


def canonical(value: Any) -> str:
    """Canonical JSON: sorted keys, no blanks, text as it is; refuses NaN.

    >>> canonical({"b": 1, "a": "信"})
    '{"a":"信","b":1}'
    """
    return json.dumps(
        value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )


def answer_text(answer: dict[str, Any]) -> str:
    """JSON of an answer as it is sent and stored: keys in the order of the answer, floats exact."""
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def digest(content: str | bytes) -> str:
    """SHA-256 of text (UTF-8) or bytes, in hex."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def is_record_id(text: str) -> bool:
    """Whether a text has the form of an id of ours.

    >>> is_record_id("scr_019c11488c00a1b2c3d4e5f60718293a"), is_record_id("../etc")
    (True, False)
    """
    return _RECORD_ID.fullmatch(text) is not None


def new_id(prefix: str, moment: datetime) -> str:
    """A new id: prefix, milliseconds (so that ids sort by time) and 80 random bits.

    >>> new_id("scr", datetime(2026, 1, 31, tzinfo=UTC))[:16]
    'scr_019c11597000'
    """
    return f"{prefix}_{int(moment.timestamp() * 1000):012x}{secrets.token_hex(10)}"
