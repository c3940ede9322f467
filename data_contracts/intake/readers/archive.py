"""The ZIP archive around a workbook, opened with distrust.

Another library reads the workbook afterwards. So whatever two readers of ZIP could understand differently is
refused: text after the end record, ZIP64, names that repeat, sizes that are not those of the content.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from xml.parsers import expat

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import guards

MAX_ENTRIES = 2_000
MAX_RATIO = 200
"""Unpacked bytes for one packed, of parts above ``_RATIO_FROM`` (limits ours; office programs reach about 30)."""
_RATIO_FROM = 10_000_000
_MAX_DIRECTORY = 2_000_000
_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_PIECE = 1 << 18
_FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, ValueError, NotImplementedError, EOFError)


def damaged(path: Path) -> ContractsError:
    """The error for a workbook that cannot be read as one."""
    return ContractsError(
        "the file is no whole XLSX workbook.",
        expected=".xlsx, complete and undamaged",
        hint="transfer it again, or open it in a spreadsheet program and save it as .xlsx",
        file=path,
    )


def bomb(path: Path, limit: str) -> ContractsError:
    """The error for a workbook that grows beyond bounds when unpacked."""
    return ContractsError(
        "the workbook grows beyond bounds when it is unpacked.",
        expected=limit,
        hint="remove pictures and unused sheets, or send CSV UTF-8",
        file=path,
    )


class Archive:
    """Parts of a workbook file; every one was unpacked once and counted before the first is given.

    Raises
    ------
    ContractsError
        For what is no ZIP archive, is damaged or encrypted, or grows beyond ``limit`` bytes.
    """

    def __init__(self, path: Path, limit: int) -> None:
        self._path, self._limit = path, limit
        self._file = guards.open_binary(path)
        try:
            self._parts = self._directory()
            self._count()
        except _FAULTS:
            self._file.close()
            raise damaged(path) from None
        except OSError as error:
            self._file.close()
            raise guards.unreadable(path, error) from None
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Archive:
        """Give the archive itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._file.close()

    def __contains__(self, name: str) -> bool:
        """Whether there is a part of this name; capitals do not matter."""
        return name.lower() in self._parts

    def parse(self, name: str, parser: expat.XMLParserType) -> None:
        """Give a part to an XML parser; a document type declaration, which could hold a bomb, is refused.

        Raises
        ------
        ContractsError
            For a part that is missing or no well-formed XML.
        """
        if name not in self:
            raise damaged(self._path)

        def refuse(*_: object) -> None:
            raise damaged(self._path)

        parser.StartDoctypeDeclHandler = refuse
        # The library that reads the cells passes over such sections: a value would be lost.
        parser.StartCdataSectionHandler = refuse
        try:
            for piece in self._unpacked(self._parts[name.lower()]):
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, *_FAULTS):
            raise damaged(self._path) from None

    def _directory(self) -> dict[str, zipfile.ZipInfo]:
        size = self._file.seek(0, 2)
        self._file.seek(max(0, size - _END.size - 20))
        tail = self._file.read()
        mark, disk, start_disk, here, entries, length, offset, comment = _END.unpack(
            tail[-_END.size :]
        )
        if (
            mark != b"PK\x05\x06"
            or disk or start_disk or comment
            or here != entries
            or offset + length + _END.size != size
            or tail.startswith(b"PK\x06\x07")
        ):  # fmt: skip
            raise zipfile.BadZipFile
        if entries > MAX_ENTRIES or length > _MAX_DIRECTORY:
            raise bomb(self._path, f"at most {MAX_ENTRIES:,} parts")
        with zipfile.ZipFile(self._file) as archive:
            parts = {info.filename.lower(): info for info in archive.infolist()}
        if len(parts) != entries:
            raise zipfile.BadZipFile
        return parts

    def _count(self) -> None:
        total = 0
        for info in self._parts.values():
            for piece in self._unpacked(info):
                total += len(piece)
                if total > self._limit:
                    raise bomb(self._path, f"at most {self._limit:,} bytes unpacked")

    def _unpacked(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        if info.flag_bits & 1:
            raise ContractsError(
                "the workbook is encrypted.",
                hint="save it without a password and send it over a protected channel",
                file=self._path,
            )
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise zipfile.BadZipFile
        self._file.seek(info.header_offset)
        mark, *_, name, extra = _LOCAL.unpack(self._file.read(_LOCAL.size))
        if mark != b"PK\x03\x04":
            raise zipfile.BadZipFile
        self._file.seek(name + extra, 1)
        stored = info.compress_type == zipfile.ZIP_STORED
        inflater = None if stored else zlib.decompressobj(-15)
        left, size, check = info.compress_size, 0, 0
        pending = b""
        while left or pending:
            if not pending:
                pending = self._file.read(min(left, _PIECE))
                if not pending:
                    raise EOFError
                left -= len(pending)
            if inflater is None:
                piece, pending = pending, b""
            else:
                piece = inflater.decompress(pending, _PIECE)
                pending = inflater.unconsumed_tail
            size += len(piece)
            check = zlib.crc32(piece, check)
            if size > _RATIO_FROM and size > MAX_RATIO * max(info.compress_size, 1):
                raise bomb(self._path, f"at most {MAX_RATIO} times its packed size")
            if size > info.file_size:
                raise zipfile.BadZipFile
            yield piece
        if inflater is not None:
            piece = inflater.flush()
            size, check = size + len(piece), zlib.crc32(piece, check)
            if not inflater.eof or inflater.unused_data:
                raise zipfile.BadZipFile
            if piece:
                yield piece
        if size != info.file_size or check != info.CRC:
            raise zipfile.BadZipFile
