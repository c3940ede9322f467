"""What the tests of the readers share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from data_contracts.intake.readers import ReadOptions, open_source

Read = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="session")
def read() -> Read:
    """Read a file whole; the rows given are those that were announced."""

    def whole(
        path: Path, columns: Sequence[str] | None = None, **options: Any
    ) -> list[dict[str, Any]]:
        source = open_source(path, columns, options=ReadOptions(**options))
        rows: list[dict[str, Any]] = pa.concat_tables(source.parts).to_pylist()
        assert len(rows) == source.rows > 0
        return rows

    return whole


@pytest.fixture(scope="session")
def write(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Write a file of its own."""

    def put(content: bytes | str, name: str = "f.csv") -> Path:
        path = tmp_path_factory.mktemp("file") / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return put
