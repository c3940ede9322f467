"""A key has one number, however its texts are stored, and another key another."""

from __future__ import annotations

from threading import RLock

import numpy as np
import pyarrow as pa
import pytest

from data_contracts.intake.judge.batch import Batch
from data_contracts.intake.judge.ledger import Ledger

TEXTS = ["a", "b", "a", None, "业务", "", "ab", "b"]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_keys_do_not_hang_on_how_texts_are_stored(kind: pa.DataType) -> None:
    found = []
    plain = pa.array(TEXTS, kind)
    for array in (plain, plain.dictionary_encode(), plain.cast(pa.string())):
        ledger = Ledger(("name", "number"), None, len(TEXTS), 10**9, None, 1)
        numbers = pa.array([1, 1, 1, 1, 1, 1, 1, 2], pa.int64())
        batch = Batch(len(TEXTS), {"name": array, "number": numbers}, {}, RLock())
        ledger.keep(batch, 1)
        records = np.concatenate([np.concatenate(part) for part in ledger.parts.held])
        told = {int(r["line"]): (int(r["one"]), int(r["two"])) for r in records}
        assert sorted(told) == [1, 2, 3, 5, 6, 7, 8]  # a key with a part missing is none
        assert told[1] == told[3]
        assert len(set(told.values())) == 6
        assert ledger.repeated().tolist() == [1, 3]
        found.append(told)
    assert found[0] == found[1] == found[2]
