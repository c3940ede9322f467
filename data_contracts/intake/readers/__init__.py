"""Readers of suppliers' files: one file in, Arrow tables with line numbers out.

The suffix decides: delimited text, workbook, JSON Lines or Parquet. A reader gives every row of the file, as
it stands there, or raises :class:`~data_contracts.errors.ContractsError` that names the file and, where it
makes sense, line and column, and never repeats what stands in a cell.
"""

from data_contracts.intake.readers.delimited import record_lines
from data_contracts.intake.readers.guards import file_digest
from data_contracts.intake.readers.scan import Scan, scan_file
from data_contracts.intake.readers.source import SUFFIXES, ReadOptions, Source, open_source

__all__ = [
    "SUFFIXES",
    "ReadOptions",
    "Scan",
    "Source",
    "file_digest",
    "open_source",
    "record_lines",
    "scan_file",
]
