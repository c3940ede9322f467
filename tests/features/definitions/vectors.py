"""Values of features for one subject, from records written as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from features.point_in_time import build
from features.view import Feature, FeatureView
from tests.features.lakes import lake_of


def values_of(
    folder: Path,
    features: Sequence[Feature],
    records: Mapping[str, str],
    subject: str,
    day: str,
) -> dict[str, Any]:
    """Values of the features of one subject on one day; None is null."""
    one = FeatureView("asked", "individual", tuple(features))
    spine = pd.DataFrame({"subject_id": [subject], "as_of": [day]})
    found = build(one, lake_of(folder, records), spine).iloc[0]
    return {name: None if pd.isna(found[name]) else found[name] for name in one.names}


def same(found: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Compare all values with those worked out by hand; every feature must be named."""
    assert set(found) == set(expected)
    for name, value in expected.items():
        if value is None or isinstance(value, str):
            assert found[name] == value, name
        else:
            assert found[name] == pytest.approx(value, rel=1e-12, abs=1e-12), name
