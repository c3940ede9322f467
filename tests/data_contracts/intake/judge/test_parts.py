"""Records in parts come back whole, whether they are held or stand in files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data_contracts.intake.judge.parts import RECORD, Parts


@pytest.mark.parametrize("memory", [10**9, 300, 0], ids=["held", "some in files", "all in files"])
def test_no_record_is_lost(tmp_path: Path, memory: int) -> None:
    parts = Parts(3, memory, tmp_path)
    for begin, ends in ((0, [0, 2, 2, 5]), (5, [0, 0, 1, 4]), (9, [0, 0, 0, 0])):
        records = np.zeros(ends[-1], RECORD)
        records["line"] = np.arange(begin, begin + ends[-1])
        parts.add(records, np.array(ends))
    found = []
    for place, count in enumerate(parts.counts):
        room = np.empty(count, RECORD)
        parts.copy(place, room)
        found.append(room["line"].tolist())
    assert found == [[0, 1], [5], [2, 3, 4, 6, 7, 8]]
    assert bool(list(tmp_path.glob("ledger-*"))) == (memory < 10**9)
