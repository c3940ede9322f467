"""The one error family of the features room."""

from __future__ import annotations


class FeaturesError(Exception):
    """Something a person can put right: a declaration, a spine, a store or a name.

    The message says what is wrong, the form expected and a hint. It never carries a value out of a
    person's record, so that it may be logged and shown.

    Parameters
    ----------
    problem
        What is wrong, in one sentence.
    feature
        Name of the feature that it is about.
    expected
        The form that would have been accepted.
    hint
        What to do next.
    """

    def __init__(
        self, problem: str, *, feature: str = "", expected: str = "", hint: str = ""
    ) -> None:
        self.problem = problem
        self.feature = feature
        self.expected = expected
        self.hint = hint
        super().__init__(str(self))

    def __str__(self) -> str:
        """One line: feature, problem, expected form, hint."""
        text = f"feature {self.feature!r}: {self.problem}" if self.feature else self.problem
        if self.expected:
            text += f" Expected: {self.expected}."
        if self.hint:
            text += f" Hint: {self.hint}."
        return text
