"""A key has one number, however its texts are stored, and another key another."""

from __future__ import annotations

from threading import RLock

import numpy as np
import pyarrow as pa
import pytest

from data_contracts.intake.judge.batch import Batch
from data_contracts.intake.judge.ledger import Ledger
from data_contracts.rules.binding import Compared
from data_contracts.rules.history import legal_histories

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


LEGAL = Compared(shifted=True, last_letters=frozenset("CG"), settled=True, cards=False)


def kept(table: pa.Table, lines: np.ndarray) -> Ledger:
    """A ledger of histories, which came in two batches."""
    ledger = Ledger(
        ("institution_code", "business", "account_no", "bill_on"), LEGAL, 10, 10**9, None, 2
    )
    half = table.num_rows // 2
    for begin, part in ((half, table.slice(half)), (0, table.slice(0, half))):
        own = part.combine_chunks()
        arrays = {name: own[name].chunk(0) for name in ledger.columns}
        given = pa.array(lines[begin : begin + own.num_rows])
        ledger.keep(Batch(own.num_rows, arrays, {}, RLock()), given)
    return ledger


@pytest.mark.parametrize("order", ["by month", "by account", "shuffled"])
def test_legal_histories_are_not_doubtful_in_whatever_order_they_come(order: str) -> None:
    """Nor are they where lines have gaps; of a broken history every month is told, of a missing one none."""
    table = legal_histories(60, 30, 5)
    if order == "by account":
        table = table.sort_by([("account_no", "ascending"), ("bill_on", "ascending")])
    elif order == "shuffled":
        table = table.take(np.random.default_rng(0).permutation(table.num_rows))
    lines = np.arange(table.num_rows) * 7 + 3
    ledger = kept(table, lines)
    assert len(ledger.repeated()) == 0
    assert len(ledger.doubtful(np.empty(0, np.int64), iter(()))) == 0

    accounts = table["account_no"].to_pylist()
    own = np.array([account == accounts[0] for account in accounts])
    days = table["bill_on"].to_numpy()
    middle = np.flatnonzero(own)[np.argsort(days[own])[3]]
    status = np.array(table["status_24"].to_pylist(), dtype=object)
    status[middle] = "7" * 24
    place = table.column_names.index("status_24")
    broken = table.set_column(place, "status_24", pa.array(status))
    ledger = kept(broken, lines)
    assert sorted(ledger.doubtful(np.empty(0, np.int64), iter(()))) == sorted(lines[own])
    without = ledger.doubtful(lines[[middle]], iter(()))
    assert len(without) == 0

    again = pa.concat_tables([table, table.slice(int(middle), 1)])
    ledger = kept(again, np.append(lines, 10**6))
    assert sorted(ledger.repeated()) == sorted([lines[middle], 10**6])
