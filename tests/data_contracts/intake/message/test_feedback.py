"""The feedback message: prefix of 59 bytes and the record."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.errors import ContractsError
from data_contracts.intake.message import STANDARD, open_message, read_feedback, write_feedback
from data_contracts.intake.message.codes import CONSTRAINTS, FAMILIES, code_of, rule_of
from data_contracts.intake.message.faults import BROKEN_RULES
from data_contracts.intake.message.feedback import index_of
from data_contracts.rules import ALL_RULES
from tests.data_contracts.intake.message.conftest import Write
from tests.data_contracts.intake.message.samples import NAME, account_record


def hits(*rows: tuple[int, str, str | None]) -> pa.Table:
    return pa.table(
        {
            "line": pa.array([row[0] for row in rows], pa.int64()),
            "rule_id": pa.array([row[1] for row in rows], pa.string()),
            "column": pa.array([row[2] for row in rows], pa.string()),
            "contract": pa.array(["credit_month"] * len(rows), pa.string()),
        }
    )


def test_bytes_of_a_feedback(message_file: Write, tmp_path: Path) -> None:
    second = account_record(account_no="ACC-2")
    message = open_message(message_file(account_record(), second))
    path = tmp_path / "feedback"
    found = hits(
        (2, "LR-12", "balance_cents"),
        (2, "credit_month.subject_id.required", "subject_id"),
        (2, "LR-12", "balance_cents"),
    )
    assert write_feedback(message, found, path, mask=False) == 1
    head = NAME.encode() + b"02" + b"L12A22" + b"V01A37" + b" " * 18
    assert len(head) == 59
    assert path.read_bytes() == head + second + b"\n"
    (line,) = read_feedback(path)
    assert line.errors == (("L12", "LR-12", "A22"), ("V01", "*.required", "A37"))
    assert (str(line.name), line.count, line.record) == (NAME, 2, second)


def test_persons_are_hidden(message_file: Write, tmp_path: Path) -> None:
    broken = account_record(name="王小明")[:-1]
    message = open_message(message_file(account_record(), broken))
    path = tmp_path / "feedback"
    found = pa.concat_tables([message.broken().select(["line", "rule_id", "segment", "field"])])
    assert write_feedback(message, found, path) == 1
    assert write_feedback(message, hits((1, "LR-01", None)), tmp_path / "other") == 1
    (whole,) = read_feedback(tmp_path / "other")
    assert whole.errors == (("L01", "LR-01", "000"),)
    for record in (whole.record, next(read_feedback(path)).record):
        assert "张三".encode("gb18030") not in record
        assert "王小明".encode("gb18030") not in record
        assert b"11010519491231002X" not in record
    assert len(whole.record) == 407
    assert b"ACC-1" in whole.record  # by which the supplier finds it
    assert next(read_feedback(path)).record == b"0000000002" + b"*" * 406
    assert b"NNNNNNNNNNNN" in whole.record  # the rest is left for the supplier to see


def test_more_than_five_errors(message_file: Write, tmp_path: Path) -> None:
    message = open_message(message_file(account_record()))
    path = tmp_path / "feedback"
    write_feedback(message, hits(*((1, f"PUB-2{at:02d}", None) for at in range(1, 8))), path)
    (line,) = read_feedback(path)
    assert line.count == 7
    assert [error[1] for error in line.errors] == [f"PUB-20{at}" for at in range(1, 6)]


def test_no_errors_no_lines(message_file: Write, tmp_path: Path) -> None:
    message = open_message(message_file(account_record()))
    assert write_feedback(message, hits(), tmp_path / "feedback") == 0
    assert list(read_feedback(tmp_path / "feedback")) == []


def test_every_rule_has_a_code_of_its_own() -> None:
    published = [rule.id for rule in ALL_RULES] + list(BROKEN_RULES)
    assert len(published) > 60
    codes = [code_of(rule_id) for rule_id in published]
    assert len(set(codes)) == len(codes)
    assert all(len(code) == 3 and code.isalnum() for code in codes)
    assert [rule_of(code) for code in codes] == published
    letters = {letter for letter, _ in FAMILIES.values()}
    assert len(letters) == len(FAMILIES)
    assert not letters & {code[0] for code, _, _ in CONSTRAINTS.values()}


def test_indices() -> None:
    fields = [field.name for field in STANDARD.segments["B"].fields]
    assert index_of("mobile_masked", contract="borrower") == f"B{fields.index('mobile') + 1:02d}"
    assert index_of("id_no_hmac", contract="guarantor") == "E03"
    assert index_of("A.nothing") == "A00"
    assert index_of("Z.nothing") == index_of("nothing") == "000"


GOOD = NAME.encode() + b"01L01A22" + b" " * 24 + b"0005A\n"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (GOOD[:-1], "does not end"),
        (GOOD[:50] + b"\n", "no prefix"),
        (b"\xff" + GOOD[1:], "no prefix"),
        (b"X" + GOOD[1:], "no name"),
        (GOOD[:27] + b"02" + GOOD[29:], "no error codes"),
        (GOOD[:27] + b"xx" + GOOD[29:], "no error codes"),
        (GOOD[:29] + b" " * 6 + b"L01A22" + GOOD[41:], "no error codes"),
        (GOOD[:29] + b"L 1A22" + GOOD[35:], "no error codes"),
    ],
)
def test_feedback_that_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "feedback"
    path.write_bytes(GOOD + content)
    with pytest.raises(ContractsError, match=problem) as raised:
        list(read_feedback(path))
    assert raised.value.line == 2


@settings(max_examples=60, deadline=None)
@given(noise=st.binary(max_size=300), at=st.integers(0, len(GOOD)))
def test_random_bytes_in_a_feedback(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int
) -> None:
    path = tmp_path_factory.mktemp("feedback") / "f"
    path.write_bytes(GOOD[:at] + noise + GOOD[at:])
    with contextlib.suppress(ContractsError):
        lines = list(read_feedback(path))
        # nothing of the file is left out
        rest = sum(59 + len(line.record) for line in lines)
        assert rest + path.read_bytes().count(b"\n") + path.read_bytes().count(b"\r") >= len(
            path.read_bytes()
        )
