"""The one error base of the training room."""

from __future__ import annotations


class TrainingError(Exception):
    """Something an analyst can mend: says what is wrong, the form expected and a hint.

    Parameters
    ----------
    what : str
        What is wrong, naming the setting, column or file; never a person's data.
    hint : str, optional
        What to do about it.
    """

    def __init__(self, what: str, hint: str = "") -> None:
        self.what = what
        self.hint = hint
        super().__init__(f"{what} Hint: {hint}" if hint else what)
