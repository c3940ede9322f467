"""Python written for one model: a straight line of statements in place of loops over its tables.

A loop over sixty tables costs more than their look-ups. Only positions and thresholds are written into the
source; names, levels, points and functions are bound as constants, so no text of a model becomes code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any


class StraightLine:
    """A function made of statements, which pickles as these and its constants.

    Parameters
    ----------
    argument
        Name of its only argument.
    statements
        Lines of its body.
    constants
        What the statements name.
    """

    __slots__ = ("_made_of", "run")

    def __init__(
        self, argument: str, statements: Iterable[str], constants: Mapping[str, Any]
    ) -> None:
        self._made_of = (argument, tuple(statements), dict(constants))
        source = "\n    ".join([f"def run({argument}):", *self._made_of[1]])
        space = dict(constants)
        exec(compile(source, "<straight line>", "exec"), space)
        self.run: Callable[[Any], Any] = space["run"]

    def __reduce__(self) -> tuple[type[StraightLine], tuple[Any, ...]]:
        """Give what makes the same function again."""
        return StraightLine, self._made_of
