"""Texts that match a declared pattern, drawn from the pattern itself."""

from __future__ import annotations

import functools
import re
from typing import Any

import numpy as np

# The standard library's own parser of patterns; it has been public under this name since 3.11.
_parser: Any = re._parser  # type: ignore[attr-defined]

_MORE = 4
"""How often something without an upper limit repeats at most."""


@functools.lru_cache(maxsize=512)
def pool(pattern: str, size: int = 200, longest: int | None = None) -> tuple[str, ...]:
    """Distinct texts that match a pattern, always the same for the same arguments.

    Examples
    --------
    >>> all(re.fullmatch("[A-C]{2}[0-9]?(x|yz)", text) for text in pool("^[A-C]{2}[0-9]?(x|yz)$"))
    True
    """
    rng = np.random.default_rng(len(pattern))
    tree = _parser.parse(pattern)
    found: dict[str, None] = {}
    for _ in range(size * 4):
        text = "".join(_draw(rng, tree))
        if longest is None or len(text) <= longest:
            found[text] = None
        if len(found) == size:
            break
    return tuple(found)


def fits(pattern: str, text: str) -> bool:
    """Whether a whole text matches a pattern."""
    return re.fullmatch(pattern.removeprefix("^").removesuffix("$"), text) is not None


def _draw(rng: np.random.Generator, tree: Any) -> list[str]:
    out: list[str] = []
    for operation, value in tree:
        name = str(operation)
        if name == "LITERAL":
            out.append(chr(value))
        elif name == "ANY":
            out.append("x")
        elif name == "NOT_LITERAL":
            out.append("a" if value != ord("a") else "b")
        elif name == "IN":
            out.append(_of_class(rng, value))
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            low, high, inner = value
            most = min(int(high), int(low) + _MORE)
            for _ in range(int(rng.integers(low, most + 1))):
                out += _draw(rng, inner)
        elif name == "SUBPATTERN":
            out += _draw(rng, value[-1])
        elif name == "BRANCH":
            branches = value[1]
            out += _draw(rng, branches[int(rng.integers(len(branches)))])
    return out


def _of_class(rng: np.random.Generator, members: Any) -> str:
    letters: list[str] = []
    negated = False
    for operation, value in members:
        name = str(operation)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            letters.append(chr(value))
        elif name == "RANGE":
            letters += [chr(code) for code in range(value[0], min(value[1], value[0] + 200) + 1)]
    if negated:
        letters = [
            chr(code) for code in range(48, 123) if chr(code) not in letters and chr(code).isalnum()
        ]
    return letters[int(rng.integers(len(letters)))]
