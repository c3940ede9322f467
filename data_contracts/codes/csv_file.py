"""Reading the code tables that are shipped beside this file."""

from __future__ import annotations

import csv
from importlib.resources import files


def csv_rows(name: str) -> list[dict[str, str]]:
    """Rows of ``<name>.csv`` as dictionaries, in the order of the file."""
    text = (files("data_contracts.codes") / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
