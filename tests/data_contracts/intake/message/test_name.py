"""The 27-character name."""

from __future__ import annotations

import pytest

from data_contracts.errors import ContractsError
from data_contracts.intake.message import MessageName, is_message_name
from tests.data_contracts.intake.message.samples import NAME


def test_parts_of_a_name() -> None:
    name = MessageName.parse(f"/some/folder/{NAME}.txt")
    assert name == MessageName("C1010211000012", "202401", "001", "1", "000")
    assert str(name) == NAME
    assert (name.supplier, name.period, name.batch_serial) == (
        "C1010211000012",
        "2024-01",
        "001-000",
    )
    # a re-report supersedes what it repeats, so it has the same identity
    assert MessageName.parse(NAME[:23] + "2" + NAME[24:]).batch_serial == name.batch_serial


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (NAME[:-1], "26 characters"),
        (NAME + "0", "28 characters"),
        (NAME.lower(), "none such"),
        ("I" + NAME[1:], "none such"),
        (NAME[:14] + "202413" + NAME[20:], "no month"),
        (NAME[:14] + "180001" + NAME[20:], "no month"),
        (NAME[:23] + "9" + NAME[24:], "no message class"),
        (NAME[:20] + "00中" + NAME[23:], "none such"),
        (NAME + ".exe", "suffix"),
    ],
)
def test_names_that_are_refused(text: str, problem: str) -> None:
    assert not is_message_name(text)
    with pytest.raises(ContractsError, match=problem):
        MessageName.parse(text)


def test_a_name_cannot_be_made_wrong() -> None:
    assert is_message_name(NAME)
    assert is_message_name(NAME + ".TXT")
    with pytest.raises(ContractsError, match="27 characters"):
        MessageName("C1010211000012", "2024-1")
