"""The examples in the room's docstrings hold."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize(
    "name",
    [
        "reasons.wording",
        "reasons.stability",
        "recourse.steps",
        "credit_line",
        "metrics",
        "scorecard.evidence",
        "glassbox.coding",
    ],
)
def test_examples(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"models.{name}"))
    assert result.failed == 0
    assert result.attempted > 0
