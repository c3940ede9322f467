"""What all spec tables are checked with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from features.engines.engine import Engine
from features.expressions import Expression
from tests.features.engines import engine, spark  # noqa: F401
from tests.features.tables import Expect, check


@pytest.fixture
def expect(tmp_path: Path, engine: Engine) -> Expect:  # noqa: F811
    """Compare every engine in turn, the slow reading of the language and a table's answers."""

    def compare(
        value: Expression,
        records: Mapping[str, str],
        answers: Mapping[str, object],
        subject: str = "",
    ) -> None:
        check(value, records, answers, tmp_path / "lake", subject, engine)

    return compare
