"""A folder of messages made by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.data_contracts.intake.message.samples import NAME, header

Write = Callable[..., Path]


@pytest.fixture
def message_file(tmp_path: Path) -> Write:
    """Write a file of header and records as bytes."""

    def write(
        *records: bytes, head: bytes | None = None, name: str = NAME, end: bytes = b"\n"
    ) -> Path:
        path = tmp_path / name
        first = header(len(records)) if head is None else head
        path.write_bytes(b"".join(part + end for part in (first, *records)))
        return path

    return write
