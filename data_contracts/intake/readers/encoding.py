"""Text files as UTF-8, whatever they were written in, block by block."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import guards

BOM = codecs.BOM_UTF8
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_KANJI_OF_UTF8 = 3
"""So many Chinese characters in valid UTF-8 do not come about by chance in GB18030 bytes."""


class UndecodableError(Exception):
    """Bytes that the encoding does not know.

    ``line`` counts from 1; ``certain`` says that what came before is UTF-8 beyond doubt.
    """

    def __init__(self, line: int, certain: bool) -> None:
        super().__init__("undecodable bytes")
        self.line = line
        self.certain = certain


def not_utf8(path: Path, line: int | None) -> ContractsError:
    """The error for text that is neither UTF-8 nor, if that was possible, GB18030."""
    return ContractsError(
        "the text is not UTF-8.",
        expected="UTF-8, or GB18030 throughout",
        hint="save the file as CSV UTF-8; a file damaged on its way looks like this too",
        file=path,
        line=line,
    )


def refuse_utf16(path: Path) -> None:
    """Refuse text whose byte order mark is that of UTF-16.

    Raises
    ------
    ContractsError
        For such a mark.
    """
    with guards.open_binary(path) as stream:
        start = stream.read(2)
    if start in _UTF16:
        raise ContractsError(
            "the text is UTF-16, not UTF-8.",
            expected="UTF-8 or GB18030",
            hint="save the file as CSV UTF-8, not as Unicode text",
            file=path,
            line=1,
        )


def utf8_blocks(stream: BinaryIO, encoding: str) -> Iterator[tuple[bytes, bytes]]:
    """Pairs of (bytes as stored, the same text in UTF-8 without byte order mark).

    Raises
    ------
    UndecodableError
        At the first bytes that are not of the encoding, a cut character at the end included.
    """
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    first, lines, certain = True, 0, False
    while True:
        block = stream.read(guards.BLOCK)
        plain = block.isascii() and not decoder.getstate()[0]
        try:
            # ASCII is the same in both encodings.
            text = "" if plain and block else decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            known = error.object[: error.start]
            line = lines + known.count(b"\n") + 1
            chinese = sum("\u3000" <= sign <= "\u9fff" for sign in known.decode(encoding))
            certain = certain or (encoding == "utf-8" and chinese >= _KANJI_OF_UTF8)
            raise UndecodableError(line, certain) from None
        if not block:
            return
        certain = certain or (encoding == "utf-8" and len(text) > 1 << 16)
        lines += block.count(b"\n")
        given = block if plain or encoding == "utf-8" else text.encode("utf-8")
        if first:
            given, first = given.removeprefix(BOM), False
        yield block, given


class Utf8Stream(io.RawIOBase):
    """A text file's bytes as UTF-8 without byte order mark, from ``start`` to ``end`` of those."""

    def __init__(self, path: Path, encoding: str, start: int = 0, end: int | None = None) -> None:
        super().__init__()
        self._file = guards.open_binary(path)
        self._blocks = utf8_blocks(self._file, encoding)
        self._rest = memoryview(b"")
        self._skip = start
        self._left = None if end is None else end - start

    def readable(self) -> bool:
        """Whether bytes can be read: always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer as far as one block reaches; 0 at the end."""
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = memoryview(block[1])[self._skip :]
            self._skip = max(0, self._skip - len(block[1]))
        size = min(len(buffer), len(self._rest))
        if self._left is not None:
            size = min(size, self._left)
            self._left -= size
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


@contextmanager
def open_text(path: Path, encoding: str, newline: str = "") -> Iterator[io.TextIOWrapper]:
    """Open a text file whose bytes were found to be of the encoding.

    Raises
    ------
    ContractsError
        When they are no longer so, because the file changed.
    """
    buffered = io.BufferedReader(Utf8Stream(path, encoding), 1 << 16)
    with io.TextIOWrapper(buffered, encoding="utf-8", newline=newline) as stream:
        try:
            yield stream
        except OSError as error:
            raise guards.unreadable(path, error) from None
        except (UndecodableError, UnicodeDecodeError):
            raise not_utf8(path, None) from None
