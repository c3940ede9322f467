"""Patterns of one column of texts, asked of all of them together: one walk over the letters of each text.

The patterns become one automaton (Glushkov's construction), whose states say which patterns a text meets. A
text with anything but printable ASCII ends in the state ``ODD``, of which nothing is known: so whatever two
engines may understand differently (line breaks, what is a letter) never matters here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

ODD, START = 0, 1
"""States: of a text that is not printable ASCII, and before the first letter."""

PRINTABLE = range(0x20, 0x7F)
_BEGIN, _END = 0x100, 0x101
_LETTERS = frozenset(PRINTABLE)
_MOST_PLACES, _MOST_STATES = 1_500, 4_000
_TOGETHER = 1_000
"""States of an automaton up to which more patterns are taken in."""
_SPECIAL = frozenset("\\^$.|?*+()[]{}")


class Unsupported(Exception):
    """A pattern that is not understood here, or would become too large."""


@dataclass
class _Part:
    """What Glushkov's construction knows of a part: places are bits of a number."""

    empty: bool = True
    first: int = 0
    last: int = 0
    least: int = 0


class _Patterns:
    """Reads patterns into places, each with the letters that it takes and the places that follow it."""

    def __init__(self) -> None:
        self.letters: list[frozenset[int]] = []
        self.follow: list[int] = []
        self.text, self.at, self.depth = "", 0, 0
        self.groups: dict[int, int] = {}

    def add(self, pattern: str) -> _Part:
        self.text, self.at, self.depth = pattern, 0, 0
        part = self._either()
        if self.at < len(pattern):
            raise Unsupported(pattern)
        return part

    def place(self, letters: frozenset[int]) -> _Part:
        if len(self.letters) >= _MOST_PLACES:
            raise Unsupported(self.text)
        bit = 1 << len(self.letters)
        self.letters.append(letters)
        self.follow.append(0)
        return _Part(False, bit, bit, int(not letters & {_BEGIN, _END}))

    def joined(self, one: _Part, other: _Part) -> _Part:
        self.link(one.last, other.first)
        return _Part(
            one.empty and other.empty,
            one.first | (other.first if one.empty else 0),
            other.last | (one.last if other.empty else 0),
            one.least + other.least,
        )

    def link(self, ends: int, starts: int) -> None:
        for place in _bits(ends):
            self.follow[place] |= starts

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _either(self) -> _Part:
        part = self._row()
        while self._peek() == "|":
            self.at += 1
            other = self._row()
            part = _Part(
                part.empty or other.empty,
                part.first | other.first,
                part.last | other.last,
                min(part.least, other.least),
            )
        return part

    def _row(self) -> _Part:
        part = _Part()
        while self._peek() not in ("", "|", ")"):
            part = self.joined(part, self._repeated())
        return part

    def _repeated(self) -> _Part:
        begin = self.at
        part = self._one()
        end = self.at
        least, most = self._times()
        if (least, most) == (1, 1):
            return part
        after = self.at
        found = part if least else _optional(part)
        if most is None:
            self.link(part.last, part.first)  # the first copy may come again and again
            copies, optional = least, 0
        else:
            copies, optional = least, most - max(least, 1)
        for number in range(max(copies, 1) - 1 + optional):
            self.at = begin
            copy = self._one()
            assert self.at == end
            found = self.joined(found, copy if number + 1 < least else _optional(copy))
        self.at = after
        return found

    def _times(self) -> tuple[int, int | None]:
        sign = self._peek()
        if sign in ("*", "+", "?"):
            self.at += 1
            bounds: tuple[int, int | None] = {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        elif sign == "{":
            close = self.text.find("}", self.at)
            low, comma, high = self.text[self.at + 1 : close].partition(",")
            if close < 0 or not low.isdecimal() or not (high.isdecimal() or not high):
                raise Unsupported(self.text)
            bounds = int(low), (int(high) if high else None) if comma else int(low)
            if bounds[1] == 0:
                raise Unsupported(self.text)
            self.at = close + 1
        else:
            return 1, 1
        if self._peek() in ("*", "+", "?", "{"):
            raise Unsupported(self.text)
        return bounds

    def _one(self) -> _Part:
        sign = self._peek()
        self.at += 1
        if sign == "(":
            begin = self.at
            if self.text.startswith("?:", self.at):
                self.at += 2
            elif self._peek() == "?":
                raise Unsupported(self.text)
            self.depth += 1
            part = self._either()
            self.depth -= 1
            if begin == self.at or self.text[begin] != "?":
                self.groups[begin] = part.least if self.depth == 0 else -1
            if self._peek() != ")":
                raise Unsupported(self.text)
            self.at += 1
            return part
        if sign == "[":
            return self.place(self._class())
        if sign == ".":
            return self.place(_LETTERS)
        if sign in ("^", "$"):
            return self.place(frozenset({_BEGIN if sign == "^" else _END}))
        if sign == "\\":
            sign = self._escaped()
        elif sign in _SPECIAL:
            raise Unsupported(self.text)
        return self.place(frozenset({ord(sign)}))

    def _escaped(self) -> str:
        sign = self._peek()
        if sign.isalnum() or not sign or not sign.isascii():
            raise Unsupported(self.text)  # a class or a code of one engine's own
        self.at += 1
        return sign

    def _class(self) -> frozenset[int]:
        close = self._peek() == "^"
        self.at += close
        found: set[int] = set()
        begin = self.at
        while self._peek() != "]" or self.at == begin:
            low = self._in_class()
            high = low
            if self._peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                high = self._in_class()
            found.update(range(ord(low), ord(high) + 1))
        self.at += 1
        return _LETTERS - found if close else frozenset(found)

    def _in_class(self) -> str:
        sign = self._peek()
        self.at += 1
        if not sign or sign == "[":
            raise Unsupported(self.text)
        return self._escaped() if sign == "\\" else sign


def _optional(part: _Part) -> _Part:
    return _Part(True, part.first, part.last)


def _bits(number: int) -> list[int]:
    found = []
    while number:
        low = number & -number
        found.append(low.bit_length() - 1)
        number ^= low
    return found


@dataclass(frozen=True)
class Automaton:
    """States by letter, and which pattern a text meets that ends in a state.

    Parameters
    ----------
    step
        (states * 256,): number of the next state.
    met
        (patterns, states), bool.
    """

    step: npt.NDArray[np.uint16]
    met: npt.NDArray[np.bool_]


def least_outside(pattern: str, kept: Collection[int]) -> tuple[int, int]:
    """Letters that a match has at least: all of it, and what of it lies outside some of its groups.

    Raises
    ------
    Unsupported
        For a pattern outside the common subset, or a group that is not one of a plain row of parts.

    Examples
    --------
    >>> least_outside("(^|[^0-9])(62[0-9]{4})[0-9]{6,9}([0-9]{4})", {1, 2, 3})
    (16, 6)
    """
    reader = _Patterns()
    part = reader.add(pattern)
    groups = [reader.groups[place] for place in sorted(reader.groups)]
    plain = re.sub(r"\([^()]*\)", "", pattern)
    if (
        "|" in plain
        or re.search(r"\)[*+?{]", pattern)
        or any(groups[n - 1 :][:1] in ([], [-1]) for n in kept)
    ):
        raise Unsupported(pattern)
    return part.least, part.least - sum(groups[n - 1] for n in kept)


def together(patterns: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Put patterns into few groups whose automata are not too large."""
    groups: list[tuple[str, ...]] = []
    for pattern in patterns:
        for place, group in enumerate(groups):
            if _made((*group, pattern), _TOGETHER) is not None:
                groups[place] = (*group, pattern)
                break
        else:
            groups.append((pattern,))
    return tuple(groups)


def automaton(patterns: tuple[str, ...]) -> Automaton | None:
    """Automaton of some patterns, or None for one outside the common subset, or too many states.

    Each pattern is searched for anywhere in a text, as by regexp_matches.
    """
    return _made(patterns, _MOST_STATES if len(patterns) == 1 else _TOGETHER)


@lru_cache(maxsize=1024)
def _made(patterns: tuple[str, ...], most: int) -> Automaton | None:
    try:
        return _build(patterns, most)
    except Unsupported:
        return None


def _build(patterns: tuple[str, ...], most: int) -> Automaton:
    reader = _Patterns()
    start, ends, owns = 0, [], []
    for pattern in patterns:
        before = len(reader.letters)
        part = reader.add(pattern)
        if part.empty:
            raise Unsupported(pattern)
        # Once met it stays met: a place that takes whatever comes.
        always = reader.place(frozenset(_LETTERS | {_END}))
        reader.link(part.last | always.last, always.first)
        start |= part.first
        owns.append((always.last, ((1 << len(reader.letters)) - 1) ^ ((1 << before) - 1)))
        ends.append(part.last | always.last)
    takes = {
        letter: sum(1 << n for n, letters in enumerate(reader.letters) if letter in letters)
        for letter in (*PRINTABLE, _BEGIN, _END)
    }

    alike: dict[int, list[int]] = {}
    for letter in PRINTABLE:
        alike.setdefault(takes[letter], []).append(letter)

    def reach(state: int) -> int:
        found = start  # a search may begin anywhere
        for place in _bits(state):
            found |= reader.follow[place]
        return found

    def told(state: int) -> int:
        for met, own in owns:
            if state & met:
                state = (state & ~own) | met
        return state

    begun = told(start & takes[_BEGIN])
    numbers = {begun: START}
    rows: list[list[int]] = [[ODD] * 256, []]
    met: list[list[bool]] = [[False] * len(patterns), []]
    waiting = [begun]
    while waiting:
        state = waiting.pop()
        reached = reach(state)
        last = reached & takes[_END]
        row = [ODD] * 256
        for places, letters in alike.items():
            after = told(reached & places)
            if after not in numbers:
                if len(numbers) >= most:
                    raise Unsupported(" ".join(patterns))
                numbers[after] = len(rows)
                rows.append([])
                met.append([])
                waiting.append(after)
            for letter in letters:
                row[letter] = numbers[after]
        rows[numbers[state]] = row
        met[numbers[state]] = [bool((last | state) & end) for end in ends]
    step = np.array(rows, np.uint16).ravel()
    return Automaton(step, np.array(met, bool).T.copy())
