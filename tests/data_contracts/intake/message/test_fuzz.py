"""Whatever the bytes: good + broken = records, or a ContractsError that shows no value."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from data_contracts.errors import ContractsError
from data_contracts.intake.message import convert, open_message, write_feedback
from tests.data_contracts.intake.message.samples import NAME, account_record, header

RECORDS = [
    account_record(account_no=f"ACC-{at}", name="张三丰", overdue_periods=str(at))
    for at in range(6)
]
WHOLE = b"".join(part + b"\n" for part in (header(len(RECORDS)), *RECORDS))


def judge(content: bytes) -> tuple[int, int] | None:
    """Good and broken records of a file; None when it is refused as a whole."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        path.write_bytes(content)
        problem = ""
        try:
            message = open_message(path)
        except ContractsError as error:
            problem = str(error)
        assert "张三丰" not in problem
        assert "11010519491231002X" not in problem
        if problem:
            return None
        good = broken = 0
        for part in message.parts():
            assert part.good + part.broken_records == part.records
            good, broken = good + part.good, broken + part.broken_records
            months = convert(part).tables.get("credit_month")
            assert (months.num_rows if months is not None else 0) <= part.good
        assert good + broken == message.records == message.header.records
        faults = message.broken()
        assert "11010519491231002X" not in str(faults.to_pylist())
        assert write_feedback(message, faults, Path(folder) / "feedback") == broken
        return good, broken


def test_the_sample_is_good() -> None:
    assert judge(WHOLE) == (6, 0)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600))
@example(b"\n" * 200)
@example(header(0, bills=" " * 16) + b"\n")
def test_random_files(content: bytes) -> None:
    judge(content)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.binary(max_size=420).map(lambda b: b.replace(b"\n", b"")), min_size=1, max_size=5)
)
def test_random_records(records: list[bytes]) -> None:
    content = b"".join(r + b"\n" for r in (header(len(records), bills=" " * 16), *records))
    found = judge(content)
    assert found is None or found[1] == len(records)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(148, len(WHOLE) - 2), st.integers(0, 7)), min_size=1, max_size=6)
)
def test_flipped_bits(flips: list[tuple[int, int]]) -> None:
    content = bytearray(WHOLE)
    for at, bit in flips:
        content[at] ^= 1 << bit
    found = judge(bytes(content))
    assert found is None or sum(found) == 6


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(WHOLE) - 2))
def test_truncated_files_are_refused(length: int) -> None:
    assert judge(WHOLE[:length]) is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=9))
def test_repeated_lost_and_moved_lines(order: list[int]) -> None:
    lines = [RECORDS[at] for at in order]
    found = judge(b"".join(part + b"\n" for part in (header(6), *lines)))
    assert found == ((6, 0) if len(order) == 6 else None)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 406), st.binary(min_size=1, max_size=12))
def test_overwritten_bytes(at: int, noise: bytes) -> None:
    noise = noise.replace(b"\n", b"0")[: 407 - at]
    damaged = RECORDS[2][:at] + noise + RECORDS[2][at + len(noise) :]
    found = judge(WHOLE.replace(RECORDS[2], damaged))
    assert found in ((6, 0), (5, 1), None)
