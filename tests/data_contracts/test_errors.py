"""An error names place, problem, expected form and hint, in this order."""

from __future__ import annotations

from data_contracts.errors import ContractsError


def test_the_whole_sentence() -> None:
    error = ContractsError(
        "too wide.", expected="narrow", hint="cut it", file="a.csv", line=7, column="Zip"
    )
    assert str(error) == "a.csv, line 7, column Zip: too wide. Expected: narrow. Hint: cut it."


def test_what_is_not_known_is_left_out() -> None:
    assert str(ContractsError("too wide.")) == "too wide."
    assert str(ContractsError("too wide.", line=0)) == "line 0: too wide."
