"""Subjects of a kind without products get a plain answer."""

from __future__ import annotations

import json

import pytest

from models.errors import ModelsError
from models.matching.answers import no_products


def test_individuals_get_none_and_are_told_why() -> None:
    answer = no_products("individual")
    assert answer.items == ()
    assert answer.not_eligible == ()
    assert "信用卡" in answer.note_zh
    assert "card records" in answer.note_en
    assert json.loads(json.dumps(answer.to_dict()))["items"] == []


def test_an_unknown_reason_is_refused() -> None:
    with pytest.raises(ModelsError, match="'because'"):
        no_products("because")
