"""A request is checked field by field; errors name the field and never its value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models.errors import ModelsError
from models.matching.requests import Request


def test_a_full_request() -> None:
    request = Request.parse(
        {
            "region": "US-CA",
            "postal_code": "06062",
            "industry_code": "722410",
            "programme": "standard",
            "amount_cents": 5_000_000.0,
            "new_business": np.True_,
            "employees": np.int64(4),
            "franchise": None,
        }
    )
    assert request.area == "060"
    assert request.sector == "72"
    assert request.amount_cents == 5_000_000
    assert request.new_business is True
    assert request.franchise is None


def test_an_empty_request_and_gaps() -> None:
    assert Request.parse({}) == Request()
    assert Request.parse({"employees": float("nan"), "programme": "unknown"}) == Request()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("region", "California"),
        ("postal_code", 6062),
        ("postal_code", "6062"),
        ("industry_code", "72-24"),
        ("programme", "Standard!"),
        ("amount_cents", 0),
        ("amount_cents", -5),
        ("amount_cents", 10.5),
        ("amount_cents", float("inf")),
        ("amount_cents", "5000"),
        ("amount_cents", True),
        ("amount_cents", 10**17),
        ("new_business", "yes"),
        ("employees", -1),
        ("birthday", "1970-01-01"),
    ],
)
def test_bad_fields_are_named_and_values_are_not(field: str, value: Any) -> None:
    with pytest.raises(ModelsError, match=repr(field)) as caught:
        Request.parse({field: value})
    if isinstance(value, str) and len(value) > 4:
        assert value not in str(caught.value)
