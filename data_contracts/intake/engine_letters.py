r"""Questions about a text that its bytes answer: one letter, a class of letters, letters side by side.

These shapes of SQL are known, where C is the column:

* ``right(C, 1)`` or ``substr(C, n, 1)`` everywhere: the question is put to the 127 letters;
* ``length(C)``, ``C IS NOT NULL``, ``C = 'text'``;
* ``regexp_matches(C, '[ab]c|[^d]')``, alternatives of one or two classes: one table of pairs of letters
  answers all such questions at once;
* ``regexp_matches(C, '^[a-z]{1,60}$')``, one class from end to end, or two with a letter between them.

Texts with other than ASCII letters, empty and very long ones and, for pairs, those of an unusual length are
answered by DuckDB.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.intake.engine_rows import Array

_CLASS = r"(?:\[\^?[^\[\]\\]+\]|[0-9A-Za-z#/ ]|\.)"
_PAIRS = re.compile(rf"{_CLASS}{{1,2}}(?:\|{_CLASS}{{1,2}})*")
_REPEATED = r"(\[[^\^\[\]\\][^\[\]\\]*\])\{([0-9]+)(?:,([0-9]+))?\}"
_RUN = re.compile(rf"\^{_REPEATED}\$")
_RUNS = re.compile(rf"\^{_REPEATED}([-:#/ ]){_REPEATED}\$")
_ITEM = re.compile(_CLASS)
_LONGEST = 255


@dataclass(frozen=True)
class Question:
    """A question: what of a text it looks at, and its SQL.

    ``kind`` is ``place`` (0 the first letter, -1 the last), ``length``, ``given``, ``equal``, ``pairs``,
    ``run`` or ``runs``; ``of`` is the place, the text to be equal to or the pattern. But for places
    and lengths ``sql`` has ``{}`` where the answer to that goes.
    """

    kind: str
    sql: str
    of: str | int = 0


@cache
def question_of(name: str, sql: str) -> Question | None:
    """Shape of a question about a column, or None where bytes cannot answer it."""
    quoted = re.escape(f'"{name}"')
    count = sql.count(f'"{name}"')
    if "{}" in sql:
        return None
    for shape, kind in (
        (rf"right\({quoted}, (1)\)", "last"),
        (rf"substr(?:ing)?\({quoted}, ([1-9][0-9]?), 1\)", "place"),
        (rf"(?:str)?length\({quoted}\)|strlen\({quoted}\)", "length"),
        (rf"{quoted} IS NOT NULL", "given"),
        (rf"{quoted} (?:=|<>) '([^']*)'", "equal"),
        (rf"regexp_matches\({quoted}, '([^']*)'\)", "pattern"),
        (rf"contains\({quoted}, '([0-9A-Za-z#/])'\)", "pattern"),
    ):
        found = list(re.finditer(shape, sql, re.IGNORECASE))
        if len(found) != count or len({match.group(0).lower() for match in found}) != 1:
            continue
        match = found[0]
        left = sql.replace(match.group(0), "{}")
        if "{}" not in left or f'"{name}"' in left:
            continue
        if kind == "length":
            return Question(kind, sql)
        if kind in ("last", "place"):
            return Question("place", sql, -1 if kind == "last" else int(match.group(1)) - 1)
        if kind == "equal":
            left = left.replace("{}", "(NOT {})") if "<>" in match.group(0) else left
            return Question("equal", left, match.group(1))
        if kind != "pattern":
            return Question(kind, left)
        for shape_of, known in (("pairs", _PAIRS), ("run", _RUN), ("runs", _RUNS)):
            if known.fullmatch(match.group(1)):
                return Question(shape_of, left, match.group(1))
    return None


@cache
def _class(text: str) -> Array:
    """Which of the 128 letters a class has."""
    found = np.zeros(128, bool)
    if text == ".":
        found[:] = True
        found[10] = False
        return found
    body = text[1:-1] if text.startswith("[") and len(text) > 1 else text
    other = body.startswith("^") and len(text) > 1
    body = body[1:] if other else body
    place = 0
    while place < len(body):
        if body[place + 1 : place + 2] == "-" and place + 2 < len(body):
            found[ord(body[place]) : ord(body[place + 2]) + 1] = True
            place += 3
        else:
            found[ord(body[place])] = True
            place += 1
    return ~found if other else found


@cache
def _table(patterns: tuple[str, ...]) -> tuple[Array, Array]:
    """Bits of the patterns that one letter meets, and that two letters side by side meet."""
    one, two = np.zeros(128, np.uint32), np.zeros((128, 128), np.uint32)
    for bit, pattern in enumerate(patterns):
        for choice in _ITEM.sub(lambda m: m.group(0).replace("|", "\x01"), pattern).split("|"):
            items = [_class(i.replace("\x01", "|")) for i in _ITEM.findall(choice)]
            if len(items) == 1:
                one[items[0]] |= np.uint32(1 << bit)
            else:
                two[np.outer(*items)] |= np.uint32(1 << bit)
    return one, two


class Letters:
    """Bytes of the texts of a dictionary, all ASCII and none empty."""

    def __init__(self, values: pa.Array) -> None:
        self.values = values
        self.data, self.starts = _bytes(values)
        self.lengths = np.diff(self.starts)
        first = int(self.lengths[0])
        self.width = first if bool((self.lengths == first).all()) else None
        self._bits: Array | None = None
        self._patterns: tuple[str, ...] = ()

    @staticmethod
    def plain(values: pa.Array, *, even: bool) -> Array:
        """Texts whose bytes tell: ASCII, not empty; ``even``: of the length that most of them have."""
        data, starts = _bytes(values)
        lengths = np.diff(starts)
        fits: Array = (lengths > 0) & (lengths <= _LONGEST)
        if even:
            fits &= lengths == np.bincount(np.minimum(lengths, _LONGEST + 1)).argmax()
        if data.size and (data.max() > 127 or data.min() == 0):
            strange = np.concatenate([[0], np.cumsum((data > 127) | (data == 0), dtype=np.int64)])
            fits &= strange[starts[1:]] == strange[starts[:-1]]
        return fits

    def index(self, question: Question) -> Array:
        """Place of each text in the question's table."""
        kind, of = question.kind, question.of
        if kind == "place":
            return self._letter(int(of)).astype(np.intp)
        if kind == "length":
            return self.lengths
        if kind == "given":
            return np.ones(len(self.lengths), np.intp)
        if kind == "equal":
            met = np.asarray(pc.equal(self.values, str(of)))
        elif kind == "pairs":
            assert self._bits is not None
            met = (self._bits & np.uint32(1 << self._patterns.index(str(of)))) != 0
        else:
            met = self._run(str(of)) if kind == "run" else self._runs(str(of))
        return met.astype(np.intp)

    def _letter(self, place: int) -> Array:
        if place == -1:
            found: Array = self.data[self.starts[1:] - 1]
            return found
        letter = np.zeros(len(self.lengths), np.uint8)
        there = self.lengths > place  # past the end the text is empty, which the table tells too
        letter[there] = self.data[self.starts[:-1][there] + place]
        return letter

    def prepare(self, patterns: tuple[str, ...]) -> None:
        """Meet every pattern of pairs in one pass; the texts must have one length."""
        assert self.width is not None
        one, two = _table(patterns)
        table = two.ravel()
        grid = self.data.reshape(-1, self.width)
        before = grid[:, 0].astype(np.intp)
        bits = one[before]
        for place in range(1, self.width):
            letter = grid[:, place].astype(np.intp)
            bits |= table[(before << 7) | letter]
            before = letter
        if one.any():
            for place in range(1, self.width):
                bits |= one[grid[:, place]]
        self._bits, self._patterns = bits, patterns

    def _run(self, pattern: str) -> Array:
        match = _RUN.fullmatch(pattern)
        assert match is not None
        letters, low, high = match.groups()
        return self._within(letters, low, high, self.starts[:-1], self.starts[1:])

    def _runs(self, pattern: str) -> Array:
        match = _RUNS.fullmatch(pattern)
        assert match is not None
        head, least, most, between, tail, low, high = match.groups()
        # What the head cannot contain ends it, so the first one must be the letter between.
        found = np.flatnonzero(~_class(head)[self.data])
        starts, ends = self.starts[:-1], self.starts[1:]
        first = np.append(found, len(self.data))[np.searchsorted(found, starts)]
        inside = first < ends
        at = np.where(inside, first, starts)
        fits = inside & (self.data[at] == ord(between))
        fits &= (at - starts >= int(least)) & (at - starts <= int(most or least))
        found_fits: Array = fits & self._within(tail, low, high, at + 1, ends)
        return found_fits

    def _within(
        self, letters: str, low: str, high: str | None, starts: Array, ends: Array
    ) -> Array:
        """Texts of which the part from start to end has only the letters and a length in bounds."""
        lengths = ends - starts
        fits: Array = (lengths >= int(low)) & (lengths <= int(high or low))
        strange = np.flatnonzero(~_class(letters)[self.data])
        if strange.size:
            fits &= np.searchsorted(strange, starts) == np.searchsorted(strange, ends)
        return fits


def _bytes(values: pa.Array) -> tuple[Array, Array]:
    _, offsets, data = values.buffers()
    starts = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
    letters = np.frombuffer(data if data is not None else b"", np.uint8)[starts[0] : starts[-1]]
    return letters, starts.astype(np.intp) - int(starts[0])


def tables(
    name: str,
    questions: Mapping[str, Question],
    ask: Callable[[str, pa.Array, Sequence[str]], list[pa.Array]],
) -> dict[str, pa.Array]:
    """Answers to every question for what bytes can tell: its table, into which ``index`` points.

    For one letter: the empty text, then the letters by their code; for a length: the lengths; else: no, yes.
    """
    found: dict[str, pa.Array] = {}
    for place in sorted({int(q.of) for q in questions.values() if q.kind == "place"}):
        sqls = [s for s, q in questions.items() if q.kind == "place" and q.of == place]
        letters = ["", *(chr(code).rjust(max(place, 0) + 1) for code in range(1, 128))]
        found |= zip(sqls, ask(name, pa.array(letters, pa.string()), sqls), strict=True)
    sqls = [s for s, q in questions.items() if q.kind == "length"]
    if sqls:
        texts = pa.array(["x" * size for size in range(_LONGEST + 1)], pa.string())
        found |= zip(sqls, ask(name, texts, sqls), strict=True)
    sqls = [s for s, q in questions.items() if q.kind not in ("place", "length")]
    if sqls:
        cases = [questions[s].sql.replace("{}", case) for s in sqls for case in ("FALSE", "TRUE")]
        answers = ask(name, pa.nulls(1, pa.string()), cases)
        for n, sql in enumerate(sqls):
            found[sql] = pa.concat_arrays(answers[2 * n : 2 * n + 2])
    return found
