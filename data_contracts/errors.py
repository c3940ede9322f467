"""The one error family of the data_contracts room."""

from __future__ import annotations

from pathlib import Path


class ContractsError(Exception):
    """Something a person can put right: a file, a declaration, a name or a workspace.

    The message says what is wrong, the form expected and a hint. It never carries a value out of a
    person's record, so that it may be logged and shown.

    Parameters
    ----------
    problem
        What is wrong, in one sentence.
    expected
        The form that would have been accepted.
    hint
        What to do next.
    file, line, column
        Where the fault is, as far as it is known; ``line`` counts from 1 as an editor does.
    """

    def __init__(
        self,
        problem: str,
        *,
        expected: str = "",
        hint: str = "",
        file: Path | str | None = None,
        line: int | None = None,
        column: str | None = None,
    ) -> None:
        self.problem = problem
        self.expected = expected
        self.hint = hint
        self.file = str(file) if file is not None else None
        self.line = line
        self.column = column
        super().__init__(str(self))

    def __str__(self) -> str:
        """One line: place, problem, expected form, hint."""
        place = ", ".join(
            part
            for part in (
                self.file or "",
                f"line {self.line}" if self.line is not None else "",
                f"column {self.column}" if self.column is not None else "",
            )
            if part
        )
        text = f"{place}: {self.problem}" if place else self.problem
        if self.expected:
            text += f" Expected: {self.expected}."
        if self.hint:
            text += f" Hint: {self.hint}."
        return text
