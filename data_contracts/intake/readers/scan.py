"""One pass over a text file's bytes, before any row is given."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import guards
from data_contracts.intake.readers.encoding import (
    UndecodableError,
    not_utf8,
    refuse_utf16,
    utf8_blocks,
)
from data_contracts.intake.readers.traditional import CODEC, refuse_big5

_DELIMITERS = b",;\t|"


@dataclass(frozen=True)
class Scan:
    """What one pass over a file's bytes tells.

    ``regular`` says that a delimited file has one record on each line: no blank line, no line break inside
    quotes, no lone carriage return, no quote within a bare cell, no line longer than a cell may be. Line
    numbers are then a matter of counting rows.
    """

    digest: str
    regular: bool
    lines: int
    encoding: str = "utf-8"


def scan_file(
    path: Path,
    encoding: str = "auto",
    *,
    delimiter: str | None = None,
    max_cell_bytes: int = 1_000_000,
) -> Scan:
    """Read the bytes of a file once: SHA-256, encoding, and whether CSV lines and records coincide.

    A file that is valid UTF-8 is UTF-8; otherwise it is read again as GB18030 (``auto``), unless so much of it
    is UTF-8 that it must be a damaged file of that, or so plainly Big5 that GB18030 would give other text.

    Raises
    ------
    ContractsError
        For a file that is missing, unreadable, empty, in another encoding, or has NUL bytes.
    """
    guards.regular_file(path)
    refuse_utf16(path)
    try:
        return _scan(path, "utf-8" if encoding == "auto" else encoding, delimiter, max_cell_bytes)
    except OSError as error:
        raise guards.unreadable(path, error) from None
    except UndecodableError as error:
        first = error
    if encoding in ("gb18030", CODEC):
        raise ContractsError(
            f"the text is not {'GB18030' if encoding == 'gb18030' else 'Big5'}.",
            hint="a truncated file looks like this; or the file is in another encoding",
            file=path,
            line=first.line,
        )
    if encoding == "utf-8" or first.certain:
        raise not_utf8(path, first.line)
    try:
        found = _scan(path, "gb18030", delimiter, max_cell_bytes)
    except UndecodableError:
        raise not_utf8(path, first.line) from None
    refuse_big5(path)
    return found


def _scan(path: Path, encoding: str, delimiter: str | None, longest: int) -> Scan:
    digest = hashlib.sha256()
    around = np.zeros(
        256, dtype=bool
    )  # bytes that may stand before an opening or after a closing quote
    around[list(_DELIMITERS + b'\r\n"' + (delimiter or "").encode())] = True
    lines, regular, odd, last, run = 0, True, False, b"\n", 0  # begins as if after a line feed
    with guards.open_binary(path) as stream:
        for stored, block in utf8_blocks(stream, encoding):
            digest.update(stored)
            if b"\0" in block:
                raise guards.has_nul(path, lines + block[: block.index(b"\0")].count(b"\n") + 1)
            lines += block.count(b"\n")
            if regular and block:
                joined = last + block
                # A blank line is LF LF, or LF CR LF; a CR that no LF follows ends a line by itself.
                lone = joined.count(b"\r") - joined.count(b"\r\n") - joined.endswith(b"\r")
                broken, odd = _unusual_quotes(joined, odd, around)
                long, run = _long_line(block, run, longest)
                regular = not (b"\n\n" in joined or b"\n\r" in joined or lone or broken or long)
            last = block[-1:] or last
    lines += last != b"\n"
    return Scan(digest.hexdigest(), regular and not odd and last != b"\r", lines, encoding)


def _unusual_quotes(joined: bytes, odd: bool, around: np.ndarray) -> tuple[bool, bool]:
    """Whether a line ends inside quotes or a quote stands within a bare cell, and whether the block ends inside.

    ``joined`` begins with the last byte of the block before, so that neighbours can be seen; of a quote that
    closes at the end of a block the next block looks at the neighbour.
    """
    block = memoryview(joined)[1:]
    codes = np.frombuffer(joined, np.uint8)
    # The byte after a quote that ended the block before: closing, if now outside quotes.
    after_close = not odd and codes[0] == 34 and not around[codes[1]]
    if b'"' not in joined[1:]:
        return bool(after_close or (odd and b"\n" in joined[1:])), odd
    quotes = np.flatnonzero(np.frombuffer(block, np.uint8) == 34)
    before = np.searchsorted(quotes, np.flatnonzero(np.frombuffer(block, np.uint8) == 10)) + odd
    opening = quotes[int(odd) :: 2]
    closing = quotes[1 - int(odd) :: 2]
    closing = closing[closing + 2 < len(codes)]
    unusual = (
        after_close
        or (before % 2).any()
        or not around[codes[opening]].all()
        or not around[codes[closing + 2]].all()
    )
    return bool(unusual), bool((len(quotes) + odd) % 2)


def _long_line(block: bytes, run: int, longest: int) -> tuple[bool, int]:
    """Whether a line has more bytes than a cell may, and the bytes since the last line feed.

    ``run`` are those before the block. Leaps from line feed to line feed, as far as the limit allows.
    """
    start, allowed = 0, longest - run
    while len(block) - start > allowed:
        end = block.rfind(b"\n", start, start + allowed + 1)
        if end < 0:
            return True, 0
        start, allowed = end + 1, longest
    end = block.rfind(b"\n", start)
    if end >= 0:
        return False, len(block) - end - 1
    return False, (run if start == 0 else 0) + len(block) - start
